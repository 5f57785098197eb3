// Lines in, answers out, on several threads: each takes the next batch, judges it and hands the answers in; they go out in the order of
// the lines. No batch waits in memory but the few that overtook another.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "base/result.hpp"
#include "bulk/judge.hpp"
#include "bulk/lines.hpp"

namespace hookctl::bulk {

// What has gone out so far.
struct Tally {
  std::uint64_t records{0};
  std::uint64_t invalid{0};  // records whose answer is anything but valid
  std::uint64_t input{0};    // bytes of the input that they stood in
};

struct Plan {
  unsigned threads{1};       // 1: all in the caller's own thread
  bool only_invalid{false};  // leave out the answers to valid lines
  // Takes whole lines of answers ("" when all were left out) and how far the work is. Called by one thread at a time, in order. False ends
  // the run: nobody reads the answers any more.
  std::function<bool(std::string_view answers, const Tally& tally)> write;
};

// Runs until the lines end or `plan.write` says false. `unavailable` when reading fails or memory is short; what was written before stays.
Result<Tally> judge_all(Lines& lines, Terms& terms, const Plan& plan);

// CPUs that this process may use.
unsigned usable_cpus();

}  // namespace hookctl::bulk
