// Robustness against senders that cost something: too large, gone in the middle, refused again and again. Afterwards plain events must be
// served as before.
#include "base/text.hpp"
#include "check/rules_robustness.hpp"

namespace hookctl::check {

namespace {

using Cases = Result<std::vector<Case>>;

constexpr std::size_t kOversized = 30'000'000;
constexpr std::int64_t kSilenceMs = 1'200;
constexpr std::int64_t kSlack = 100;
constexpr std::int64_t kAftermathMs = 200;  // what a broken-off delivery does to a process may take a moment

Step plain_step(Bench& bench, std::int64_t wait_ms, int group) { return {.event = bench.main_event(), .group = group, .wait_ms = wait_ms}; }

// Unsigned, so that nothing has to read it to its end. A plain event goes beside it and behind it.
Cases oversized(Bench& bench) {
  auto event = main_draft(bench, false);
  if (!event) return event.error();
  auto object = outermost_object(event->body);
  if (!object) return object.error();
  std::string padding = event->body.is_form() ? "hookctl_padding=" : "\"hookctl_padding\":\"";
  padding.append(kOversized, 'x').append(event->body.is_form() ? "" : "\"");
  Step step = step_of(*event, {{*object, {Change::Op::add, std::move(padding)}}});
  step.signing.sign = false;
  step.expect = Expect::closed;
  step.group = 1;
  Case wanted{.name = "an unsigned body of 30 MB", .control = true};
  wanted.steps.push_back(std::move(step));
  wanted.steps.push_back(plain_step(bench, 0, 1));
  return std::vector<Case>{std::move(wanted)};
}

// Orderly and abrupt ends, before the body, in it, and one byte before its end.
Cases cut_off(Bench& bench) {
  auto event = bench.plain_body(bench.main_event(), bench.fresh_id());
  if (event.size() < 4) return usage_error("the events have no body");
  Case wanted{.name = "five senders that went away in mid-body"};
  const std::size_t cuts[] = {10, event.size() / 2, 0, event.size() / 3, event.size() - 2};
  for (std::size_t i = 0; i < std::size(cuts); ++i) {
    Step step{.event = bench.main_event(), .expect = Expect::anything};
    step.wire.break_after = std::min(cuts[i], event.size() - 2);
    step.wire.reset = i % 2 == 1;
    wanted.steps.push_back(std::move(step));
  }
  wanted.steps.push_back(plain_step(bench, kAftermathMs, 0));
  return std::vector<Case>{std::move(wanted)};
}

// --- silent senders ------------------------------------------------------------------------------------------------------------------

Step silent_step(Bench& bench, std::string bytes) {
  Step step{.event = bench.main_event(), .expect = Expect::anything, .group = 1};
  step.wire.bytes = std::move(bytes);
  step.wire.pause_ms = kSilenceMs;
  return step;
}

// Plain events among senders that say nothing. They are slow where they wait for these: somebody who stays away for good would hold them up
// for good.
Result<Outcome> silent(Bench& bench) {
  Case wanted{.name = "20 connections that say nothing, or stop in mid-head"};
  const std::string half_head =
      "POST " + bench.subject().url.origin_form() + " HTTP/1.1\r\nHost: " + bench.subject().url.authority() + "\r\nContent-Ty";
  for (int i = 0; i < 10; ++i) {
    wanted.steps.push_back(silent_step(bench, ""));
    wanted.steps.push_back(silent_step(bench, half_head));
  }
  for (int i = 0; i < 2; ++i) wanted.steps.push_back(plain_step(bench, 0, 1));
  auto played = bench.play(wanted);
  if (!played) return played.error();
  Outcome outcome;
  outcome.fault = judge(bench, wanted, *played);
  const Shot& last = played->shots.back();
  if (outcome.fault || last.duration_ms < kSilenceMs - kSlack || last.duration_ms < 3 * bench.learnt().slowest_ms) return outcome;
  outcome.fault = Fault{.summary = wanted.name + ": a plain event was answered only when they had ended",
                        .expected = "an answer as soon as without them",
                        .seen = seen_words(last) + ", when the connections had been open for " + duration_text(kSilenceMs),
                        .shots = played->shots,
                        .trigger = played->shots.size() - 1,
                        .severity = report::Severity::low,  // a proxy in front of it that buffers requests keeps this off
                        .case_name = wanted.name};
  return outcome;
}

// --- refusals ------------------------------------------------------------------------------------------------------------------------

// What a refusal does not give back is gone after some dozen of them.
Cases refusals(Bench& bench) {
  if (signing_way(*bench.subject().provider).kind == signing::Kind::none) return usage_error("this provider signs nothing");
  Case wanted{.name = "24 refused requests"};
  for (int i = 0; i < 24; ++i) {
    Step step{.event = bench.main_event(), .expect = Expect::anything, .group = 1 + i / 8};
    if (i % 3 == 0)
      step.signing.sign = false;
    else
      step.tampers = {{.op = Tamper::Op::flip_signature, .number = 1}};
    wanted.steps.push_back(std::move(step));
  }
  for (int i = 0; i < 3; ++i) wanted.steps.push_back(plain_step(bench, i == 0 ? kAftermathMs : 0, 4));
  return std::vector<Case>{std::move(wanted)};
}

}  // namespace

std::vector<RuleCode> robustness_load_rules() {
  return {{.id = "robustness/oversized", .cases = oversized, .last = true},
          {.id = "robustness/cut-off", .cases = cut_off, .last = true},
          {.id = "robustness/silent", .trial = silent, .last = true},
          {.id = "robustness/refusals", .cases = refusals, .last = true}};
}

}  // namespace hookctl::check
