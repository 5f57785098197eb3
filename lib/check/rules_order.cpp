// Providers deliver in any order: what an endpoint knows of an object in the end is what the newest event said.
#include <algorithm>

#include "base/json_path.hpp"
#include "check/event_object.hpp"
#include "check/object_state.hpp"
#include "check/rule.hpp"

namespace hookctl::check {

namespace {

constexpr std::int64_t kBeginMs = 60'000;   // before now: the objects' begin,
constexpr std::int64_t kOlderMs = 30'000;   // the older update
constexpr std::int64_t kNewerMs = 10'000;   // and the newer one
constexpr std::int64_t kBetweenMs = 5'000;  // between older ones

// New in every run, or the endpoint would know the objects of the run before.
SeededRandom random_of(Bench& bench) {
  std::uint64_t seed = bench.choices().next();
  for (const char c : bench.fresh_id()) seed = seed * 1099511628211u ^ static_cast<unsigned char>(c);
  return SeededRandom(seed);
}

// An object that the endpoint has never heard of.
struct Stranger {
  std::vector<std::string> names;  // JSON
  std::vector<std::string> texts;  // plain
};

class Scene {
 public:
  Scene(Bench& bench, EventObject object) : object_(std::move(object)), now_(SystemClock().now()), random_(random_of(bench)) {}

  Stranger stranger() {
    Stranger out{other_names(object_, random_), {}};
    for (const std::string& name : out.names) out.texts.push_back(json_text_at("[" + name + "]", "[0]").value_or(""));
    return out;
  }

  Step update(const Stranger& who, bool newer, std::int64_t ago_ms, std::int64_t version) const {
    Step step = update_step(object_, who.names, {newer, now_ - ago_ms, now_ - kBeginMs, version});
    step.expect = Expect::survived;
    return step;
  }
  Step older(const Stranger& who) const { return update(who, false, kOlderMs, 2); }
  Step newer(const Stranger& who) const { return update(who, true, kNewerMs, 6); }

  const EventObject& object() const { return object_; }

 private:
  EventObject object_;
  UnixMs now_;
  SeededRandom random_;
};

// An update of an object that says which of two is newer, and what changed.
Result<Scene> scene(Bench& bench) {
  bool any_update = false;
  for (const std::string& event : bench.events(bench.subject().samples.size())) {
    if (!is_update(event)) continue;
    any_update = true;
    auto object = object_of(bench.subject(), event, true);
    if (object && object->is_ordered()) return Result<Scene>(Scene(bench, *std::move(object)));
  }
  return usage_error(any_update ? "no event that updates something says both a state and how new it is"
                                : "none of the event types tells of an update");
}

bool all_succeeded(const Played& played, std::size_t from, std::size_t to) {
  return std::all_of(played.shots.begin() + static_cast<std::ptrdiff_t>(from), played.shots.begin() + static_cast<std::ptrdiff_t>(to),
                     [](const Shot& shot) { return shot.success(); });
}

const std::string* at(const ObjectValues& values, const std::string& path) {
  const auto found = values.find(path);
  return found == values.end() ? nullptr : &found->second;
}

// What the reference, updated in order, was after the older update and is after the newer one.
struct Reference {
  ObjectValues after_older;
  ObjectValues after_newer;
  bool shows_change() const {
    return std::any_of(after_newer.begin(), after_newer.end(), [&](const auto& each) {
      const std::string* before = at(after_older, each.first);
      return before != nullptr && *before != each.second;
    });
  }
};

struct Stale {
  std::string path;
  std::string value;   // the older one,
  std::string newest;  // and what it should be
};

// Is `seen` in the state of the older update? Where several places are about it, none may know the newer one: an endpoint may well keep
// what came last beside what counts.
std::optional<Stale> stale_value(const Reference& reference, const ObjectValues& seen) {
  for (const auto& value : reference.after_newer) {
    const std::string& path = value.first;
    const std::string& newest = value.second;
    const std::string* before = at(reference.after_older, path);
    const std::string* now = at(seen, path);
    if (before == nullptr || *before == newest || now == nullptr || *now != *before) continue;
    const bool is_text = newest.starts_with('"');
    const bool known_elsewhere = is_text && std::any_of(seen.begin(), seen.end(), [&](const auto& each) { return each.second == newest; });
    if (!known_elsewhere) return Stale{path, *before, newest};
  }
  return std::nullopt;
}

// Values that are the same in both.
ObjectValues common(const ObjectValues& a, const ObjectValues& b) {
  ObjectValues out;
  for (const auto& [path, value] : a) {
    if (const std::string* other = at(b, path); other != nullptr && *other == value) out[path] = value;
  }
  return out;
}

Fault stale_fault(const Stale& stale, std::string summary, std::vector<Shot> shots) {
  Fault fault;
  fault.summary = std::move(summary);
  fault.expected = "the state that the newer update tells (" + stale.newest + "), in whatever order they come";
  fault.seen = stale.path + " is " + stale.value + " in the end";
  fault.shots = std::move(shots);
  fault.trigger = fault.shots.size() - 1;
  fault.place = stale.path;
  return fault;
}

Result<Played> play_with_state(Bench& bench, const Case& wanted) {
  auto played = bench.play(wanted);
  if (!played) return played.error();
  if (!played->effects) {
    auto effects = bench.settled_effects();
    if (!effects) return effects.error();
    played->effects = *std::move(effects);
  }
  if (played->effects->state.empty()) return usage_error("the probe tells no state");
  return played;
}

Error not_shown() { return usage_error("the probe's state does not show the object"); }
Error not_taken() { return usage_error("the endpoint does not take updates of an object that it has not seen"); }

// A in order, B reversed, C in order again, and looked at in between.
Result<Outcome> try_permuted(Bench& bench) {
  auto found = scene(bench);
  if (!found) return found.error();
  Scene& stage = *found;
  const Stranger a = stage.stranger();
  const Stranger b = stage.stranger();
  const Stranger c = stage.stranger();
  auto first =
      play_with_state(bench, {.name = "", .steps = {stage.older(a), stage.newer(a), stage.newer(b), stage.older(b), stage.older(c)}});
  if (!first) return first.error();
  auto second = play_with_state(bench, {.name = "", .steps = {stage.newer(c)}});
  if (!second) return second.error();
  if (!all_succeeded(*first, 0, 2) || !first->shots[4].success() || !second->shots[0].success()) return not_taken();
  Outcome outcome;
  const std::string& event = stage.object().event;
  outcome.fault = judge(bench, {.name = "updates of one object in reverse order", .steps = {stage.newer(b), stage.older(b)}},
                        {.shots = {first->shots[2], first->shots[3]}, .effects = {}});
  if (outcome.fault) return outcome;
  // What differs between A at either time and C is noise.
  const ObjectValues in_order = common(values_of_object(first->effects->state, a.texts), values_of_object(second->effects->state, a.texts));
  const Reference reference{values_of_object(first->effects->state, c.texts),
                            common(in_order, values_of_object(second->effects->state, c.texts))};
  if (!reference.shows_change()) return not_shown();
  if (const auto stale = stale_value(reference, values_of_object(second->effects->state, b.texts))) {
    outcome.fault = stale_fault(*stale, "two " + event + " events of one object, the newer one delivered first: the older one overwrote it",
                                {first->shots[2], first->shots[3]});
  }
  return outcome;
}

// The reference in order, and another object with its updates at once, the newest among older ones.
Result<Outcome> try_concurrent(Bench& bench) {
  auto found = scene(bench);
  if (!found) return found.error();
  Scene& stage = *found;
  const Stranger known = stage.stranger();
  const Stranger raced = stage.stranger();
  Case together{.name = "", .steps = {stage.older(known), stage.newer(raced)}};
  for (int i = 0; i < 3; ++i) together.steps.push_back(stage.update(raced, false, kOlderMs - i * kBetweenMs, 2 + i));
  for (std::size_t i = 1; i < together.steps.size(); ++i) {
    together.steps[i].group = 1;
    together.steps[i].redeliver = true;
    together.steps[i].expect = Expect::anything;
  }
  auto first = play_with_state(bench, together);
  if (!first) return first.error();
  auto second = play_with_state(bench, {.name = "", .steps = {stage.newer(known)}});
  if (!second) return second.error();
  if (!first->shots[0].success() || !second->shots[0].success()) return not_taken();
  const Reference reference{values_of_object(first->effects->state, known.texts), values_of_object(second->effects->state, known.texts)};
  if (!reference.shows_change()) return not_shown();
  Outcome outcome;
  if (!first->shots[1].success()) {
    outcome.remark = "of updates at once, the newest was not taken, though delivered again: " + seen_words(first->shots[1]);
    return outcome;
  }
  if (const auto stale = stale_value(reference, values_of_object(second->effects->state, raced.texts))) {
    outcome.fault = stale_fault(*stale, "four " + stage.object().event + " events of one object at once: an older one overwrote the newest",
                                {first->shots.begin() + 1, first->shots.end()});
    outcome.fault->raced = true;
  }
  return outcome;
}

// Updates and removals first, then whatever else is about an object.
Result<std::vector<Case>> unknown_object_cases(Bench& bench) {
  std::vector<std::string> events = bench.events(bench.subject().samples.size());
  std::stable_partition(events.begin(), events.end(), [](const std::string& event) { return is_update(event) || is_removal(event); });
  SeededRandom random = random_of(bench);
  std::vector<Case> cases;
  for (const std::string& event : events) {
    const auto object = object_of(bench.subject(), event, false);
    if (!object || cases.size() == 2) continue;
    Case unknown{.name = event + " about an object that was never seen", .steps = {step_about(*object, other_names(*object, random))}};
    unknown.steps[0].expect = Expect::survived;
    cases.push_back(std::move(unknown));
  }
  if (cases.empty()) return usage_error("none of the events is about an object with an id");
  return cases;
}

std::string text_of(const std::string& json) { return json_text_at("[" + json + "]", "[0]").value_or(""); }

// Where the state held the first update's value: does it hold something that neither of the two said?
std::optional<Fault> neither(const EventObject& object, const ObjectValues& before, const ObjectValues& after,
                             const std::vector<Shot>& shots) {
  for (const ObjectState& state : object.states) {
    for (const auto& [path, value] : before) {
      const std::string* now = at(after, path);
      if (text_of(value) != text_of(state.older) || now == nullptr || text_of(*now) == text_of(state.older) ||
          text_of(*now) == text_of(state.newer))
        continue;
      Fault fault;
      fault.summary = "two updates of one object with the same time: what is left is neither of the two";
      fault.expected = state.older + " or " + state.newer;
      fault.seen = path + " is " + *now;
      fault.shots = shots;
      fault.trigger = shots.size() - 1;
      fault.place = path;
      return fault;
    }
  }
  return std::nullopt;
}

// A fault that the newer update shows without the other, too, has nothing to do with their times.
Result<Outcome> unless_alone(Bench& bench, Scene& stage, Fault fault) {
  auto alone = bench.deliver(stage.newer(stage.stranger()));
  if (!alone) return alone.error();
  if (!alone->success()) return not_taken();
  Outcome outcome;
  outcome.fault = std::move(fault);
  return outcome;
}

Result<Outcome> try_same_time(Bench& bench) {
  auto found = scene(bench);
  if (!found) return found.error();
  Scene& stage = *found;
  const Stranger who = stage.stranger();
  const Case one{.name = "two updates of one object with the same time", .steps = {stage.update(who, false, kNewerMs, 6)}};
  const Case other{.name = one.name, .steps = {stage.update(who, true, kNewerMs, 6)}};
  std::vector<Shot> shots;
  std::vector<ObjectValues> states;
  for (const Case& wanted : {one, other}) {
    auto played = bench.play(wanted);
    if (!played) return played.error();
    shots.push_back(played->shots.front());
    if (shots.size() == 1 && !shots.front().success()) return not_taken();
    if (auto fault = judge(bench, wanted, *played)) return unless_alone(bench, stage, std::move(*fault));
    if (!bench.has_probe()) continue;
    auto effects = bench.settled_effects();
    if (!effects) return effects.error();
    states.push_back(values_of_object(effects->state, who.texts));
  }
  Outcome outcome;
  if (states.size() == 2 && shots[0].success() && shots[1].success()) outcome.fault = neither(stage.object(), states[0], states[1], shots);
  return outcome;
}

}  // namespace

std::vector<RuleCode> order_rules() {
  return {
      {.id = "order/permuted", .trial = try_permuted, .needs_probe = true},
      {.id = "order/concurrent", .trial = try_concurrent, .needs_probe = true, .follows = "order/permuted"},
      {.id = "order/unknown-object", .cases = unknown_object_cases},
      {.id = "order/same-time", .trial = try_same_time},
  };
}

}  // namespace hookctl::check
