#include "check/case_trial.hpp"

namespace hookctl::check {

namespace {

bool is_unreachable(const Shot& shot) { return shot.failure && shot.failure->fault == http::SendFault::unreachable; }

Fault gone_fault(const Case& wanted, const Played& played, std::string seen) {
  Fault fault;
  fault.summary = wanted.name + ": the endpoint was gone after it";
  fault.expected = "an endpoint that goes on serving";
  fault.seen = std::move(seen);
  fault.shots = played.shots;
  fault.trigger = played.shots.empty() ? 0 : played.shots.size() - 1;
  fault.case_name = wanted.name;
  fault.severity = report::Severity::critical;
  return fault;
}

Fault refuses_plain_events(const Case& wanted, const Played& played, const Shot& control) {
  Fault fault = gone_fault(wanted, played, seen_words(control));
  fault.summary = wanted.name + ": plain events are not accepted after it";
  fault.expected = "a plain event is accepted as before";
  fault.shots.push_back(control);
  fault.severity = wanted.severity;
  return fault;
}

class CaseTrial {
 public:
  explicit CaseTrial(const RuleCode& rule) : rule_(rule) {}

  Result<Outcome> all(Bench& bench) {
    auto cases = rule_.cases(bench);
    if (!cases) return cases.error();
    Outcome outcome;
    bool any = false;
    std::optional<Error> unfit;
    for (std::size_t i = 0; i < cases->size() && !outcome.fault && !bench.out_of_time(); ++i) {
      auto done = one(bench, (*cases)[i], outcome);
      if (!done && done.error().kind != ErrorKind::usage) return done.error();
      if (!done) unfit = done.error();
      any = any || done.ok();
      if (outcome.fault) {
        outcome.again = [rule = rule_, index = blamed_previous_ ? i - 1 : i](Bench& again) { return CaseTrial(rule).only(again, index); };
      }
    }
    if (!any && unfit) return *unfit;  // none of its cases can be made for this provider
    return outcome;
  }

 private:
  Result<Outcome> only(Bench& bench, std::size_t index) {
    auto cases = rule_.cases(bench);
    if (!cases) return cases.error();
    Outcome outcome;
    if (index >= cases->size()) return outcome;
    if (auto done = one(bench, (*cases)[index], outcome); !done) return done.error();
    if (outcome.fault || bench.program() != nullptr) return outcome;
    auto control = bench.control();
    if (!control) return control.error();
    if (is_unreachable(*control)) outcome.fault = gone_fault((*cases)[index], previous_, seen_words(*control));
    return outcome;
  }

  Result<void> one(Bench& bench, const Case& wanted, Outcome& outcome) {
    auto played = bench.play(wanted);
    if (!played) return played.error();
    outcome.fault = judge(bench, wanted, *played, &outcome.remark);
    const bool nobody_there = !played->shots.empty() && is_unreachable(played->shots.front());
    if (outcome.fault && nobody_there && !previous_.shots.empty()) {
      // What was sent before did that.
      outcome.fault = gone_fault(previous_case_, previous_, seen_words(played->shots.front()));
      blamed_previous_ = true;
    }
    if (!outcome.fault && wanted.control) {
      auto control = bench.control();
      if (!control) return control.error();
      if (!Bench::is_good(*control, bench.subject().budget_ms)) outcome.fault = refuses_plain_events(wanted, *played, *control);
    }
    previous_ = *std::move(played);
    previous_case_ = wanted;
    return {};
  }

  const RuleCode rule_;
  Played previous_{};
  Case previous_case_{};
  bool blamed_previous_{false};
};

}  // namespace

Result<Outcome> try_rule(const RuleCode& rule, Bench& bench) { return rule.trial ? rule.trial(bench) : CaseTrial(rule).all(bench); }

}  // namespace hookctl::check
