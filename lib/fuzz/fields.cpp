#include "fuzz/fields.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "check/group_trial.hpp"
#include "fuzz/describe.hpp"

namespace hookctl::fuzz {

namespace {

constexpr std::size_t kEvents = 6;      // of the mutators that find most,
constexpr std::size_t kFirst = 32;      // which are so many;
constexpr std::size_t kEventsOfRest = 2;  // of the others
constexpr std::size_t kSingles = 3;          // places of an event for each of them
constexpr int kRounds = 4;         // a group without what failed before
constexpr std::size_t kParts = 6;  // of a group that is refused as a whole
constexpr std::size_t kHopeless = 4;  // so many mutators whose parts were all refused, and an event's groups are split no more
constexpr std::size_t kBetweenLooks = 12;

// Changes of one event by one mutator.
struct Group {
  const Mutator* mutator{nullptr};
  std::string event;
  std::vector<Mutated> members;
};

Case case_of(const Group& group) {
  Case out;
  out.mutator = std::string(group.mutator->name);
  check::Step step = odd_step(group.event);
  for (const Mutated& member : group.members) {
    step.patches.push_back(member.patch);
    if (member.lure) out.lures.push_back(*member.lure);
  }
  const std::string what = group.members.size() == 1 ? group.members.front().patch.path + " " + std::string(group.mutator->one)
                                                     : std::to_string(group.members.size()) + " fields that " + std::string(group.mutator->many);
  out.play.name = group.event + " with " + what;
  out.play.steps = {std::move(step)};
  return out;
}

bool is_inside(const std::string& path, const std::set<std::string>& changed) {
  return std::any_of(changed.begin(), changed.end(), [&](const std::string& outer) {
    return path.size() > outer.size() && path.starts_with(outer) && (path[outer.size()] == '.' || path[outer.size()] == '[');
  });
}

class Fields {
 public:
  Fields(check::Bench& bench, Pursuit& pursuit, std::vector<check::Draft> drafts) : bench_(bench), pursuit_(pursuit), drafts_(std::move(drafts)) {}

  Result<void> all(bool destructive) {
    std::size_t nth = 0;
    for (const Mutator& mutator : mutators()) {
      if (mutator.destructive != destructive || (mutator.needs_listener && bench_.listener() == nullptr)) continue;
      const std::size_t events = std::min(drafts_.size(), mutator.groups && nth++ < kFirst ? kEvents : kEventsOfRest);
      for (std::size_t i = 0; i < events && !pursuit_.over(); ++i) {
        auto done = mutator.groups ? group(mutator, drafts_[i]) : singles(mutator, drafts_[i]);
        if (!done) return done;
      }
    }
    if (auto done = look_behind(); !done) return done;
    return pursuit_.over() ? Result<void>{} : pursuit_.look_after();
  }

 private:
  Group group_of(const Mutator& mutator, const check::Draft& draft) {
    Group out{&mutator, draft.event, {}};
    std::set<std::string> changed;
    const auto& places = draft.body.places();
    for (std::size_t i = 1; i < places.size(); ++i) {
      if (draft.alone[i] || pursuit_.is_known_place(general_path(places[i].path)) || is_inside(places[i].path, changed)) continue;
      auto mutated = mutator.of(draft.body, places[i], bench_.choices());
      if (!mutated) continue;
      if (mutated->patch.change.op != check::Change::Op::add) changed.insert(places[i].path);
      out.members.push_back(*std::move(mutated));
    }
    return out;
  }

  // All of them at once, again without what failed; in parts where the whole is refused.
  Result<void> group(const Mutator& mutator, const check::Draft& draft) {
    for (int round = 0; round < kRounds && !pursuit_.over(); ++round) {
      const Group whole = group_of(mutator, draft);
      if (whole.members.empty()) return {};
      auto failed = play(whole);
      if (!failed) return failed.error();
      if (*failed) continue;
      return was_refused() ? in_parts(whole) : Result<void>{};
    }
    return {};
  }

  Result<void> in_parts(const Group& whole) {
    std::size_t& hopeless = hopeless_[whole.event];
    if (whole.members.size() < 2 || hopeless >= kHopeless) return {};
    bool any = false;
    const std::size_t parts = std::min(kParts, whole.members.size());
    for (std::size_t part = 0; part < parts && !pursuit_.over(); ++part) {
      Group some{whole.mutator, whole.event, {}};
      for (std::size_t i = part; i < whole.members.size(); i += parts) some.members.push_back(whole.members[i]);
      auto failed = play(some);
      if (!failed) return failed.error();
      any = any || *failed || !was_refused();
    }
    hopeless = any ? 0 : hopeless + 1;
    return {};
  }

  Result<void> singles(const Mutator& mutator, const check::Draft& draft) {
    const Group whole = group_of(mutator, draft);
    const std::size_t step = std::max<std::size_t>(1, whole.members.size() / kSingles);
    for (std::size_t i = 0; i < whole.members.size() && !pursuit_.over(); i += step) {
      auto failed = play(Group{whole.mutator, whole.event, {whole.members[i]}});
      if (!failed) return failed.error();
    }
    return {};
  }

  // What was computed or fetched may show only behind the answers. Those whose lures show there are played again by themselves, effects and all.
  Result<void> look_behind() {
    if (lured_.empty() || pursuit_.over()) return {};
    std::string effects;
    if (bench_.has_probe()) {
      auto reading = bench_.settled_effects();
      if (!reading) return reading.error().kind == ErrorKind::interrupted ? Result<void>(reading.error()) : Result<void>{};
      effects = std::move(reading->text);
    }
    for (Lured& each : lured_) {
      const bool kept = std::any_of(each.wanted.lures.begin(), each.wanted.lures.end(), [&](const Lure& lure) { return !lure.word.empty() && effects.find(lure.word) != std::string::npos; });
      const bool fetched = std::any_of(each.tokens.begin(), each.tokens.end(), [&](const std::string& token) { return bench_.listener()->visited(token); });
      if ((!kept && !fetched) || pursuit_.over()) continue;
      if (kept) each.wanted.play.effects = {{.id = "{a}", .at_least = 0}};
      auto failed = pursuit_.try_case(each.wanted);
      if (!failed) return failed.error();
    }
    return {};
  }

  Result<bool> play(const Group& group) {
    Case wanted = case_of(group);
    auto failed = pursuit_.try_case(wanted, false);  // look_behind() is patient
    if (!failed) return failed;
    if (!*failed && !wanted.lures.empty()) lured_.push_back({std::move(wanted), pursuit_.tokens()});
    if (++played_ % kBetweenLooks != 0) return failed;
    if (auto well = pursuit_.look_after(); !well) return well.error();
    return failed;
  }

  bool was_refused() const {
    const auto& shots = pursuit_.last().shots;
    return !shots.empty() && shots.back().status() >= 400 && shots.back().status() < 500;
  }

  check::Bench& bench_;
  Pursuit& pursuit_;
  const std::vector<check::Draft> drafts_;
  std::map<std::string, std::size_t> hopeless_;  // by event
  struct Lured {
    Case wanted;
    std::vector<std::string> tokens;
  };
  std::vector<Lured> lured_;
  std::size_t played_{0};
};

}  // namespace

check::Step odd_step(const std::string& event) {
  check::Step step;
  step.event = event;
  step.id = "{a}";
  step.expect = check::Expect::survived;
  return step;
}

Result<void> try_fields(check::Bench& bench, Pursuit& pursuit, bool destructive) {
  auto drafts = check::drafts(bench, kEvents, false);
  if (!drafts && drafts.error().kind == ErrorKind::usage) return {};
  if (!drafts) return drafts.error();
  return Fields(bench, pursuit, *std::move(drafts)).all(destructive);
}

}  // namespace hookctl::fuzz
