// Requests as bytes: heads, framing, and the pieces in which they go out (made.hpp).
#include <algorithm>
#include <cstdio>

#include "base/text.hpp"
#include "check/made.hpp"

namespace hookctl::check {

namespace {

std::string cased(std::string_view name, WireStyle::Case letters) {
  std::string out = letters == WireStyle::Case::kept ? std::string(name) : lower(name);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const bool high = letters == WireStyle::Case::upper || (letters == WireStyle::Case::mixed && i % 2 == 0);
    if (high && out[i] >= 'a' && out[i] <= 'z') out[i] = static_cast<char>(out[i] - 32);
  }
  return out;
}

// The head; `last` says that no other request follows on the connection.
std::string head_of(const Made& made, const WireStyle& style, bool last) {
  const http::Request& request = made.request;
  std::string out = request.method + " " + request.target + " HTTP/1.1\r\n";
  const auto add = [&](std::string_view name, std::string_view value) { out.append(cased(name, style.header_case)).append(": ").append(value).append("\r\n"); };
  if (!request.headers.has("Host")) add("Host", made.url.authority());
  for (const http::Header& field : request.headers) add(field.name, field.value);
  if (style.expect_continue) add("Expect", "100-continue");
  if (style.chunked) add("Transfer-Encoding", "chunked");
  const bool may_be_bare = request.body.empty() && (request.method == "GET" || request.method == "HEAD" || request.method == "DELETE");
  if (style.declared || (!style.chunked && !may_be_bare)) add("Content-Length", std::to_string(style.declared.value_or(request.body.size())));
  if (last && !request.headers.has("Connection")) add("Connection", "close");
  return out += "\r\n";
}

std::string hex_size(std::size_t size) {
  char text[2 * sizeof size + 1];
  std::snprintf(text, sizeof text, "%zx", size);
  return text;
}

// `count` pieces of nearly the same size, none of them empty; one at least.
std::vector<std::string> in_pieces(const std::string& bytes, std::size_t count) {
  count = std::clamp<std::size_t>(count, 1, std::max<std::size_t>(bytes.size(), 1));
  std::vector<std::string> pieces;
  for (std::size_t i = 0, at = 0; i < count; ++i) {
    const std::size_t size = bytes.size() / count + (i < bytes.size() % count ? 1 : 0);
    pieces.push_back(bytes.substr(at, size));
    at += size;
  }
  return pieces;
}

void add_pieces(const Made& made, const WireStyle& style, bool last, std::vector<http::WirePiece>& out) {
  std::string head = head_of(made, style, last);
  const std::string body = wire_body(made, style).substr(0, style.break_after.value_or(std::string::npos));
  if (style.expect_continue) {
    out.push_back({std::move(head)});
    head.clear();
    if (body.empty()) return;
  }
  bool first = true;
  for (std::string& bytes : in_pieces(body, style.segments)) {
    if (first) {
      out.push_back({.bytes = head + bytes, .await_continue = style.expect_continue});
    } else {
      out.push_back({.bytes = std::move(bytes), .pause_ms = style.pause_ms});
    }
    first = false;
  }
}

// Its last byte becomes a piece of its own that waits for the other plans'.
void hold_last_byte(std::vector<http::WirePiece>& pieces) {
  if (pieces.empty() || pieces.back().bytes.empty()) return;
  http::WirePiece& last = pieces.back();
  if (last.bytes.size() == 1) {
    last.together = true;
    return;
  }
  http::WirePiece held{.bytes = last.bytes.substr(last.bytes.size() - 1), .together = true};
  last.bytes.pop_back();
  pieces.push_back(std::move(held));
}

// Bytes that are no request, and an end to them.
http::WirePlan bare_plan(http::WirePlan plan, const WireStyle& style) {
  plan.methods.clear();
  plan.pieces = {{.bytes = *style.bytes}, {.bytes = "", .pause_ms = style.pause_ms}};
  plan.ending = style.reset ? http::WirePlan::Ending::reset : http::WirePlan::Ending::close;
  return plan;
}

}  // namespace

std::string wire_head(const Made& made, const WireStyle& style) { return head_of(made, style, true); }

std::string wire_body(const Made& made, const WireStyle& style) {
  const std::string& body = made.request.body;
  if (!style.chunked) return body;
  const std::size_t size = style.chunk == 0 ? std::max<std::size_t>(body.size(), 1) : style.chunk;
  std::string out;
  for (std::size_t at = 0; at < body.size(); at += size) {
    const std::size_t length = std::min(size, body.size() - at);
    out.append(hex_size(length)).append(style.chunk_extension).append("\r\n").append(body, at, length).append("\r\n");
  }
  out.append("0").append(style.chunk_extension).append("\r\n");
  if (!style.trailer.empty()) out.append(style.trailer).append("\r\n");
  return out.append("\r\n");
}

http::WirePlan plan(const std::vector<const Made*>& requests, const std::vector<const WireStyle*>& styles, bool together, std::int64_t timeout_ms) {
  http::WirePlan out;
  out.timeout_ms = timeout_ms;
  out.methods.clear();
  if (!requests.empty()) out.url = requests.front()->url;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    static const WireStyle kPlain;
    const WireStyle& style = i < styles.size() ? *styles[i] : kPlain;
    if (style.bytes) return bare_plan(std::move(out), style);
    out.methods.push_back(requests[i]->request.method);
    add_pieces(*requests[i], style, i + 1 == requests.size(), out.pieces);
    if (!style.break_after && !style.no_answer) continue;
    out.ending = style.reset ? http::WirePlan::Ending::reset : http::WirePlan::Ending::close;
    break;  // nothing can follow on this connection
  }
  if (together) hold_last_byte(out.pieces);
  return out;
}

}  // namespace hookctl::check
