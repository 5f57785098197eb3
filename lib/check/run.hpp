// A whole check: preflight, every rule with its confirmations, the report.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "check/bench.hpp"
#include "report/report.hpp"

namespace hookctl::check {

struct RunOptions {
  std::vector<std::string> rules{};  // ids; empty: all
  std::int64_t time_limit_ms{50'000};  // rules that do not fit are skipped, and said so
  std::string repeat{};  // the command line that repeats one rule: "hookctl check --to … --rules {rule} --event {event}"
  std::function<void(const std::string& rule, std::size_t done, std::size_t of)> on_rule{};
};

// What preflight tried, for people: one line for each event ("push: HTTP 401 after 3 ms").
struct Preflight {
  std::vector<std::string> tried{};
};

// Finds out whether the endpoint is there and accepts correctly signed events, and fills bench.learnt(). `unavailable` with what was tried
// and a likely reason when it accepts none; `unavailable` when the probe cannot be read.
Result<Preflight> preflight(Bench& bench);

// Preflight and all rules. Errors as of preflight. An interrupted run ends early with what is known (Report::stopped). Findings are confirmed with a control before and after; one that did not
// show again is in the report as unconfirmed.
Result<report::Report> run(Bench& bench, const RunOptions& options);

}  // namespace hookctl::check
