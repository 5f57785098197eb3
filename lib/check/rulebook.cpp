#include "check/rulebook.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "base/json.hpp"
#include "base/text.hpp"
#include "check/embedded.hpp"

namespace hookctl::check {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kRulesFile = "lib/check/rules.json";
constexpr std::string_view kRemediesFile = "lib/check/remedies.json";

constexpr RuleGroup kGroups[] = {
    {"signature", "forgeries are refused, what is signed is accepted"},
    {"time", "old events are refused, fresh ones are not"},
    {"idempotency", "each event has its effect once"},
    {"order", "events come in any order"},
    {"acknowledgement", "the provider gets its answer in time"},
    {"robustness", "odd events and connections do no harm"},
    {"disclosure", "answers give nothing away"},
    {"challenge", "the provider's handshakes"},
    {"agents", "an event's texts do not steer the agent"},
};

// A remedy's lines by framework, in the order of kFrameworks.
using Lines = std::array<std::vector<std::string>, kFrameworks.size()>;
using Remedies = std::map<std::string, Lines, std::less<>>;

bool is_group(std::span<const RuleGroup> groups, std::string_view name) {
  return std::any_of(groups.begin(), groups.end(), [&](const RuleGroup& group) { return group.name == name; });
}

// The shapes below are asked for with at() and get(): what nlohmann throws for another shape becomes the error of the whole file.
Remedies remedies_of(const Json& file) {
  Remedies remedies;
  for (const Json& each : file) {
    Lines lines;
    for (std::size_t i = 0; i < kFrameworks.size(); ++i) lines[i] = each.at(std::string(kFrameworks[i])).get<std::vector<std::string>>();
    const auto id = each.at("id").get<std::string>();
    if (!remedies.emplace(id, std::move(lines)).second) throw std::invalid_argument("remedy '" + id + "' is there twice");
  }
  return remedies;
}

std::vector<report::Remedy> named(const Remedies& remedies, const Json& names) {
  const auto ids = names.get<std::vector<std::string>>();
  std::vector<report::Remedy> found;
  for (std::size_t i = 0; i < kFrameworks.size(); ++i) {
    for (const std::string& id : ids) {
      const auto remedy = remedies.find(id);
      if (remedy == remedies.end()) throw std::invalid_argument("no remedy '" + id + "' in " + std::string(kRemediesFile));
      found.push_back({std::string(kFrameworks[i]), remedy->second[i]});
    }
  }
  return found;
}

report::Rule rule_of(const Json& json, const Remedies& remedies, std::span<const RuleGroup> groups) {
  report::Rule rule;
  rule.id = json.at("id").get<std::string>();
  const auto severity = report::parse_severity(json.at("severity").get<std::string>());
  if (!severity) throw std::invalid_argument("'" + rule.id + "' has a severity that is none");
  if (rule.id.size() < rule.group().size() + 2 || !is_group(groups, rule.group())) throw std::invalid_argument("'" + rule.id + "' is in no group");
  rule.severity = *severity;
  rule.title = json.at("title").get<std::string>();
  rule.what = json.at("what").get<std::string>();
  rule.why = json.at("why").get<std::string>();
  rule.source = json.value("source", "");
  rule.remedies = named(remedies, json.at("remedies"));
  return rule;
}

std::vector<report::Rule> rules_of(const Json& file, const Remedies& remedies, std::span<const RuleGroup> groups) {
  std::vector<report::Rule> rules;
  std::set<std::string> ids;
  for (const Json& each : file) {
    rules.push_back(rule_of(each, remedies, groups));
    if (!ids.insert(rules.back().id).second) throw std::invalid_argument("rule '" + rules.back().id + "' is there twice");
  }
  return rules;
}

std::string_view embedded(std::string_view path) noexcept {
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.path == path) return file.bytes;
  }
  return "";
}

std::vector<report::Rule> load() {
  auto rules = parse_rulebook(embedded("rules.json"), remedies_json(), kGroups);
  if (!rules) throw std::logic_error(rules.error().message);
  return std::move(*rules);
}

bool means(std::string_view name, const report::Rule& rule) { return name == "all" || name == rule.group() || name == rule.id; }

std::string list_hint() { return "'hookctl check --list' lists all " + std::to_string(rulebook().size()); }

}  // namespace

std::span<const RuleGroup> rule_groups() noexcept { return kGroups; }

std::string_view remedies_json() noexcept { return embedded("remedies.json"); }

Result<std::vector<report::Rule>> parse_rulebook(std::string_view rules_json, std::string_view remedies_json, std::span<const RuleGroup> groups) {
  const auto rules = parse_json(rules_json, kRulesFile);
  if (!rules) return bug_error(rules.error().message);
  const auto remedies = parse_json(remedies_json, kRemediesFile);
  if (!remedies) return bug_error(remedies.error().message);
  std::string_view at = kRemediesFile;
  try {
    const Remedies by_id = remedies_of(*remedies);
    at = kRulesFile;
    return rules_of(*rules, by_id, groups);
  } catch (const std::exception& error) {
    return bug_error(std::string(at) + ": " + error.what());
  }
}

const std::vector<report::Rule>& rulebook() {
  static const std::vector<report::Rule> rules = load();
  return rules;
}

const report::Rule* find_rule(std::string_view id) {
  const auto& rules = rulebook();
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const report::Rule& rule) { return rule.id == id; });
  return found == rules.end() ? nullptr : &*found;
}

Error unknown_rule(std::string_view id) {
  std::vector<std::string> known{"all"};
  for (const RuleGroup& group : kGroups) known.emplace_back(group.name);
  for (const report::Rule& rule : rulebook()) known.push_back(rule.id);
  const auto near = nearest(id, known);
  return usage_error("no rule or group '" + printable(id) + "'", (near ? "did you mean '" + *near + "'? " : "") + list_hint());
}

Result<std::vector<std::string>> select_rules(std::string_view list) {
  const auto& rules = rulebook();
  std::vector<bool> chosen(rules.size(), false);
  bool is_first = true;
  for (const std::string_view piece : split(list, ",")) {
    std::string_view name = trim(piece);
    if (name.empty()) continue;
    const bool takes_away = name.front() == '-' || name.front() == '!';
    if (takes_away) name = trim(name.substr(1));
    if (takes_away && is_first) chosen.assign(rules.size(), true);
    is_first = false;
    bool is_known = false;
    for (std::size_t i = 0; i < rules.size(); ++i) {
      if (!means(name, rules[i])) continue;
      chosen[i] = !takes_away;
      is_known = true;
    }
    if (!is_known) return unknown_rule(name);
  }
  if (is_first) return usage_error("--rules names no rule", list_hint());
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (chosen[i]) ids.push_back(rules[i].id);
  }
  if (ids.empty()) return usage_error("--rules '" + printable(list) + "' leaves no rule", list_hint());
  return ids;
}

}  // namespace hookctl::check
