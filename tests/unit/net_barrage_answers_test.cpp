// The barrage reads answers: framings, limits, noise, segments; and is answered before a large body is read.
#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "net_barrage_requests.hpp"

using namespace hookctl;
using namespace hookctl::net;
using http::SendFault;

namespace {

Reply reply_to(const std::string& answer, const ClientOptions& options = {}) {
  RawEndpoint endpoint(answers({answer}, 1));
  Requests source(1, 3);
  fire(endpoint.url(), source, 1, kPatienceMs, options);
  REQUIRE(source.replies.size() == 1);
  CHECK(endpoint.connections() == 1);
  return source.replies[0];
}

SendFault fault_of(const std::string& answer, const ClientOptions& options = {}) {
  const Reply reply = reply_to(answer, options);
  REQUIRE(reply.failure.has_value());
  INFO(reply.failure->message);
  return reply.failure->fault;
}

}  // namespace

// --- answers ---------------------------------------------------------------------------------------------------------------------------

TEST_CASE("barrage: chunks are taken apart, and the connection goes on") {
  RawEndpoint endpoint(answers({"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: v\r\n\r\n", kOk}));
  Requests source(6);
  fire(endpoint.url(), source);
  check_statuses(source, 6, 200);
  for (std::size_t i = 0; i < 6; ++i) CHECK(source.replies[i].body == (i % 2 == 0 ? "abcde" : "ok"));
  CHECK(source.replies[0].head == "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  CHECK(endpoint.connections() == 1);
}

TEST_CASE("barrage: answers may come byte by byte") {
  const std::vector<std::string> all = {
      kOk, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\n\r\nok"};
  RawEndpoint endpoint([&](RawSocket& socket, int) {
    for (const std::string& answer : all) {
      if (take_request(socket).empty()) return;
      for (const char byte : answer) {
        socket.send(std::string_view(&byte, 1));
        std::this_thread::sleep_for(std::chrono::microseconds(200));
      }
    }
  });
  Requests source(3);
  fire(endpoint.url(), source);
  check_statuses(source, 3, 200);
  for (const Reply& reply : source.replies) CHECK(reply.body == "ok");
  CHECK(endpoint.connections() == 1);
}

TEST_CASE("barrage: provisional answers are noise, before and in between") {
  std::string noise;
  for (int i = 0; i < 1000; ++i) noise += "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
  RawEndpoint endpoint(answers({noise + kOk}));
  Requests source(5);
  fire(endpoint.url(), source);
  check_statuses(source, 5, 200);
  for (const Reply& reply : source.replies) CHECK(reply.head + reply.body == kOk);
  CHECK(endpoint.connections() == 1);
}

TEST_CASE("barrage: answers of many kinds, one after the other, are each what they say") {
  const std::vector<std::string> heads = {
      "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", "HTTP/1.1 500 Oh\r\nContent-Length: 3\r\n\r\n",
      "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n"};
  std::vector<std::string> all = heads;
  all[1] += "abc";
  all[2] += "xyz";
  RawEndpoint endpoint(answers(all));
  Requests source(50);
  fire(endpoint.url(), source);
  check_tokens(source, 50);
  for (std::size_t i = 0; i < 50; ++i) CHECK(source.replies[i].head + source.replies[i].body == all[i % 5]);
  CHECK(endpoint.connections() == 1);
}

TEST_CASE("barrage: large answers up to the limit, then small ones") {
  const std::string large(4 * 1024 * 1024, 'b');
  RawEndpoint endpoint(answers({"HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(large.size()) + "\r\n\r\n" + large, kOk}));
  Requests source(4);
  fire(endpoint.url(), source);
  check_statuses(source, 4, 200);
  for (std::size_t i = 0; i < 4; ++i) CHECK(source.replies[i].body == (i % 2 == 0 ? large : "ok"));
  CHECK(endpoint.connections() == 1);
}

TEST_CASE("barrage: what is no HTTP, or too much of it, is malformed") {
  CHECK(fault_of("nonsense\r\n\r\n") == SendFault::malformed);
  CHECK(fault_of("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok") == SendFault::malformed);
  CHECK(fault_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n") == SendFault::malformed);
  CHECK(fault_of("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n") == SendFault::malformed);
  CHECK(fault_of("HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'h')) == SendFault::malformed);
  CHECK(fault_of("HTTP/1.1 200 OK\r\nContent-Length: 4194305\r\n\r\n") == SendFault::malformed);
  CHECK(fault_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n400001\r\n") == SendFault::malformed);
  CHECK(fault_of("HTTP/1.1 200 OK\r\n\r\n" + std::string(4 * 1024 * 1024 + 1, 'b')) == SendFault::malformed);
  CHECK(fault_of("") == SendFault::closed);
  CHECK(fault_of("HTTP/1.1 200 OK\r\nContent-Le") == SendFault::closed);
  CHECK(fault_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab") == SendFault::closed);
}

TEST_CASE("barrage: limits may be smaller than the largest") {
  ClientOptions options;
  options.limits.head = 60;
  options.limits.body = 2;
  CHECK(reply_to(kOk, options).body == "ok");
  CHECK(fault_of("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", options) == SendFault::malformed);
  CHECK(fault_of("HTTP/1.1 200 OK\r\nX: " + std::string(50, 'h') + "\r\nContent-Length: 2\r\n\r\nok", options) == SendFault::malformed);
}

TEST_CASE("barrage: after a malformed answer the next request gets a new connection") {
  RawEndpoint endpoint(answers({"nonsense\r\n\r\n" + kOk, kOk}));
  Requests source(4);
  fire(endpoint.url(), source);
  check_tokens(source, 4);
  for (std::size_t i = 0; i < 4; ++i) CHECK(source.replies[i].status == (i % 2 == 0 ? 0 : 200));
  CHECK(endpoint.connections() == 3);  // the second and third share one
}

// --- large requests --------------------------------------------------------------------------------------------------------------------

TEST_CASE("barrage: an early answer to a large body that nobody reads is heard, and its connection ends with it") {
  for (const bool stays : {true, false}) {
    CAPTURE(stays);
    RawEndpoint endpoint([stays](RawSocket& socket, int) {
      if (socket.receive_until("\r\n\r\n").empty()) return;
      socket.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
      if (stays) std::this_thread::sleep_for(std::chrono::milliseconds(100));
      socket.end_sending();
      socket.receive_all();
    });
    Requests source(3, 16 * 1024 * 1024);
    fire(endpoint.url(), source);
    check_statuses(source, 3, 413);
    for (const Reply& reply : source.replies) CHECK(reply.body == "no");
    CHECK(endpoint.connections() == 3);
  }
}

TEST_CASE("barrage: a large body that is read whole leaves its connection good") {
  ServerOptions options = on_free_port();
  TestServer server(options, [](Loop&, std::shared_ptr<http::Exchange> exchange) {
    http::Response response;
    response.body = std::to_string(exchange->request().body.size()) + " " + exchange->remote();
    exchange->answer(std::move(response));
  });
  Requests source(6, 16 * 1024 * 1024);
  fire({"http", "127.0.0.1", server.port(), "/"}, source);
  check_statuses(source, 6, 200);
  for (const Reply& reply : source.replies) CHECK(reply.body == source.replies[0].body);  // from the same port
  CHECK(source.replies[0].body.starts_with("16777216 "));
}
