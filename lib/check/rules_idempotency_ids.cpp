// Events that are not the same, though they look like it: ids that differ a little, and several events about one object.
#include <algorithm>
#include <cctype>

#include "base/json_path.hpp"
#include "check/event_object.hpp"
#include "check/rules_idempotency.hpp"
#include "event/fields.hpp"

namespace hookctl::check {

namespace {

constexpr std::int64_t kNextSecondMs = 1'100;                     // times of many providers have no fractions
constexpr std::uint64_t kExactIntegers = std::uint64_t{1} << 53;  // as many can a double tell apart

// An event whose id is like another's.
struct Variant {
  std::string name;  // what is special about the pair
  Step step;
  std::string id;  // as it is read
};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char other_case(char c) { return static_cast<char>(c ^ 0x20); }

// Are ids of this provider made of letters of both cases, so that case tells them apart? Seen in the template, and (of some providers it is
// looser than what they send) in the sample's own id.
bool has_both_cases(const Bench& bench, const std::string& sample_id) {
  const std::string tail = sample_id.substr(std::min<std::size_t>(
      sample_id.size(), std::max<std::size_t>(4, sample_id.rfind('_') == std::string::npos ? 0 : sample_id.rfind('_') + 1)));
  const bool lower = std::any_of(tail.begin(), tail.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  const bool upper = std::any_of(tail.begin(), tail.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  return bench.subject().provider->new_event_id.find("{alnum:") != std::string::npos && lower && upper;
}

std::string case_changed(std::string id) {
  for (std::size_t i = id.size(); i > 4; --i) {
    if (!is_letter(id[i - 1])) continue;
    id[i - 1] = other_case(id[i - 1]);
    return id;
  }
  return "";
}

// Another last character of the same kind; letters stay in their case and (of hexadecimal digits) in their range.
std::string last_changed(std::string id) {
  if (id.empty() || std::isalnum(static_cast<unsigned char>(id.back())) == 0) return "";
  char& last = id.back();
  if (last == '9')
    last = '8';
  else if (last >= '0' && last < '9')
    ++last;
  else
    last = last == 'a' || last == 'A' ? static_cast<char>(last + 1) : static_cast<char>(last - 1);
  return id;
}

// Where the sample has the event's id as a number: the place, and how many digits the provider's have (0: nobody knows).
struct NumericId {
  std::string path;
  std::size_t digits{0};
};

std::optional<NumericId> numeric_id(const Bench& bench, const std::string& event) {
  const provider::Fixture* sample = bench.subject().sample(event);
  auto fields =
      sample != nullptr ? event::fields(*bench.subject().provider, *sample) : Result<std::vector<event::Field>>(usage_error("no sample"));
  if (!fields) return std::nullopt;
  const std::string& form = bench.subject().provider->new_event_id;
  for (const event::Field& field : *fields) {
    if (field.type != "number" || field.fresh != "{event_id}") continue;
    if (!form.starts_with("{digits:")) return NumericId{field.path};
    return NumericId{field.path, static_cast<std::size_t>(std::max(0, std::atoi(form.c_str() + 8)))};
  }
  return std::nullopt;
}

// Two numbers that are one when they are read as doubles. They are new in every run.
std::vector<Variant> large_numbers(Bench& bench, const std::string& event, const NumericId& place) {
  std::uint64_t seed = bench.choices().next();
  for (const char c : bench.fresh_id()) seed = seed * 1099511628211u ^ static_cast<unsigned char>(c);
  SeededRandom random(seed);
  const std::uint64_t even = kExactIntegers + 4 * (random.next() % (kExactIntegers / 8));
  std::vector<Variant> out;
  for (const std::uint64_t number : {even, even + 1}) {
    Step step{.event = event, .edits = {event::SetValue{place.path, std::to_string(number)}}};
    out.push_back({"ids beyond 2^53 that differ in the last digit", step, std::to_string(number)});
  }
  return out;
}

std::vector<Variant> variants(Bench& bench, const std::string& event) {
  std::vector<Variant> out;
  const std::string id = bench.fresh_id();
  const auto add = [&](const std::string& name, const std::string& other) {
    const std::string read = other.empty() ? "" : id_as_read(bench, event, other);
    const bool known = std::any_of(out.begin(), out.end(), [&](const Variant& each) { return each.id == read; });
    if (!read.empty() && read == other && !known) out.push_back({name, Step{.event = event, .id = other}, read});
  };
  const provider::Fixture* sample = bench.subject().sample(event);
  Step own{.event = event, .fresh = false};
  SeededRandom random(1);
  auto made = sample != nullptr ? make(bench.subject(), own, bench.stranger(), SystemClock().now(), random)
                                : Result<Made>(usage_error("no sample"));
  const auto numeric = numeric_id(bench, event);
  add("an event", id);
  add("ids that differ in the last character", last_changed(id));
  // Forms of a fixed length, and those that are compared without case, are left as they are.
  const bool free_form =
      bench.subject().provider->new_event_id.ends_with("}") && bench.subject().provider->new_event_id.find("{alnum:") != std::string::npos;
  if (!numeric && made && has_both_cases(bench, made->event_id)) add("ids that differ in the case of a letter", case_changed(id));
  if (!numeric && free_form) add("ids of which one begins the other", id + "0");
  if (numeric && (numeric->digits == 0 || numeric->digits > 15)) {
    for (Variant& variant : large_numbers(bench, event, *numeric)) out.push_back(std::move(variant));
  }
  return out;
}

// Two updates of one object: the sample's, for that the endpoint takes it is known.
std::optional<EventObject> updated_object(Bench& bench) {
  for (const std::string& event : bench.events(bench.subject().samples.size())) {
    auto object = object_of(bench.subject(), event, false);
    if (object && is_update(event)) return object;
  }
  return std::nullopt;
}

Step with_state(const EventObject& object, bool newer, const std::string& id) {
  Step step{.event = object.event, .id = id};
  for (const ObjectState& state : object.states) step.edits.push_back(event::SetValue{state.path, newer ? state.newer : state.older});
  return step;
}

}  // namespace

Result<Outcome> try_similar_ids(Bench& bench) {
  auto events = counted_events(bench, 1);
  if (!events) return events.error();
  const std::string& event = events->front().event;
  const std::vector<Variant> all = variants(bench, event);
  if (all.size() < 2) return usage_error("this provider's ids cannot be told from a change of them");
  Case similar{.name = "ids that are nearly the same", .steps = {}, .effects = {}};
  for (const Variant& variant : all) {
    similar.steps.push_back(variant.step);
    similar.steps.back().expect = Expect::anything;  // an endpoint may refuse an id that it does not like: then there is no effect to come
    similar.effects.push_back({variant.id, 1});
  }
  auto played = bench.play(similar);
  if (!played) return played.error();
  Case accepted = similar;
  accepted.effects.clear();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (played->shots[i].success()) accepted.effects.push_back({all[i].id, 1});
  }
  auto outcome = judge_effects_of(bench, accepted, *played, {});
  if (outcome && outcome->fault && outcome->fault->trigger < all.size()) {
    const std::string& name = all[outcome->fault->trigger].name;
    if (outcome->fault->summary.starts_with(similar.name)) outcome->fault->summary.replace(0, similar.name.size(), name);
    outcome->fault->case_name = name;
  }
  return outcome;
}

Result<Outcome> try_same_object(Bench& bench) {
  auto events = counted_events(bench, bench.subject().samples.size());
  if (!events) return events.error();
  const auto object = updated_object(bench);
  const auto counted =
      std::find_if(events->begin(), events->end(), [&](const Counted& each) { return object && each.event == object->event; });
  if (counted == events->end()) return usage_error("none of the event types is about a change that may come twice to one object");
  const std::string first = bench.fresh_id();
  const std::string second = bench.fresh_id();
  Case both{.name = "two updates of one object, with ids of their own", .steps = {}, .effects = {}};
  both.steps = {with_state(*object, false, first), with_state(*object, true, second)};
  both.steps[1].wait_ms = kNextSecondMs;
  // Of the first nothing is asked: to an endpoint that goes by the time, earlier rules may have sent one as new.
  both.effects = {{id_as_read(bench, object->event, second), 1}};
  return try_effects(bench, both, {.compare_plain = false});
}

}  // namespace hookctl::check
