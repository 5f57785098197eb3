// The fields phase: each mutator on all places of an event at once; when nothing goes wrong all of them are cleared with one request. For this room.
#pragma once

#include "base/result.hpp"
#include "check/bench.hpp"
#include "fuzz/case.hpp"
#include "fuzz/mutators.hpp"
#include "fuzz/pursuit.hpp"

namespace hookctl::fuzz {

// A plain, correctly signed step of that event, which may be refused but not fail.
check::Step odd_step(const std::string& event);

// The mutators that are destructive, or those that are not, on the event types that are handled (at most 6), until the pursuit is over. Errors as of
// Pursuit::try_case.
Result<void> try_fields(check::Bench& bench, Pursuit& pursuit, bool destructive);

}  // namespace hookctl::fuzz
