// The sequences phase: deliveries as they come in life (again, at once, broken off, forged in between, out of order), and what must hold of each event
// whatever happened: what was acknowledged had its effect, once. For this room.
#pragma once

#include "base/random.hpp"
#include "base/result.hpp"
#include "check/bench.hpp"
#include "fuzz/case.hpp"
#include "fuzz/pursuit.hpp"

namespace hookctl::fuzz {

// A sequence of deliveries of one to three events of these types, drawn from `random`. Correct deliveries are repeated like a provider
// does until they are accepted; effects are expected of events in `with_effect`. Pure but for `random`.
Case sequence(const std::vector<std::string>& events, const std::vector<std::string>& with_effect, bool forgeries, Random& random);

// The event types (at most 4) whose plain delivery has exactly one effect: of others nobody can say how many are too many. None without a probe. Errors
// as of Bench::play.
Result<std::vector<std::string>> with_one_effect(check::Bench& bench);

// Some sequences, until the pursuit is over. Errors as of Pursuit::try_case.
Result<void> try_sequences(check::Bench& bench, Pursuit& pursuit);

}  // namespace hookctl::fuzz
