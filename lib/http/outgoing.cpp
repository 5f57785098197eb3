// Heads with Host and framing, and shell commands (outgoing.hpp).
#include "http/outgoing.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "http/codec.hpp"

namespace hookctl::http {

namespace {

bool fits_in_argument(std::string_view body) {
  return is_utf8(body) && body.find('\0') == std::string_view::npos && body.size() < 64 * 1024;
}

}  // namespace

std::string shell_quote(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

Outgoing outgoing_message(const Url& url, Request request) {
  const bool has_body = !request.body.empty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (request.raw_head.empty() && has_body) set_content_length(request);
  Outgoing message;
  message.url = url;
  message.method = request.method;
  message.head = forward_head(request, request.target, url.authority());
  message.body = std::string(wire_body(request));
  return message;
}

std::string as_curl(const Outgoing& message, const Request& request) {
  std::string out = "curl -sS -i -X " + shell_quote(message.method);
  Url url = message.url;
  url.target = request.target;
  out += " " + shell_quote(url.text());
  for (const Header& field : request.headers) {
    if (same_ignoring_case(field.name, "Content-Length") || same_ignoring_case(field.name, "Host") || is_hop_by_hop(request.headers, field.name)) continue;
    out += " \\\n  -H " + shell_quote(field.value.empty() ? field.name + ";" : field.name + ": " + field.value);
  }
  if (request.body.empty()) return out + " \\\n  --data-binary ''\n";
  if (fits_in_argument(request.body) && request.body.front() != '@') return out + " \\\n  --data-binary " + shell_quote(request.body) + "\n";
  return "printf %s " + shell_quote(to_base64(request.body)) + " | base64 -d | " + out + " \\\n  --data-binary @-\n";
}

}  // namespace hookctl::http
