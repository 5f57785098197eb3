// The barrage: every request gets its reply, once, whatever the endpoint does with its connections.
#include <doctest/doctest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "net_barrage_requests.hpp"
#include "net_tls_endpoint.hpp"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HOOKCTL_UNDER_CLANG_ASAN
#endif
#endif

using namespace hookctl;
using namespace hookctl::net;
using http::SendFault;

namespace {

std::uint16_t closed_port() {
  return RawEndpoint([](RawSocket&, int) {}).port();
}

struct TemporaryFile {
  TemporaryFile() {
    char name[] = "/tmp/hookctl-barrage-XXXXXX";
    ::close(::mkstemp(name));
    path = name;
  }
  ~TemporaryFile() { std::remove(path.c_str()); }
  std::string path;
};

}  // namespace

// --- many requests ---------------------------------------------------------------------------------------------------------------------

TEST_CASE("barrage: every request arrives byte for byte and gets its own answer, over few connections") {
  TestServer server;
  Requests source(500, 1000);
  fire({"http", "127.0.0.1", server.port(), "/hook"}, source, 8);
  check_statuses(source, 500, 200);
  for (const Reply& reply : source.replies) {
    CHECK(reply.body.size() == 1000);
    CHECK(reply.body.starts_with(std::to_string(reply.token) + ";x"));  // the server echoes
    CHECK(reply.head.starts_with("HTTP/1.1 200"));
    CHECK(reply.head.ends_with("\r\n\r\n"));
    CHECK(reply.head.find("X-Target: /hook") != std::string::npos);
  }
  CHECK(server.requests().size() == 500);
  CHECK(source.asked <= 501 + 2 * 8);
}

TEST_CASE("barrage: one connection is kept for all requests") {
  RawEndpoint endpoint(answers({kOk}));
  Requests source(300);
  fire(endpoint.url(), source);
  check_statuses(source, 300, 200);
  CHECK(endpoint.connections() == 1);
  CHECK(source.asked == 301);
}

TEST_CASE("barrage: a source without a request ends it before a connection is made") {
  RawEndpoint endpoint(answers({kOk}));
  Requests source(0);
  fire(endpoint.url(), source, 4);
  CHECK(source.asked == 1);
  CHECK(source.replies.empty());
  CHECK(endpoint.connections() == 0);
}

TEST_CASE("barrage: a name is looked up, and no connections at all are one") {
  TestServer server;
  Requests source(20);
  fire({"http", "localhost", server.port(), "/"}, source, 0);  // listens on 127.0.0.1 only, ::1 comes first
  check_statuses(source, 20, 200);
  Requests nowhere(3);
  fire({"http", "nowhere.invalid", 80, "/"}, nowhere, 2);
  check_faults(nowhere, 3, SendFault::unreachable);
}

TEST_CASE("barrage: the duration is that of the answer") {
  RawEndpoint endpoint([](RawSocket& socket, int) {
    take_request(socket);
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
    socket.send(kOk);
  });
  Requests source(1);
  const auto begun = steady_ms();
  fire(endpoint.url(), source);
  check_statuses(source, 1, 200);
  CHECK(source.replies[0].duration_us >= 50'000);
  CHECK(source.replies[0].duration_us <= (steady_ms() - begun + 1) * 1000);
}

// --- a source that waits ---------------------------------------------------------------------------------------------------------------

namespace {

// Gives `a_round` requests, then says false until all of them are answered, and so on.
class Rounds final : public Requests {
 public:
  Rounds(std::size_t rounds, std::size_t a_round) : Requests(rounds * a_round), a_round_(a_round) {}

  bool next(std::string& bytes, std::uint64_t& token) override {
    CHECK_FALSE(said_no_);  // nobody asks again before an answer has come
    if (open_ == a_round_) {
      ++asked;
      said_no_ = true;
      return false;
    }
    if (!Requests::next(bytes, token)) return false;
    ++open_;
    most = std::max(most, open_);
    return true;
  }
  void take(const http::BarrageReply& reply) override {
    Requests::take(reply);
    said_no_ = false;
    if (made_ % a_round_ == 0 && replies.size() == made_) open_ = 0;
  }

  std::size_t most{0};

 private:
  std::size_t a_round_;
  std::size_t open_{0};
  bool said_no_{false};
};

}  // namespace

TEST_CASE("barrage: a source that has none for now is asked again once an answer has come, and all connections go on") {
  std::mutex mutex;
  std::vector<std::shared_ptr<http::Exchange>> held;
  TestServer server(on_free_port(), [&](Loop&, std::shared_ptr<http::Exchange> exchange) {
    const std::lock_guard lock(mutex);
    held.push_back(std::move(exchange));
    if (held.size() < 4) return;  // four at once, in every round, or nobody is answered
    for (auto& one : held) one->answer(http::Response{});
    held.clear();
  });
  Rounds source(10, 4);
  fire({"http", "127.0.0.1", server.port(), "/"}, source, 8);
  check_statuses(source, 40, 200);
  CHECK(source.most == 4);
}

TEST_CASE("barrage: a failure is an answer to a source that waits for one") {
  Rounds source(5, 2);
  fire({"http", "127.0.0.1", closed_port(), "/"}, source, 3);
  check_faults(source, 10, SendFault::unreachable);
}

TEST_CASE("barrage: what the source throws comes out") {
  struct Throws final : Requests {
    Throws() : Requests(100) {}
    void take(const http::BarrageReply&) override { throw std::runtime_error("enough"); }
  };
  TestServer server;
  Throws source;
  CHECK_THROWS_WITH(fire({"http", "127.0.0.1", server.port(), "/"}, source, 4), "enough");
}

// --- connections that end --------------------------------------------------------------------------------------------------------------

TEST_CASE("barrage: after an answer that ends its connection the next request gets a new one") {
  for (const std::string& answer :
       {std::string("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"),
        std::string("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"), std::string("HTTP/1.1 200 OK\r\n\r\nok")}) {
    CAPTURE(answer);
    std::mutex mutex;
    std::vector<std::string> bodies;
    RawEndpoint endpoint([&](RawSocket& socket, int) {
      const std::string request = take_request(socket);
      const std::lock_guard lock(mutex);
      bodies.push_back(request.substr(request.find("\r\n\r\n") + 4));
      socket.send(answer);
    });
    Requests source(5);
    fire(endpoint.url(), source);
    check_statuses(source, 5, 200);
    for (const Reply& reply : source.replies) CHECK(reply.body == "ok");
    CHECK(endpoint.connections() == 5);
    const std::lock_guard lock(mutex);
    CHECK(bodies.size() == 5);  // nothing was sent twice
  }
}

TEST_CASE("barrage: a kept connection that had been closed is replaced, and the request sent once more") {
  for (const bool abruptly : {false, true}) {
    CAPTURE(abruptly);
    std::mutex mutex;
    std::vector<std::string> requests;
    RawEndpoint endpoint([&](RawSocket& socket, int) {
      for (int i = 0; i < 3; ++i) {  // two are answered, at the third it closes without a byte
        const std::string request = take_request(socket);
        if (request.empty()) return;
        const std::lock_guard lock(mutex);
        requests.push_back(request);
        if (i < 2) socket.send(kOk);
      }
      if (abruptly) socket.reset();
    });
    Requests source(6);
    fire(endpoint.url(), source);
    check_statuses(source, 6, 200);
    CHECK(endpoint.connections() == 3);
    const std::lock_guard lock(mutex);
    REQUIRE(requests.size() == 8);  // the third and the fifth twice
    CHECK(requests[2] == requests[3]);
    CHECK(requests[4] != requests[3]);
    CHECK(requests[5] == requests[6]);
  }
}

TEST_CASE("barrage: what fails on the new connection is a failure, and on a new connection nothing is sent twice") {
  std::atomic<int> taken{0};
  RawEndpoint endpoint([&](RawSocket& socket, int number) {
    if (take_request(socket).empty()) return;
    ++taken;
    if (number > 0) return;
    socket.send(kOk);
    if (!take_request(socket).empty()) ++taken;
  });
  Requests source(3);
  fire(endpoint.url(), source);
  check_tokens(source, 3);
  CHECK(source.replies[0].status == 200);
  REQUIRE(source.replies[1].failure.has_value());
  CHECK(source.replies[1].failure->fault == SendFault::closed);
  REQUIRE(source.replies[2].failure.has_value());
  CHECK(endpoint.connections() == 3);
  CHECK(taken == 4);  // the second twice
}

TEST_CASE("barrage: an answer that broke off is not asked for again") {
  RawEndpoint endpoint([&](RawSocket& socket, int) {
    if (take_request(socket).empty()) return;
    socket.send(kOk);
    if (!take_request(socket).empty()) socket.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
  });
  Requests source(2);
  fire(endpoint.url(), source);
  check_tokens(source, 2);
  REQUIRE(source.replies[1].failure.has_value());
  CHECK(source.replies[1].failure->fault == SendFault::closed);
  CHECK(source.replies[1].failure->message == "the endpoint ended its answer half-way");
  CHECK(endpoint.connections() == 1);
}

TEST_CASE("barrage: bytes after an answer belong to no other, and their connection is not used again") {
  RawEndpoint endpoint(answers({kOk + "HTTP/1.1 500 Stray\r\nContent-Length: 0\r\n\r\n"}));
  Requests source(4);
  fire(endpoint.url(), source);
  check_statuses(source, 4, 200);
  CHECK(endpoint.connections() == 4);
}

TEST_CASE("barrage: a refused connection fails each request at once") {
  const std::uint16_t port = closed_port();
  Requests source(200);
  const auto begun = steady_ms();
  fire({"http", "127.0.0.1", port, "/"}, source, 4);
  check_faults(source, 200, SendFault::unreachable);
  CHECK(source.replies[0].failure->message == "connection refused by 127.0.0.1:" + std::to_string(port));
  CHECK(steady_ms() - begun < 5'000);
}

TEST_CASE("barrage: an endpoint that goes away and comes back") {
  std::optional<RawEndpoint> endpoint(answers({kOk}, 1));
  const http::Url url = endpoint->url();
  struct Watching final : Requests {
    explicit Watching(std::optional<RawEndpoint>& one) : Requests(3), endpoint(one) {}
    void take(const http::BarrageReply& reply) override {
      Requests::take(reply);
      endpoint.reset();
    }
    std::optional<RawEndpoint>& endpoint;
  } source(endpoint);
  fire(url, source);
  check_tokens(source, 3);
  CHECK(source.replies[0].status == 200);
  REQUIRE(source.replies[2].failure.has_value());
  CHECK(source.replies[2].failure->fault == SendFault::unreachable);
}

TEST_CASE("barrage: silence is a timeout, its connection is given up, and the next request has a time of its own") {
  RawEndpoint endpoint([](RawSocket& socket, int number) {
    if (number == 0) {
      take_request(socket);
      socket.send(kOk);
      take_request(socket);
      socket.ended();  // nothing more until the client goes
      return;
    }
    if (take_request(socket).empty()) return;
    if (number == 1) socket.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
    if (number == 1) socket.ended();
    if (number == 2) socket.send(kOk);
  });
  Requests source(4);
  const auto begun = steady_ms();
  fire(endpoint.url(), source, 1, 200);
  const auto gone = steady_ms() - begun;
  check_tokens(source, 4);
  CHECK(source.replies[0].status == 200);
  for (const std::size_t late : {1u, 2u}) {
    REQUIRE(source.replies[late].failure.has_value());
    CHECK(source.replies[late].failure->fault == SendFault::timeout);
    CHECK(source.replies[late].head.empty());
  }
  CHECK(source.replies[3].status == 200);
  CHECK(gone >= 400);
  CHECK(gone < 3'000);
  CHECK(endpoint.connections() == 3);
}

// --- TLS, and what a machine refuses ---------------------------------------------------------------------------------------------------

TEST_CASE("barrage: over TLS the connection is kept too; who is not trusted gets nothing") {
  TemporaryFile ca;
  TlsEndpoint endpoint("localhost", true, ca.path);
  const http::Url url{"https", "localhost", endpoint.port(), "/"};
  ClientOptions options;
  options.ca_file = ca.path;
  Requests source(50);
  fire(url, source, 1, kPatienceMs, options);
  check_statuses(source, 50, 200);
  for (const Reply& reply : source.replies) CHECK(reply.body == "secret");
  CHECK(endpoint.connections() == 1);
  CHECK(endpoint.served() == 50);
  Requests distrustful(3);
  fire(url, distrustful, 2);
  check_faults(distrustful, 3, SendFault::tls);
  CHECK(endpoint.served() == 50);
}

TEST_CASE("barrage: a CA file that cannot be read is unavailable") {
  ClientOptions options;
  options.ca_file = "/nonexistent/ca.pem";
  const auto client = make_barrage_client(options);
  REQUIRE_FALSE(client);
  CHECK(client.error().kind == ErrorKind::unavailable);
}

#if !defined(__SANITIZE_ADDRESS__) && \
    !defined(HOOKCTL_UNDER_CLANG_ASAN)  // UBSan looks at an exception through a pipe, which it cannot open then
TEST_CASE("barrage: without descriptors every request is told so") {
  auto client = *make_barrage_client({});
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  rlimit none = before;
  none.rlim_cur = 3;
  ::setrlimit(RLIMIT_NOFILE, &none);
  Requests source(5);
  client->run({"http", "127.0.0.1", 1, "/"}, source, {});
  ::setrlimit(RLIMIT_NOFILE, &before);
  check_faults(source, 5, SendFault::unreachable);
}
#endif

TEST_CASE("barrage: nothing is left open, and a client runs again") {
  TestServer server;
  auto client = *make_barrage_client({});
  const auto run = [&] {
    Requests source(40);
    client->run({"http", "127.0.0.1", server.port(), "/"}, source, {});
    check_statuses(source, 40, 200);
  };
  run();
  std::size_t before = 0;
  CHECK(eventually([&] { return open_descriptors() == std::exchange(before, open_descriptors()); }));
  for (int round = 0; round < 5; ++round) run();
  CHECK(eventually([&] { return open_descriptors() <= before; }));
}
