// The client against a third party's server (cpp-httplib) and against endpoints that misbehave.
#include <doctest/doctest.h>
#include <httplib.h>

#include <future>

#include "base/clock.hpp"
#include "net_harness.hpp"

using namespace hookctl;
using namespace hookctl::net;

namespace {

std::unique_ptr<http::Client> blocking(const ClientOptions& options = {}) { return *make_blocking_client(options); }

// Reads one request with Content-Length on a raw endpoint's connection.
bool take_request(RawSocket& socket) {
  const std::string head = socket.receive_until("\r\n\r\n");
  const auto parsed = http::parse_request_head(head, http::Limits{});
  const auto* request = std::get_if<http::Request>(&parsed);
  if (request == nullptr) return false;
  std::string body;
  while (body.size() < http::content_length(request->headers)) {
    const std::string more = socket.receive();
    if (more.empty()) return false;
    body += more;
  }
  return true;
}

// Answers every connection's first request with these bytes, then closes.
RawEndpoint::Script answers(std::string bytes) {
  return [bytes = std::move(bytes)](RawSocket& socket, int) {
    if (take_request(socket)) socket.send(bytes);
  };
}

http::Response response_of(const http::SendResult& result) {
  if (const auto* failure = std::get_if<http::SendFailure>(&result)) FAIL(std::string(fault_name(failure->fault)) << ": " << failure->message);
  return std::get<http::Response>(result);
}

http::SendFailure failure_of(const http::SendResult& result) {
  REQUIRE(std::holds_alternative<http::SendFailure>(result));
  return std::get<http::SendFailure>(result);
}

class HttplibServer {
 public:
  HttplibServer() {
    port_ = server_.bind_to_any_port("127.0.0.1");
    server_.Post("/echo", [](const httplib::Request& request, httplib::Response& response) { response.set_content(request.body, "application/octet-stream"); });
    server_.Post("/chunks", [](const httplib::Request&, httplib::Response& response) {
      response.set_chunked_content_provider("text/plain", [](std::size_t, httplib::DataSink& sink) {
        for (const char* piece : {"one,", "two,", "three"}) sink.write(piece, std::char_traits<char>::length(piece));
        sink.done();
        return true;
      });
    });
    server_.Get("/get", [](const httplib::Request&, httplib::Response& response) { response.set_content("got", "text/plain"); });
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    eventually([this] { return server_.is_running(); });
  }
  ~HttplibServer() {
    server_.stop();
    thread_.join();
  }
  http::Url url(const std::string& target) const { return {"http", "127.0.0.1", static_cast<std::uint16_t>(port_), target}; }

 private:
  httplib::Server server_;
  int port_{0};
  std::thread thread_;
};

}  // namespace

TEST_CASE("client: cpp-httplib echoes every body, over one kept-alive connection") {
  HttplibServer server;
  auto client = blocking();
  for (const std::size_t size : {0u, 1u, 1000u, 100'000u, 2'000'000u}) {
    const std::string body(size, 'b');
    const auto response = response_of(client->send(post_to(server.url("/echo"), body), 5'000));
    CHECK(response.status == 200);
    CHECK(response.body == body);
  }
  const auto chunked = response_of(client->send(post_to(server.url("/chunks")), 5'000));
  CHECK(chunked.body == "one,two,three");
  CHECK(chunked.framing == http::Framing::chunked);
  CHECK(chunked.raw_body.find("one,") != std::string::npos);
  CHECK(response_of(client->send(post_to(server.url("/nowhere")), 5'000)).status == 404);
}

TEST_CASE("client: HEAD has a length and no body") {
  HttplibServer server;
  auto client = blocking();
  const http::Url url = server.url("/get");
  const http::Outgoing head{url, "HEAD", "HEAD /get HTTP/1.1\r\nHost: " + url.authority() + "\r\n\r\n", ""};
  for (int round = 0; round < 2; ++round) {
    const auto response = response_of(client->send(head, 2'000));
    CHECK(response.headers.find("Content-Length") == "3");
    CHECK(response.body.empty());
  }
}

TEST_CASE("client: our server's other half, exact bytes both ways") {
  TestServer server;
  auto client = blocking();
  const std::string head = "WeIrD /x%zz HTTP/1.1\r\nhOST: a\r\nX-A:  b\r\nX-a:\r\nContent-Length: 3\r\n\r\n";
  const auto response = response_of(client->send({{"http", "localhost", server.port(), ""}, "WeIrD", head, std::string("a\0b", 3)}, 5'000));
  CHECK(response.body == std::string("a\0b", 3));
  const auto requests = server.requests();
  REQUIRE(requests.size() == 1);
  CHECK(requests[0].raw_head + "\r\n" == head);
}

TEST_CASE("client: connections are kept and reused, one for sends one after the other") {
  RawEndpoint endpoint([](RawSocket& socket, int) {
    while (take_request(socket)) socket.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  });
  auto client = blocking();
  for (int i = 0; i < 5; ++i) CHECK(response_of(client->send(post_to(endpoint.url()), 5'000)).body == "ok");
  CHECK(endpoint.connections() == 1);
}

TEST_CASE("client: a connection is not reused when it must not be") {
  for (const char* answer : {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nKeep-Alive: timeout=0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nmore than said",
                             "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"}) {
    CAPTURE(std::string(answer));
    RawEndpoint endpoint([&](RawSocket& socket, int) {
      if (take_request(socket)) socket.send(answer);
      socket.ended();
    });
    auto client = blocking();
    for (int i = 0; i < 2; ++i) {
      CHECK(response_of(client->send(post_to(endpoint.url()), 5'000)).body.empty());
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    CHECK(endpoint.connections() == 2);
  }
}

TEST_CASE("client: a kept connection that the endpoint closed meanwhile is not used") {
  RawEndpoint endpoint(answers("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));  // says keep-alive, closes
  auto client = blocking();
  for (int i = 0; i < 5; ++i) {
    CHECK(response_of(client->send(post_to(endpoint.url()), 5'000)).body == "ok");
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  CHECK(endpoint.connections() == 5);
}

TEST_CASE("client: every framing of an answer") {
  struct Case {
    const char* bytes;
    int status;
    const char* body;
  };
  for (const Case& each : {Case{"HTTP/1.1 200 OK\r\n\r\nuntil close", 200, "until close"}, Case{"HTTP/1.0 201 Created\n\nbare", 201, "bare"},
                           Case{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=1\r\nabc\r\n0\r\nT: 1\r\n\r\n", 200, "abc"},
                           Case{"HTTP/1.1 204 No Content\r\n\r\n", 204, ""}, Case{"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304, ""},
                           Case{"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\nContent-Length: 1\r\n\r\nx", 202, "x"},
                           Case{"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", 500, ""}, Case{"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", 302, ""}}) {
    CAPTURE(std::string(each.bytes));
    RawEndpoint endpoint(answers(each.bytes));
    const auto response = response_of(blocking()->send(post_to(endpoint.url()), 5'000));
    CHECK(response.status == each.status);
    CHECK(response.body == each.body);
  }
}

TEST_CASE("client: an answer that comes byte by byte") {
  RawEndpoint endpoint([](RawSocket& socket, int) {
    take_request(socket);
    for (const char byte : std::string("HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 5\r\n\r\nhello")) socket.send(std::string_view(&byte, 1));
  });
  CHECK(response_of(blocking()->send(post_to(endpoint.url()), 5'000)).body == "hello");
}

TEST_CASE("client: what is no whole answer is a failure with its own name") {
  struct Case {
    const char* bytes;
    http::SendFault fault;
    const char* words;
  };
  using enum http::SendFault;
  for (const Case& each : {Case{"", closed, "without an answer"}, Case{"HTTP/1.1 200 OK\r\nContent-Le", closed, "half-way"},
                           Case{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", closed, "half-way"},
                           Case{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", closed, "half-way"}, Case{"HTTP/1.1 100 Continue\r\n\r\n", closed, "without"},
                           Case{"SSH-2.0-OpenSSH_9.2\r\n\r\n", malformed, "not acceptable HTTP"}, Case{"<html>\n\n", malformed, "not acceptable HTTP"},
                           Case{"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", malformed, "both"},
                           Case{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", malformed, "chunk"},
                           Case{"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", malformed, "protocols"}}) {
    CAPTURE(std::string(each.bytes));
    RawEndpoint endpoint(answers(each.bytes));
    const auto failure = failure_of(blocking()->send(post_to(endpoint.url()), 5'000));
    CHECK(fault_name(failure.fault) == fault_name(each.fault));
    CHECK(failure.message.find(each.words) != std::string::npos);
  }
}

TEST_CASE("client: a reset before, inside and after the head") {
  for (const char* part : {"", "HTTP/1.1 2", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"}) {
    CAPTURE(std::string(part));
    RawEndpoint endpoint([&](RawSocket& socket, int) {
      take_request(socket);
      socket.send(part);
      std::this_thread::sleep_for(std::chrono::milliseconds(30));
      socket.reset();
    });
    CHECK(failure_of(blocking()->send(post_to(endpoint.url()), 5'000)).fault == http::SendFault::closed);
  }
}

TEST_CASE("client: an endpoint that answers and closes before it has read everything is heard") {
  RawEndpoint endpoint([](RawSocket& socket, int) {
    socket.receive_until("\r\n\r\n");
    socket.send("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno");
    socket.end_sending();
    socket.receive_all();
  });
  const auto response = response_of(blocking()->send(post_to(endpoint.url(), std::string(8'000'000, 'x')), 10'000));
  CHECK(response.status == 413);
  CHECK(response.body == "no");
}

TEST_CASE("client: an endpoint that answers and then reads no more is heard") {
  RawEndpoint endpoint([](RawSocket& socket, int) {
    socket.receive_until("\r\n\r\n");
    socket.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  });
  CHECK(response_of(blocking()->send(post_to(endpoint.url(), std::string(20'000'000, 'x')), 5'000)).status == 413);
}

TEST_CASE("client: a kept connection that ends without a word is replaced once, and not kept again") {
  RawEndpoint endpoint([](RawSocket& socket, int number) {
    if (take_request(socket)) socket.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    if (number == 0) take_request(socket);  // the second request crosses the end
    else socket.ended();
  });
  auto client = blocking();
  for (int i = 0; i < 3; ++i) CHECK(response_of(client->send(post_to(endpoint.url()), 5'000)).body == "ok");
  CHECK(endpoint.connections() == 3);
}

TEST_CASE("client: a kept connection that ends while a large body is written is replaced too") {
  RawEndpoint endpoint([](RawSocket& socket, int number) {
    if (take_request(socket)) socket.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    if (number == 0) socket.receive_until("\r\n\r\n");
    else socket.ended();
  });
  auto client = blocking();
  CHECK(response_of(client->send(post_to(endpoint.url()), 5'000)).body == "ok");
  CHECK(response_of(client->send(post_to(endpoint.url(), std::string(20'000'000, 'x')), 10'000)).body == "ok");
  CHECK(endpoint.connections() == 2);
}

TEST_CASE("client: a new connection that ends without a word is told, not tried again") {
  RawEndpoint endpoint([](RawSocket& socket, int) { take_request(socket); });
  CHECK(failure_of(blocking()->send(post_to(endpoint.url()), 5'000)).fault == http::SendFault::closed);
  CHECK(endpoint.connections() == 1);
}

TEST_CASE("client: one time limit for everything, also when bytes keep dripping") {
  RawEndpoint endpoint([](RawSocket& socket, int) {
    take_request(socket);
    socket.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    for (int i = 0; i < 300 && socket.send("x"); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  });
  const std::int64_t begun = steady_ms();
  const auto failure = failure_of(blocking()->send(post_to(endpoint.url()), 250));
  const std::int64_t took = steady_ms() - begun;
  CHECK(failure.fault == http::SendFault::timeout);
  CHECK(took >= 240);
  CHECK(took < 2'000);
}

TEST_CASE("client: nobody listens there") {
  std::uint16_t port = 0;
  {
    RawEndpoint gone([](RawSocket&, int) {});
    port = gone.port();
  }
  const auto failure = failure_of(blocking()->send(post_to({"http", "127.0.0.1", port, "/"}), 5'000));
  CHECK(failure.fault == http::SendFault::unreachable);
  CHECK(failure.message == "connection refused by 127.0.0.1:" + std::to_string(port));
}

TEST_CASE("client: a name that does not exist") {
  const auto failure = failure_of(blocking()->send(post_to({"http", "no-such-host.invalid", 80, "/"}), 10'000));
  CHECK((failure.fault == http::SendFault::unreachable || failure.fault == http::SendFault::timeout));
}

TEST_CASE("client: answers larger than the limits are refused") {
  ClientOptions options;
  options.limits.body = 10;
  options.limits.head = 200;
  for (const std::string& answer : {std::string("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n01234567890"), std::string("HTTP/1.1 200 OK\r\n\r\n01234567890"),
                                    std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n"),
                                    "HTTP/1.1 200 OK\r\nX: " + std::string(300, 'x') + "\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nX: " + std::string(30'000, 'x')}) {
    CAPTURE(answer.substr(0, 60));
    RawEndpoint endpoint(answers(answer));
    CHECK(failure_of(blocking(options)->send(post_to(endpoint.url()), 5'000)).fault == http::SendFault::malformed);
  }
  RawEndpoint endpoint(answers("HTTP/1.1 200 OK\r\n\r\n0123456789"));
  CHECK(response_of(blocking(options)->send(post_to(endpoint.url()), 5'000)).body == "0123456789");
}

TEST_CASE("client on a loop: many at once, each answered exactly once") {
  TestServer endpoint;
  Loop loop;
  auto client = *loop.make_client(ClientOptions{});
  int answered = 0;
  int wrong = 0;
  for (int i = 0; i < 200; ++i) {
    const std::string body = "number " + std::to_string(i);
    client->send(post_to({"http", "127.0.0.1", endpoint.port(), "/"}, body), 10'000, [&, body](http::SendResult result) {
      const auto* response = std::get_if<http::Response>(&result);
      if (response == nullptr || response->body != body) ++wrong;
      if (++answered == 200) loop.drain(0);
    });
  }
  CHECK(answered == 0);  // never from inside send
  loop.run();
  CHECK(answered == 200);
  CHECK(wrong == 0);
  CHECK(endpoint.requests().size() == 200);
}

TEST_CASE("client on a loop: idle connections are closed after their time") {
  std::promise<bool> closed;
  RawEndpoint endpoint([&closed](RawSocket& socket, int) {
    take_request(socket);
    socket.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    closed.set_value(socket.ended());
  });
  Loop loop;
  auto client = *loop.make_client(ClientOptions{});
  client->send(post_to(endpoint.url()), 5'000, [](http::SendResult) {});
  std::thread running([&loop] { loop.run(); });
  CHECK(closed.get_future().get());
  loop.post([&loop] { loop.drain(0); });
  running.join();
}
