// The wire client: bytes in pieces, held back, released together, pipelined, broken off, against endpoints that do as they like.
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <mutex>
#include <optional>
#include <thread>

#include "base/clock.hpp"
#include "net_harness.hpp"
#include "net_tls_endpoint.hpp"
#include "net_wire_plans.hpp"

using namespace hookctl;
using namespace hookctl::net;
using Ending = http::WirePlan::Ending;

namespace {

// A file that goes away.
struct TemporaryFile {
  TemporaryFile() {
    char name[] = "/tmp/hookctl-wire-XXXXXX";
    ::close(::mkstemp(name));
    path = name;
  }
  ~TemporaryFile() { std::remove(path.c_str()); }
  std::string path;
};

// How the client ends the connection that brought these bytes: the error of the read after them, 0 for an end in order.
struct Seen {
  std::string bytes;
  int error{-1};
};
Seen watch_end(int listener) {
  Seen seen;
  const int descriptor = ::accept(listener, nullptr, nullptr);
  pollfd wanted{descriptor, POLLIN, 0};
  while (::poll(&wanted, 1, kPatienceMs) > 0) {
    char bytes[4096];
    const ssize_t count = ::recv(descriptor, bytes, sizeof bytes, 0);
    if (count > 0) seen.bytes.append(bytes, static_cast<std::size_t>(count));
    if (count > 0) continue;
    seen.error = count == 0 ? 0 : errno;
    break;
  }
  ::close(descriptor);
  return seen;
}

// Listens on a port of 127.0.0.1 and never accepts unless asked.
struct Listener {
  Listener() {
    descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), size);
    ::listen(descriptor, 64);
    ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
    url = {"http", "127.0.0.1", ntohs(address.sin_port), "/hook"};
  }
  ~Listener() { ::close(descriptor); }
  int descriptor{-1};
  http::Url url;
};

Seen seen_at_the_end(Ending ending) {
  Listener listener;
  Seen seen;
  std::thread endpoint([&] { seen = watch_end(listener.descriptor); });
  auto plan = plan_to(listener.url, {piece(head_for(10)), piece("half")});
  plan.ending = ending;
  const auto reply = exchange_one(plan);
  endpoint.join();
  CHECK_FALSE(reply.failure.has_value());
  CHECK(reply.answers.empty());
  return seen;
}

}  // namespace

TEST_CASE("wire client: pieces arrive apart, in order, and the answer comes back") {
  std::vector<std::string> arrived;
  std::vector<std::int64_t> times;
  std::optional<RawEndpoint> endpoint([&](RawSocket& socket, int) {
    for (const char* mark : {"\r\n\r\n", "ab", "cd"}) {
      arrived.push_back(socket.receive_until(mark));
      times.push_back(steady_ms());
    }
    socket.send(kOk);
  });
  const auto reply = exchange_one(plan_to(endpoint->url(), {piece(head_for(4)), piece("ab", 300), piece("cd", 300)}));
  endpoint.reset();
  check_answers(reply, 1);
  CHECK(reply.answers[0].status == 200);
  CHECK(reply.answers[0].body == "ok");
  CHECK_FALSE(reply.answered_early);
  CHECK_FALSE(reply.continued);
  CHECK(arrived == std::vector<std::string>{head_for(4), "ab", "cd"});
  CHECK(times[2] - times[0] >= 150);  // the endpoint may have looked late at the first, hardly at both
  CHECK(reply.total_ms >= 599);
}

TEST_CASE("wire client: no plans, no replies; every plan has a connection of its own") {
  CHECK(exchange({}).empty());
  RawEndpoint endpoint([](RawSocket& socket, int) {
    socket.receive_until("\r\n\r\n");
    socket.send(kOk);
  });
  auto client = *make_wire_client({});
  const auto plan = plan_to(endpoint.url(), {piece(head_for(0))});
  for (int round = 0; round < 2; ++round) {
    const auto replies = client->exchange({plan, plan});
    REQUIRE(replies.size() == 2);
    for (const auto& reply : replies) check_answers(reply, 1);
  }
  CHECK(endpoint.connections() == 4);
}

TEST_CASE("wire client: what is held together goes out at once, and a plan that fails holds nobody up") {
  constexpr int kPlans = 8;
  std::mutex mutex;
  std::vector<std::int64_t> times;
  TestServer server(on_free_port(), [&](Loop&, std::shared_ptr<http::Exchange> exchange) {
    {
      const std::lock_guard lock(mutex);
      times.push_back(steady_ms());
    }
    exchange->answer(http::Response{});
  });
  std::vector<http::WirePlan> plans;
  for (int i = 0; i < kPlans; ++i) {
    auto last = piece("d", i * 70);
    last.together = true;
    plans.push_back(plan_to({"http", "127.0.0.1", server.port(), ""}, {piece(head_for(4) + "abc"), last}));
  }
  plans.insert(plans.begin() + 3, plans[0]);
  plans[3].url.port = closed_port();
  const auto begun = steady_ms();
  const auto replies = exchange(plans);
  REQUIRE(replies.size() == kPlans + 1);
  for (std::size_t i = 0; i < replies.size(); ++i) {
    if (i == 3) {
      CHECK(fault_of(replies[i]) == http::SendFault::unreachable);
      continue;
    }
    check_answers(replies[i], 1);
    CHECK(replies[i].answers[0].status == 200);
  }
  const std::lock_guard lock(mutex);
  REQUIRE(times.size() == kPlans);
  for (const std::int64_t time : times) CHECK(time - begun >= 489);  // nobody before the last one has come
  CHECK(times.back() - times.front() < 400);                         // one by one they would be 490 ms apart
}

TEST_CASE("wire client: a plan that is over before it has come holds nobody up either") {
  Listener silent;
  RawEndpoint endpoint([](RawSocket& socket, int) {
    socket.receive_until("\r\n\r\n");
    socket.send(kOk);
  });
  auto held = piece(head_for(0));
  held.together = true;
  auto late = held;
  late.pause_ms = 60'000;
  auto never = plan_to(silent.url, {late});
  never.timeout_ms = 200;
  const auto replies = exchange({never, plan_to(endpoint.url(), {held})});
  CHECK(fault_of(replies[0]) == http::SendFault::timeout);
  check_answers(replies[1], 1);
  CHECK(replies[1].total_ms >= 150);
}

TEST_CASE("wire client: two requests on one connection get two answers in order") {
  RawEndpoint endpoint([](RawSocket& socket, int) {
    socket.receive_until("one");
    socket.receive_until("\r\n\r\n");
    socket.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirstHTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n");
  });
  auto plan = plan_to(endpoint.url(), {piece(head_for(3) + "oneHEAD / HTTP/1.1\r\nHost: x\r\n\r\n")});
  plan.methods = {"POST", "HEAD"};
  const auto reply = exchange_one(plan);
  check_answers(reply, 2);
  CHECK(reply.answers[0].body == "first");
  CHECK(reply.answers[1].status == 201);
  CHECK(reply.answers[1].body.empty());
}

TEST_CASE("wire client: one answer for two requests is one answer and a failure") {
  RawEndpoint endpoint([](RawSocket& socket, int) {
    socket.receive_until("\r\n\r\n");
    socket.send(kOk);
  });
  auto plan = plan_to(endpoint.url(), {piece(head_for(0)), piece(head_for(0), 50)});
  plan.methods = {"POST", "POST"};
  const auto reply = exchange_one(plan);
  CHECK(reply.answers.size() == 1);
  CHECK(fault_of(reply) == http::SendFault::closed);
}

TEST_CASE("wire client: a body waits for 100 Continue, but not for ever") {
  bool says_so = true;
  SUBCASE("an endpoint that says it") {}
  SUBCASE("an endpoint that never does") { says_so = false; }
  std::int64_t asked = 0;
  std::int64_t got = 0;
  std::optional<RawEndpoint> endpoint([&](RawSocket& socket, int) {
    socket.receive_until("\r\n\r\n");
    asked = steady_ms();
    if (says_so) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      socket.send("HTTP/1.1 100 Continue\r\n\r\n");
    }
    CHECK(socket.receive_until("body") == "body");
    got = steady_ms();
    socket.send(kOk);
  });
  auto body = piece("body");
  body.await_continue = true;
  const auto reply = exchange_one(plan_to(endpoint->url(), {piece(head_for(4, "Expect: 100-continue\r\n")), body}));
  endpoint.reset();
  check_answers(reply, 1);
  CHECK(reply.continued == says_so);
  CHECK_FALSE(reply.answered_early);
  CHECK(got - asked >= (says_so ? 99 : 1'000));
}

TEST_CASE("wire client: 100 Continue ends the wait for it") {
  RawEndpoint endpoint([](RawSocket& socket, int) {
    socket.receive_until("\r\n\r\n");
    socket.send("HTTP/1.1 100 Continue\r\n\r\n");
    socket.receive_until("body");
    socket.send(kOk);
  });
  auto body = piece("body");
  body.await_continue = true;
  bool prompt = false;  // on a busy machine perhaps not at the first time
  for (int round = 0; round < 5 && !prompt; ++round)
    prompt = exchange_one(plan_to(endpoint.url(), {piece(head_for(4)), body})).total_ms < 1'400;
  CHECK(prompt);
}

TEST_CASE("wire client: an answer in place of 100 Continue spares the body") {
  std::string rest = "?";
  std::optional<RawEndpoint> endpoint([&](RawSocket& socket, int) {
    socket.receive_until("\r\n\r\n");
    socket.send("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n");
    rest = socket.receive_all();
  });
  auto body = piece("body");
  body.await_continue = true;
  const auto reply = exchange_one(plan_to(endpoint->url(), {piece(head_for(4, "Expect: 100-continue\r\n")), body}));
  endpoint.reset();
  check_answers(reply, 1);
  CHECK(reply.answers[0].status == 417);
  CHECK(reply.answered_early);
  CHECK_FALSE(reply.continued);
  CHECK(rest.empty());
}

TEST_CASE("wire client: close is an end of file for the endpoint, reset a reset") {
  const Seen closed = seen_at_the_end(Ending::close);
  CHECK(closed.bytes == head_for(10) + "half");
  CHECK(closed.error == 0);
  const Seen reset = seen_at_the_end(Ending::reset);
  CHECK(reset.error == ECONNRESET);
}

TEST_CASE("wire client: an early answer to a large upload that nobody reads is delivered") {
  bool keeps_open = true;
  SUBCASE("the endpoint stays and reads nothing") {}
  SUBCASE("the endpoint closes, its receive buffer full") { keeps_open = false; }
  RawEndpoint endpoint([&](RawSocket& socket, int) {
    socket.receive_until("\r\n\r\n");
    socket.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 5\r\nConnection: close\r\n\r\nlarge");
    if (keeps_open) std::this_thread::sleep_for(std::chrono::milliseconds(300));
  });
  const std::string body(5 * 1024 * 1024, 'b');
  const auto reply = exchange_one(plan_to(endpoint.url(), {piece(head_for(body.size())), piece(body), piece("never", 60'000)}));
  check_answers(reply, 1);
  CHECK(reply.answers[0].status == 413);
  CHECK(reply.answers[0].body == "large");
  CHECK(reply.answered_early);
  CHECK(reply.total_ms < kPatienceMs);
}

TEST_CASE("wire client: an endpoint that takes a large upload slowly gets all of it") {
  const std::string body(3 * 1024 * 1024, 'b');
  std::size_t got = 0;
  std::optional<RawEndpoint> endpoint([&](RawSocket& socket, int) {
    socket.receive_until("\r\n\r\n");
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    while (got < body.size()) {
      const std::string more = socket.receive();
      if (more.empty()) return;
      got += more.size();
    }
    socket.send(kOk);
  });
  const auto reply = exchange_one(plan_to(endpoint->url(), {piece(head_for(body.size()) + body)}));
  endpoint.reset();
  check_answers(reply, 1);
  CHECK(got == body.size());
  CHECK_FALSE(reply.answered_early);
}

TEST_CASE("wire client: the time is over, whatever is under way") {
  Listener silent;
  auto waiting = plan_to(silent.url, {piece(head_for(0))});
  auto writing = plan_to(silent.url, {piece(std::string(32 * 1024 * 1024, 'b'))});
  auto pausing = plan_to(silent.url, {piece(head_for(0), 60'000)});
  auto closing = pausing;
  closing.ending = Ending::close;
  std::vector<http::WirePlan> plans{waiting, writing, pausing, closing};
  for (auto& plan : plans) plan.timeout_ms = 200;
  const auto replies = exchange(plans);
  REQUIRE(replies.size() == plans.size());
  for (const auto& reply : replies) {
    CHECK(fault_of(reply) == http::SendFault::timeout);
    CHECK(reply.failure->message == "no complete answer within 200 ms");
    CHECK(reply.answers.empty());
    CHECK(reply.total_ms >= 199);
  }
}

TEST_CASE("wire client: garbage, too much, and half an answer are failures of their own") {
  std::string answer;
  http::SendFault fault = http::SendFault::malformed;
  SUBCASE("no HTTP") { answer = "SSH-2.0-OpenSSH\r\n\r\n"; }
  SUBCASE("larger than the limit") { answer = "HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n"; }
  SUBCASE("half of it") {
    answer = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";
    fault = http::SendFault::closed;
  }
  SUBCASE("none") { fault = http::SendFault::closed; }
  RawEndpoint endpoint([&](RawSocket& socket, int) {
    socket.receive_until("\r\n\r\n");
    socket.send(answer);
  });
  const auto reply = exchange_one(plan_to(endpoint.url(), {piece(head_for(0))}));
  CHECK(reply.answers.empty());
  CHECK(fault_of(reply) == fault);
}

TEST_CASE("wire client: a refused connection says by whom") {
  http::Url url{"http", "127.0.0.1", closed_port(), ""};
  const auto reply = exchange_one(plan_to(url, {piece(head_for(0))}));
  CHECK(fault_of(reply) == http::SendFault::unreachable);
  CHECK(reply.failure->message == "connection refused by 127.0.0.1:" + std::to_string(url.port));
  CHECK(reply.duration_ms == 0);
}

TEST_CASE("wire client: over TLS, in pieces and together, closed in order, and distrustful") {
  TemporaryFile ca;
  TlsEndpoint endpoint("localhost", true, ca.path);
  const http::Url url{"https", "localhost", endpoint.port(), "/"};
  ClientOptions options;
  options.ca_file = ca.path;
  auto held = piece("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 20);
  held.together = true;
  auto plan = plan_to(url, {held});
  const auto reply = exchange_one(plan, options);
  check_answers(reply, 1);
  CHECK(reply.answers[0].body == "secret");
  for (const Ending ending : {Ending::close, Ending::reset}) {
    plan.ending = ending;
    const auto ended = exchange_one(plan, options);
    CHECK_FALSE(ended.failure.has_value());
  }
  CHECK(eventually([&] { return endpoint.connections() == 3; }));
  CHECK(fault_of(exchange_one(plan)) == http::SendFault::tls);
}

TEST_CASE("wire client: a CA file that cannot be read is unavailable; nothing is left open") {
  ClientOptions options;
  options.ca_file = "/nonexistent/ca.pem";
  const auto client = make_wire_client(options);
  REQUIRE_FALSE(client);
  CHECK(client.error().kind == ErrorKind::unavailable);
  RawEndpoint endpoint([](RawSocket& socket, int) {
    socket.receive_until("\r\n\r\n");
    socket.send(kOk);
  });
  const auto plan = plan_to(endpoint.url(), {piece(head_for(0))});
  exchange({plan, plan, plan});
  CHECK(eventually([&] { return endpoint.connections() == 3; }));
  const std::size_t before = open_descriptors();
  for (int round = 0; round < 5; ++round) exchange({plan, plan, plan});
  CHECK(eventually([&] { return open_descriptors() <= before; }));
}
