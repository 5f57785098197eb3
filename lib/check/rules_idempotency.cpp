// One event has one effect, however often and however clumsily it is delivered; none is lost.
#include "check/rules_idempotency.hpp"

#include <algorithm>

#include "signing/canonical.hpp"

namespace hookctl::check {

namespace {

constexpr std::size_t kEvents = 3;          // types that are delivered twice
constexpr std::size_t kAtOnce = 8;          // connections with the same event
constexpr std::size_t kBurst = 12;          // events that must not be lost,
constexpr std::size_t kBurstGroup = 4;      // so many at once
constexpr std::int64_t kAfterBreakMs = 50;  // until the sender comes back
constexpr std::int64_t kAfterLeavingMs = 300;

const signing::Scheme& scheme_of(const Bench& bench) { return signing::in_effect(signing_way(*bench.subject().provider)); }

// Is the time part of what is signed? Then a retry is another request than a replay.
bool has_signed_time(const Bench& bench) { return scheme_of(bench).timestamp || scheme_of(bench).kind == signing::Kind::jwt; }

Result<Outcome> try_duplicate(Bench& bench) {
  auto events = counted_events(bench, kEvents);
  if (!events) return events.error();
  auto effects = bench.effects_now();
  if (!effects) return effects.error();
  if (!effects->has_ids) events->resize(1);  // a sum would not tell a lost one from one too many
  Case twice{.name = "the same delivery twice", .steps = {}, .effects = {}};
  for (const Counted& counted : *events) {
    const std::string id = bench.fresh_id();
    const std::size_t first = twice.steps.size();
    twice.steps.push_back(Step{.event = counted.event, .id = id});
    Step again{.event = counted.event, .replay_of = first};
    // Where a provider would sign anew, the very bytes may be taken for what they are: a replay.
    if (has_signed_time(bench)) again.expect = Expect::survived;
    twice.steps.push_back(again);
    twice.effects.push_back(exactly(bench, counted, id));
  }
  return try_effects(bench, twice);
}

// As a provider retries: the same body and id, another signature where the time is in it.
Result<Outcome> try_retried(Bench& bench) {
  auto events = counted_events(bench, 1);
  if (!events) return events.error();
  const Counted& counted = events->front();
  const std::string id = bench.fresh_id();
  Case retried{.name = "a delivery and two retries of it, freshly signed", .steps = {}, .effects = {exactly(bench, counted, id)}};
  const std::string body = bench.plain_body(counted.event, id);
  for (const std::int64_t shift_ms : {-2000, -1000, 0}) {
    Step step{.event = counted.event, .id = id, .body = body};
    if (has_signed_time(bench)) step.signing.shift_ms = shift_ms;
    retried.steps.push_back(step);
  }
  return try_effects(bench, retried);
}

// Of deliveries at once, one must be accepted; the others may be told to come back.
std::optional<Fault> fault_of_answers(const Case& wanted, const Played& played) {
  Fault fault;
  for (std::size_t i = 0; i < played.shots.size(); ++i) {
    if (played.shots[i].answer) continue;
    fault.summary = wanted.name + ": the endpoint gave no answer";
    fault.trigger = i;
  }
  const bool any = std::any_of(played.shots.begin(), played.shots.end(), [](const Shot& shot) { return shot.success(); });
  const bool busy = std::all_of(played.shots.begin(), played.shots.end(), [](const Shot& shot) { return shot.status() == 429; });
  if (fault.summary.empty() && !any && !busy) fault.summary = wanted.name + ": none of them was accepted";
  if (fault.summary.empty()) return std::nullopt;
  fault.expected = "an answer to each, and a 2xx to one at least";
  fault.seen = seen_words(played.shots[fault.trigger]);
  fault.shots = played.shots;
  fault.case_name = wanted.name;
  return fault;
}

Result<Outcome> try_concurrent(Bench& bench) {
  auto events = counted_events(bench, 1);
  if (!events) return events.error();
  const Counted& counted = events->front();
  const std::string id = bench.fresh_id();
  Case at_once{.name = "the same event on " + std::to_string(kAtOnce) + " connections at once",
               .steps = {},
               .effects = {exactly(bench, counted, id)}};
  for (std::size_t i = 0; i < kAtOnce; ++i)
    at_once.steps.push_back(Step{.event = counted.event, .id = id, .expect = Expect::anything, .group = 1});
  auto played = bench.play(at_once);
  if (!played) return played.error();
  Outcome outcome;
  outcome.fault = fault_of_answers(at_once, *played);
  if (outcome.fault) return outcome;
  const bool any_accepted = std::any_of(played->shots.begin(), played->shots.end(), [](const Shot& shot) { return shot.success(); });
  auto judged = judge_effects_of(bench, at_once, *played, {.raced = true, .loss_counts = any_accepted});
  const auto failed = std::count_if(played->shots.begin(), played->shots.end(), [](const Shot& shot) { return shot.status() >= 500; });
  if (judged && !judged->fault && failed > 0)
    judged->remark = std::to_string(failed) + " of " + std::to_string(kAtOnce) +
                     " simultaneous deliveries got a 5xx; the provider would send them again";
  return judged;
}

Result<Outcome> try_forged_first(Bench& bench) {
  if (scheme_of(bench).kind == signing::Kind::none) return usage_error("this provider signs nothing");
  auto events = counted_events(bench, 1);
  if (!events) return events.error();
  const Counted& counted = events->front();
  const std::string id = bench.fresh_id();
  Case poisoned{.name = "forged requests with an event's id, then the event itself", .steps = {}, .effects = {exactly(bench, counted, id)}};
  Step forged{.event = counted.event, .id = id};
  forged.expect = Expect::anything;
  forged.signing.sign = false;
  poisoned.steps.push_back(forged);
  forged.signing = {};
  forged.signing.keys = {SigningKey{.which = SigningKey::Which::stranger}};
  poisoned.steps.push_back(forged);
  poisoned.steps.push_back(Step{.event = counted.event, .id = id});
  // Forgeries that are accepted are another rule's: here the event may not be lost.
  poisoned.effects.front().at_most = std::numeric_limits<std::int64_t>::max();
  return try_effects(bench, poisoned);
}

Result<Outcome> try_nothing_lost(Bench& bench) {
  auto events = counted_events(bench, 4);
  if (!events) return events.error();
  Case burst{.name = std::to_string(kBurst) + " events, " + std::to_string(kBurstGroup) + " at once, redelivered until they are accepted",
             .steps = {},
             .effects = {}};
  for (std::size_t i = 0; i < kBurst; ++i) {
    const Counted& counted = (*events)[i % events->size()];
    const std::string id = bench.fresh_id();
    Step step{.event = counted.event, .id = id};
    step.group = 1 + static_cast<int>(i / kBurstGroup);
    step.redeliver = true;
    burst.steps.push_back(step);
    burst.effects.push_back(exactly(bench, counted, id));
  }
  auto played = bench.play(burst);
  if (!played) return played.error();
  const bool busy = std::any_of(played->shots.begin(), played->shots.end(), [](const Shot& shot) { return shot.status() == 429; });
  if (busy)
    return Outcome{.fault = {},
                   .remark = "the endpoint still asked for time (429) after all redeliveries, so that nothing can be said of the rest",
                   .again = {}};
  return judge_effects_of(bench, burst, *played, {.raced = true});
}

Result<Outcome> try_broken_off(Bench& bench) {
  auto events = counted_events(bench, 1);
  if (!events) return events.error();
  const Counted& counted = events->front();
  const std::string id = bench.fresh_id();
  Case broken{.name = "a delivery that breaks off in mid-body, then the whole", .steps = {}, .effects = {exactly(bench, counted, id)}};
  for (const bool reset : {false, true}) {
    Step part{.event = counted.event, .id = id, .expect = Expect::anything};
    part.wire.break_after = bench.plain_body(counted.event, id).size() / 2;
    part.wire.reset = reset;
    broken.steps.push_back(part);
  }
  broken.steps.push_back(Step{.event = counted.event, .id = id, .wait_ms = kAfterBreakMs});
  return try_effects(bench, broken);
}

Result<Outcome> try_sender_gone(Bench& bench) {
  auto events = counted_events(bench, 1);
  if (!events) return events.error();
  const Counted& counted = events->front();
  const std::string id = bench.fresh_id();
  Case gone{.name = "a sender that goes away before the answer, and delivers again", .steps = {}, .effects = {exactly(bench, counted, id)}};
  Step silent{.event = counted.event, .id = id, .expect = Expect::anything};
  silent.wire.no_answer = true;
  Step again{.event = counted.event, .id = id, .wait_ms = kAfterLeavingMs};
  again.redeliver = true;  // the first may still be at work
  gone.steps = {silent, again};
  return try_effects(bench, gone);
}

}  // namespace

std::vector<RuleCode> idempotency_rules() {
  return {
      {.id = "idempotency/duplicate", .trial = try_duplicate, .needs_probe = true},
      {.id = "idempotency/retried", .trial = try_retried, .needs_probe = true, .follows = "idempotency/duplicate"},
      {.id = "idempotency/concurrent", .trial = try_concurrent, .needs_probe = true, .follows = "idempotency/duplicate"},
      {.id = "idempotency/same-object", .trial = try_same_object, .needs_probe = true},
      {.id = "idempotency/similar-ids", .trial = try_similar_ids, .needs_probe = true},
      {.id = "idempotency/forged-first", .trial = try_forged_first, .needs_probe = true},
      {.id = "idempotency/nothing-lost", .trial = try_nothing_lost, .needs_probe = true},
      {.id = "idempotency/broken-off", .trial = try_broken_off, .needs_probe = true},
      {.id = "idempotency/sender-gone", .trial = try_sender_gone, .needs_probe = true, .follows = "idempotency/duplicate"},
  };
}

}  // namespace hookctl::check
