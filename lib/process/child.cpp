#include "process/child.hpp"

#include <poll.h>
#include <string.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <mutex>
#include <system_error>
#include <thread>

#include "base/clock.hpp"
#include "process/launch.hpp"
#include "process/tail.hpp"

namespace hookctl::process {
namespace {

constexpr std::int64_t kLastPatienceMs = 500;  // of the destructor
constexpr auto kLookAgain = std::chrono::milliseconds(5);

// What comes out of the pipe. A thread takes it as it comes; who asks takes what is there, so that nothing written before is missing.
class Reader {
 public:
  Reader(int output, Pipe wake) : output_(output), wake_(std::move(wake)), thread_([this] { read_on(); }) {}
  ~Reader() {
    wake_.write.close();
    thread_.join();
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  std::vector<std::string> lines() {
    const std::lock_guard lock(mutex_);
    take();
    return tail_.lines();
  }
  std::uint64_t count() {
    const std::lock_guard lock(mutex_);
    take();
    return tail_.count();
  }
  // Nobody has the pipe any more: the program and all that it started are gone, or write elsewhere.
  bool at_end() {
    const std::lock_guard lock(mutex_);
    take();
    return at_end_;
  }

 private:
  void read_on() {
    while (true) {
      std::array<pollfd, 2> wanted{pollfd{output_, POLLIN, 0}, pollfd{wake_.read.number(), POLLIN, 0}};
      if (::poll(wanted.data(), wanted.size(), -1) < 0 && errno != EINTR) return;
      if (wanted[1].revents != 0) return;
      const std::lock_guard lock(mutex_);
      take();
      if (at_end_) return;
    }
  }

  // As much as a pipe may hold, and no more: the program may write for ever.
  void take() {
    std::array<char, 16 * 1024> bytes;
    for (int round = 0; round < 8 && !at_end_; ++round) {
      const ssize_t count = ::read(output_, bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && errno == EAGAIN) return;
      if (count <= 0)
        at_end_ = true;
      else
        tail_.add({bytes.data(), static_cast<std::size_t>(count)});
    }
  }

  const int output_;
  Pipe wake_;         // its end wakes the thread
  std::mutex mutex_;  // guards the next two
  Tail tail_;
  bool at_end_{false};
  std::jthread thread_;
};

class Running final : public Child {
 public:
  Running(Launched launched, Pipe wake) : launched_(std::move(launched)), reader_(launched_.output(), std::move(wake)) {}
  ~Running() override { stop(kLastPatienceMs); }

  int pid() const noexcept override { return launched_.pid(); }
  std::optional<Ended> ended() override { return launched_.ended(); }
  std::vector<std::string> last_lines() override { return reader_.lines(); }
  std::uint64_t line_count() override { return reader_.count(); }

  void stop(std::int64_t patience_ms) override {
    if (stopped_) return;
    stopped_ = true;
    launched_.signal(SIGTERM);
    const std::int64_t begun = steady_ms();
    while (!(launched_.ended() && reader_.at_end()) && steady_ms() - begun < patience_ms) std::this_thread::sleep_for(kLookAgain);
    launched_.signal(SIGKILL);  // also for those of the group that write elsewhere
    launched_.reap();
  }

 private:
  Launched launched_;
  Reader reader_;
  bool stopped_{false};
};

}  // namespace

std::string Ended::text() const {
  if (code) return "exit code " + std::to_string(*code);
  if (!signal) return "ended";
  const char* words = ::strsignal(*signal);
  return "signal " + std::to_string(*signal) + (words != nullptr ? " (" + std::string(words) + ")" : "");
}

Result<std::unique_ptr<Child>> Child::start(const std::vector<std::string>& words) {
  auto wake = Pipe::make();
  if (!wake) return wake.error();
  auto launched = Launched::start(words, Launched::Errors::with_output);
  if (!launched) return launched.error();
  try {
    return std::unique_ptr<Child>(std::make_unique<Running>(std::move(launched.value()), std::move(wake.value())));
  } catch (const std::system_error& error) {
    return unavailable_error("no thread to read what '" + words[0] + "' writes: " + error.what());
  }
}

}  // namespace hookctl::process
