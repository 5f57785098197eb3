#include "commands/outgoing.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

#include "base/clock.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "http/codec.hpp"
#include "ui/lines.hpp"

namespace hookctl {

namespace {

constexpr std::size_t kBodyShown = 2000;
std::atomic<bool> interrupted{false};

std::string shell_quote(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

bool fits_in_argument(std::string_view body) {
  return is_utf8(body) && body.find('\0') == std::string_view::npos && body.size() < 64 * 1024;
}

}  // namespace

http::Outgoing outgoing_message(const http::Url& url, http::Request request) {
  const bool has_body = !request.body.empty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (request.raw_head.empty() && has_body) http::set_content_length(request);
  http::Outgoing message;
  message.url = url;
  message.method = request.method;
  message.head = http::forward_head(request, request.target, url.authority());
  message.body = std::string(http::wire_body(request));
  return message;
}

std::string as_curl(const http::Outgoing& message, const http::Request& request) {
  std::string out = "curl -sS -i -X " + shell_quote(message.method);
  http::Url url = message.url;
  url.target = request.target;
  out += " " + shell_quote(url.text());
  for (const http::Header& field : request.headers) {
    if (same_ignoring_case(field.name, "Content-Length") || same_ignoring_case(field.name, "Host") || http::is_hop_by_hop(request.headers, field.name)) continue;
    out += " \\\n  -H " + shell_quote(field.value.empty() ? field.name + ";" : field.name + ": " + field.value);
  }
  if (request.body.empty()) return out + " \\\n  --data-binary ''\n";
  if (fits_in_argument(request.body) && request.body.front() != '@') return out + " \\\n  --data-binary " + shell_quote(request.body) + "\n";
  return "printf %s " + shell_quote(to_base64(request.body)) + " | base64 -d | " + out + " \\\n  --data-binary @-\n";
}

void show_attempt(Session& session, const http::Request& request, const delivery::Attempt& attempt, const std::string& next) {
  session.out << ui::answer_line(session.paint, {attempt.started_at + attempt.duration_ms, request.method, request.target, attempt.duration_ms, ""}, attempt.result);
  if (const auto* response = std::get_if<http::Response>(&attempt.result); response != nullptr && !http::is_success(response->status)) {
    session.out << ui::body_excerpt(response->body, kBodyShown);
  }
  session.out << next;
  session.out.flush();
}

ExitCode exit_code_of(const delivery::Delivery& delivery) {
  if (delivery.delivered) return ExitCode::yes;
  if (delivery.attempts.empty()) return ExitCode::no;
  const auto* failure = std::get_if<http::SendFailure>(&delivery.attempts.back().result);
  const bool unreachable = failure != nullptr && (failure->fault == http::SendFault::unreachable || failure->fault == http::SendFault::tls);
  return unreachable ? ExitCode::unavailable : ExitCode::no;
}

ExitCode graver(ExitCode a, ExitCode b) { return static_cast<ExitCode>(std::max(static_cast<int>(a), static_cast<int>(b))); }

void watch_for_interrupt() {
  const auto notice = [](int) {
    if (interrupted.exchange(true)) std::_Exit(static_cast<int>(ExitCode::interrupted));
  };
  std::signal(SIGINT, notice);
  std::signal(SIGTERM, notice);
}

bool was_interrupted() { return interrupted; }

bool interruptible_sleep(std::int64_t ms) {
  const std::int64_t until = steady_ms() + ms;
  while (!interrupted) {
    const std::int64_t left = until - steady_ms();
    if (left <= 0) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(std::min<std::int64_t>(left, 100)));
  }
  return false;
}

}  // namespace hookctl
