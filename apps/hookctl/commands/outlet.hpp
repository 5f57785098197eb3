// Standard output for a program that must not wait for it: lines are queued, a thread writes them. A reader that stops reading (a script
// that piped us and forgot) costs lines, never an answer to a sender.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

namespace hookctl {

// Thread-safe.
class Outlet {
 public:
  explicit Outlet(int descriptor);
  // Writes what is queued, for at most two seconds, and ends.
  ~Outlet();
  Outlet(const Outlet&) = delete;
  Outlet& operator=(const Outlet&) = delete;

  // Queues whole lines; false when the queue is full and they were dropped.
  bool write(const std::string& lines);

 private:
  void run(const std::stop_token& stop);
  bool put(std::string_view bytes, const std::stop_token& stop);

  int descriptor_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::string queue_;
  std::int64_t stopped_at_{0};
  std::jthread thread_;
};

}  // namespace hookctl
