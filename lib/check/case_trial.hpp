// Trying a rule: its cases one after the other until one shows a fault, or its own trial. For this room.
#pragma once

#include "base/result.hpp"
#include "check/rule.hpp"

namespace hookctl::check {

// `usage` when nothing of it applies; otherwise as Bench::play.
Result<Outcome> try_rule(const RuleCode& rule, Bench& bench);

}  // namespace hookctl::check
