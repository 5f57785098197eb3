// A whole check: preflight, every rule with its confirmations, the report.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "check/bench.hpp"
#include "check/rule.hpp"
#include "report/report.hpp"

namespace hookctl::check {

struct RunOptions {
  std::vector<std::string> rules{};  // ids of the rulebook; empty: all of it, or none where there are `more`
  std::vector<RuleCode> more{};      // with words of their own, after those of the rulebook
  std::int64_t time_limit_ms{50'000};  // rules that do not fit are skipped, and said so
  std::string repeat{};  // the command line that repeats one rule: "hookctl check --to … --rules {rule} --event {event}"
  std::function<void(const std::string& rule, std::size_t done, std::size_t of)> on_rule{};
};

// Finds out whether the endpoint is there and accepts correctly signed events, and fills bench.learnt(). `unavailable` with what was tried
// and a likely reason when it accepts none; `unavailable` when the probe cannot be read.
Result<void> preflight(Bench& bench);

// A run in the making: rules and faults are added one after the other. Not thread-safe; the bench and the options outlive it.
class Run {
 public:
  // Of the options `repeat` counts here.
  Run(Bench& bench, const RunOptions& options) : bench_(bench), options_(options), begun_(steady_ms()) {}

  // Tries one rule, and adds its verdict and a finding to the report. Once the endpoint is gone, or the time is up, rules are skipped. Errors are
  // `interrupted` and those that no endpoint can be the reason of.
  Result<void> try_rule(const RuleCode& rule);
  // A fault of that rule (outcome.fault) that was seen already: waits until the endpoint serves again, confirms it with outcome.again or the rule's own
  // trial, and adds the finding to the report and its id to `result`. Errors as above.
  Result<void> pursue(const RuleCode& rule, const Outcome& outcome, report::RuleResult& result);
  // Waits until plain events are accepted again, starting the program anew if need be; gone() tells when they are not.
  Result<void> recover();
  // Why nothing can be tried any more, or "".
  const std::string& gone() const noexcept { return gone_; }
  // Has that rule a confirmed finding?
  bool has_failed(const std::string& rule) const { return failed_.contains(rule); }
  report::Report& report() noexcept { return report_; }

  // What preflight has learnt, requests and time go into the report, the rules stand in the order of the rulebook.
  report::Report finish();

 private:
  std::string skip_reason(const RuleCode& rule) const;
  Result<void> try_and_confirm(const RuleCode& rule, report::RuleResult& result);
  Result<void> look_after(const RuleCode& rule, report::RuleResult& result);
  Result<void> confirm(const RuleCode& rule, const Outcome& first, report::Confidence& confidence, Fault& fault);
  void write_learnt();
  Result<void> set_gone(std::string reason, const Error& error);
  void add_finding(const RuleCode& rule, const Fault& fault, report::Confidence confidence, const std::vector<std::string>& log, report::RuleResult& result);
  void in_order_of_the_book();

  Bench& bench_;
  const RunOptions& options_;
  report::Report report_;
  std::int64_t begun_;
  std::set<std::string> failed_;
  std::string gone_;
};

// Preflight and all rules. Errors as of preflight. An interrupted run ends early with what is known (Report::stopped). Findings are confirmed
// with a control before and after; one that did not show again is in the report as unconfirmed.
Result<report::Report> run(Bench& bench, const RunOptions& options);

}  // namespace hookctl::check
