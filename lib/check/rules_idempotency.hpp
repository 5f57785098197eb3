// What the rules about idempotency share: events that carry an id, and the judgement of how often they had their effect. For this group.
#pragma once

#include <string>
#include <vector>

#include "check/bench.hpp"
#include "check/rule.hpp"

namespace hookctl::check {

// An event type whose requests carry an event id.
struct Counted {
  std::string event;
  std::int64_t usual{1};  // how often one such event has its effect: more than once where an endpoint does several things for it
};

// At most `most` of the handled event types, the main one first. `usage` when none of them carries an id.
Result<std::vector<Counted>> counted_events(Bench& bench, std::size_t most);

// What a receiver reads as the event's id when a step of `event` is given `id`; "" when the event carries none.
std::string id_as_read(const Bench& bench, const std::string& event, const std::string& id);

// The effects of one event of that type that was delivered somehow: exactly the usual number.
EffectCount exactly(const Bench& bench, const Counted& counted, const std::string& id);

struct EffectTrial {
  bool raced{false};         // whether it shows is a matter of luck
  bool loss_counts{true};    // an event without an effect is a fault, where plain events have theirs
  bool compare_plain{true};  // look at two plain events, one after the other, before a loss is believed
};

// Plays the case and judges it: first by the answers, then by the effects. An event that had none is only lost where two plain events of
// its type, one after the other, have theirs. Errors as of Bench::play.
Result<Outcome> try_effects(Bench& bench, const Case& wanted, const EffectTrial& how = {});

// The judgement alone, of what was played.
Result<Outcome> judge_effects_of(Bench& bench, const Case& wanted, const Played& played, const EffectTrial& how);

Result<Outcome> try_similar_ids(Bench& bench);  // rules_idempotency_ids.cpp
Result<Outcome> try_same_object(Bench& bench);

}  // namespace hookctl::check
