// An earlier finding as a rule of a run.
#include "fuzz/memory.hpp"
#include "fuzz/oracles.hpp"
#include "fuzz/record.hpp"

#include <algorithm>

#include "check/case_trial.hpp"
#include "check/rulebook.hpp"

namespace hookctl::fuzz {

namespace {

Result<check::Outcome> measure_again(const Record& record, check::Bench& bench) {
  const auto pid = bench.program() != nullptr ? bench.program()->pid() : std::nullopt;
  if (!pid) return usage_error("its memory is not known: --spawn starts the program and watches it");
  auto failure = measure_memory(bench, *record.recipe, *pid);
  if (!failure) return failure.error();
  check::Outcome out;
  if (*failure) out.fault = std::move((*failure)->fault);
  return out;
}

// Plays the recipe between a look at the endpoint before (the run's) and after.
Result<check::Outcome> play_recipe(const Record& record, check::Bench& bench) {
  check::Outcome out;
  if (record.rule == "fuzz/memory") return measure_again(record, bench);
  auto instance = instantiate(bench, *record.recipe);
  if (!instance) return instance.error();
  auto played = bench.play(instance->play);
  if (!played) return played.error();
  auto failure = look(bench, *record.recipe, *instance, *played);
  if (failure) {
    out.fault = std::move(failure->fault);
  } else {
    auto control = bench.control();
    if (!control) return control.error();
    if (check::Bench::is_good(*control, bench.subject().budget_ms)) return out;
    out.fault = check::Fault{.summary = record.recipe->play.name + ": plain events are not accepted after it", .expected = "a plain event is accepted as before", .seen = check::seen_words(*control), .shots = played->shots};
    out.fault->shots.push_back(*control);
  }
  const auto& steps = record.recipe->play.steps;
  out.fault->raced = std::any_of(steps.begin(), steps.end(), [](const check::Step& step) { return step.group != 0; });
  return out;
}

// As long as it lives, rules try that event first.
class MainEvent {
 public:
  MainEvent(check::Bench& bench, const std::string& event) : bench_(bench), before_(bench.learnt().handled) {
    auto& handled = bench_.learnt().handled;
    std::stable_partition(handled.begin(), handled.end(), [&](const check::Handled& each) { return each.event == event; });
  }
  ~MainEvent() { bench_.learnt().handled = before_; }
  MainEvent(const MainEvent&) = delete;
  MainEvent& operator=(const MainEvent&) = delete;

 private:
  check::Bench& bench_;
  const std::vector<check::Handled> before_;
};

Result<check::Outcome> try_once_more(const Record& record, check::Bench& bench) {
  if (record.recipe) return play_recipe(record, bench);
  const auto& all = check::all_rules();
  const auto rule = std::find_if(all.begin(), all.end(), [&](const check::RuleCode& each) { return each.id == record.rule; });
  if (rule == all.end()) return usage_error("this version knows no rule '" + record.rule + "'");
  if (rule->needs_probe && !bench.has_probe()) return usage_error("no effects probe: --effects tells what the endpoint did");
  const MainEvent first(bench, record.event);
  return check::try_rule(*rule, bench);
}

}  // namespace

check::RuleCode suite_rule(const Record& record) {
  const report::Rule* known = record.rule.starts_with("fuzz/") ? find_oracle(record.rule) : check::find_rule(record.rule);
  report::Rule words;
  words.id = "suite/" + record.id;
  words.severity = record.severity;
  words.title = "What was found shows no more: " + record.summary;
  words.what = "Tries again what broke " + record.rule + ".";
  words.why = known != nullptr ? known->why : "It was found before.";
  if (known != nullptr) words.remedies = known->remedies;
  check::RuleCode code{.id = words.id, .words = words};
  code.trial = [record](check::Bench& bench) { return try_once_more(record, bench); };
  return code;
}

}  // namespace hookctl::fuzz
