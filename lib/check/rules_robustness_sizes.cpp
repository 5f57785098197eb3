// Robustness against large bodies: long, of awkward lengths, with many items and keys.
#include <array>

#include "check/rules_robustness.hpp"

namespace hookctl::check {

namespace {

using Op = Change::Op;
using Cases = Result<std::vector<Case>>;

constexpr std::size_t kItems = 1'000;
constexpr std::size_t kMostItemBytes = 700'000;  // of all arrays of an event
constexpr std::size_t kKeys = 10'000;

// The event with an unknown field of as many letters as make the body `size` bytes long; nothing when it is longer than that already.
std::optional<Step> padded(const Draft& event, std::size_t object, std::size_t size) {
  const std::string before = event.body.is_form() ? "hookctl_padding=" : "\"hookctl_padding\":\"";
  const std::string behind = event.body.is_form() ? "" : "\"";
  const std::size_t least = event.body.with({{object, {Op::add, before + behind}}}).size();
  if (least > size) return std::nullopt;
  Step step = step_of(event, {{object, {Op::add, before + std::string(size - least, 'x') + behind}}});
  step.expect = Expect::accepted;
  return step;
}

Cases of_sizes(Bench& bench, const std::vector<std::pair<std::size_t, std::string>>& sizes) {
  std::vector<Case> cases;
  for (const auto& [size, words] : sizes) {
    auto event = main_draft(bench, false);
    if (!event) return event.error();
    auto object = outermost_object(event->body);
    if (!object) return object.error();
    if (auto step = padded(*event, *object, size)) cases.push_back({.name = "a body of " + words + " bytes", .steps = {*std::move(step)}});
  }
  if (cases.empty()) return usage_error("the events are longer than that");
  return cases;
}

// Larger bodies only of providers that say that they send such.
Cases large_body(Bench& bench) {
  const bool sends_larger = bench.subject().provider->delivery.max_body_bytes.value_or(0) >= 1'000'000;
  return sends_larger ? of_sizes(bench, {{150'000, "150,000"}, {1'000'000, "1,000,000"}}) : of_sizes(bench, {{150'000, "150,000"}});
}

Cases body_lengths(Bench& bench) {
  return of_sizes(bench, {{1'024, "1,024"},
                          {4'095, "4,095"},
                          {4'096, "4,096"},
                          {8'192, "8,192"},
                          {16'384, "16,384"},
                          {32'768, "32,768"},
                          {65'535, "65,535"},
                          {65'536, "65,536"},
                          {65'537, "65,537"}});
}

// The array with its first item over and over. The bytes of the item, or "1" for an array of none.
std::string many(const std::string& item, std::size_t most_bytes) {
  const std::size_t count = std::max<std::size_t>(1, std::min(kItems, most_bytes / (item.size() + 1)));
  std::string out = "[";
  for (std::size_t i = 0; i < count; ++i) out += (i == 0 ? "" : ",") + item;
  return out + "]";
}

Cases many_items(Bench& bench) {
  auto events = drafts(bench, 6, true);
  if (!events) return events.error();
  std::vector<Case> cases;
  for (const Draft& event : *events) {
    const auto& places = event.body.places();
    std::vector<std::size_t> arrays;
    for (std::size_t i = 1; i < places.size(); ++i) {
      const bool inside = !arrays.empty() && event.body.is_within(i, arrays.back());
      if (places[i].kind == ValueKind::array && places[i].size > 0 && !event.alone[i] && !inside) arrays.push_back(i);
    }
    if (arrays.empty() || cases.size() == 2) continue;
    Changes changes;
    for (const std::size_t index : arrays)
      changes.emplace_back(index, Change{Op::put, many(std::string(event.body.raw(index + 1)), kMostItemBytes / arrays.size())});
    cases.push_back({.name = event.event + " with arrays of up to 1,000 items", .steps = {step_of(event, changes)}});
  }
  if (cases.empty()) return usage_error("no event holds an array");
  return cases;
}

Cases many_keys(Bench& bench) {
  auto event = main_draft(bench, false);
  if (!event) return event.error();
  auto object = outermost_object(event->body);
  if (!object) return object.error();
  std::string members;
  for (std::size_t i = 0; i < kKeys; ++i) {
    const std::string key = "hookctl_" + std::to_string(i);
    members += i == 0 ? "" : event->body.is_form() ? "&" : ",";
    members += event->body.is_form() ? key + "=1" : "\"" + key + "\":1";
  }
  return std::vector<Case>{{.name = "10,000 keys that nobody knows", .steps = {step_of(*event, {{*object, {Op::add, members}}})}}};
}

}  // namespace

std::vector<RuleCode> robustness_size_rules() {
  return {{.id = "robustness/large-body", .cases = large_body},
          {.id = "robustness/body-lengths", .cases = body_lengths},
          {.id = "robustness/many-items", .cases = many_items},
          {.id = "robustness/many-keys", .cases = many_keys}};
}

}  // namespace hookctl::check
