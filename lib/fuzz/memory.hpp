// Does the endpoint keep what it should let go: memory over equal batches of deliveries. For this room.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "check/bench.hpp"
#include "fuzz/pursuit.hpp"

namespace hookctl::fuzz {

// Bytes after a warm-up batch and after each of three equal ones: does every one of them add more than 5 % and more than 20 MB? Anything less is
// how runtimes breathe. False of fewer than four numbers. Pure.
bool grows(const std::vector<std::uint64_t>& resident_bytes);

// Four batches of that case: a failure of "fuzz/memory" where each adds to the memory of the program with that process id. Nothing when it does not,
// or when that cannot be told. Errors as of Bench::play.
Result<std::optional<Failure>> measure_memory(check::Bench& bench, const Case& wanted, int pid);

// Batches of unsigned and of signed deliveries with large bodies; a leak is pursued as "fuzz/memory". Nothing without a process id. Errors as of
// Pursuit::try_case.
Result<void> try_memory(check::Bench& bench, Pursuit& pursuit, std::optional<int> pid);

}  // namespace hookctl::fuzz
