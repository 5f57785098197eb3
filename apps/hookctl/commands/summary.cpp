#include "commands/summary.hpp"

#include <algorithm>

#include "base/clock.hpp"
#include "base/text.hpp"

namespace hookctl {

namespace {
constexpr std::int64_t kTerminalGapMs = 200;
constexpr std::int64_t kLogGapMs = 3'000;
}  // namespace

Summary::Summary(Session& session, std::uint64_t expected, bool shown)
    : session_(session), expected_(expected), shown_(shown), begun_(steady_ms()), last_progress_(begun_) {}

void Summary::add(const delivery::Attempt& attempt) {
  const std::lock_guard<std::mutex> lock(mutex_);
  durations_.push_back(attempt.duration_ms);
  if (attempt.delivered) ++delivered_;
  progress();
}

void Summary::progress() {
  const std::int64_t now = steady_ms();
  const bool terminal = session_.err_is_terminal;
  if (!shown_ || now - last_progress_ < (terminal ? kTerminalGapMs : kLogGapMs)) return;
  last_progress_ = now;
  session_.err << (terminal ? "\r" : "") << durations_.size() << " of " << expected_ << " sent, " << durations_.size() - delivered_ << " failed" << (terminal ? " " : "\n");
  session_.err.flush();
}

void Summary::finish() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!shown_ || durations_.empty()) return;
  if (session_.err_is_terminal) session_.err << "\r\x1b[K";
  std::sort(durations_.begin(), durations_.end());
  const auto share = [&](double part) { return durations_[static_cast<std::size_t>(part * static_cast<double>(durations_.size() - 1))]; };
  const std::int64_t took = std::max<std::int64_t>(1, steady_ms() - begun_);
  session_.out << durations_.size() << " sent: " << delivered_ << " delivered, " << durations_.size() - delivered_ << " failed; p50 " << duration_text(share(0.5)) << ", p95 "
               << duration_text(share(0.95)) << ", max " << duration_text(durations_.back()) << "; " << durations_.size() * 1000 / static_cast<std::uint64_t>(took) << " a second\n";
}

Pace::Pace(double per_second) : gap_ms_(per_second > 0 ? 1000 / per_second : 0), next_(static_cast<double>(steady_ms())) {}

std::int64_t Pace::wait_ms() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (gap_ms_ <= 0) return 0;
  const auto now = static_cast<double>(steady_ms());
  next_ = std::max(next_, now - gap_ms_);
  const double wait = next_ - now;
  next_ += gap_ms_;
  return wait > 0 ? static_cast<std::int64_t>(wait) : 0;
}

}  // namespace hookctl
