// How often an event had its effect, and when that is a fault.
#include <algorithm>

#include "check/rules_idempotency.hpp"

namespace hookctl::check {

namespace {

constexpr std::uint64_t kAnySeed = 1;  // what a plain step would read as: nothing of it is sent

// How often the sample that preflight sent had its effect.
std::int64_t usual_count(const Bench& bench, const Effects& effects, const std::string& event) {
  for (const Shot& shot : bench.learnt().tried) {
    if (shot.made.event == event && !shot.made.event_id.empty() && effects.has_ids)
      return std::max<std::int64_t>(1, effects.of(shot.made.event_id));
  }
  return 1;
}

// Without ids only the sum can be looked at.
Case with_sum(const Case& wanted, const Effects& effects) {
  Case out = wanted;
  if (effects.has_ids || wanted.effects.size() < 2) return out;
  EffectCount sum{wanted.effects.front().id, 0, 0};
  for (const EffectCount& each : wanted.effects) {
    sum.at_least += each.at_least;
    sum.at_most += std::min<std::int64_t>(each.at_most, 1'000'000);
  }
  out.effects = {sum};
  return out;
}

Case without_effects(Case wanted) {
  wanted.effects.clear();
  return wanted;
}

Case without_losses(Case wanted) {
  for (EffectCount& each : wanted.effects) each.at_least = 0;
  return wanted;
}

std::string plural(std::int64_t count, const std::string& word) { return std::to_string(count) + " " + word + (count == 1 ? "" : "s"); }

void speak_of_sum(const Case& wanted, const Played& played, Fault& fault) {
  if (played.effects->has_ids || wanted.effects.size() < 2) return;
  const std::string count = plural(played.effects->count - played.count_before, "effect");
  fault.summary = wanted.name + ": " + count + " of " + plural(static_cast<std::int64_t>(wanted.effects.size()), "event");
  fault.expected = "an effect of each event";
  fault.seen = count;
}

// Does each of two plain events of that type, one after the other, have its effect?
Result<bool> plain_ones_count(Bench& bench, const std::string& event) {
  Case plain{.name = "two plain events", .steps = {}, .effects = {}};
  for (int i = 0; i < 2; ++i) {
    const std::string id = bench.fresh_id();
    plain.steps.push_back(Step{.event = event, .id = id});
    plain.effects.push_back({id_as_read(bench, event, id), 1});
  }
  auto played = bench.play(plain);
  if (!played) return played.error();
  return !judge(bench, with_sum(plain, *played->effects), *played);
}

}  // namespace

std::string id_as_read(const Bench& bench, const std::string& event, const std::string& id) {
  SeededRandom random(kAnySeed);
  auto made = make(bench.subject(), Step{.event = event, .id = id}, bench.stranger(), SystemClock().now(), random);
  return made ? made->event_id : "";
}

Result<std::vector<Counted>> counted_events(Bench& bench, std::size_t most) {
  auto effects = bench.effects_now();
  if (!effects) return effects.error();
  std::vector<Counted> out;
  if (has_event_id(*bench.subject().provider)) {
    for (const std::string& event : bench.events(bench.subject().samples.size())) {
      const std::string id = bench.fresh_id();
      if (out.size() < most && !id.empty() && !id_as_read(bench, event, id).empty())
        out.push_back({event, usual_count(bench, *effects, event)});
    }
  }
  if (out.empty()) return usage_error("this provider's events carry no id");
  if (!effects->has_ids) out.front().usual = 1;
  return out;
}

EffectCount exactly(const Bench& bench, const Counted& counted, const std::string& id) {
  return {id_as_read(bench, counted.event, id), 1, counted.usual};
}

Result<Outcome> judge_effects_of(Bench& bench, const Case& wanted, const Played& played, const EffectTrial& how) {
  Outcome outcome;
  outcome.fault = judge(bench, without_effects(wanted), played, &outcome.remark);
  if (outcome.fault || !played.effects) return outcome;
  const Case summed = with_sum(wanted, *played.effects);
  outcome.fault = judge(bench, without_losses(summed), played);  // one that had its effect too often comes before one that is lost
  if (!outcome.fault && how.loss_counts) {
    outcome.fault = judge(bench, summed, played);
    if (outcome.fault && how.compare_plain) {
      auto count = plain_ones_count(bench, outcome.fault->shots[outcome.fault->trigger].made.event);
      if (!count) return count.error();
      if (!*count)
        return Outcome{.fault = {}, .remark = "plain events that follow one another do not have an effect each, either", .again = {}};
    }
  }
  if (!outcome.fault) return outcome;
  speak_of_sum(wanted, played, *outcome.fault);
  outcome.fault->raced = how.raced;
  return outcome;
}

Result<Outcome> try_effects(Bench& bench, const Case& wanted, const EffectTrial& how) {
  auto played = bench.play(wanted);
  if (!played) return played.error();
  return judge_effects_of(bench, wanted, *played, how);
}

}  // namespace hookctl::check
