// How a running program is: memory, open files, time on the processor, of itself and all that it started.
#pragma once

#include <cstdint>
#include <optional>

namespace hookctl::process {

struct Vitals {
  std::uint64_t processes{0};       // 1 and its descendants
  std::uint64_t resident_bytes{0};  // sum
  std::uint64_t open_files{0};      // sum; 0 where it may not be looked at
  std::uint64_t cpu_ms{0};          // user and system, sum of those that live
};

// Nothing when there is no such program (any more), or the system does not tell (elsewhere than on Linux, where it is read from /proc).
// Thread-safe.
std::optional<Vitals> vitals(int pid);

}  // namespace hookctl::process
