#include "fuzz/pursuit.hpp"

#include <algorithm>

#include "check/evidence.hpp"
#include "fuzz/causes.hpp"
#include "fuzz/describe.hpp"
#include "fuzz/shrink.hpp"

namespace hookctl::fuzz {

namespace {

constexpr std::size_t kRemembered = 10;     // cases that may be blamed for an endpoint that is no longer well
constexpr std::size_t kShrinking = 40;      // tries
constexpr std::size_t kSlowShrinking = 10;  // where each of them is waited for
constexpr int kStable = 2;  // so often the smallest shows it once more, or a larger one is told
constexpr int kRaceTries = 5;
constexpr std::int64_t kShortestPatienceMs = 1'000;
constexpr std::uint64_t kReserve = 40;  // requests that a confirmation may take

bool is_raced(const Case& wanted) {
  return std::any_of(wanted.play.steps.begin(), wanted.play.steps.end(), [](const check::Step& step) { return step.group != 0; });
}

bool is_silence(const Failure& failure) { return failure.oracle == "fuzz/no-answer" || failure.oracle == "fuzz/late"; }

bool is_nobody_there(const check::Played& played) {
  return !played.shots.empty() && played.shots.front().failure && played.shots.front().failure->fault == http::SendFault::unreachable;
}

bool has_ended(check::Bench& bench) { return bench.program() != nullptr && bench.program()->ended(); }

// Its repeats once more.
Case with_margin(Case wanted) {
  for (check::Step& step : wanted.play.steps) {
    for (check::Patch& patch : step.patches) {
      if (patch.repeat) patch.repeat->times *= 2;
    }
    for (check::Splice& splice : step.splices) splice.times *= splice.times > 1 ? 2 : 1;
  }
  return wanted;
}

Failure unhealthy(const Case& wanted, const check::Played& played, const check::Shot& control) {
  const bool gone = control.failure && control.failure->fault == http::SendFault::unreachable;
  Failure failure{gone ? "fuzz/ended" : "fuzz/unhealthy", {}, gone ? "ended" : "unhealthy"};
  failure.fault.summary = describe(wanted) + (gone ? ": the endpoint was gone after it" : ": plain events are not accepted after it");
  failure.fault.expected = gone ? "an endpoint that goes on serving" : "a plain event is accepted as before";
  failure.fault.seen = check::seen_words(control);
  failure.fault.shots = played.shots;
  failure.fault.trigger = played.shots.empty() ? 0 : played.shots.size() - 1;
  failure.fault.shots.push_back(control);
  return failure;
}

}  // namespace

bool Pursuit::over() const {
  if (!run_.gone().empty() || bench_.out_of_time() || bench_.interrupted()) return true;
  if (options_.most_findings && confirmed_ >= *options_.most_findings) return true;
  return options_.most_requests && bench_.requests() + std::min(kReserve, *options_.most_requests / 4) >= *options_.most_requests;
}

Result<bool> Pursuit::try_case(const Case& wanted, bool patient) {
  last_ = {};
  auto instance = instantiate(bench_, wanted);
  if (!instance) return instance.error().kind == ErrorKind::usage ? Result<bool>(false) : Result<bool>(instance.error());
  tokens_ = instance->tokens;
  auto played = bench_.play(instance->play);
  if (!played && played.error().kind == ErrorKind::usage) return false;
  if (!played && played.error().kind != ErrorKind::unavailable) return played.error();
  if (played) last_ = *std::move(played);
  auto failure = look(bench_, wanted, *instance, last_, patient);
  const bool unreadable = last_.shots.empty();
  if (!failure && unreadable && bench_.last_shot()) {
    last_.shots = {*bench_.last_shot()};
    failure = unhealthy(wanted, {}, *bench_.last_shot());  // the probe of an endpoint that has ended cannot be read either
  }
  const bool blames_others = failure && is_nobody_there(last_) && !since_look_.empty();
  if (!blames_others) since_look_.push_back(wanted);
  if (since_look_.size() > kRemembered) since_look_.erase(since_look_.begin());
  if (!failure) return false;
  const check::Played seen = last_;
  if (blames_others) {
    if (auto done = look_after(); !done) return done.error();
  } else if (auto done = pursue(wanted, *failure); !done) {
    return done.error();
  }
  last_ = seen;
  return true;
}

// Once more, under the same oracle and with the same mark?
Result<bool> Pursuit::shows(const Case& wanted, const Failure& failure) {
  for (int tries = 0; tries < (is_raced(wanted) ? kRaceTries : 1); ++tries) {
    if (over()) return false;
    Case patient = wanted;
    if (is_silence(failure) && failure.oracle != "fuzz/late") {
      for (check::Step& step : patient.play.steps) step.wire.patience_ms = std::max(kShortestPatienceMs, 20 * bench_.learnt().slowest_ms);
    }
    auto instance = instantiate(bench_, patient);
    if (!instance) return instance.error().kind == ErrorKind::usage ? Result<bool>(false) : Result<bool>(instance.error());
    auto played = bench_.play(instance->play);
    if (!played && played.error().kind == ErrorKind::usage) return false;
    if (!played && played.error().kind != ErrorKind::unavailable) return played.error();
    std::optional<Failure> again = played ? look(bench_, wanted, *instance, *played) : std::nullopt;
    const bool looks_after = failure.oracle == "fuzz/unhealthy" || failure.oracle == "fuzz/ended";
    if (!again && looks_after) {
      auto control = bench_.control();
      if (!control) return control.error();
      if (!check::Bench::is_good(*control, bench_.subject().budget_ms)) again = unhealthy(wanted, played ? *played : check::Played{}, *control);
    }
    if (again || !played || has_ended(bench_)) {
      if (auto serving = run_.recover(); !serving) return serving.error();
    }
    if (again && again->oracle == failure.oracle && (again->mark == failure.mark || looks_after)) return true;
  }
  return false;
}

Result<Case> Pursuit::smaller(const Case& wanted, const Failure& failure, std::string& limit) {
  const bool slow = is_silence(failure) || failure.oracle == "fuzz/lost" || failure.oracle == "fuzz/twice";
  auto shrunk = shrink(wanted, [&](const Case& candidate) { return shows(candidate, failure); }, slow ? kSlowShrinking : kShrinking);
  if (!shrunk) return shrunk.error();
  limit = shrunk->limit;
  // Sizes that are on the edge of failing are told with a margin.
  for (const Case& candidate : {with_margin(shrunk->smallest), shrunk->smallest}) {
    auto stable = is_stable(candidate, failure);
    if (!stable) return stable.error();
    if (*stable) return candidate;
  }
  limit.clear();
  return wanted;
}

// Limits that a compiler or a clock decides are not the same each time.
Result<bool> Pursuit::is_stable(const Case& wanted, const Failure& failure) {
  for (int tries = 0; tries < kStable; ++tries) {
    auto again = shows(wanted, failure);
    if (!again || !*again) return again;
  }
  return true;
}

Result<void> Pursuit::pursue(const Case& wanted, const Failure& failure) {
  if (report::Finding* told = told_already(run_.report().findings, failure.oracle, wanted)) {
    ++told->alike;
    return run_.recover();
  }
  if (auto serving = run_.recover(); !serving) return serving;
  std::string limit;
  Case smallest = wanted;
  if (run_.gone().empty()) {
    auto shrunk = smaller(wanted, failure, limit);
    if (!shrunk) return shrunk.error();
    smallest = *std::move(shrunk);
  }
  smallest.play.name = describe(smallest);
  remember(smallest);
  const std::string kind = family(smallest.mutator);
  Cause& cause = causes_[failure.oracle + "\n" + failure.mark + "\n" + (kind.empty() ? place_key(smallest) : kind)];
  if (!cause.finding.empty() || cause.alike > 0) {
    ++cause.alike;
    for (report::Finding& finding : run_.report().findings) {
      if (finding.id == cause.finding) finding.alike = cause.alike;
    }
    return {};
  }
  return confirm(smallest, failure, limit, cause);
}

Result<void> Pursuit::confirm(const Case& smallest, const Failure& failure, const std::string& limit, Cause& cause) {
  const auto again = [smallest, failure](check::Bench& bench) -> Result<check::Outcome> {
    check::Outcome out;
    auto instance = instantiate(bench, smallest);
    if (!instance) return instance.error();
    auto played = bench.play(instance->play);
    if (!played) return played.error();
    auto seen = look(bench, smallest, *instance, *played);
    if (!seen && (failure.oracle == "fuzz/unhealthy" || failure.oracle == "fuzz/ended")) {
      auto control = bench.control();
      if (!control) return control.error();
      if (!check::Bench::is_good(*control, bench.subject().budget_ms)) seen = unhealthy(smallest, *played, *control);
    }
    if (seen && seen->oracle == failure.oracle) out.fault = std::move(seen->fault);
    return out;
  };
  check::Outcome outcome;
  if (run_.gone().empty() && !over()) {
    auto first = again(bench_);  // judged on what is reported
    if (!first && first.error().kind != ErrorKind::unavailable) return first.error();
    if (first) outcome = *std::move(first);
  }
  if (!outcome.fault) outcome.fault = failure.fault;
  outcome.fault->raced = is_raced(smallest);
  outcome.fault->case_name = smallest.mutator + " " + failure.mark;
  outcome.fault->place = place_key(smallest);
  outcome.again = again;
  const report::Rule* words = find_oracle(failure.oracle);
  if (words == nullptr) return bug_error("oracle '" + failure.oracle + "' has no words");
  const check::RuleCode code{.id = words->id, .trial = again, .words = *words};
  report::RuleResult& result = results_[words->id];
  result.rule = *words;
  const std::size_t before = run_.report().findings.size();
  if (auto done = run_.pursue(code, outcome, result); !done) return done;
  if (run_.report().findings.size() == before) return {};
  cause.finding = run_.report().findings.back().id;
  add_words(run_.report().findings.back(), smallest, limit);
  return {};
}

void Pursuit::add_words(report::Finding& finding, const Case& smallest, const std::string& limit) {
  finding.limit = limit;
  finding.command.clear();  // there is no rule to run again; replay does it
  for (const check::Step& step : smallest.play.steps) {
    for (const check::Patch& patch : step.patches) finding.places.push_back(patch.path);
  }
  keep(finding, smallest);
}

Result<void> Pursuit::report(const Case& wanted, const Failure& failure, std::function<Result<check::Outcome>(check::Bench&)> again) {
  const report::Rule* words = find_oracle(failure.oracle);
  if (words == nullptr) return bug_error("oracle '" + failure.oracle + "' has no words");
  check::Outcome outcome{.fault = failure.fault};
  outcome.fault->case_name = wanted.mutator;
  outcome.again = std::move(again);
  report::RuleResult& result = results_[words->id];
  result.rule = *words;
  const std::size_t before = run_.report().findings.size();
  if (auto done = run_.pursue({.id = words->id, .words = *words}, outcome, result); !done) return done;
  if (run_.report().findings.size() > before) add_words(run_.report().findings.back(), wanted, "");
  return {};
}

void Pursuit::know(const Record& earlier) {
  if (earlier.recipe) return remember(*earlier.recipe);
  report::Finding finding;
  finding.rule = earlier.rule;
  finding.diff = earlier.diff;
  known_places_.merge(failing_places(finding));
}

void Pursuit::remember(const Case& smallest) {
  for (const check::Step& step : smallest.play.steps) {
    for (const check::Patch& patch : step.patches) known_places_.insert(general_path(patch.path));
  }
}

Result<void> Pursuit::try_rule(const check::RuleCode& rule) {
  const std::size_t before = run_.report().findings.size();
  if (auto done = run_.try_rule(rule); !done) return done;
  note_new(before);
  since_look_.clear();
  return {};
}

// Of rules that change fields, those that fail alike at the same places have the same cause.
void Pursuit::note_new(std::size_t before) {
  std::vector<report::Finding>& findings = run_.report().findings;
  for (std::size_t i = before; i < findings.size(); ++i) {
    const report::Finding& now = findings[i];
    known_places_.merge(failing_places(now));
    if (is_strictness(now)) findings[i].severity = report::Severity::note;
    const auto told = std::find_if(findings.begin(), findings.begin() + static_cast<std::ptrdiff_t>(before), [&](const report::Finding& other) { return have_one_cause(other, now); });
    if (told != findings.begin() + static_cast<std::ptrdiff_t>(before) && now.confidence.confirmed()) merge_into(told->id, i--);
    else keep(findings[i], std::nullopt);
  }
}

// The finding goes; its rule tells of the other.
void Pursuit::merge_into(const std::string& told, std::size_t index) {
  std::vector<report::Finding>& findings = run_.report().findings;
  const std::string gone = findings[index].id;
  for (report::RuleResult& result : run_.report().rules) std::replace(result.findings.begin(), result.findings.end(), gone, told);
  for (report::Finding& finding : findings) {
    if (finding.id == told) ++finding.alike;
  }
  findings.erase(findings.begin() + static_cast<std::ptrdiff_t>(index));
}

void Pursuit::keep(report::Finding& finding, const std::optional<Case>& recipe) {
  finding.after_requests = bench_.requests();
  finding.after_ms = steady_ms() - begun_;
  found_at_ = bench_.requests();
  if (recipe) finding.recipe = check::redacted(bench_.subject(), write_case(*recipe));
  if (!finding.confidence.confirmed()) return;
  ++confirmed_;
  if (finding.rule.starts_with("suite/")) {  // it is kept already
    finding.command.clear();
    finding.replay = replay_command(finding.rule.substr(6));
    return;
  }
  Record record;
  record.id = record_id(finding.fingerprint);
  record.fingerprint = finding.fingerprint;
  record.rule = finding.rule;
  record.severity = finding.severity;
  record.summary = finding.summary;
  record.expected = finding.expected;
  record.seen = finding.seen;
  record.diff = finding.diff;
  record.event = finding.event;
  record.target = bench_.subject().url.text();
  record.provider = bench_.subject().provider->id;
  record.found_at = bench_.now();
  record.seed = bench_.seed();
  record.arguments = options_.arguments;
  record.recipe = recipe;
  if (recipe && finding.recipe != write_case(*recipe)) {  // a secret stood in it
    auto clean = read_case(finding.recipe, "recipe");
    record.recipe = clean ? std::optional(*std::move(clean)) : std::nullopt;
  }
  finding.replay = replay_command(record.id);
  if (options_.on_finding) options_.on_finding(record);
}

std::string Pursuit::replay_command(const std::string& id) const {
  std::string out = options_.replay;
  if (const std::size_t at = out.find("{finding}"); at != std::string::npos) out.replace(at, 9, id);
  return out;
}

Result<void> Pursuit::look_after() {
  if (!run_.gone().empty()) return {};
  auto control = bench_.control();
  if (!control) return control.error();
  const std::vector<Case> suspects = std::exchange(since_look_, {});
  if (check::Bench::is_good(*control, bench_.subject().budget_ms) || suspects.empty()) return {};
  if (auto serving = run_.recover(); !serving) return serving;
  // Which of them was it? The last ones first.
  const Failure seen = unhealthy(suspects.back(), {}, *control);
  for (auto suspect = suspects.rbegin(); suspect != suspects.rend() && run_.gone().empty() && !over(); ++suspect) {
    auto again = shows(*suspect, seen);
    if (!again) return again.error();
    if (*again) return pursue(*suspect, unhealthy(*suspect, {}, *control));
  }
  if (run_.gone().empty()) return {};
  // It does not come back, so nobody can tell: the last one stands for them.
  return confirm(suspects.back(), seen, "", causes_["gone"]);
}

void Pursuit::finish() {
  for (const report::Rule& words : oracles()) {
    report::RuleResult& result = results_[words.id];
    result.rule = words;
    run_.report().rules.push_back(result);
  }
}

}  // namespace hookctl::fuzz
