// Texts of events that are code, queries, addresses or names of built-ins to whoever is careless with them.
#include <algorithm>
#include <array>

#include "base/json_path.hpp"
#include "base/text.hpp"
#include "check/baits.hpp"
#include "check/event_type.hpp"
#include "check/rules_agents.hpp"

namespace hookctl::check {

namespace {

constexpr std::size_t kEvents = 4;
constexpr std::size_t kComputed = 10;  // requests
constexpr std::size_t kLinks = 2;

bool contains(const auto& known, std::string_view word) { return std::find(std::begin(known), std::end(known), word) != std::end(known); }

// --- computed ------------------------------------------------------------------------------------------------------------------------

struct Product {
  std::string a;
  std::string b;
  std::string result;
};

Product product(Bench& bench) {
  const auto factor = [&] { return 12'347 + bench.choices().next() % 70'000; };
  const std::uint64_t a = factor();
  const std::uint64_t b = factor();
  return {std::to_string(a), std::to_string(b), std::to_string(a * b)};
}

// Names of what programs work with: it may hold anything, and is often put into commands.
bool names_handle(const Place& place) {
  constexpr std::string_view kNames[] = {"ref",      "branch", "path", "file",     "filename", "name",      "login",
                                         "username", "slug",   "tag",  "tag_name", "label",    "full_name", "repo",
                                         "host",     "folder", "key",  "command",  "base_ref", "head_ref",  "default_branch"};
  return contains(kNames, lower(place.name)) || place.text.find('/') != std::string::npos;
}

bool can_hold_code(const Place& place, bool careful) {
  if (place.kind != ValueKind::text) return false;
  if (place.meaning == Meaning::prose) return true;
  if (place.meaning == Meaning::word) return names_handle(place);
  return !careful && place.meaning == Meaning::reference;
}

using Code = std::string (*)(Bench& bench, const Product& numbers);

// Between quotes of either kind and without them. The address is only known once it is computed, so that nothing else fetches it.
std::string shell_code(Bench& bench, const Product& numbers) {
  const std::string sum = "expr " + numbers.a + " \\* " + numbers.b;
  std::string out = ";" + sum + ";'$(" + sum + ")`" + sum + "`'";
  if (bench.listener() != nullptr) out += ";curl -s " + bench.listener()->url("$(" + sum + ")");
  return out + ";";
}

std::string template_code(Bench&, const Product& numbers) {
  const std::string sum = numbers.a + "*" + numbers.b;
  return " {{" + sum + "}} ${" + sum + "} <%= " + sum + " %> #{" + sum + "} $((" + sum + "))";
}

MakeBait computing(std::string event, Code code, std::string worked) {
  return [event = std::move(event), code, worked = std::move(worked)](Bench& bench, bool careful) -> Result<std::optional<Bait>> {
    auto drafted = draft(bench, event);
    if (!drafted) return drafted.error();
    Changes changes;
    Bait bait{event, {}, {}};
    for (const std::size_t i : places_of(*drafted, [&](const Place& place) { return can_hold_code(place, careful); })) {
      const Place& place = drafted->body.places()[i];
      const Product numbers = product(bench);
      changes.emplace_back(i, Change{Change::Op::put, json_quote(place.text + code(bench, numbers))});
      bait.lures.push_back({.place = place.path, .word = numbers.result, .computed = true, .token = numbers.result, .worked = worked});
    }
    if (changes.empty()) return std::optional<Bait>();
    bait.step = step_of(*drafted, changes);
    return std::optional<Bait>(std::move(bait));
  };
}

Result<Outcome> try_computed(Bench& bench) {
  std::vector<MakeBait> makers;
  for (const std::string& event : bench.events(kEvents)) {
    makers.push_back(computing(event, shell_code, "a shell command in this text was run"));
    makers.push_back(computing(event, template_code, "an expression in this text was computed"));
  }
  return bait_trial(bench, makers, kComputed, "no event holds a text that could be code");
}

// --- query ---------------------------------------------------------------------------------------------------------------------------

bool can_hold_query(const Place& place) {
  return place.kind == ValueKind::text &&
         (place.meaning == Meaning::prose || place.meaning == Meaning::reference || place.meaning == Meaning::email);
}

Result<Outcome> try_query(Bench& bench) {
  // Between quotes of either kind it is no query any more.
  const auto quotes = [](const Body&, const Place& place, std::size_t) -> std::optional<Change> {
    if (!can_hold_query(place)) return std::nullopt;
    return Change{Change::Op::put, json_quote(place.text + "' OR '1'='1'\"")};
  };
  const auto operators = [](const Body&, const Place& place, std::size_t) -> std::optional<Change> {
    if (place.meaning != Meaning::reference || place.kind != ValueKind::text) return std::nullopt;
    return Change{Change::Op::put, "{\"$gt\":\"\"}"};
  };
  return group_trial(bench, {{{"with quotes as in SQL", "with quotes as in SQL", 2, quotes},
                              {"as an operator of a NoSQL query", "as operators of NoSQL queries", 1, operators}},
                             "no event holds a text or a reference"});
}

// --- link ----------------------------------------------------------------------------------------------------------------------------

// Pages that people name themselves. Any other address is the provider's own, or meant to be called.
bool names_page(const Place& place) {
  constexpr std::string_view kNames[] = {"homepage", "homepage_url", "website", "website_url", "blog", "blog_url", "site", "site_url"};
  return contains(kNames, lower(place.name));
}

MakeBait linking(std::string event) {
  return [event = std::move(event)](Bench& bench, bool careful) -> Result<std::optional<Bait>> {
    auto drafted = draft(bench, event);
    if (!drafted) return drafted.error();
    Changes changes;
    Bait bait{event, {}, {}};
    const auto fits = [&](const Place& place) {
      return (place.kind == ValueKind::text && place.meaning == Meaning::url && !careful) || is_prose(place, true);
    };
    for (const std::size_t i : places_of(*drafted, fits)) {
      const Place& place = drafted->body.places()[i];
      const std::string token = canary(bench);
      const std::string url = bench.listener()->url(token);
      const bool prose = place.meaning == Meaning::prose;
      changes.emplace_back(i, Change{Change::Op::put, json_quote(prose ? place.text + " " + url : url)});
      bait.lures.push_back({.place = place.path,
                            .token = token,
                            .worked = prose ? "an address on loopback in this text was fetched" : "the address on loopback was fetched",
                            .remark_only = !prose && !names_page(place)});
    }
    if (changes.empty()) return std::optional<Bait>();
    bait.step = step_of(*drafted, changes);
    return std::optional<Bait>(std::move(bait));
  };
}

Result<Outcome> try_link(Bench& bench) {
  if (bench.listener() == nullptr) return usage_error("there is no listener of ours");
  std::vector<MakeBait> makers;
  for (const std::string& event : bench.events(kEvents)) makers.push_back(linking(event));
  return bait_trial(bench, makers, kLinks, "no event holds a text or an address");
}

// --- name-as-key ---------------------------------------------------------------------------------------------------------------------

constexpr std::array<std::string_view, 4> kBuiltIns = {"__proto__", "constructor", "toString", "hasOwnProperty"};

Result<Outcome> try_types(Bench& bench) {
  Outcome outcome;
  for (const std::string_view name : {kBuiltIns[0], kBuiltIns[1]}) {
    auto step = with_type(bench.subject(), bench.main_event(), std::string(name));
    if (!step) return outcome;
    step->expect = Expect::survived;
    const Case wanted{.name = "an event of the type \"" + std::string(name) + "\"", .steps = {*step}};
    auto played = bench.play(wanted);
    if (!played && played.error().kind == ErrorKind::usage) return outcome;
    if (!played) return played.error();
    outcome.fault = judge(bench, wanted, *played);
    if (outcome.fault) return outcome;
  }
  return outcome;
}

Result<Outcome> try_names(Bench& bench) {
  auto outcome = try_types(bench);
  if (!outcome || outcome->fault) return outcome;
  const auto names = [](const Body&, const Place& place, std::size_t nth) -> std::optional<Change> {
    const bool key = place.meaning == Meaning::word || place.meaning == Meaning::reference || place.meaning == Meaning::own_id;
    if (place.kind != ValueKind::text || !key) return std::nullopt;
    return Change{Change::Op::put, json_quote(kBuiltIns[nth % kBuiltIns.size()])};
  };
  auto fields =
      group_trial(bench, {{{"is the name of a built-in", "are names of built-ins", 1, names}}, "no event holds a word or an id", false});
  if (!fields && fields.error().kind == ErrorKind::usage) return outcome;  // types were tried
  return fields;
}

}  // namespace

std::vector<RuleCode> agent_code_rules() {
  return {
      RuleCode{.id = "agents/computed", .trial = try_computed},
      RuleCode{.id = "agents/query", .trial = try_query},
      RuleCode{.id = "agents/link", .trial = try_link},
      RuleCode{.id = "agents/name-as-key", .trial = try_names, .follows = "robustness/unknown-type"},
  };
}

}  // namespace hookctl::check
