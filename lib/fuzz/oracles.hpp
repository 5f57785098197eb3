// The oracles of a fuzz run, as rules: what must hold whatever is sent. Their words stand in oracles.json beside this file, their remedies among
// the rulebook's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "check/bench.hpp"
#include "check/rule.hpp"
#include "fuzz/case.hpp"
#include "report/report.hpp"

namespace hookctl::fuzz {

// "fuzz/server-error", "fuzz/no-answer", "fuzz/ended", "fuzz/unhealthy", "fuzz/late", "fuzz/refused-valid", "fuzz/forgery", "fuzz/twice",
// "fuzz/lost", "fuzz/computed", "fuzz/fetched", "fuzz/memory": in that order. (What answers give away is seen by check's rules.)
const std::vector<report::Rule>& oracles();
const report::Rule* find_oracle(std::string_view id);

// An oracle that does not hold.
struct Failure {
  std::string oracle;  // id
  check::Fault fault;
  std::string mark;  // what tells causes apart: the kind of failure, status and shape of the answer
};

// Looks at a case as it was played, with all oracles but "fuzz/unhealthy" and "fuzz/memory", which need more deliveries. No failure is a
// 4xx to what is odd, 429 and 503 with Retry-After, an echo of what was sent.
// Addresses of ours in it may be fetched a little after the answer: with `patient` that is waited for (Learnt::settle_ms).
std::optional<Failure> look(check::Bench& bench, const Case& wanted, const Instance& instance, const check::Played& played, bool patient = true);

}  // namespace hookctl::fuzz
