// The server on real sockets: every way a request may arrive, kept byte for byte.
#include <doctest/doctest.h>

#include <cerrno>

#include "net_harness.hpp"

using namespace hookctl;
using namespace hookctl::net;

namespace {

std::string with_body(const std::string& body, const std::string& fields = "", const std::string& target = "/x") {
  return "POST " + target + " HTTP/1.1\r\nHost: h\r\n" + fields + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

bool ends_with_body(const std::string& answer, const std::string& body) {
  return answer.ends_with("\r\n\r\n" + body);
}

std::string every_byte() {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  return bytes;
}

}  // namespace

TEST_CASE("server: a request arrives with its exact head and body, the answer with an exact length") {
  TestServer server;
  RawSocket client(server.port());
  const std::string head = "PaTCH /a%2fb?x=%zz HTTP/1.1\r\nhOST: h\r\nX-Sig:  a%20b\r\nX-sig:\r\nContent-Length: 256\r\n\r\n";
  REQUIRE(client.send(head + every_byte()));
  const std::string answer = client.receive_answer();
  CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(answer.find("Content-Length: 256\r\n") != std::string::npos);
  CHECK(answer.find("Connection: close") == std::string::npos);
  CHECK(ends_with_body(answer, every_byte()));
  const auto requests = server.requests();
  REQUIRE(requests.size() == 1);
  CHECK(requests[0].raw_head + "\r\n" == head);
  CHECK(requests[0].body == every_byte());
  CHECK(requests[0].target == "/a%2fb?x=%zz");
  CHECK(requests[0].method == "PaTCH");
}

TEST_CASE("server: byte by byte, over one connection, twice") {
  TestServer server;
  RawSocket client(server.port());
  for (int round = 0; round < 2; ++round) {
    for (const char byte : with_body("hello")) REQUIRE(client.send(std::string_view(&byte, 1)));
    CHECK(ends_with_body(client.receive_answer(), "hello"));
  }
  CHECK(server.requests().size() == 2);
}

TEST_CASE("server: what came after the last request that is answered does not reset the connection under the answer") {
  TestServer server(on_free_port(), [](Loop& loop, std::shared_ptr<http::Exchange> exchange) {
    loop.after(100, [exchange] { exchange->answer(http::json_answer(200, "ok", "")); });
  });
  RawSocket client(server.port());
  REQUIRE(client.send(with_body("one", "Connection: close\r\n")));
  REQUIRE(server.wait_for_requests(1));
  REQUIRE(client.send(with_body("two")));  // stays unread in the server's socket
  CHECK(client.receive_answer().starts_with("HTTP/1.1 200 OK\r\n"));
  errno = 0;
  CHECK(client.receive() == "");
  CHECK(errno != ECONNRESET);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("server: pipelined requests of every framing are answered in order") {
  TestServer server;
  RawSocket client(server.port());
  REQUIRE(client.send(with_body("one", "", "/1") + "\r\n" + "GET /2 HTTP/1.1\r\nHost: h\r\n\r\n" +
                      "POST /3 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nthree\r\n0\r\n\r\n" + with_body("", "", "/4") + with_body("five", "Connection: close\r\n", "/5")));
  const std::string answers = client.receive_all();
  std::size_t at = 0;
  for (const char* mark : {"X-Target: /1\r\n", "one", "X-Target: /2\r\n", "X-Target: /3\r\n", "three", "X-Target: /4\r\n", "X-Target: /5\r\n", "Connection: close", "five"}) {
    CAPTURE(std::string(mark));
    at = answers.find(mark, at);
    REQUIRE(at != std::string::npos);
  }
  CHECK(server.requests().size() == 5);
}

TEST_CASE("server: pipelined requests wait for an answer that comes late, and keep their order") {
  TestServer server(on_free_port(), [](Loop& loop, std::shared_ptr<http::Exchange> exchange) {
    const int delay = exchange->request().target == "/slow" ? 60 : 0;
    loop.after(delay, [exchange] {
      http::Response response;
      response.body = exchange->request().target;
      exchange->answer(std::move(response));
    });
  });
  RawSocket client(server.port());
  REQUIRE(client.send(with_body("", "", "/slow") + with_body("", "", "/fast")));
  CHECK(ends_with_body(client.receive_answer(), "/slow"));
  CHECK(ends_with_body(client.receive_answer(), "/fast"));
}

TEST_CASE("server: a client that has ended its half still gets its answer") {
  TestServer server;
  RawSocket client(server.port());
  REQUIRE(client.send(with_body("half")));
  client.end_sending();
  CHECK(ends_with_body(client.receive_answer(), "half"));
  CHECK(client.ended());
}

TEST_CASE("server: HTTP/1.0 without Host, answered and closed") {
  TestServer server;
  RawSocket client(server.port());
  REQUIRE(client.send("POST /old HTTP/1.0\r\nContent-Length: 3\r\n\r\nold"));
  const std::string answer = client.receive_all();
  CHECK(answer.find("Connection: close\r\n") != std::string::npos);
  CHECK(ends_with_body(answer, "old"));
}

TEST_CASE("server: an HTTP/1.0 client gets a chunked answer as plain bytes") {
  TestServer server(on_free_port(), [](Loop&, std::shared_ptr<http::Exchange> exchange) {
    http::Response response;
    response.raw_head = "HTTP/1.1 200 Fine\r\nx-Own: 1\r\nTransfer-Encoding: chunked\r\n";
    response.headers = {{"x-Own", "1"}, {"Transfer-Encoding", "chunked"}};
    response.reason = "Fine";
    response.framing = http::Framing::chunked;
    response.body = "hello";
    response.raw_body = "5\r\nhello\r\n0\r\n\r\n";
    exchange->answer(std::move(response));
  });
  RawSocket old(server.port());
  REQUIRE(old.send("GET / HTTP/1.0\r\n\r\n"));
  const std::string plain = old.receive_all();
  CHECK(plain.find("Transfer-Encoding") == std::string::npos);
  CHECK(plain.starts_with("HTTP/1.1 200 Fine\r\nx-Own: 1\r\n"));
  CHECK(ends_with_body(plain, "hello"));
  RawSocket today(server.port());
  REQUIRE(today.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
  CHECK(ends_with_body(today.receive_all(), "5\r\nhello\r\n0\r\n\r\n"));
}

TEST_CASE("server: Expect: 100-continue is told to go on before the body comes") {
  TestServer server;
  RawSocket client(server.port());
  REQUIRE(client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"));
  CHECK(client.receive_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  REQUIRE(client.send("body"));
  CHECK(ends_with_body(client.receive_answer(), "body"));
  CHECK(server.requests().at(0).headers.has("Expect"));
}

TEST_CASE("server: Expect with the body already there, and with none, gets no interim answer") {
  TestServer server;
  RawSocket client(server.port());
  REQUIRE(client.send(with_body("body", "Expect: 100-Continue\r\n")));
  CHECK(client.receive_answer().starts_with("HTTP/1.1 200"));
  REQUIRE(client.send("GET / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n\r\n"));
  CHECK(client.receive_answer().starts_with("HTTP/1.1 200"));
}

TEST_CASE("server: an unknown expectation is refused") {
  TestServer server;
  RawSocket client(server.port());
  REQUIRE(client.send(with_body("", "Expect: miracles\r\n")));
  CHECK(client.receive_all().starts_with("HTTP/1.1 417 "));
}

TEST_CASE("server: chunks with extensions and trailers are kept raw and as payload") {
  TestServer server;
  RawSocket client(server.port());
  const std::string chunks = "4;a=\"b\"\r\nWiki\r\n2\r\n\r\n\r\n0\r\nX-Sum: 1\r\n\r\n";
  for (const char byte : "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks) REQUIRE(client.send(std::string_view(&byte, 1)));
  CHECK(ends_with_body(client.receive_answer(), "Wiki\r\n"));
  const auto requests = server.requests();
  REQUIRE(requests.size() == 1);
  CHECK(requests[0].raw_body == chunks);
  CHECK(requests[0].body == "Wiki\r\n");
}

TEST_CASE("server: 25 MB bodies of both framings, then the connection goes on") {
  TestServer server(on_free_port(), [](Loop&, std::shared_ptr<http::Exchange> exchange) {
    http::Response response;
    response.body = std::to_string(exchange->request().body.size());
    exchange->answer(std::move(response));
  });
  const std::string big(25 * 1024 * 1024, '\0');
  RawSocket client(server.port());
  REQUIRE(client.send(with_body(big)));
  CHECK(ends_with_body(client.receive_answer(), "26214400"));
  REQUIRE(client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1900000\r\n" + big + "\r\n0\r\n\r\n"));
  CHECK(ends_with_body(client.receive_answer(), "26214400"));
  const auto requests = server.requests();
  REQUIRE(requests.size() == 2);
  CHECK(requests[0].body == big);
  CHECK(requests[1].body == big);
}

TEST_CASE("server: HEAD gets the length and no body; 204 neither") {
  TestServer server(on_free_port(), [](Loop&, std::shared_ptr<http::Exchange> exchange) {
    http::Response response;
    response.status = exchange->request().target == "/204" ? 204 : 200;
    response.body = "body";
    exchange->answer(std::move(response));
  });
  RawSocket client(server.port());
  REQUIRE(client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\nGET /204 HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
  const std::string answers = client.receive_all();
  CHECK(answers.find("body") == answers.size() - 4);
  CHECK(answers.find("HTTP/1.1 204 No Content\r\n") != std::string::npos);
}

TEST_CASE("server: an exchange that is dropped answers 500") {
  TestServer server(on_free_port(), [](Loop&, std::shared_ptr<http::Exchange>) {});
  RawSocket client(server.port());
  REQUIRE(client.send(with_body("x")));
  const std::string answer = client.receive_answer();
  CHECK(answer.starts_with("HTTP/1.1 500 "));
  CHECK(answer.find("no_answer") != std::string::npos);
}

TEST_CASE("server: a second answer counts for nothing") {
  TestServer server(on_free_port(), [](Loop&, std::shared_ptr<http::Exchange> exchange) {
    exchange->answer(http::json_answer(201, "first", ""));
    exchange->answer(http::json_answer(202, "second", ""));
  });
  RawSocket client(server.port());
  REQUIRE(client.send(with_body("x") + with_body("y", "Connection: close\r\n")));
  const std::string answers = client.receive_all();
  CHECK(answers.find("second") == std::string::npos);
  CHECK(answers.find("first") != answers.rfind("first"));
}

TEST_CASE("server: an answer after the client is gone goes nowhere") {
  std::atomic<int> answered{0};
  TestServer server(on_free_port(), [&answered](Loop& loop, std::shared_ptr<http::Exchange> exchange) {
    loop.after(50, [exchange, &answered] {
      exchange->answer(http::json_answer(200, "late", ""));
      ++answered;
    });
  });
  {
    RawSocket client(server.port());
    REQUIRE(client.send(with_body("x")));
    REQUIRE(server.wait_for_requests(1));
    client.reset();
  }
  CHECK(eventually([&] { return answered == 1; }));
  RawSocket next(server.port());
  REQUIRE(next.send(with_body("y")));
  CHECK(next.receive_answer().starts_with("HTTP/1.1 200"));
}

TEST_CASE("server: 200 clients that reset anywhere leave no descriptor behind") {
  TestServer server;
  RawSocket warm(server.port());
  REQUIRE(warm.send(with_body("warm")));
  REQUIRE(warm.receive_answer().starts_with("HTTP/1.1 200"));
  const std::size_t before = open_descriptors();
  const std::string message = with_body(std::string(300, 'x')) + "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe";
  for (std::size_t i = 0; i < 200; ++i) {
    RawSocket client(server.port());
    REQUIRE(client.connected());
    client.send(message.substr(0, i * 2 % message.size()));
    client.reset();
  }
  CHECK(eventually([&] { return open_descriptors() <= before; }));
  REQUIRE(warm.send(with_body("still")));
  CHECK(ends_with_body(warm.receive_answer(), "still"));
}

TEST_CASE("server: 64 clients at once, each with its own bytes") {
  TestServer server;
  std::vector<RawSocket> clients;
  for (int i = 0; i < 64; ++i) clients.emplace_back(server.port());
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < clients.size(); ++i) REQUIRE(clients[i].send(with_body(std::to_string(i) + "." + std::to_string(round))));
    for (std::size_t i = 0; i < clients.size(); ++i) CHECK(ends_with_body(clients[i].receive_answer(), std::to_string(i) + "." + std::to_string(round)));
  }
}

TEST_CASE("server: IPv6 loopback") {
  ServerOptions options = on_free_port();
  options.host = "::1";
  Loop loop;
  struct Silent : http::Handler {
    void handle(std::shared_ptr<http::Exchange>) override {}
    void refused(const http::Refusal&, std::string_view, const std::string&) override {}
  } handler;
  const auto bound = loop.listen(options, handler);
  if (!bound) {
    MESSAGE("no IPv6 here: " << bound.error().message);
    return;
  }
  CHECK(bound->text() == "[::1]:" + std::to_string(bound->port));
}
