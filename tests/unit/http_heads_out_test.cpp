// Heads on their way out: forwarded and given back line by line as received, with only hop-by-hop fields and Host changed.
#include <doctest/doctest.h>

#include "http/codec.hpp"

using namespace hookctl;
using namespace hookctl::http;

namespace {

Request received(const std::string& head) { return std::get<Request>(parse_request_head(head, Limits{})); }
Response answered(const std::string& head) { return std::get<Response>(parse_response_head(head, "POST", Limits{})); }

}  // namespace

TEST_CASE("forward: every line as received but Host, the target and hop-by-hop fields") {
  const Request request = received(
      "POST /in?q=%zz HTTP/1.1\r\nX-First:  two blanks\r\nhOSt: public.example\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\n"
      "x-sig: a%20b\r\nX-SIG:\r\nTE: trailers\r\nContent-Length: 3\r\nAccept-Encoding:\tgzip \r\n\r\n");
  CHECK(forward_head(request, "/out?q=%zz", "localhost:3000") ==
        "POST /out?q=%zz HTTP/1.1\r\nX-First:  two blanks\r\nhOSt: localhost:3000\r\nx-sig: a%20b\r\nX-SIG:\r\nContent-Length: 3\r\nAccept-Encoding:\tgzip \r\n\r\n");
}

TEST_CASE("forward: HTTP/1.0 without Host gets one, at the end, and the version is 1.1") {
  const Request request = received("PUT /x HTTP/1.0\r\nA: 1\r\nProxy-Connection: keep-alive\r\n\r\n");
  CHECK(forward_head(request, "/x", "[::1]:3000") == "PUT /x HTTP/1.1\r\nA: 1\r\nHost: [::1]:3000\r\n\r\n");
}

TEST_CASE("forward: chunked framing and trailers' names are passed on, the body as received") {
  Request request = received("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n");
  request.raw_body = "1;x\r\na\r\n0\r\nX-T: 1\r\n\r\n";
  request.body = "a";
  CHECK(forward_head(request, "/", "h") == "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n");
  CHECK(wire_body(request) == request.raw_body);
}

TEST_CASE("forward: a request of our own is written from its fields with the same changes") {
  Request request;
  request.method = "POST";
  request.headers = {{"X-A", "1"}, {"Connection", "close"}, {"Host", "x"}};
  CHECK(forward_head(request, "/t", "h:1") == "POST /t HTTP/1.1\r\nX-A: 1\r\nHost: h:1\r\n\r\n");
}

TEST_CASE("forward: what was accepted is accepted again, with the same fields") {
  const Request request = received("POST /a HTTP/1.1\r\nHost: h\r\nX: 1\r\nX: 2\r\nContent-Length: 0\r\n\r\n");
  const Request again = received(forward_head(request, request.target, "h"));
  CHECK(again.headers == request.headers);
  CHECK(again.target == request.target);
  CHECK(again.raw_head == request.raw_head);
}

TEST_CASE("relay: the endpoint's lines, reason and odd spelling, without its hop-by-hop fields") {
  const Response response = answered(
      "HTTP/1.1 418 Short and stout\r\nx-B:  1\r\nConnection: close, x-hop\r\nX-Hop: 2\r\nX-b:\r\nContent-Length: 2\r\nKeep-Alive: timeout=5\r\n\r\n");
  CHECK(relay_head(response, false) == "HTTP/1.1 418 Short and stout\r\nx-B:  1\r\nX-b:\r\nContent-Length: 2\r\n\r\n");
  CHECK(relay_head(response, true) == "HTTP/1.1 418 Short and stout\r\nx-B:  1\r\nX-b:\r\nContent-Length: 2\r\nConnection: close\r\n\r\n");
}

TEST_CASE("relay: bare line feeds become CRLF, an empty reason stays empty, an answer until close gets its length") {
  Response response = answered("HTTP/1.0 200\nX: y\n\n");
  response.body = "hello";
  CHECK(relay_head(response, false) == "HTTP/1.1 200 \r\nX: y\r\nContent-Length: 5\r\n\r\n");
}

TEST_CASE("relay: mixed line ends never end the head early") {
  for (const char* end : {"\n\r\n", "\r\n\n", "\n\n", "\r\n\r\n"}) {
    Response response = answered("HTTP/1.1 200 OK\r\nX: y" + std::string(end));
    response.body = "hello";
    CHECK(relay_head(response, true) == "HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 5\r\nConnection: close\r\n\r\n");
  }
}

TEST_CASE("relay: an answer of our own has the standard reason") {
  Response response;
  response.status = 404;
  response.headers = {{"A", "b"}};
  CHECK(relay_head(response, false) == "HTTP/1.1 404 Not Found\r\nA: b\r\n\r\n");
}

TEST_CASE("write_head: fields as they stand, both versions") {
  Request request;
  request.target = "/x";
  request.headers = {{"h", ""}, {"H", "v"}};
  CHECK(write_head(request) == "POST /x HTTP/1.1\r\nh: \r\nH: v\r\n\r\n");
  request.minor_version = 0;
  CHECK(write_head(request) == "POST /x HTTP/1.0\r\nh: \r\nH: v\r\n\r\n");
  Response response;
  response.status = 202;
  CHECK(write_head(response) == "HTTP/1.1 202 Accepted\r\n\r\n");
}

TEST_CASE("wire body: the payload where there are no chunks as received") {
  Request request;
  request.body = "payload";
  CHECK(wire_body(request) == "payload");
  request.framing = Framing::chunked;
  CHECK(wire_body(request) == "payload");
  Response response;
  response.body = "p";
  response.raw_body = "1\r\np\r\n0\r\n\r\n";
  CHECK(wire_body(response) == "p");
  response.framing = Framing::chunked;
  CHECK(wire_body(response) == response.raw_body);
}

TEST_CASE("give back: a 204 has no framing fields, for a reader might wait for the body they speak of") {
  CHECK(relay_head(answered("HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n"), false) == "HTTP/1.1 204 No Content\r\nX: y\r\n\r\n");
  CHECK(relay_head(answered("HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\n"), false) == "HTTP/1.1 204 No Content\r\n\r\n");
  CHECK(relay_head(answered("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"), false) == "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n");
}

TEST_CASE("check_writable: no word of anybody's begins a header of its own, and no value is told") {
  Request request;
  request.headers = {{"X-Id", "caf\xc3\xa9 \x1b \t%0d%0a"}};
  CHECK(check_writable(request));
  for (const std::string& value : {std::string("a\r\nX-Evil: 1"), std::string("a\nb"), std::string("a\rb"), std::string("a\0b", 3)}) {
    request.headers = {{"X-Token", value}};
    const auto checked = check_writable(request);
    REQUIRE_FALSE(checked);
    CHECK(checked.error().kind == ErrorKind::usage);
    CHECK(checked.error().message == "the value of the header 'X-Token' holds a line break or a NUL");
  }
  for (const char* name : {"", "a b", "a:", "X\r\nY", "b\xc3\xa4" "d"}) {
    request.headers = {{name, "v"}};
    CHECK_FALSE(check_writable(request));
  }
  request.headers = {};
  for (const char* method : {"", "PO ST", "POST / HTTP/1.1\r\nX: y"}) {
    request.method = method;
    CHECK_FALSE(check_writable(request));
  }
}

TEST_CASE("our own answers are JSON with an exact length, whatever the words hold") {
  const Response response = json_answer(502, "endpoint_closed", "said \"no\"\n\x01", "req_1");
  CHECK(response.status == 502);
  CHECK(response.body == "{\"error\":\"endpoint_closed\",\"message\":\"said \\\"no\\\"\\n\\u0001\",\"request\":\"req_1\"}\n");
  CHECK(response.headers.find("Content-Type") == "application/json");
  CHECK(response.headers.find("Content-Length") == std::to_string(response.body.size()));
  CHECK(json_answer(500, "a", "b").body == "{\"error\":\"a\",\"message\":\"b\"}\n");
}

TEST_CASE("set_content_length: the payload's size replaces every other framing but chunks as received") {
  Request request;
  request.body = "12345";
  request.headers = {{"content-length", "9"}, {"X", "y"}, {"Transfer-Encoding", "chunked"}};
  set_content_length(request);
  CHECK(request.headers == Headers{{"Content-Length", "5"}, {"X", "y"}});
  CHECK(request.framing == Framing::content_length);
  Request chunked;
  chunked.framing = Framing::chunked;
  chunked.raw_body = "0\r\n\r\n";
  chunked.headers = {{"Transfer-Encoding", "chunked"}};
  set_content_length(chunked);
  CHECK(chunked.headers == Headers{{"Transfer-Encoding", "chunked"}});
}
