// Heads and small answers on their way out (codec.hpp).
#include <algorithm>

#include "base/json_path.hpp"
#include "base/text.hpp"
#include "http/codec.hpp"

namespace hookctl::http {

namespace {

void append_line(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

// The lines of a received head after the first, each with its line end, through `keep`.
template <typename Keep>
void copy_fields(std::string_view raw_head, std::string& out, Keep keep) {
  raw_head.remove_prefix(std::min(raw_head.find('\n'), raw_head.size() - 1) + 1);
  while (!raw_head.empty()) {
    const std::size_t end = std::min(raw_head.find('\n'), raw_head.size() - 1) + 1;
    const std::string_view line = raw_head.substr(0, end);
    keep(line.substr(0, std::min(line.find(':'), line.size())), line, out);
    raw_head.remove_prefix(end);
  }
}

}  // namespace

std::string write_head(const Request& request) {
  std::string out = request.method + " " + request.target + (request.minor_version == 0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
  for (const Header& field : request.headers) append_line(out, field.name, field.value);
  return out += "\r\n";
}

std::string write_head(const Response& response) {
  const std::string_view reason = response.reason.empty() ? reason_phrase(response.status) : std::string_view(response.reason);
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + " " + std::string(reason) + "\r\n";
  for (const Header& field : response.headers) append_line(out, field.name, field.value);
  return out += "\r\n";
}

std::string forward_head(const Request& request, std::string_view target, std::string_view authority) {
  std::string out;
  out.reserve(request.raw_head.size() + target.size() + authority.size() + 32);
  out.append(request.method).append(" ").append(target).append(" HTTP/1.1\r\n");
  bool has_host = false;
  const auto keep = [&](std::string_view name, std::string_view line, std::string& to) {
    if (same_ignoring_case(name, "Host")) {
      has_host = true;
      append_line(to, name, authority);
    } else if (!is_hop_by_hop(request.headers, name)) {
      to.append(line);
    }
  };
  if (!request.raw_head.empty()) {
    copy_fields(request.raw_head, out, keep);
  } else {
    if (!request.headers.has("Host")) {  // where clients put it
      has_host = true;
      append_line(out, "Host", authority);
    }
    for (const Header& field : request.headers) keep(field.name, field.name + ": " + field.value + "\r\n", out);
  }
  if (!has_host) append_line(out, "Host", authority);
  return out.append("\r\n");
}

std::string relay_head(const Response& response, bool close) {
  std::string out;
  out.reserve(response.raw_head.size() + 64);
  const std::string_view reason = response.reason.empty() && response.raw_head.empty() ? reason_phrase(response.status) : std::string_view(response.reason);
  out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ").append(reason).append("\r\n");
  const auto keep = [&](std::string_view name, std::string_view line, std::string& to) {
    if (is_hop_by_hop(response.headers, name)) return;
    if (response.status == 204 && (same_ignoring_case(name, "Transfer-Encoding") || same_ignoring_case(name, "Content-Length"))) return;
    to.append(line.substr(0, line.find_last_not_of("\r\n") + 1)).append("\r\n");
  };
  if (!response.raw_head.empty()) {
    copy_fields(response.raw_head, out, keep);
  } else {
    for (const Header& field : response.headers) keep(field.name, field.name + ": " + field.value, out);
  }
  if (response.framing == Framing::until_close) append_line(out, "Content-Length", std::to_string(response.body.size()));
  if (close) append_line(out, "Connection", "close");
  return out.append("\r\n");
}

Response json_answer(int status, std::string_view code, std::string_view message, std::string_view request_id) {
  Response response;
  response.status = status;
  response.body = "{\"error\":" + json_quote(code) + ",\"message\":" + json_quote(message);
  if (!request_id.empty()) response.body += ",\"request\":" + json_quote(request_id);
  response.body += "}\n";
  response.headers.add("Content-Type", "application/json");
  response.headers.add("Content-Length", std::to_string(response.body.size()));
  return response;
}

void set_content_length(Request& request) {
  if (request.framing == Framing::chunked && !request.raw_body.empty()) return;
  request.headers.remove("Transfer-Encoding");
  request.framing = Framing::content_length;
  request.headers.set("Content-Length", std::to_string(request.body.size()));
}

}  // namespace hookctl::http
