#include "http/url.hpp"

#include <algorithm>
#include <cctype>

#include "base/text.hpp"

namespace hookctl::http {

namespace {

constexpr std::string_view kForms = "write 3000, :3000/path, localhost:3000/path or https://host/path";

Error bad_url(std::string_view text, std::string_view why) {
  return usage_error("'" + printable(text) + "' is not a target URL: " + std::string(why), std::string(kForms));
}

// Splits "host:port" or "[v6]:port" into `url`; says what is wrong, or nothing.
std::string read_authority(std::string_view authority, Url& url) {
  std::string_view port;
  bool has_port = false;
  if (!authority.empty() && authority.front() == '[') {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) return "the bracket of the IPv6 address is not closed";
    url.host = std::string(authority.substr(1, close - 1));
    if (url.host.find(':') == std::string::npos) return "brackets hold an IPv6 address";
    authority.remove_prefix(close + 1);
    if (!authority.empty() && authority.front() != ':') return "after the IPv6 address comes ':' and a port, or nothing";
    has_port = !authority.empty();
    if (has_port) port = authority.substr(1);
  } else {
    const std::size_t colon = authority.find(':');
    if (authority.find(':', colon == std::string_view::npos ? colon : colon + 1) != std::string_view::npos) {
      return "an IPv6 address is written in brackets, as in [::1]:3000";
    }
    url.host = lower(authority.substr(0, colon));
    has_port = colon != std::string_view::npos;
    if (has_port) port = authority.substr(colon + 1);
  }
  if (url.host.empty()) return "the host is missing";
  url.port = url.tls() ? 443 : 80;
  if (has_port) {
    const auto number = parse_unsigned(port);
    if (!number || *number == 0 || *number > 65535) return "the port is not a number from 1 to 65535";
    url.port = static_cast<std::uint16_t>(*number);
  }
  return "";
}

bool starts_with_digits_port(std::string_view text) {
  const std::size_t end = std::min(text.find_first_of("/?"), text.size());
  return end > 0 && std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), [](unsigned char c) { return std::isdigit(c); });
}

}  // namespace

std::string Url::authority() const {
  std::string text = host.find(':') != std::string::npos ? "[" + host + "]" : host;
  if (!default_port()) text += ":" + std::to_string(port);
  return text;
}

std::string Url::origin_form() const {
  if (target.empty()) return "/";
  return target.front() == '/' ? target : "/" + target;
}

std::string Url::text() const { return scheme + "://" + authority() + target; }

Result<Url> resolve_url(const Url& base, std::string_view reference) {
  reference = reference.substr(0, reference.find('#'));
  const std::size_t colon = reference.find(':');
  if (colon != std::string_view::npos && colon < reference.find_first_of("/?")) {
    if (!reference.substr(colon).starts_with("://")) return usage_error("'" + printable(reference) + "' is not an http or https URL");
    return parse_url(reference);
  }
  if (reference.starts_with("//")) return parse_url(base.scheme + ":" + std::string(reference));
  const std::string path = base.origin_form().substr(0, base.origin_form().find('?'));
  Url url = base;
  url.target.clear();
  if (reference.starts_with("?")) return parse_url(url.text() + path + std::string(reference));
  if (reference.starts_with("/")) return parse_url(url.text() + std::string(reference));
  return parse_url(url.text() + path.substr(0, path.rfind('/') + 1) + std::string(reference));
}

bool is_loopback(std::string_view host) noexcept {
  return same_ignoring_case(host, "localhost") || host == "::1" || (host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos);
}

Result<Url> parse_url(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte == 0x7f) return bad_url(text, "it holds a space or a control character");
  }
  if (text.empty()) return bad_url(text, "it is empty");
  Url url;
  std::string_view rest = text.substr(0, text.find('#'));
  const std::size_t scheme_end = rest.find("://");
  const bool absolute = scheme_end != std::string_view::npos && scheme_end < rest.find_first_of("/?");
  if (absolute) {
    url.scheme = lower(rest.substr(0, scheme_end));
    if (url.scheme != "http" && url.scheme != "https") return bad_url(text, "only http and https are spoken");
    rest.remove_prefix(scheme_end + 3);
  }
  std::string shorthand;
  if (!absolute && (rest.front() == ':' || starts_with_digits_port(rest))) {
    shorthand = "localhost:" + std::string(rest.front() == ':' ? rest.substr(1) : rest);
    rest = shorthand;
  }
  const std::size_t path = std::min(rest.find_first_of("/?"), rest.size());
  const std::string_view authority = rest.substr(0, path);
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    return bad_url("…@" + std::string(authority.substr(at + 1)), "a user name in a URL is not supported; use --header 'Authorization: …'");
  }
  if (std::string why = read_authority(authority, url); !why.empty()) return bad_url(text, why);
  if (!absolute && !is_loopback(url.host)) {
    url.scheme = "https";
    if (authority.find(':') == std::string_view::npos || (authority.front() == '[' && authority.back() == ']')) url.port = 443;
  }
  url.target = std::string(rest.substr(path));
  return url;
}

}  // namespace hookctl::http
