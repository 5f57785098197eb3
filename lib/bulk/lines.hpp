// Lines of a file or pipe, in batches of whole lines, in bounded memory. Not thread-safe: one reader at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace hookctl::bulk {

// Some lines that follow each other, without their line ends. Filled by Lines::next(), which uses its memory again.
struct Batch {
  std::vector<std::string_view> lines{};  // into `room`
  std::uint64_t first{1};                 // the number of the first line, from 1
  bool too_long{false};                   // behind `lines` was one that is longer than allowed; its bytes are gone
  std::uint64_t input{0};                 // bytes of the input up to the end of this batch

  std::vector<char> room{};

  std::uint64_t count() const { return lines.size() + (too_long ? 1 : 0); }
};

class Lines {
 public:
  struct Limits {
    std::size_t block{1024 * 1024};      // bytes of a batch, unless one line is longer
    std::size_t lines{4096};             // in a batch
    std::size_t line{32 * 1024 * 1024};  // bytes of one line
  };

  // `path`, or "-" for standard input. `unavailable` when it cannot be read. Once `stop` says true, the input counts as ended; it is asked
  // at least every 100 ms.
  static Result<Lines> open(const std::string& path, std::function<bool()> stop, Limits limits);
  static Result<Lines> open(const std::string& path, std::function<bool()> stop) { return open(path, std::move(stop), Limits{}); }

  // False at the end. A batch is full, or as much as could be had without waiting: no line waits for the next. The last line need not have
  // an end; "\r\n" ends a line with '\r'. `unavailable` when reading fails half-way.
  Result<bool> next(Batch& batch);

  // Bytes of a regular file when it was opened.
  std::optional<std::uint64_t> size() const { return size_; }
  const Limits& limits() const { return limits_; }

 private:
  struct Close {
    int descriptor;
    ~Close();
  };

  Lines() = default;
  Result<std::size_t> read(char* to, std::size_t most);
  Result<bool> pass_over_line(Batch& batch);
  bool wants_more(const Batch& batch, std::size_t used) const;
  std::size_t cut(Batch& batch, std::size_t used, std::size_t begin, std::size_t searched) const;

  std::string name_;
  int descriptor_{-1};
  std::unique_ptr<Close> close_{};  // of a file that was opened here
  std::function<bool()> stop_{};
  Limits limits_{};
  std::optional<std::uint64_t> size_{};
  std::string rest_{};  // read, but not given yet
  bool ended_{false};
  std::uint64_t next_line_{1};
  std::uint64_t read_{0};
};

}  // namespace hookctl::bulk
