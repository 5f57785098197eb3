// What several writers tell of a report: its groups, how a rule stands, why rules were skipped, the closing line. Pure, thread-safe. What
// is pointed to lives as long as the report.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "report/report.hpp"

namespace hookctl::report {

// How a rule stands for a build: of those that failed only `failed` breaks it. `known`: all its findings stand in the baseline;
// `unconfirmed`: what is not known did not show again.
enum class Standing { passed, failed, known, unconfirmed, skipped };
Standing standing(const Report& report, const RuleResult& result);

// The findings of a rule, in its order.
std::vector<const Finding*> findings_of(const Report& report, const RuleResult& result);

// Rules of one group, as Rule::group() has it, in the order of the report.
struct Group {
  std::string_view name;
  std::vector<const RuleResult*> rules;
  std::size_t count(Verdict verdict) const noexcept;
};
std::vector<Group> groups(const Report& report);

// Skipped rules that share a reason, the most frequent first.
struct Skips {
  std::string_view reason;
  std::vector<const RuleResult*> rules;
};
std::vector<Skips> skips(const Report& report);

// The exchange that shows it: "the trigger", or the first where none is called so; null without exchanges.
const Exchange* trigger_of(const Finding& finding) noexcept;

// "48 passed, 2 failed (1 known), 11 skipped (no effects probe: 9, …); 213 requests in 12.1 s", on one line and safe to print. Behind it
// "; earlier findings: 2 fixed, 1 still there" where there were such.
std::string summary_line(const Report& report);

// "known: stands in the baseline", "unconfirmed: showed in 1 of 3 tries"; "" for a rule that stands otherwise.
std::string excuse(const Report& report, const RuleResult& result);

// "F1 high signature/missing, 3 of 3": what a finding is, on one line and safe to print.
std::string finding_name(const Finding& finding);

// The rule that a finding breaks; null when the report does not hold it.
const Rule* rule_of(const Report& report, const Finding& finding) noexcept;

// What a fuzz run knows beside: ("shows at", "$.a, $.b and 3 more"), ("limit", …), ("found", "after 412 requests, 1.2 s"), ("alike", "3 more
// like this"), of these what there is. Not yet safe to print.
std::vector<std::pair<std::string_view, std::string>> details(const Finding& finding);

// "2 fixed, 1 still there, 1 cannot tell", of these what there is; "" without earlier findings.
std::string earlier_words(const Report& report);

// The first command to repeat a finding with: that of another day where there is one; "" where there is none at all.
const std::string& repeat_command(const Finding& finding) noexcept;

// The commands that repeat a finding: hookctl's, that of another day first, then curl's (of a very long one a shell comment only says so); ""
// where there is none.
std::string repeat_commands(const Finding& finding);

}  // namespace hookctl::report
