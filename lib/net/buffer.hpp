// A growing read buffer whose free room is not zero-filled (std::string::resize would be). Bytes come in at the end, go out at the front.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>

namespace hookctl::net {

class Buffer {
 public:
  std::string_view view() const noexcept { return {bytes_.get() + begin_, end_ - begin_}; }
  bool empty() const noexcept { return begin_ == end_; }

  // Room to read into, at least one byte: doubled whenever the last read filled it, up to kLargest at a time.
  char* room(std::size_t& size) {
    if (empty()) begin_ = end_ = 0;
    if (capacity_ - end_ < kSmallest / 2) grow();
    size = capacity_ - end_;
    return bytes_.get() + end_;
  }
  void filled(std::size_t count) noexcept { end_ += count; }
  void consume(std::size_t count) noexcept { begin_ += count; }

 private:
  static constexpr std::size_t kSmallest = 4096;
  static constexpr std::size_t kLargest = 256 * 1024;

  void grow() {
    const std::size_t held = end_ - begin_;
    std::size_t wanted = capacity_;
    if (2 * begin_ <= capacity_) wanted = capacity_ + std::min(std::max(capacity_, kSmallest), kLargest);
    std::unique_ptr<char[]> larger(new char[wanted]);
    if (held > 0) std::memcpy(larger.get(), bytes_.get() + begin_, held);
    bytes_ = std::move(larger);
    capacity_ = wanted;
    begin_ = 0;
    end_ = held;
  }

  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_{0};
  std::size_t begin_{0};
  std::size_t end_{0};
};

}  // namespace hookctl::net
