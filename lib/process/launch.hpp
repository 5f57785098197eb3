// A started program: its process, its group, and the pipe that it writes to. Inside lib/process only; child.hpp is the door.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "process/child.hpp"

namespace hookctl::process {

// A file descriptor, closed at the end of its scope.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }

  int number() const noexcept { return number_; }
  bool open() const noexcept { return number_ >= 0; }
  void close() noexcept {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }

 private:
  int number_{-1};
};

// Both ends of a pipe, closed on exec and none of them 0 to 2. `unavailable` when there are no descriptors left.
struct Pipe {
  Descriptor read;
  Descriptor write;
  static Result<Pipe> make();
};

// The process is not reaped before reap(): until then its number, which is its group's as well, cannot become another's.
class Launched {
 public:
  enum class Errors {
    with_output,  // standard error goes where standard output goes
    inherited,    // to ours
  };
  // As Child::start.
  static Result<Launched> start(const std::vector<std::string>& words, Errors errors);
  ~Launched();  // kills the group where it was not reaped
  Launched(Launched&& other) noexcept;
  Launched& operator=(Launched&&) = delete;

  pid_t pid() const noexcept { return pid_; }
  int output() const noexcept { return output_.number(); }  // does not block
  // How it ended, or nothing while it runs.
  std::optional<Ended> ended();
  // To the group; nothing once it is reaped.
  void signal(int number) noexcept;
  // Waits for its end.
  void reap();

 private:
  Launched(pid_t pid, Descriptor output) : pid_(pid), output_(std::move(output)) {}
  std::optional<Ended> look(int options);

  pid_t pid_;
  Descriptor output_;
  bool reaped_{false};
  std::optional<Ended> ended_;
};

}  // namespace hookctl::process
