// Target URLs and the short forms that people type.
#include <doctest/doctest.h>

#include "http/url.hpp"

using namespace hookctl;
using namespace hookctl::http;

namespace {

struct Case {
  const char* typed;
  const char* scheme;
  const char* host;
  int port;
  const char* target;
  const char* authority;
};

}  // namespace

TEST_CASE("urls: absolute and short forms") {
  const Case cases[] = {
      {"3000", "http", "localhost", 3000, "", "localhost:3000"},
      {":3000", "http", "localhost", 3000, "", "localhost:3000"},
      {":3000/hooks", "http", "localhost", 3000, "/hooks", "localhost:3000"},
      {"3000/webhook?a=1", "http", "localhost", 3000, "/webhook?a=1", "localhost:3000"},
      {"3000?a=1", "http", "localhost", 3000, "?a=1", "localhost:3000"},
      {"localhost:3000/hooks", "http", "localhost", 3000, "/hooks", "localhost:3000"},
      {"localhost", "http", "localhost", 80, "", "localhost"},
      {"127.0.0.1:8080", "http", "127.0.0.1", 8080, "", "127.0.0.1:8080"},
      {"127.8.9.1/x", "http", "127.8.9.1", 80, "/x", "127.8.9.1"},
      {"[::1]:3000/x", "http", "::1", 3000, "/x", "[::1]:3000"},
      {"[::1]", "http", "::1", 80, "", "[::1]"},
      {"example.com/hooks", "https", "example.com", 443, "/hooks", "example.com"},
      {"example.com:8443", "https", "example.com", 8443, "", "example.com:8443"},
      {"[2001:db8::1]/x", "https", "2001:db8::1", 443, "/x", "[2001:db8::1]"},
      {"http://example.com", "http", "example.com", 80, "", "example.com"},
      {"HTTPS://Example.COM/A?B=%2f#frag", "https", "example.com", 443, "/A?B=%2f", "example.com"},
      {"https://example.com:443/", "https", "example.com", 443, "/", "example.com"},
      {"http://example.com:443/", "http", "example.com", 443, "/", "example.com:443"},
      {"http://[::1]:3000?x", "http", "::1", 3000, "?x", "[::1]:3000"},
      {"localhost:3000/go?to=http://other/", "http", "localhost", 3000, "/go?to=http://other/", "localhost:3000"},
  };
  for (const Case& each : cases) {
    CAPTURE(std::string(each.typed));
    const auto url = parse_url(each.typed);
    REQUIRE(url);
    CHECK(url->scheme == each.scheme);
    CHECK(url->host == each.host);
    CHECK(url->port == each.port);
    CHECK(url->target == each.target);
    CHECK(url->authority() == each.authority);
  }
}

TEST_CASE("urls: what is no target is a usage error that shows the forms") {
  for (const char* typed : {"", " ", "http://", "ftp://example.com", "http://host:0", "http://host:65536", "http://host:x", "host:", ":", ":x", "0", "70000",
                            "http://user@host/", "http://user:pw@host/", "http://a b/", "http://host/\n", "http://[::1", "http://[::1]x", "http://[host]/",
                            "::1", "2001:db8::1/x", "http://host:80:80/", "/path", "?query", "#"}) {
    CAPTURE(typed);
    const auto url = parse_url(typed);
    REQUIRE_FALSE(url);
    CHECK(url.error().kind == ErrorKind::usage);
    CHECK(url.error().message.find("is not a target URL") != std::string::npos);
    CHECK_FALSE(url.error().hint.empty());
  }
}

TEST_CASE("urls: control bytes never reach the message") {
  const auto url = parse_url("http://h/\x1b[31m");
  REQUIRE_FALSE(url);
  CHECK(url.error().message.find('\x1b') == std::string::npos);
}

TEST_CASE("urls: origin form and whole text") {
  CHECK(parse_url("3000")->origin_form() == "/");
  CHECK(parse_url("3000?a=1")->origin_form() == "/?a=1");
  CHECK(parse_url("3000/x?y")->origin_form() == "/x?y");
  CHECK(parse_url("3000/x")->text() == "http://localhost:3000/x");
  CHECK(parse_url("https://e.com")->text() == "https://e.com");
}

TEST_CASE("urls: loopback is localhost, 127/8 and ::1, not a name that looks like it") {
  for (const char* host : {"localhost", "LOCALHOST", "127.0.0.1", "127.255.0.3", "::1"}) CHECK(is_loopback(host));
  for (const char* host : {"localhost.example.com", "127.0.0.1.example.com", "128.0.0.1", "::2", "example.com", ""}) CHECK_FALSE(is_loopback(host));
}

TEST_CASE("resolve_url: what a Location means beside the URL that answered") {
  const Url base = *parse_url("http://localhost:3000/hooks/in?x=1");
  const auto meant = [&](const char* reference) { return resolve_url(base, reference).value().text(); };
  CHECK(meant("https://example.com/a?b#c") == "https://example.com/a?b");
  CHECK(meant("//example.com/a") == "http://example.com/a");
  CHECK(meant("/other?y=2") == "http://localhost:3000/other?y=2");
  CHECK(meant("out") == "http://localhost:3000/hooks/out");
  CHECK(meant("out?next=http://else") == "http://localhost:3000/hooks/out?next=http://else");
  CHECK(meant("?y=2") == "http://localhost:3000/hooks/in?y=2");
  CHECK(meant("") == "http://localhost:3000/hooks/");
  CHECK_FALSE(resolve_url(base, "mailto:someone"));
  CHECK_FALSE(resolve_url(base, "ftp://example.com/"));
  CHECK_FALSE(resolve_url(base, "/a b"));
}
