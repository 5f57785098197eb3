// Plays group tests and narrows down what they find.
#include "check/group_trial.hpp"

#include <algorithm>
#include <memory>

#include "base/text.hpp"

namespace hookctl::check {

namespace {

constexpr std::size_t kEvents = 6;
constexpr std::size_t kSmallerGroups = 6;  // of one that was refused
constexpr std::size_t kSmallerGroupsOfTest = 12;
constexpr std::size_t kNarrowing = 12;  // requests
constexpr std::int64_t kImpatientMs = 1'000;  // an answer is waited for at least so long, where many are not awaited to their end
constexpr std::size_t kNamed = 3;               // places in a sentence
constexpr std::int64_t kAftermathMs = 250;      // a process that dies of work after its answer gets so long to do it

// One changed place of an event type, by its path: the same in every draft.
struct Member {
  std::string path;
  Change change;
  bool suspicious{false};  // an object, somebody who may be gone, what somebody has written
};

struct Group {
  std::string event;
  const Mutation* mutation{nullptr};
  std::vector<Member> members{};
};

enum class Reaction { fine, refused, failed, silent, gone };

std::string place_words(const std::vector<Member>& members) {
  std::string out;
  for (std::size_t i = 0; i < std::min(members.size(), kNamed); ++i)
    out += (i == 0 ? "" : ", ") + (members[i].path.empty() ? "the body" : members[i].path);
  return members.size() > kNamed ? out + " and " + std::to_string(members.size() - kNamed) + " more" : out;
}

std::string group_words(const Group& group) {
  return place_words(group.members) + " " + (group.members.size() == 1 ? group.mutation->one : group.mutation->many);
}

Group group_of(const Draft& event, const Mutation& mutation) {
  Group group{event.event, &mutation};
  const auto& places = event.body.places();
  std::size_t inside = Place::kNone;
  for (std::size_t i = 1; i < places.size(); ++i) {
    if (event.alone[i] || (inside != Place::kNone && event.body.is_within(i, inside))) continue;
    auto change = mutation.of(event.body, places[i], group.members.size());
    if (!change) continue;
    const bool suspicious = places[i].kind == ValueKind::object || names_person(places[i].name) || names_message(places[i].name);
    group.members.push_back({places[i].path, *std::move(change), suspicious});
    inside = i;
  }
  return group;
}

// In the order of the body, which keeps neighbours together.
std::vector<Group> smaller_groups(const Group& group) {
  const std::size_t parts = std::min(kSmallerGroups, group.members.size());
  std::vector<Group> out;
  for (std::size_t i = 0; i < parts; ++i) {
    const auto at = [&](std::size_t part) {
      return group.members.begin() + static_cast<std::ptrdiff_t>(part * group.members.size() / parts);
    };
    out.push_back({group.event, group.mutation, std::vector<Member>(at(i), at(i + 1))});
  }
  return out;
}

// How many of the members, the suspicious ones first, are tried first: these, or half of them where all are alike.
std::size_t first_part(const std::vector<Member>& members) {
  const auto suspicious =
      static_cast<std::size_t>(std::count_if(members.begin(), members.end(), [](const Member& member) { return member.suspicious; }));
  return suspicious > 0 && suspicious < members.size() ? suspicious : (members.size() + 1) / 2;
}

class GroupTrial {
 public:
  GroupTrial(Bench& bench, std::shared_ptr<const GroupTest> test) : bench_(bench), test_(std::move(test)) {}

  Result<Outcome> all() {
    auto events = drafts(bench_, kEvents, test_->json_only);
    if (!events) return events.error();
    bool any = false;
    for (const Mutation& mutation : test_->mutations) {
      std::size_t used = 0;
      for (const Draft& event : *events) {
        const Group group = group_of(event, mutation);
        if (group.members.empty()) continue;
        if (used++ == mutation.events || bench_.out_of_time()) break;
        any = true;
        if (auto done = with_smaller(group); !done) return done.error();
        if (outcome_.fault) return std::move(outcome_);
      }
    }
    if (!any) return usage_error(test_->none);
    if (!tried_) return usage_error(unfit_);
    return std::move(outcome_);
  }

  // Only that group once more. `aftermath`: what it does may show only after its answer.
  Result<Outcome> only(const Group& group, bool aftermath) {
    auto reaction = play(group);
    if (!reaction) return reaction.error();
    if (*reaction == Reaction::failed || *reaction == Reaction::silent || *reaction == Reaction::gone) {
      outcome_.fault = fault_of(group, *reaction, {last_}, 0);
    } else if (aftermath) {
      const Shot trigger = last_;
      auto after = bench_.deliver(Step{.event = bench_.main_event(), .wait_ms = kAftermathMs});
      if (!after) return after.error();
      if (!after->answer) outcome_.fault = fault_of(group, Reaction::gone, {trigger, *std::move(after)}, 0);
    }
    return std::move(outcome_);
  }

 private:
  // A group, and when it taught nothing its parts.
  Result<void> with_smaller(const Group& group) {
    auto reaction = one(group);
    if (!reaction) return reaction.error();
    if (*reaction != Reaction::refused || !group.mutation->may_split || group.members.size() < 2) return {};
    for (const Group& part : smaller_groups(group)) {
      if (outcome_.fault || smaller_++ >= kSmallerGroupsOfTest || bench_.out_of_time()) break;
      if (auto done = one(part); !done) return done.error();
    }
    return {};
  }

  Result<Reaction> one(const Group& group) {
    auto reaction = play(group);
    if (!reaction) return reaction;
    if (*reaction == Reaction::gone) {
      // Nobody listens any more: the group before did that, after its answer.
      const bool first = previous_.members.empty();
      found(first ? group : previous_, Reaction::gone, first ? std::vector{last_} : std::vector{previous_shot_, last_}, !first);
    } else if (*reaction != Reaction::fine && *reaction != Reaction::refused) {
      if (auto done = narrow(group, *reaction); !done) return done.error();
    }
    previous_ = group;
    previous_shot_ = last_;
    return reaction;
  }

  // What the group's event gets back. A group that cannot be made for this provider taught nothing, as one that is refused.
  Result<Reaction> play(const Group& group) {
    auto event = draft(bench_, group.event);
    if (!event) return event.error();
    Changes changes;
    for (const Member& member : group.members) {
      if (const auto index = event->body.find(member.path)) changes.emplace_back(*index, member.change);
    }
    Step step = step_of(*event, changes);
    step.wire.patience_ms = patience_ms_;
    auto shot = bench_.deliver(step);
    if (!shot && shot.error().kind == ErrorKind::usage) {
      unfit_ = shot.error().message;
      return Reaction::refused;
    }
    if (!shot) return shot.error();
    tried_ = true;
    last_ = *std::move(shot);
    if (last_.status() >= 500) return Reaction::failed;
    if (!last_.answer) return last_.failure && last_.failure->fault == http::SendFault::unreachable ? Reaction::gone : Reaction::silent;
    if (test_->in_time && last_.duration_ms > bench_.subject().budget_ms) return Reaction::silent;
    return last_.success() ? Reaction::fine : Reaction::refused;
  }

  // Looks for the smallest part of the group that still does it: the suspicious ones, then halves. Where the first part is fine the other
  // is taken to be it, and tried at the end.
  Result<void> narrow(const Group& group, Reaction reaction) {
    Group seen = group;
    Shot shot = last_;
    Group rest = group;
    std::stable_sort(rest.members.begin(), rest.members.end(),
                     [](const Member& a, const Member& b) { return a.suspicious && !b.suspicious; });
    // Whether it is silent for as long as the provider waits is seen when it is confirmed.
    if (shot.timed_out) patience_ms_ = std::max(kImpatientMs, 20 * bench_.learnt().slowest_ms);
    bool sure = true;
    for (std::size_t tries = 0; tries < kNarrowing && revive() && !bench_.out_of_time(); ++tries) {
      const bool settled = rest.members.size() == 1 || tries + 1 == kNarrowing;
      if (settled && sure) break;
      const auto half = static_cast<std::ptrdiff_t>(first_part(rest.members));
      Group part = rest;
      if (!settled) part.members.erase(part.members.begin() + half, part.members.end());
      auto again = play(part);
      if (!again) return again.error();
      if (*again == Reaction::gone) break;
      const bool same = *again == reaction;
      if (same) {
        seen = rest = part;
        shot = last_;
        sure = true;
      } else if (settled) {
        break;  // it takes several together
      } else {
        rest.members.erase(rest.members.begin(), rest.members.begin() + half);
        sure = false;
      }
    }
    patience_ms_.reset();
    found(seen, reaction, {shot}, false);
    return {};
  }

  // A program of ours that died is started again, so that the next try is worth something.
  bool revive() {
    Program* program = bench_.program();
    return program == nullptr || !program->ended() || program->restart().ok();
  }

  void found(const Group& group, Reaction reaction, std::vector<Shot> shots, bool aftermath) {
    outcome_.fault = fault_of(group, reaction, std::move(shots), 0);
    outcome_.again = [test = test_, group, aftermath](Bench& bench) { return GroupTrial(bench, test).only(group, aftermath); };
  }

  Fault fault_of(const Group& group, Reaction reaction, std::vector<Shot> shots, std::size_t trigger) const {
    const bool late = reaction == Reaction::silent && shots[trigger].answer;
    Fault fault;
    fault.summary = group.event + " with " + group_words(group) + ": " +
                    (reaction == Reaction::failed ? "the endpoint failed"
                     : reaction == Reaction::gone ? "the endpoint was gone after it"
                     : late                       ? "the answer came too late"
                                                  : "the endpoint gave no answer");
    fault.expected = test_->in_time ? "2xx or 4xx within " + duration_text(bench_.subject().budget_ms) : "2xx or 4xx";
    fault.seen = seen_words(shots.back());
    fault.trigger = trigger;
    fault.place = place_words(group.members);
    fault.case_name = group.event + " with " + group_words(group);
    if (reaction == Reaction::gone) fault.severity = report::Severity::critical;
    fault.shots = std::move(shots);
    return fault;
  }

  Bench& bench_;
  const std::shared_ptr<const GroupTest> test_;  // shared with `again`, which may outlive this
  Outcome outcome_;
  Shot last_;
  Group previous_;
  Shot previous_shot_;
  std::optional<std::int64_t> patience_ms_{};
  std::size_t smaller_{0};
  bool tried_{false};
  std::string unfit_;
};

}  // namespace

Result<Draft> draft(Bench& bench, const std::string& event) {
  Draft out{event, bench.fresh_id(), {}, {}};
  std::string text = bench.plain_body(event, out.id);
  const provider::Fixture* sample = bench.subject().sample(event);
  if (sample == nullptr || text.empty()) return usage_error("the events have no body");
  auto body = Body::read(sample->media_type, std::move(text));
  if (!body) return body.error();
  out.alone = left_alone(bench.subject(), *body);
  out.body = *std::move(body);
  return out;
}

Result<std::vector<Draft>> drafts(Bench& bench, std::size_t most, bool json_only) {
  std::vector<Draft> out;
  Error unfit = usage_error("the events are forms");
  for (const std::string& event : bench.events(most)) {
    auto drafted = draft(bench, event);
    if (!drafted && drafted.error().kind != ErrorKind::usage) return drafted.error();
    if (!drafted)
      unfit = drafted.error();
    else if (!json_only || !drafted->body.is_form())
      out.push_back(*std::move(drafted));
  }
  if (out.empty()) return unfit;
  return out;
}

Step step_of(const Draft& event, const Changes& changes) {
  return {.event = event.event, .body = event.body.with(changes), .body_id = event.id, .expect = Expect::survived};
}

Result<Outcome> group_trial(Bench& bench, const GroupTest& test) {
  return GroupTrial(bench, std::make_shared<const GroupTest>(test)).all();
}

}  // namespace hookctl::check
