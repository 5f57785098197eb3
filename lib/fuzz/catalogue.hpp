// The deterministic catalogue of a fuzz run: check's rules in another order, those first that find most for a request. Thread-safe.
#pragma once

#include <vector>

#include "check/rule.hpp"

namespace hookctl::fuzz {

// Every rule but those below.
std::vector<const check::RuleCode*> catalogue();
// Those to be tried last: what stood in any answer of the run ("disclosure/…", they send nothing), and what may leave the endpoint unable to serve
// (check::RuleCode::last).
std::vector<const check::RuleCode*> destructive_catalogue();

}  // namespace hookctl::fuzz
