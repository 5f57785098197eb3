#include "commands/outlet.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/clock.hpp"

namespace hookctl {

namespace {
constexpr std::size_t kQueueLimit = 8 * 1024 * 1024;
constexpr std::size_t kPiece = 4096;  // a pipe that poll() calls writable takes this much without blocking (PIPE_BUF)
constexpr int kPollMs = 100;
constexpr std::int64_t kLastWordsMs = 2'000;
}  // namespace

Outlet::Outlet(int descriptor) : descriptor_(descriptor), thread_([this](const std::stop_token& stop) { run(stop); }) {}

Outlet::~Outlet() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopped_at_ = steady_ms();
  }
  thread_.request_stop();
}

bool Outlet::write(const std::string& lines) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (queue_.size() + lines.size() > kQueueLimit) return false;
    queue_ += lines;
  }
  changed_.notify_one();
  return true;
}

void Outlet::run(const std::stop_token& stop) {
  bool open = true;
  while (true) {
    std::string taken;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      changed_.wait(lock, stop, [this] { return !queue_.empty(); });
      if (queue_.empty()) return;
      taken.swap(queue_);
    }
    // Once nobody can read any more, lines go nowhere; the listener's work does not depend on them.
    if (open) open = put(taken, stop);
  }
}

// False when the reader is gone, or the time for last words is over.
bool Outlet::put(std::string_view bytes, const std::stop_token& stop) {
  while (!bytes.empty()) {
    pollfd waiting{descriptor_, POLLOUT, 0};
    const int ready = ::poll(&waiting, 1, kPollMs);
    if (ready < 0 && errno != EINTR) return false;
    if (stop.stop_requested() && ready == 0) {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (steady_ms() - stopped_at_ > kLastWordsMs) return false;
    }
    if (ready <= 0) continue;
    const auto written = ::write(descriptor_, bytes.data(), std::min(bytes.size(), kPiece));
    if (written < 0 && errno != EINTR && errno != EAGAIN) return false;
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace hookctl
