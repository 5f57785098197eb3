// An earlier finding as a rule of a run.
#include "fuzz/memory.hpp"
#include "fuzz/oracles.hpp"
#include "fuzz/record.hpp"

#include <algorithm>

#include "check/case_trial.hpp"
#include "check/rulebook.hpp"

namespace hookctl::fuzz {

namespace {

constexpr int kRaceTries = 10;

Result<check::Outcome> measure_again(const Record& record, check::Bench& bench) {
  const auto pid = bench.pid();
  if (!pid) return usage_error("its memory is not known: --spawn starts its program and watches it, --pid names it");
  if (bench.program() != nullptr && !bench.program()->restart().ok()) return usage_error("its program cannot be started anew");
  auto failure = measure_memory(bench, *record.recipe, bench.pid().value_or(*pid));
  if (!failure) return failure.error();
  check::Outcome out;
  if (*failure) out.fault = std::move((*failure)->fault);
  return out;
}

bool is_raced(const Record& record) {
  const auto& steps = record.recipe->play.steps;
  return std::any_of(steps.begin(), steps.end(), [](const check::Step& step) { return step.group != 0; });
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
  out.fault->raced = is_raced(record);
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
  if (record.recipe) {
    auto outcome = play_recipe(record, bench);
    // What two deliveries race for does not go wrong every time.
    for (int tries = 1; outcome && !outcome->fault && is_raced(record) && tries < kRaceTries && !bench.out_of_time(); ++tries) outcome = play_recipe(record, bench);
    return outcome;
  }
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
