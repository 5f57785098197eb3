// A program run to its end: what it says, within bounds of time and size.
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "process/launch.hpp"

namespace hookctl::process {
namespace {

constexpr int kLookAgainMs = 5;

// Takes what is in the pipe now; false at its end.
bool take(int pipe, Output& output, std::size_t limit) {
  std::array<char, 16 * 1024> bytes;
  for (int round = 0; round < 8; ++round) {
    const ssize_t count = ::read(pipe, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return count < 0 && errno == EAGAIN;
    const auto got = static_cast<std::size_t>(count);
    const std::size_t room = std::min(got, limit - output.out.size());
    output.out.append(bytes.data(), room);
    output.cut = output.cut || room < got;
  }
  return true;
}

}  // namespace

Result<Output> run(const std::vector<std::string>& words, std::int64_t timeout_ms, std::size_t limit) {
  auto program = Launched::start(words, Launched::Errors::inherited);
  if (!program) return program.error();
  Output output;
  const std::int64_t begun = steady_ms();
  bool more = true;
  while (true) {
    // Asked first: what was written before the end is then in the pipe. What it leaves behind is not waited for.
    const auto ended = program->ended();
    if (more) more = take(program->output(), output, limit);
    if (ended) {
      output.ended = *ended;
      program->reap();
      return output;
    }
    if (steady_ms() - begun >= timeout_ms)
      return unavailable_error("'" + printable(words[0]) + "' did not end within " + duration_text(timeout_ms));
    pollfd wanted{more ? program->output() : -1, POLLIN, 0};
    ::poll(&wanted, 1, kLookAgainMs);
  }
}

}  // namespace hookctl::process
