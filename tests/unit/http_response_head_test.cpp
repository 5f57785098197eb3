// Answers' heads: framing by status and method, leniency towards endpoints (bare line feeds), and refusals.
#include <doctest/doctest.h>

#include "http/codec.hpp"

using namespace hookctl;
using namespace hookctl::http;

namespace {

Response accept(const std::string& head, const char* method = "POST") {
  auto parsed = parse_response_head(head, method, Limits{});
  if (auto* refusal = std::get_if<Refusal>(&parsed)) FAIL("refused: " << refusal->code << ": " << refusal->message);
  return std::get<Response>(std::move(parsed));
}

std::string refuse(const std::string& head, const Limits& limits = {}) {
  auto parsed = parse_response_head(head, "POST", limits);
  REQUIRE_MESSAGE(std::holds_alternative<Refusal>(parsed), "accepted: " << head);
  return std::get<Refusal>(parsed).code;
}

}  // namespace

TEST_CASE("response head: status, reason and fields as they stand") {
  const std::string head = "HTTP/1.1 299 Well, \xc3\xa9 done\r\nx-A: 1\r\nX-a:\r\nContent-Length: 3\r\n\r\n";
  const Response response = accept(head);
  CHECK(response.status == 299);
  CHECK(response.reason == "Well, \xc3\xa9 done");
  CHECK(response.headers == Headers{{"x-A", "1"}, {"X-a", ""}, {"Content-Length", "3"}});
  CHECK(response.raw_head + "\r\n" == head);
  CHECK(response.minor_version == 1);
}

TEST_CASE("response head: an empty or missing reason is fine") {
  CHECK(accept("HTTP/1.1 200 \r\n\r\n").reason == "");
  CHECK(accept("HTTP/1.1 200\r\n\r\n").reason == "");
  CHECK(accept("HTTP/1.0 200 OK\r\n\r\n").minor_version == 0);
}

TEST_CASE("response head: how the body ends") {
  CHECK(accept("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n").framing == Framing::content_length);
  CHECK(accept("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").framing == Framing::chunked);
  CHECK(accept("HTTP/1.1 200 OK\r\n\r\n").framing == Framing::until_close);
  CHECK(accept("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HEAD").framing == Framing::none);
  CHECK(accept("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n").framing == Framing::none);
  CHECK(accept("HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n").framing == Framing::none);
  CHECK(accept("HTTP/1.1 103 Early Hints\r\n\r\n").framing == Framing::none);
}

TEST_CASE("response head: bare line feeds of simple endpoints are understood") {
  const Response response = accept("HTTP/1.0 200 OK\nContent-Length: 2\nX: y\n\n");
  CHECK(response.headers.find("X") == "y");
  CHECK(response.framing == Framing::content_length);
  CHECK(response.raw_head == "HTTP/1.0 200 OK\nContent-Length: 2\nX: y\n");
}

TEST_CASE("response head: what is no answer is refused") {
  for (const char* line : {"", "HTTP/1.1", "HTTP/1.1 20", "HTTP/1.1 2000 x", "HTTP/1.1 099 x", "HTTP/1.1 abc x", "HTTP/1.1  200", "HTTP/2.0 200 OK", "ICY 200 OK",
                           "HTTP/1.1 +20 x", "HTTP/1.1 200x", "<html>", "HTTP/1.1 200 a\rb", "HTTP/1.1 200 a\x1b[2J"}) {
    CAPTURE(std::string(line));
    CHECK(refuse(std::string(line) + "\r\n\r\n") == "malformed_status_line");
  }
  CHECK(refuse("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n") == "ambiguous_length");
  CHECK(refuse("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n") == "differing_content_lengths");
  CHECK(refuse("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n") == "malformed_content_length");
  CHECK(refuse("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n") == "unknown_transfer_encoding");
  CHECK(refuse("HTTP/1.1 200 OK\r\nno colon\r\n\r\n") == "malformed_header");
  CHECK(refuse("HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n") == "folded_header");
  CHECK(refuse("HTTP/1.1 200 OK\r\nA: \x01\r\n\r\n") == "control_in_header");
}

TEST_CASE("response head: limits") {
  Limits limits;
  limits.body = 4;
  CHECK(refuse("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", limits) == "body_too_large");
  limits.head = 20;
  CHECK(refuse("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", limits) == "head_too_large");
  limits = Limits{};
  limits.fields = 1;
  CHECK(refuse("HTTP/1.1 200 OK\r\nA: 1\r\nB: 2\r\n\r\n", limits) == "too_many_headers");
}
