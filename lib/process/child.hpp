// A program of the user's that runs beside hookctl: started without a shell, watched, stopped with everything it started.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace hookctl::process {

// The words of a command line as a POSIX shell would split them: blanks, '…', "…" (with \" \\ \$ \`), \c. Nothing is expanded ($X, *, ~ stay
// as they are). `usage` for an open quote and for no words at all. A leading NAME=VALUE is a word like any other. Pure.
Result<std::vector<std::string>> split_words(std::string_view line);

// How a program ended: an exit code, or a signal.
struct Ended {
  std::optional<int> code{};
  std::optional<int> signal{};
  std::string text() const;  // "exit code 1", "signal 11 (Segmentation fault)"
};

// A running program. Its standard output and error are read on a thread of ours, so it never blocks on them; the last lines are kept. Its
// standard input is /dev/null. It leads a process group of its own, which stop() and the destructor end. One thread at a time, unless said.
class Child {
 public:
  // `unavailable` when it cannot be started (no such program: names it). PATH is searched. Inherits the environment; no descriptor but 0-2.
  static Result<std::unique_ptr<Child>> start(const std::vector<std::string>& words);
  virtual ~Child() = default;

  virtual int pid() const noexcept = 0;
  // How it ended, or nothing while it runs. Does not wait.
  virtual std::optional<Ended> ended() = 0;
  // SIGTERM to the group, SIGKILL after `patience_ms`; waits until the program is gone. Harmless when it has ended.
  virtual void stop(std::int64_t patience_ms) = 0;
  // The last lines that it wrote to standard output and error (at most 200 lines and 64 KiB), as they came, oldest first.
  virtual std::vector<std::string> last_lines() = 0;
  // How many lines it has written so far.
  virtual std::uint64_t line_count() = 0;
};

// What a program that is run to its end says.
struct Output {
  Ended ended;
  std::string out;       // standard output, at most `limit` bytes
  bool cut{false};       // there was more
};
// Runs it, feeds nothing, waits at most `timeout_ms` (then it is killed with its group: `unavailable` says so).
Result<Output> run(const std::vector<std::string>& words, std::int64_t timeout_ms, std::size_t limit);

}  // namespace hookctl::process
