// Robustness against what a provider may add one day, types and fields, and against members that reach into the language's own objects.
#include <algorithm>

#include "base/json_path.hpp"
#include "check/event_type.hpp"
#include "check/rules_robustness.hpp"

namespace hookctl::check {

namespace {

using Op = Change::Op;

constexpr std::size_t kPrototypeEvents = 3;

// --- unknown types -------------------------------------------------------------------------------------------------------------------

// "customer.created" -> "customer.hookctl_unknown"
std::string unknown_sibling(const std::string& event) { return event.substr(0, event.find_first_of(".:")) + ".hookctl_unknown"; }

// The place of an action beside a type that stands in a header: the second name of "{header:X-GitHub-Event}.{json:action}".
std::string action_path(const Subject& subject, const Body& body) {
  for (const std::string& text : subject.provider->event_type) {
    const std::size_t at = text.find("{json:", std::min<std::size_t>(text.size(), 1));
    const std::size_t end = text.find('}', at);
    if (at == std::string::npos || end == std::string::npos) continue;
    const std::string path = text.substr(at + 6, end - at - 6);
    if (body.find(path)) return path;
  }
  return "";
}

Result<std::vector<Case>> unknown_types(Bench& bench) {
  const std::string& event = bench.main_event();
  std::vector<Case> cases;
  const auto add = [&](const char* name, std::optional<Step> step) {
    if (!step) return;
    step->expect = Expect::accepted;
    cases.push_back({.name = name, .steps = {*std::move(step)}});
  };
  add("an event of a type that nobody knows", with_type(bench.subject(), event, "hookctl.unknown"));
  auto plain = main_draft(bench, true);
  const std::string action = plain ? action_path(bench.subject(), plain->body) : "";
  if (action.empty())
    add("an unknown type of a known family", with_type(bench.subject(), event, unknown_sibling(event)));
  else
    add("a known type with an unknown action", Step{.event = event, .edits = {event::SetValue{action, "\"hookctl_unknown\""}}});
  if (cases.empty()) return usage_error("the events do not name their type");
  return cases;
}

Result<Outcome> unknown_type(Bench& bench) {
  auto cases = unknown_types(bench);
  if (!cases) return cases.error();
  return tolerant_trial(bench, *std::move(cases),
                        {300, 499, "answered {status}, and a provider would send it again and again; 2xx says that it arrived"});
}

// --- unknown fields ------------------------------------------------------------------------------------------------------------------

// An object of several kinds of values is a record, which may get more members; one of a single kind may be a map, whose values all have
// to be of that kind.
std::vector<std::size_t> records(const Body& body) {
  std::vector<std::size_t> out;
  const auto& places = body.places();
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (places[i].kind != ValueKind::object) continue;
    std::optional<ValueKind> first;
    bool mixed = false;
    for (const Place& member : places) {
      if (member.parent != i || member.kind == ValueKind::null) continue;
      mixed = mixed || (first && *first != member.kind);
      first = member.kind;
    }
    if (mixed) out.push_back(i);
  }
  return out;
}

Result<std::vector<Case>> unknown_fields(Bench& bench) {
  auto events = drafts(bench, 2, false);
  if (!events) return events.error();
  std::vector<Case> cases;
  for (const Draft& event : *events) {
    auto top = outermost_object(event.body);
    if (!top) return top.error();
    Changes changes;
    if (event.body.is_form()) {
      changes.emplace_back(*top, Change{Op::add, "hookctl_unknown=1"});
    } else {
      changes.emplace_back(*top, Change{Op::add, R"("hookctl_unknown":{"a":[1,"b",null]},"hookctl_unknown_list":[])"});
      for (const std::size_t index : records(event.body)) {
        if (index != *top) changes.emplace_back(index, Change{Op::add, R"("hookctl_unknown":"1")"});
      }
    }
    Step step = step_of(event, changes);
    step.expect = Expect::accepted;
    cases.push_back({.name = event.event + " with fields that nobody knows", .steps = {std::move(step)}});
  }
  return cases;
}

// --- prototypes ----------------------------------------------------------------------------------------------------------------------

// Several event types in two cases: the members in every object, and alone in the main object (what has no id of its own may be merged
// elsewhere). Then plain events must be served as before; what becomes of these is for the rules about fields.
Result<std::vector<Case>> prototype_cases(Bench& bench) {
  auto events = drafts(bench, kPrototypeEvents, true);
  if (!events) return events.error();
  const std::string canary = "{\"hookctl_" + random_text(bench.choices(), "0123456789abcdef", 12) + "\":1}";
  const std::string members = "\"__proto__\":" + canary + ",\"constructor\":{\"prototype\":" + canary + "}";
  Case everywhere{.name = "__proto__ and constructor.prototype in every object", .control = true};
  Case alone{.name = "a main object of nothing but __proto__", .control = true};
  for (const Draft& event : *events) {
    const auto& places = event.body.places();
    Changes changes;
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (places[i].kind == ValueKind::object) changes.emplace_back(i, Change{Op::add, members});
    }
    everywhere.steps.push_back(step_of(event, changes));
    everywhere.steps.back().expect = Expect::anything;
    auto second = draft(bench, event.event);
    if (!second) return second.error();
    alone.steps.push_back(step_of(*second, {{second->body.main_object(), {Op::put, "{\"__proto__\":" + canary + "}"}}}));
    alone.steps.back().expect = Expect::anything;
  }
  return std::vector<Case>{std::move(everywhere), std::move(alone)};
}

}  // namespace

std::vector<RuleCode> robustness_type_rules() {
  return {{.id = "robustness/unknown-type", .trial = unknown_type},
          {.id = "robustness/unknown-fields", .cases = unknown_fields},
          {.id = "robustness/prototype", .cases = prototype_cases, .last = true}};
}

}  // namespace hookctl::check
