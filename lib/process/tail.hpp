// The last lines of what a program writes, in bounded memory. Inside lib/process only.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace hookctl::process {

class Tail {
 public:
  static constexpr std::size_t kLines = 200;
  static constexpr std::size_t kBytes = 64 * 1024;  // of a longer line the begin is kept

  void add(std::string_view bytes) {
    while (!bytes.empty()) {
      const std::size_t end = bytes.find('\n');
      const std::string_view part = bytes.substr(0, end);
      open_.append(part.substr(0, kBytes - open_.size()));
      begun_ = true;
      if (end == std::string_view::npos) return;
      end_line();
      bytes.remove_prefix(end + 1);
    }
  }

  // With the line that has no end yet.
  std::vector<std::string> lines() const {
    Tail copy = *this;
    if (copy.begun_) copy.end_line();
    return {copy.lines_.begin(), copy.lines_.end()};
  }
  std::uint64_t count() const noexcept { return count_ + (begun_ ? 1 : 0); }

 private:
  void end_line() {
    ++count_;
    held_ += open_.size();
    lines_.push_back(std::move(open_));
    open_.clear();
    begun_ = false;
    while (lines_.size() > kLines || held_ > kBytes) {
      held_ -= lines_.front().size();
      lines_.pop_front();
    }
  }

  std::deque<std::string> lines_;
  std::size_t held_{0};  // bytes in lines_
  std::string open_;
  bool begun_{false};  // open_ is a line, though it may be empty
  std::uint64_t count_{0};
};

}  // namespace hookctl::process
