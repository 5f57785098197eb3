// The server's refusals on real sockets: a clear 4xx, the connection closed, the next client unharmed; and its deadlines.
#include <doctest/doctest.h>

#include "base/clock.hpp"
#include "net_harness.hpp"

using namespace hookctl;
using namespace hookctl::net;

namespace {

ServerOptions small() {
  ServerOptions options = on_free_port();
  options.limits.head = 2048;
  options.limits.fields = 10;
  options.limits.body = 1000;
  return options;
}

ServerOptions hasty(std::int64_t request_ms, std::int64_t idle_ms = 75'000) {
  ServerOptions options = on_free_port();
  options.request_timeout_ms = request_ms;
  options.idle_timeout_ms = idle_ms;
  return options;
}

std::string post(const std::string& fields, const std::string& body = "") { return "POST / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n" + body; }

struct Bad {
  std::string bytes;
  const char* status;
  const char* code;
};

}  // namespace

TEST_CASE("limits: everything two parsers could read in two ways is refused, and the server goes on") {
  TestServer server(small());
  std::string many;
  for (int i = 0; i < 20; ++i) many += "X-" + std::to_string(i) + ": v\r\n";
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  const std::vector<Bad> cases = {
      {post("Content-Length: 3\r\n" + chunked, "0\r\n\r\n"), "400", "ambiguous_length"},
      {post("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd"), "400", "differing_content_lengths"},
      {post("Content-Length: 3,3\r\n", "abc"), "400", "malformed_content_length"},
      {post(chunked, "zz\r\n"), "400", "malformed_chunk"},
      {post(chunked, "5\r\nhelloX\r\n0\r\n\r\n"), "400", "malformed_chunk"},
      {post(chunked, "-5\r\nhello\r\n0\r\n\r\n"), "400", "malformed_chunk"},
      {post(chunked, "5 \nhello\r\n0\r\n\r\n"), "400", "malformed_chunk"},
      {post(chunked, "11111111111111111\r\n"), "400", "malformed_chunk"},
      {post("X-Long: " + std::string(3000, 'x') + "\r\n"), "431", "head_too_large"},
      {"POST / HTTP/1.1\r\nX: " + std::string(3000, 'x'), "431", "head_too_large"},
      {post(many), "431", "too_many_headers"},
      {post("Content-Length: 1001\r\n", std::string(1001, 'x')), "413", "body_too_large"},
      {post("Content-Length: 99999999999\r\n"), "413", "body_too_large"},
      {post(chunked, "200\r\n" + std::string(512, 'x') + "\r\n200\r\n" + std::string(512, 'x') + "\r\n0\r\n\r\n"), "413", "body_too_large"},
      {post(chunked, "3e9\r\n"), "413", "body_too_large"},
      {"GET / HTTP/1.1\n\n", "400", "bare_line_feed"},
      {"GET / HTTP/1.1\r\n\r\n", "400", "missing_host"},
      {"GET / HTTP/2.0\r\nHost: h\r\n\r\n", "505", "unknown_version"},
      {std::string("\x16\x03\x01\x02\x00\x01\x00", 7), "400", "not_http"},
      {" GET / HTTP/1.1\r\nHost: h\r\n\r\n", "400", "not_http"},
      {post("Transfer-Encoding: gzip\r\n"), "501", "unknown_transfer_encoding"},
  };
  for (const Bad& each : cases) {
    CAPTURE(each.bytes.substr(0, 120));
    RawSocket client(server.port());
    client.send(each.bytes);
    const std::string answer = client.receive_all();
    CHECK(answer.starts_with("HTTP/1.1 " + std::string(each.status) + " "));
    CHECK(answer.find(each.code) != std::string::npos);
    CHECK(answer.find("Connection: close\r\n") != std::string::npos);
  }
  CHECK(server.requests().empty());
  CHECK(server.refusals().size() == cases.size());
  RawSocket client(server.port());
  REQUIRE(client.send(post("Content-Length: 1000\r\n", std::string(1000, 'x'))));
  CHECK(client.receive_answer().starts_with("HTTP/1.1 200"));
}

TEST_CASE("limits: a request behind a refused one is not read") {
  TestServer server(small());
  RawSocket client(server.port());
  client.send(post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n") + post("Content-Length: 0\r\n"));
  const std::string answer = client.receive_all();
  CHECK(answer.find("HTTP/1.1", 1) == std::string::npos);
  CHECK(server.requests().empty());
}

TEST_CASE("limits: who sends a body that is too large reads the answer, not a reset") {
  TestServer server(small());
  RawSocket client(server.port());
  REQUIRE(client.send(post("Content-Length: 3000000\r\n")));
  const std::string piece(100'000, 'x');
  for (int i = 0; i < 30; ++i) client.send(piece);
  CHECK(client.receive_all().find("body_too_large") != std::string::npos);
}

TEST_CASE("limits: Expect with a body that is too large is refused before it is sent") {
  TestServer server(small());
  RawSocket client(server.port());
  REQUIRE(client.send(post("Expect: 100-continue\r\nContent-Length: 1001\r\n")));
  CHECK(client.receive_until("\r\n").starts_with("HTTP/1.1 413 "));
}

TEST_CASE("limits: a connection that ends inside a request is told so") {
  TestServer server;
  for (const char* part : {"POST / HT", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabc", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"}) {
    CAPTURE(std::string(part));
    RawSocket client(server.port());
    REQUIRE(client.send(part));
    client.end_sending();
    CHECK(client.receive_all().find("incomplete_request") != std::string::npos);
  }
  CHECK(server.requests().empty());
}

TEST_CASE("limits: a connection that says nothing and ends is no refusal") {
  TestServer server;
  {
    RawSocket client(server.port());
    client.end_sending();
    CHECK(client.receive_all().empty());
  }
  CHECK(server.refusals().empty());
}

TEST_CASE("deadlines: a slow head has a total time, however often it sends") {
  TestServer server(hasty(300));
  RawSocket client(server.port());
  const std::int64_t begun = steady_ms();
  std::thread dripping([&] {
    client.send("POST / HTTP/1.1\r\nHost: h\r\nX: ");
    while (steady_ms() - begun < 3'000 && client.send("x")) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  });
  const std::string answer = client.receive_until("\r\n\r\n");
  const std::int64_t took = steady_ms() - begun;
  CHECK(answer.starts_with("HTTP/1.1 408 "));
  CHECK(took >= 290);
  CHECK(took < 2'500);
  dripping.join();
}

TEST_CASE("deadlines: a slow body shares the head's time, in both framings") {
  TestServer server(hasty(300));
  for (const char* head : {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 500\r\n\r\nx", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx"}) {
    CAPTURE(std::string(head));
    RawSocket client(server.port());
    REQUIRE(client.send(head));
    CHECK(client.receive_until("\r\n\r\n").starts_with("HTTP/1.1 408 "));
  }
  CHECK(server.requests().empty());
}

TEST_CASE("deadlines: idle connections are closed without a word") {
  TestServer server(hasty(30'000, 100));
  RawSocket silent(server.port());
  CHECK(silent.receive_all().empty());
  RawSocket used(server.port());
  REQUIRE(used.send(post("Content-Length: 0\r\n")));
  CHECK(used.receive_answer().starts_with("HTTP/1.1 200"));
  CHECK(used.ended());
  CHECK(server.refusals().empty());
}

TEST_CASE("deadlines: the handler's own time is not the request's") {
  TestServer server(hasty(100, 100), [](Loop& loop, std::shared_ptr<http::Exchange> exchange) {
    loop.after(400, [exchange] { exchange->answer(http::json_answer(200, "done", "")); });
  });
  RawSocket client(server.port());
  REQUIRE(client.send(post("Content-Length: 0\r\n")));
  CHECK(client.receive_answer().starts_with("HTTP/1.1 200"));
}

TEST_CASE("deadlines: a client that does not read its answer does not hold its place for ever") {
  TestServer server(hasty(200), [](Loop&, std::shared_ptr<http::Exchange> exchange) {
    http::Response response;
    response.body = std::string(32 * 1024 * 1024, 'x');
    exchange->answer(std::move(response));
  });
  const std::size_t before = open_descriptors();
  RawSocket client(server.port());
  REQUIRE(client.send(post("Content-Length: 0\r\n")));
  REQUIRE(server.wait_for_requests(1));
  CHECK(eventually([&] { return open_descriptors() <= before + 1; }));  // ours is the one left
}

TEST_CASE("limits: too many connections are told so; places that become free are given again") {
  ServerOptions options = on_free_port();
  options.max_connections = 2;
  TestServer server(options);
  auto first = std::make_unique<RawSocket>(server.port());
  RawSocket second(server.port());
  for (RawSocket* each : {first.get(), &second}) {
    REQUIRE(each->send(post("Content-Length: 0\r\n")));
    REQUIRE(each->receive_answer().starts_with("HTTP/1.1 200"));
  }
  {
    RawSocket third(server.port());
    const std::string answer = third.receive_all();
    CHECK(answer.starts_with("HTTP/1.1 503 "));
    CHECK(answer.find("too_many_connections") != std::string::npos);
  }
  first.reset();
  CHECK(eventually([&] {
    RawSocket again(server.port());
    return again.send(post("Content-Length: 0\r\n")) && again.receive_answer().starts_with("HTTP/1.1 200");
  }));
}
