// Group tests: many places of an event are changed at once, and when nothing goes wrong all of them are cleared with one request. What
// goes wrong is narrowed down to the places that do it.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "check/bench.hpp"
#include "check/places.hpp"
#include "check/rule.hpp"

namespace hookctl::check {

// An event that is not sent yet, and its places.
struct Draft {
  std::string event;
  std::string id;
  Body body;
  std::vector<bool> alone;  // left_alone() of each place
};

// A plain body of that event type with a fresh id. `usage` when it is neither JSON nor a form, or cannot be composed.
Result<Draft> draft(Bench& bench, const std::string& event);
// Those of bench.events(most) that can be drafted; `usage` when none can. With `json_only` forms do not count.
Result<std::vector<Draft>> drafts(Bench& bench, std::size_t most, bool json_only);
// The step that sends the draft with these changes, correctly signed.
Step step_of(const Draft& event, const Changes& changes);

// One way to change places. `of` is asked for every place that is not left alone and is not inside one that is changed: what becomes of it,
// or nothing. `nth` counts the places of the event that were changed so far.
struct Mutation {
  std::string one;        // completes "customer …": "is null"
  std::string many;       // completes "customer, owner …": "are null"
  std::size_t events{6};  // with the first so many event types that have such places
  std::function<std::optional<Change>(const Body& body, const Place& place, std::size_t nth)> of;
  bool may_split{true};  // into smaller groups where it is refused; not where every one of the values may well be
};

struct GroupTest {
  std::vector<Mutation> mutations;
  std::string none;  // why it does not apply where no event has such a place: "no event holds a number"
  bool json_only{true};
  bool in_time{false};  // an answer after the budget is a fault, too
};

// Tries a group test: 5xx, silence and an endpoint that is gone are faults. A group that is refused (4xx) taught nothing: it is tried again
// in smaller groups, at most 12 of them for a test. Fault::place is the smallest set of places that was seen to do it; Outcome::again tries
// those only.
Result<Outcome> group_trial(Bench& bench, const GroupTest& test);

}  // namespace hookctl::check
