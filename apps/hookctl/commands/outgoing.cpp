#include "commands/outgoing.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

#include "base/clock.hpp"
#include "ui/lines.hpp"

namespace hookctl {

namespace {

constexpr std::size_t kBodyShown = 2000;
std::atomic<bool> interrupted{false};

}  // namespace

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
  std::signal(SIGHUP, notice);
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
