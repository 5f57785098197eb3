// Deadlines of many connections on one timer: setting one costs a clock read; the timer is moved only when a deadline comes before all
// others. (A timer per operation costs five times the instructions.) Loop thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <list>

#include "net/asio.hpp"

namespace hookctl::net {

class Deadlines;

// Calls `expired` once when its time has come; lives no longer than its Deadlines.
class Deadline {
 public:
  Deadline(Deadlines& all, std::function<void()> expired);
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  void set(std::int64_t after_ms);
  // As set, unless an earlier one is set.
  void set_earlier(std::int64_t after_ms);
  void clear() noexcept { at_ = kNever; }

 private:
  friend class Deadlines;
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

  Deadlines& timer_;
  std::list<Deadline*>& all_;
  std::function<void()> expired_;
  std::int64_t at_{kNever};
  std::list<Deadline*>::iterator place_;
};

// The deadlines that exist. Outlives the io_context, whose end may still destroy some.
using DeadlineList = std::list<Deadline*>;

class Deadlines {
 public:
  Deadlines(asio::io_context& io, DeadlineList& all) : timer_(io.get_executor()), all_(all) {}

 private:
  friend class Deadline;
  void wake_at(std::int64_t at);
  void sweep();

  Timer timer_;
  std::int64_t next_wake_{Deadline::kNever};
  DeadlineList& all_;
};

}  // namespace hookctl::net
