// The rules in words: what each sends and expects, why that matters, how to mend it. Written in rules.json and remedies.json beside this
// file, which are embedded in the binary; the code of a rule stands under the same id (rule.hpp). All functions are pure and thread-safe.
//
// rules.json is a list of {"id","severity","title","what","why","source"?,"remedies":["id",…]}, in the order of the report.
// remedies.json is a list of {"id", and for each of kFrameworks a list of lines}.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "report/report.hpp"

namespace hookctl::check {

// What remedies are written for, in the order in which a rule has them: "any" in words, the others as code.
inline constexpr std::array<std::string_view, 5> kFrameworks{"any", "express", "fastapi", "go", "rails"};

// The first part of a rule's id, and what its rules are about, in half a sentence.
struct RuleGroup {
  std::string_view name;
  std::string_view about;
};

// In the order of the rulebook.
std::span<const RuleGroup> rule_groups() noexcept;

// Every rule; the rules of a group stand together. The remedies of a rule are sorted by framework, and within one the most fitting comes
// first: so many for "any", as many for "express", … Parsed when it is first asked for. Throws std::logic_error when the embedded files
// are malformed, which they are in no binary whose tests passed.
const std::vector<report::Rule>& rulebook();

// The rule of that id, or null. Throws as rulebook().
const report::Rule* find_rule(std::string_view id);

// What to tell someone who asked for that id, which is none: `usage`, with the nearest id or group.
Error unknown_rule(std::string_view id);

// The ids that a value of --rules means, in the order of the rulebook: ids, groups and "all", separated by commas and taken from left to
// right; '-' or '!' before one takes it away. A list that begins by taking away begins with all. `usage` for a name that is none, for an
// empty list, and when nothing is left.
Result<std::vector<std::string>> select_rules(std::string_view list);

// The rules of two such files; each rule's group is one of `groups`. `bug` says which file is malformed and where.
Result<std::vector<report::Rule>> parse_rulebook(std::string_view rules_json, std::string_view remedies_json, std::span<const RuleGroup> groups = rule_groups());
// remedies.json, for rules that stand elsewhere.
std::string_view remedies_json() noexcept;

}  // namespace hookctl::check
