#include "net/deadlines.hpp"

#include <algorithm>

#include "base/clock.hpp"

namespace hookctl::net {

Deadline::Deadline(Deadlines& all, std::function<void()> expired) : timer_(all), all_(all.all_), expired_(std::move(expired)) {
  place_ = all_.insert(all_.end(), this);
}

Deadline::~Deadline() { all_.erase(place_); }

void Deadline::set(std::int64_t after_ms) {
  at_ = steady_ms() + after_ms;
  if (at_ < timer_.next_wake_) timer_.wake_at(at_);
}

void Deadline::set_earlier(std::int64_t after_ms) {
  if (steady_ms() + after_ms < at_) set(after_ms);
}

void Deadlines::wake_at(std::int64_t at) {
  next_wake_ = at;
  timer_.expires_after(std::chrono::milliseconds(std::max<std::int64_t>(0, at - steady_ms())));
  timer_.async_wait([this](ErrorCode error) {
    if (!error) sweep();
  });
}

void Deadlines::sweep() {
  next_wake_ = Deadline::kNever;
  const std::int64_t now = steady_ms();
  std::int64_t earliest = Deadline::kNever;
  for (auto place = all_.begin(); place != all_.end();) {
    Deadline& deadline = **place++;  // expired() may end it
    if (deadline.at_ <= now) {
      deadline.at_ = Deadline::kNever;
      deadline.expired_();
    } else {
      earliest = std::min(earliest, deadline.at_);
    }
  }
  if (earliest < next_wake_) wake_at(earliest);
}

}  // namespace hookctl::net
