// The run: each rule is tried, each fault is confirmed between controls, and an endpoint that no longer serves plain events ends it.
#include "check/run.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

#include "base/text.hpp"
#include "check/case_trial.hpp"
#include "check/evidence.hpp"
#include "check/rule.hpp"
#include "check/rulebook.hpp"

namespace hookctl::check {

namespace {

constexpr std::int64_t kRecoveryMs = 6'000;    // an endpoint that is down gets so long to come back
constexpr std::int64_t kSlowFaultMs = 1'500;   // a fault that takes longer is confirmed once, not twice
constexpr std::int64_t kBeyondDeadlineMs = 2'000;  // so long answers are still waited for then
constexpr int kRaceTries = 10;                 // of which two must show it

const report::Rule* words_of(const RuleCode& code) { return code.words ? &*code.words : find_rule(code.id); }

std::vector<std::string> last_lines(const Bench& bench) { return bench.program() != nullptr ? bench.program()->last_lines() : std::vector<std::string>(); }


// A program that ended while a rule was tried, though every answer was right.
std::optional<Fault> program_fault(const Bench& bench) {
  const auto ended = bench.program()->ended();
  if (!ended) return std::nullopt;
  Fault fault;
  fault.summary = "the program ended";
  fault.expected = "an endpoint that goes on serving";
  fault.seen = *ended;
  fault.severity = report::Severity::critical;
  if (bench.last_shot()) fault.shots = {*bench.last_shot()};
  return fault;
}

// The probe of an endpoint that has ended cannot be read either.
Outcome unreadable_probe(const Bench& bench, const Error& error) {
  Fault fault;
  fault.summary = "the endpoint ended";
  fault.expected = "an endpoint that goes on serving";
  fault.severity = report::Severity::critical;
  fault.seen = error.message;
  if (bench.last_shot()) fault.shots = {*bench.last_shot()};
  return {.fault = fault};
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) text.replace(at, from.size(), to);
}

std::vector<const RuleCode*> chosen(const RunOptions& options) {
  std::vector<const RuleCode*> out;
  for (const bool last : {false, true}) {
    for (const RuleCode& rule : all_rules()) {
      const bool all = options.rules.empty() && options.more.empty();
      const bool wanted = all || std::find(options.rules.begin(), options.rules.end(), rule.id) != options.rules.end();
      if (wanted && rule.last == last) out.push_back(&rule);
    }
  }
  for (const RuleCode& rule : options.more) out.push_back(&rule);
  return out;
}

}  // namespace

void Run::write_learnt() {
  const Learnt& learnt = bench_.learnt();
  std::string events;
  std::string effects;
  for (const Handled& event : learnt.handled) {
    events += (events.empty() ? "" : ", ") + event.event;
    if (event.has_effect) effects += (effects.empty() ? "" : ", ") + event.event;
  }
  std::string refusals;
  for (const int status : learnt.refusals) refusals += (refusals.empty() ? "" : ", ") + std::to_string(status);
  report_.learnt = {{"accepted events", events}, {bench_.has_probe() ? "events with an effect" : "events that are handled", effects.empty() ? "none was seen" : effects},
                    {"slowest answer", duration_text(learnt.slowest_ms)}, {"refuses with", refusals.empty() ? "nothing" : refusals}};
  if (bench_.has_probe()) report_.learnt.emplace_back("effects settle in", duration_text(learnt.settle_ms));
}

// Why a rule is not tried at all, or "".
std::string Run::skip_reason(const RuleCode& rule) const {
  if (!gone_.empty()) return gone_;
  if (bench_.out_of_time()) return kTimeIsUp;
  if (rule.needs_probe && !bench_.has_probe()) return "no effects probe: --effects tells what the endpoint did";
  const bool any_effect = !bench_.learnt().handled.empty() && bench_.learnt().handled.front().has_effect;
  if (rule.needs_probe && !any_effect) return "no event had an effect: --event names one that has";
  if (!rule.follows.empty() && failed_.contains(std::string(rule.follows))) return "follows from " + std::string(rule.follows);
  const bool no_verification = failed_.contains("signature/missing") && failed_.contains("signature/other-secret");
  if (no_verification && (rule.id.starts_with("signature/") || rule.id.starts_with("time/"))) return "signatures are not verified at all";
  return "";
}

Result<void> Run::try_rule(const RuleCode& code) {
  const report::Rule* words = words_of(code);
  if (words == nullptr) return bug_error("rule '" + std::string(code.id) + "' is not in the rulebook");
  report::RuleResult result;
  result.rule = *words;
  const std::uint64_t requests = bench_.requests();
  const std::int64_t begun = steady_ms();
  const std::string skip = skip_reason(code);
  if (!skip.empty()) {
    result.verdict = report::Verdict::skipped;
    result.reason = skip;
  } else if (auto done = try_and_confirm(code, result); !done) {
    if (done.error().kind == ErrorKind::unavailable) return set_gone("the effects probe cannot be read", done.error());
    if (done.error().kind != ErrorKind::interrupted || bench_.interrupted()) return done;
    result.verdict = report::Verdict::skipped;
    result.reason = done.error().message;
  }
  result.requests = bench_.requests() - requests;
  result.duration_ms = steady_ms() - begun;
  report_.rules.push_back(std::move(result));
  return {};
}

Result<void> Run::try_and_confirm(const RuleCode& code, report::RuleResult& result) {
  auto outcome = check::try_rule(code, bench_);
  if (!outcome && outcome.error().kind == ErrorKind::usage) {
    result.verdict = report::Verdict::skipped;
    result.reason = outcome.error().message;
    return {};
  }
  if (!outcome && outcome.error().kind == ErrorKind::unavailable) {
    const Error error = outcome.error();
    if (auto serving = recover(); !serving) return serving.error();
    if (gone_.empty()) outcome = check::try_rule(code, bench_);
    else outcome = unreadable_probe(bench_, error);
    if (!outcome && outcome.error().kind == ErrorKind::usage) {
      result.verdict = report::Verdict::skipped;
      result.reason = outcome.error().message;
      return {};
    }
  }
  if (!outcome) return outcome.error();
  result.reason = outcome->remark;
  if (bench_.program() != nullptr && !outcome->fault) outcome->fault = program_fault(bench_);
  if (!outcome->fault) return look_after(code, result);
  return pursue(code, *outcome, result);
}

Result<void> Run::pursue(const RuleCode& code, const Outcome& outcome, report::RuleResult& result) {
  Fault fault = *outcome.fault;
  const std::vector<std::string> log = last_lines(bench_);
  report::Confidence confidence;
  auto done = recover();
  if (done && gone_.empty()) done = confirm(code, outcome, confidence, fault);
  if (!done && done.error().kind != ErrorKind::interrupted) return done;
  if (!done) confidence.cut = true;  // it is told all the same
  if (!gone_.empty()) {
    fault.seen += "; it did not come back";
    fault.severity = report::Severity::critical;
  }
  add_finding(code, fault, confidence, log, result);
  return done;
}

// After rules about bodies and bytes: does the endpoint still serve? If not, it is this rule's fault.
Result<void> Run::look_after(const RuleCode& code, report::RuleResult& result) {
  const bool risky = code.id.starts_with("robustness/") || code.id.starts_with("agents/");
  const auto& last = bench_.last_shot();
  if (!risky || (last && last->step.expect == Expect::accepted && last->success() && last->step.signing.sign)) return {};
  const std::optional<Shot> before = last;
  auto control = bench_.control();
  if (!control) return control.error();
  const bool good = Bench::is_good(*control, bench_.subject().budget_ms);
  if (good) return {};
  const std::vector<std::string> log = last_lines(bench_);
  Fault fault;
  fault.summary = "plain events are not accepted afterwards";
  fault.expected = "a plain event is accepted as before";
  fault.seen = seen_words(*control);
  if (before) fault.shots = {*before};
  fault.shots.push_back(*control);
  if (auto serving = recover(); !serving) return serving.error();
  report::Confidence confidence;
  if (gone_.empty()) {
    // Once more as a whole; does it do that again?
    confidence.tries = 2;
    auto again = check::try_rule(code, bench_);
    if (!again) return again.error();
    auto after = bench_.control();
    if (!after) return after.error();
    if (again->fault || !Bench::is_good(*after, bench_.subject().budget_ms)) confidence.shown = 2;
    if (auto serving = recover(); !serving) return serving.error();
  }
  add_finding(code, fault, confidence, log, result);
  return {};
}

Result<void> Run::recover() {
  if (!gone_.empty()) return {};
  const std::int64_t until = steady_ms() + kRecoveryMs;
  for (bool restarted = false;;) {
    if (bench_.program() != nullptr && bench_.program()->ended() && !restarted) {
      restarted = true;
      if (auto done = bench_.program()->restart(); !done) return set_gone("the endpoint does not come up again", done.error());
    }
    auto control = bench_.control();
    if (!control) return control.error();
    if (Bench::is_good(*control, bench_.subject().budget_ms) || bench_.out_of_time()) return {};
    if (steady_ms() < until) {
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
    } else if (bench_.program() != nullptr && !restarted) {
      restarted = true;
      if (auto done = bench_.program()->restart(); !done) return set_gone("the endpoint does not come up again", done.error());
    } else {
      return set_gone("the endpoint no longer accepts plain events", unavailable_error(seen_words(*control)));
    }
  }
}

// From here on every rule is skipped for this reason; what was found so far is told.
Result<void> Run::set_gone(std::string reason, const Error& error) {
  if (error.kind == ErrorKind::interrupted || error.kind == ErrorKind::bug) return error;
  gone_ = std::move(reason);
  report_.stopped = gone_ + ": " + redacted(bench_.subject(), error.message);
  return {};
}

// What was seen last is told, for it was seen with all patience.
Result<void> Run::confirm(const RuleCode& code, const Outcome& first, report::Confidence& confidence, Fault& fault) {
  const bool slow = !fault.shots.empty() && (fault.shots[fault.trigger].timed_out || fault.shots[fault.trigger].duration_ms > kSlowFaultMs);
  const int most = fault.raced ? kRaceTries : slow ? 2 : 3;
  confidence.tries = 1;
  while (confidence.tries < most && !(fault.raced && confidence.shown > 1) && !bench_.out_of_time()) {
    auto again = first.again ? first.again(bench_) : check::try_rule(code, bench_);
    const bool unreadable = !again && again.error().kind == ErrorKind::unavailable;
    if (!again && !unreadable && again.error().kind != ErrorKind::usage) return again.error();
    ++confidence.tries;
    const bool ended = bench_.program() != nullptr && bench_.program()->ended();
    if (unreadable || ended || (again && again->fault)) ++confidence.shown;
    if (again && again->fault && again->fault->case_name == fault.case_name && !fault.raced) fault = *again->fault;
    if (auto serving = recover(); !serving) return serving;
    if (!gone_.empty()) break;
  }
  confidence.cut = confidence.tries == 1 && gone_.empty();
  if (!fault.raced && confidence.shown < confidence.tries) confidence.shown = 1;  // not every time: not confirmed
  return {};
}

void Run::add_finding(const RuleCode& code, const Fault& fault, report::Confidence confidence, const std::vector<std::string>& log, report::RuleResult& result) {
  report::Finding finding = finding_of(bench_, result.rule, fault);
  finding.id = "F" + std::to_string(report_.findings.size() + 1);
  finding.confidence = confidence;
  finding.command = options_.repeat;
  replace_all(finding.command, "{rule}", std::string(code.id));
  replace_all(finding.command, "{event}", finding.event);
  finding.command = redacted(bench_.subject(), finding.command);
  for (const std::string& line : log) finding.log.push_back(redacted(bench_.subject(), line));
  result.findings.push_back(finding.id);
  if (confidence.confirmed()) {
    result.verdict = report::Verdict::failed;
    result.reason = finding.summary;
    failed_.insert(std::string(code.id));
  } else {
    result.reason = "showed once and not again: " + finding.summary;
  }
  report_.findings.push_back(std::move(finding));
}

// The last ones ran last, but stand where the rulebook has them; other rules come behind.
void Run::in_order_of_the_book() {
  const auto place = [](const report::RuleResult& result) {
    const auto& book = rulebook();
    return std::find_if(book.begin(), book.end(), [&](const report::Rule& rule) { return rule.id == result.rule.id; }) - book.begin();
  };
  std::stable_sort(report_.rules.begin(), report_.rules.end(), [&](const auto& a, const auto& b) { return place(a) < place(b); });
}

report::Report Run::finish() {
  write_learnt();
  in_order_of_the_book();
  report_.requests = bench_.requests();
  report_.duration_ms = steady_ms() - begun_;
  return std::move(report_);
}

Result<report::Report> run(Bench& bench, const RunOptions& options) {
  Run run(bench, options);
  bench.deadline = steady_ms() + options.time_limit_ms;
  bench.end = bench.deadline + kBeyondDeadlineMs;
  if (auto ready = preflight(bench); !ready) return ready.error();
  const std::vector<const RuleCode*> rules = chosen(options);
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (options.on_rule) options.on_rule(rules[i]->id, i, rules.size());
    auto done = run.try_rule(*rules[i]);
    if (!done && done.error().kind != ErrorKind::interrupted) return done.error();
    if (!done || bench.interrupted()) {
      run.report().stopped = "interrupted";  // what is known by then is told
      break;
    }
  }
  const auto& results = run.report().rules;
  const bool any_untried = std::any_of(results.begin(), results.end(), [](const report::RuleResult& result) { return result.reason == kTimeIsUp; });
  if (any_untried && run.report().stopped.empty()) run.report().stopped = kTimeIsUp;
  return run.finish();
}

const std::vector<RuleCode>& all_rules() {
  static const std::vector<RuleCode> rules = [] {
    std::vector<RuleCode> all;
    for (auto group : {signature_rules(), time_rules(), idempotency_rules(), order_rules(), acknowledgement_rules(), robustness_rules(), challenge_rules(), agent_rules(), disclosure_rules()}) {
      all.insert(all.end(), group.begin(), group.end());
    }
    return all;
  }();
  return rules;
}

}  // namespace hookctl::check
