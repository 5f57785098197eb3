// Counting many attempts: progress while they run, figures at the end; and a pace that spreads them over time.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <vector>

#include "delivery/deliver.hpp"
#include "session.hpp"

namespace hookctl {

// Thread-safe.
class Summary {
 public:
  // `shown`: progress and figures go to session.err and session.out.
  Summary(Session& session, std::uint64_t expected, bool shown);
  void add(const delivery::Attempt& attempt);
  void finish();

 private:
  void progress();

  Session& session_;
  std::uint64_t expected_;
  bool shown_;
  std::mutex mutex_;
  std::int64_t begun_;
  std::int64_t last_progress_;
  std::uint64_t delivered_{0};
  std::vector<std::int64_t> durations_;
};

// Says how long to wait so that `per_second` calls are made each second; 0 is no limit. Thread-safe.
class Pace {
 public:
  explicit Pace(double per_second);
  std::int64_t wait_ms();

 private:
  std::mutex mutex_;
  double gap_ms_;
  double next_;
};

}  // namespace hookctl
