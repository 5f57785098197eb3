// Absolute http and https URLs, and the short forms that people type for a target.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace hookctl::http {

struct Url {
  std::string scheme{"http"};  // "http" or "https"
  std::string host;            // name or address, an IPv6 address without its brackets
  std::uint16_t port{80};
  std::string target;          // path and query as typed, "" when the URL has neither; never a fragment

  bool tls() const noexcept { return scheme == "https"; }
  bool default_port() const noexcept { return port == (tls() ? 443 : 80); }
  // host[:port] as in a Host field: brackets around IPv6, the port only when it is not the scheme's own.
  std::string authority() const;
  // Path and query for a request line: `target`, or "/" .
  std::string origin_form() const;
  std::string text() const;  // the whole URL
  bool operator==(const Url&) const = default;
};

// "http://…" or "https://…", or a short form: "3000", ":3000/hooks", "localhost:3000/hooks", "example.com/hooks" (http when it names
// this machine, https otherwise). `usage` names what is wrong: other scheme, user name in it, port out of range, space or control byte.
Result<Url> parse_url(std::string_view text);

// The URL that `reference`, a Location field, means beside `base` (RFC 3986, 5.2, for http and https): absolute, "//host/path", "/path",
// "?query", or a path beside the base's. `usage` as in parse_url; dot segments stay as they are.
Result<Url> resolve_url(const Url& base, std::string_view reference);

// Is the host this machine (localhost, 127.0.0.0/8, ::1)?
bool is_loopback(std::string_view host) noexcept;

}  // namespace hookctl::http
