// The loop itself: binding, draining, posting, and ending with work still under way.
#include <doctest/doctest.h>

#include "base/clock.hpp"
#include "net_harness.hpp"

using namespace hookctl;
using namespace hookctl::net;

namespace {

struct Silent final : http::Handler {
  void handle(std::shared_ptr<http::Exchange>) override {}
  void refused(const http::Refusal&, std::string_view, const std::string&) override {}
};

const std::string kRequest = "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}";

TestServer::Behaviour answer_after(std::int64_t delay_ms) {
  return [delay_ms](Loop& loop, std::shared_ptr<http::Exchange> exchange) {
    loop.after(delay_ms, [exchange] { exchange->answer(http::json_answer(200, "done", "")); });
  };
}

}  // namespace

TEST_CASE("listen: two listeners never share a port, in one process or two loops") {
  Silent handler;
  Loop first;
  const auto bound = first.listen(on_free_port(), handler);
  REQUIRE(bound);
  CHECK(bound->port != 0);
  ServerOptions same = on_free_port();
  same.port = bound->port;
  for (Loop* loop : {&first}) {
    const auto again = loop->listen(same, handler);
    REQUIRE_FALSE(again);
    CHECK(again.error().kind == ErrorKind::unavailable);
    CHECK(again.error().message.find("port " + std::to_string(bound->port)) != std::string::npos);
    CHECK(again.error().message.find("in use") != std::string::npos);
    CHECK_FALSE(again.error().hint.empty());
  }
  Loop second;
  CHECK_FALSE(second.listen(same, handler));
}

TEST_CASE("listen: a port is free again as soon as its listener is gone, also with old connections about") {
  std::uint16_t port = 0;
  {
    TestServer server;
    port = server.port();
    RawSocket client(port);
    REQUIRE(client.send(kRequest));
    REQUIRE(client.receive_answer().starts_with("HTTP/1.1 200"));
  }
  ServerOptions same = on_free_port();
  same.port = port;
  Silent handler;
  Loop loop;
  CHECK(loop.listen(same, handler));
}

TEST_CASE("listen: addresses that are none, or not ours") {
  Silent handler;
  Loop loop;
  ServerOptions options = on_free_port();
  options.host = "not-an-address";
  CHECK(loop.listen(options, handler).error().kind == ErrorKind::usage);
  options.host = "192.0.2.1";  // TEST-NET: nobody's
  CHECK(loop.listen(options, handler).error().kind == ErrorKind::unavailable);
  options.host = "localhost";
  CHECK(loop.listen(options, handler)->host == "127.0.0.1");
}

TEST_CASE("drain: idle connections end at once, requests in flight are answered, no new ones are taken") {
  TestServer server(on_free_port(), answer_after(1'500));
  RawSocket idle(server.port());
  RawSocket busy(server.port());
  RawSocket receiving(server.port());
  REQUIRE(busy.send(kRequest));
  REQUIRE(receiving.send(kRequest.substr(0, 20)));
  REQUIRE(server.wait_for_requests(1));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  const std::int64_t begun = steady_ms();
  server.drain(5'000);
  CHECK(idle.ended());
  CHECK(steady_ms() - begun < 1'000);
  CHECK_FALSE(RawSocket(server.port()).connected());
  REQUIRE(receiving.send(kRequest.substr(20)));
  const std::string answer = busy.receive_all();
  CHECK(answer.starts_with("HTTP/1.1 200"));
  CHECK(answer.find("Connection: close\r\n") != std::string::npos);
  CHECK(receiving.receive_all().starts_with("HTTP/1.1 200"));
  server.join();
  CHECK(steady_ms() - begun < 4'000);
}

TEST_CASE("drain: with nothing under way the loop ends at once, kept-alive connections or not") {
  TestServer server;
  RawSocket client(server.port());
  REQUIRE(client.send(kRequest));
  REQUIRE(client.receive_answer().starts_with("HTTP/1.1 200"));
  const std::int64_t begun = steady_ms();
  server.drain(5'000);
  server.join();
  CHECK(steady_ms() - begun < 1'000);
  CHECK(client.ended());
}

TEST_CASE("drain: a request that never completes is given two seconds at most") {
  TestServer server;
  RawSocket client(server.port());
  REQUIRE(client.send(kRequest.substr(0, 20)));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  const std::int64_t begun = steady_ms();
  server.drain(30'000);
  CHECK(client.receive_until("\r\n\r\n").starts_with("HTTP/1.1 408 "));
  client.reset();
  server.join();
  CHECK(steady_ms() - begun < 4'500);
}

TEST_CASE("drain: the limit holds when a handler never answers, and everything is cleaned up") {
  auto kept = std::make_shared<std::vector<std::shared_ptr<http::Exchange>>>();
  const std::size_t before = open_descriptors();
  {
    TestServer server(on_free_port(), [kept](Loop&, std::shared_ptr<http::Exchange> exchange) { kept->push_back(std::move(exchange)); });
    RawSocket client(server.port());
    REQUIRE(client.send(kRequest));
    REQUIRE(server.wait_for_requests(1));
    const std::int64_t begun = steady_ms();
    server.drain(150);
    server.join();
    CHECK(steady_ms() - begun >= 140);
    CHECK(steady_ms() - begun < 2'000);
  }
  CHECK(open_descriptors() <= before);
  kept->front()->answer(http::json_answer(200, "after the loop", ""));  // goes nowhere, harms nobody
  kept->clear();
}

TEST_CASE("a loop may end with connections, sends and timers under way") {
  const std::size_t before = open_descriptors();
  {
    RawEndpoint mute([](RawSocket& socket, int) { socket.receive_until("never"); });
    std::unique_ptr<http::AsyncClient> client;
    Silent handler;
    Loop loop;
    const auto bound = loop.listen(on_free_port(), handler);
    REQUIRE(bound);
    client = *loop.make_client(ClientOptions{});
    client->send(post_to(mute.url()), 60'000, [](http::SendResult) {});
    loop.after(60'000, [] {});
    loop.after(100, [&loop] { loop.drain(0); });
    RawSocket half(bound->port);
    REQUIRE(half.send(kRequest.substr(0, 30)));
    loop.run();
    client.reset();
  }
  CHECK(eventually([&] { return open_descriptors() <= before; }));
}

TEST_CASE("post: work from other threads runs on the loop, in order") {
  TestServer server;
  std::vector<int> order;
  std::atomic<int> done{0};
  for (int i = 0; i < 1000; ++i) {
    server.loop().post([&order, &done, i] {
      order.push_back(i);
      ++done;
    });
  }
  CHECK(eventually([&] { return done == 1000; }));
  for (int i = 0; i < 1000; ++i) REQUIRE(order[static_cast<std::size_t>(i)] == i);
}

TEST_CASE("after: runs late enough, and short waits before long ones") {
  TestServer server;
  std::atomic<std::int64_t> first{0};
  std::atomic<std::int64_t> second{0};
  const std::int64_t begun = steady_ms();
  server.loop().post([&] {
    server.loop().after(120, [&] { second = steady_ms(); });
    server.loop().after(40, [&] { first = steady_ms(); });
  });
  REQUIRE(eventually([&] { return second != 0; }));
  CHECK(first - begun >= 40);
  CHECK(second - begun >= 120);
  CHECK(first <= second);
}
