// Request heads: what is kept byte for byte, and what is refused with which status and code.
#include <doctest/doctest.h>

#include "http/codec.hpp"

using namespace hookctl;
using namespace hookctl::http;

namespace {

Request accept(const std::string& head, const Limits& limits = {}) {
  auto parsed = parse_request_head(head, limits);
  if (auto* refusal = std::get_if<Refusal>(&parsed)) FAIL("refused: " << refusal->code << ": " << refusal->message);
  return std::get<Request>(std::move(parsed));
}

Refusal refuse(const std::string& head, const Limits& limits = {}) {
  auto parsed = parse_request_head(head, limits);
  REQUIRE_MESSAGE(std::holds_alternative<Refusal>(parsed), "accepted: " << head);
  return std::get<Refusal>(std::move(parsed));
}

std::string post(const std::string& fields) { return "POST /x HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n"; }

struct Bad {
  std::string head;
  int status;
  const char* code;
};

}  // namespace

TEST_CASE("request head: order, spelling, repeats, empty values and percent signs stay as they are") {
  const std::string head =
      "PoST /a%2Fb/../c?q=%zz&x=1+2 HTTP/1.1\r\nhOSt: h:1\r\nX-Sig: a%20b\r\nx-sig:\r\nX-Empty:   \r\nX-SIG:\tt,v \t\r\nX-Utf: \xc3\xa9\xff\r\n\r\n";
  const Request request = accept(head);
  CHECK(request.method == "PoST");
  CHECK(request.target == "/a%2Fb/../c?q=%zz&x=1+2");
  CHECK(request.minor_version == 1);
  CHECK(request.framing == Framing::none);
  CHECK(request.headers == Headers{{"hOSt", "h:1"}, {"X-Sig", "a%20b"}, {"x-sig", ""}, {"X-Empty", ""}, {"X-SIG", "t,v"}, {"X-Utf", "\xc3\xa9\xff"}});
  CHECK(request.raw_head + "\r\n" == head);
}

TEST_CASE("request head: with and without its empty line it is the same head") {
  const std::string bare = "GET / HTTP/1.1\r\nHost: h\r\n";
  CHECK(accept(bare).raw_head == bare);
  CHECK(accept(bare + "\r\n").raw_head == bare);
}

TEST_CASE("request head: any token is a method, every form of target is passed on") {
  for (const char* method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "x", "M-SEARCH", "!#$%&'*+.^_`|~"}) {
    CHECK(accept(std::string(method) + " / HTTP/1.1\r\nHost: h\r\n\r\n").method == method);
  }
  for (const char* target : {"*", "http://h/x", "h:443", "/\xc3\xa9", "//", "/?", "/a#b"}) {
    CHECK(accept("GET " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n\r\n").target == target);
  }
}

TEST_CASE("request head: framing") {
  CHECK(accept(post("Content-Length: 0\r\n")).framing == Framing::content_length);
  CHECK(accept(post("content-length: 12\r\n")).framing == Framing::content_length);
  CHECK(accept(post("Content-Length: 7\r\nContent-Length: 7\r\n")).framing == Framing::content_length);
  CHECK(accept(post("Transfer-Encoding: Chunked\r\n")).framing == Framing::chunked);
  CHECK(content_length(accept(post("Content-Length: 12\r\n")).headers) == 12);
  CHECK(content_length(Headers{}) == 0);
  CHECK(content_length(Headers{{"Content-Length", "x"}}) == 0);
}

TEST_CASE("request head: HTTP/1.0 needs no Host") {
  const Request request = accept("POST /x HTTP/1.0\r\nContent-Length: 3\r\n\r\n");
  CHECK(request.minor_version == 0);
  CHECK(request.headers.size() == 1);
}

TEST_CASE("request head: a later minor version of HTTP/1 is spoken as 1.1") { CHECK(accept("GET / HTTP/1.9\r\nHost: h\r\n\r\n").minor_version == 1); }

TEST_CASE("request head: two readings are refused") {
  const Bad cases[] = {
      {post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"), 400, "ambiguous_length"},
      {post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"), 400, "ambiguous_length"},
      {post("Transfer-Encoding: identity\r\nContent-Length: 3\r\n"), 400, "ambiguous_length"},
      {post("Content-Length: 3\r\nContent-Length: 4\r\n"), 400, "differing_content_lengths"},
      {post("Content-Length: 3\r\ncontent-length: 0\r\n"), 400, "differing_content_lengths"},
      {post("Content-Length: 3, 3\r\n"), 400, "malformed_content_length"},
      {post("Content-Length: +3\r\n"), 400, "malformed_content_length"},
      {post("Content-Length: -3\r\n"), 400, "malformed_content_length"},
      {post("Content-Length: 0x3\r\n"), 400, "malformed_content_length"},
      {post("Content-Length: 3 4\r\n"), 400, "malformed_content_length"},
      {post("Content-Length:\r\n"), 400, "malformed_content_length"},
      {post("Content-Length: 18446744073709551616\r\n"), 400, "malformed_content_length"},
      {post("Transfer-Encoding: gzip, chunked\r\n"), 501, "unknown_transfer_encoding"},
      {post("Transfer-Encoding: chunked, chunked\r\n"), 501, "unknown_transfer_encoding"},
      {post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 501, "unknown_transfer_encoding"},
      {post("Transfer-Encoding: identity\r\n"), 501, "unknown_transfer_encoding"},
      {post("Transfer-Encoding: chunked;q=1\r\n"), 501, "unknown_transfer_encoding"},
      {post("Transfer-Encoding:\r\n"), 501, "unknown_transfer_encoding"},
      {post("Transfer-Encoding: \x0b" "chunked\r\n"), 400, "control_in_header"},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400, "ambiguous_length"},
      {"POST / HTTP/1.1\r\n\r\n", 400, "missing_host"},
      {post("Host: other\r\n"), 400, "two_hosts"},
  };
  for (const Bad& each : cases) {
    CAPTURE(each.head);
    const Refusal refusal = refuse(each.head);
    CHECK(refusal.status == each.status);
    CHECK(refusal.code == each.code);
    CHECK_FALSE(refusal.message.empty());
  }
}

TEST_CASE("request head: malformed lines are refused") {
  const Bad cases[] = {
      {"", 400, "malformed_request_line"},
      {"\r\n", 400, "malformed_request_line"},
      {"GET\r\n\r\n", 400, "malformed_request_line"},
      {"GET /\r\nHost: h\r\n\r\n", 400, "malformed_request_line"},
      {"GET / HTTP/1.1 \r\nHost: h\r\n\r\n", 400, "malformed_target"},
      {"GET / HTTX/1.1\r\nHost: h\r\n\r\n", 400, "malformed_request_line"},
      {"GET / http/1.1\r\nHost: h\r\n\r\n", 400, "malformed_request_line"},
      {"GET / HTTP/1\r\nHost: h\r\n\r\n", 400, "malformed_request_line"},
      {"GET / HTTP/1.10\r\nHost: h\r\n\r\n", 400, "malformed_request_line"},
      {"GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505, "unknown_version"},
      {"GET / HTTP/0.9\r\nHost: h\r\n\r\n", 505, "unknown_version"},
      {"GET  / HTTP/1.1\r\nHost: h\r\n\r\n", 400, "malformed_target"},
      {"GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", 400, "malformed_target"},
      {"GET /\x01 HTTP/1.1\r\nHost: h\r\n\r\n", 400, "malformed_target"},
      {"GET /\r HTTP/1.1\r\nHost: h\r\n\r\n", 400, "malformed_target"},
      {" GET / HTTP/1.1\r\nHost: h\r\n\r\n", 400, "malformed_method"},
      {"G(T / HTTP/1.1\r\nHost: h\r\n\r\n", 400, "malformed_method"},
      {"G\xc3\x89T / HTTP/1.1\r\nHost: h\r\n\r\n", 400, "malformed_method"},
      {post("NoColon\r\n"), 400, "malformed_header"},
      {post(": value\r\n"), 400, "malformed_header"},
      {post("X-A : value\r\n"), 400, "malformed_header"},
      {post("X A: value\r\n"), 400, "malformed_header"},
      {post("X\x01: value\r\n"), 400, "malformed_header"},
      {post(" X-A: value\r\n"), 400, "folded_header"},
      {post("X-A: one\r\n two\r\n"), 400, "folded_header"},
      {post("X-A: one\r\n\ttwo\r\n"), 400, "folded_header"},
      {post("X-A: a\rb\r\n"), 400, "control_in_header"},
      {post("X-A: a\x7f\r\n"), 400, "control_in_header"},
      {post("X-A: a\x1b[31m\r\n"), 400, "control_in_header"},
      {post(std::string("X-A: a\0b\r\n", 10)), 400, "control_in_header"},
      {"GET / HTTP/1.1\nHost: h\n\n", 400, "bare_line_feed"},
      {"GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n", 400, "bare_line_feed"},
      {"GET / HTTP/1.1\r\nHost: h\r\n\n", 400, "bare_line_feed"},
      {"GET / HTTP/1.1\r\nHost: h", 400, "bare_line_feed"},
  };
  for (const Bad& each : cases) {
    CAPTURE(each.head);
    const Refusal refusal = refuse(each.head);
    CHECK(refusal.status == each.status);
    CHECK(refusal.code == each.code);
    CHECK(refusal.message.find('\x1b') == std::string::npos);
  }
}

TEST_CASE("request head: limits hold exactly") {
  Limits limits;
  limits.fields = 3;
  CHECK(accept(post("A: 1\r\nB: 2\r\n"), limits).headers.size() == 3);
  CHECK(refuse(post("A: 1\r\nB: 2\r\nC: 3\r\n"), limits).code == "too_many_headers");
  CHECK(refuse(post("A: 1\r\nB: 2\r\nC: 3\r\n"), limits).status == 431);

  const std::string head = post("A: 1\r\n");
  limits.head = head.size();
  CHECK(accept(head, limits).headers.size() == 2);
  limits.head = head.size() - 1;
  CHECK(refuse(head, limits).code == "head_too_large");
  CHECK(refuse(head, limits).status == 431);

  limits = Limits{};
  limits.body = 10;
  CHECK(accept(post("Content-Length: 10\r\n"), limits).framing == Framing::content_length);
  CHECK(refuse(post("Content-Length: 11\r\n"), limits).status == 413);
  CHECK(refuse(post("Content-Length: 18446744073709551615\r\n"), limits).code == "body_too_large");
}

TEST_CASE("request head: the default head limit is 64 KiB") {
  const std::string frame = post("A: \r\n");
  CHECK(accept(post("A: " + std::string(64 * 1024 - frame.size(), 'v') + "\r\n")).headers.size() == 2);
  CHECK(refuse(post("A: " + std::string(64 * 1024 - frame.size() + 1, 'v') + "\r\n")).status == 431);
}

TEST_CASE("request head: NUL bytes and high bytes in a value keep the rest exact") {
  const std::string head = post("X-Bin: \x80\xfe\xff\r\n");
  CHECK(accept(head).headers.find("X-Bin") == "\x80\xfe\xff");
}

TEST_CASE("head end: found at once, byte by byte, and for bare line feeds") {
  const std::string bytes = "GET / HTTP/1.1\r\nHost: h\r\n\r\nbody\r\n\r\n";
  const std::size_t end = bytes.find("body");
  CHECK(find_head_end(bytes, 0) == end);
  for (std::size_t seen = 0; seen <= end; ++seen) {
    CAPTURE(seen);
    CHECK(find_head_end(std::string_view(bytes).substr(0, seen), seen == 0 ? 0 : seen - 1) == (seen < end ? std::string_view::npos : end));
  }
  CHECK(find_head_end("a\n\nb", 0) == 3);
  CHECK(find_head_end("a\n\r\nb", 0) == 4);
  CHECK(find_head_end("a\r\n\nb", 0) == 4);
  CHECK(find_head_end("", 0) == std::string_view::npos);
  CHECK(find_head_end("a\r\n\r", 0) == std::string_view::npos);
}

TEST_CASE("empty lines before a request line are counted in whole CRLFs") {
  CHECK(leading_empty_lines("GET /") == 0);
  CHECK(leading_empty_lines("\r\n\r\nGET /") == 4);
  CHECK(leading_empty_lines("\r\n\r") == 2);
  CHECK(leading_empty_lines("\nGET") == 0);
  CHECK(leading_empty_lines("") == 0);
}

TEST_CASE("keep-alive: the version's default and what Connection says") {
  CHECK(keeps_alive(Headers{}, 1));
  CHECK_FALSE(keeps_alive(Headers{}, 0));
  CHECK_FALSE(keeps_alive(Headers{{"Connection", "Close"}}, 1));
  CHECK(keeps_alive(Headers{{"Connection", "Keep-Alive"}}, 0));
  CHECK_FALSE(keeps_alive(Headers{{"Connection", "keep-alive, close"}}, 1));
}

TEST_CASE("a request begins with a token or an empty line; a TLS handshake does not") {
  for (const char* bytes : {"", "G", "!x", "\r", "\r\nGET"}) CHECK(may_begin_request(bytes));
  for (const char* bytes : {"\x16\x03\x01", " GET", "\n", "(", "\x80", ":"}) CHECK_FALSE(may_begin_request(bytes));
  CHECK_FALSE(may_begin_request(std::string_view("\0", 1)));
}
