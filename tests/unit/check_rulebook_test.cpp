// The rulebook: every rule is told in full and can be mended, and --rules means what it says.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/json.hpp"
#include "check/embedded.hpp"
#include "check/rule.hpp"
#include "check/rulebook.hpp"

using namespace hookctl;
using check::rulebook;
using check::select_rules;

namespace {

using Json = nlohmann::ordered_json;

Json embedded(std::string_view path) {
  for (const check::EmbeddedFile& file : check::embedded_files()) {
    if (file.path == path) return parse_json(file.bytes, path).value_or(Json());
  }
  return Json();
}

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; }));
}

std::size_t size_of(const std::string& group) {
  const auto& rules = rulebook();
  return static_cast<std::size_t>(std::count_if(rules.begin(), rules.end(), [&](const report::Rule& rule) { return rule.group() == group; }));
}

std::vector<std::string> selected(std::string_view list) { return select_rules(list).value_or({}); }

// A rule and a remedy that are sound, with one key of the rule replaced.
std::string one_rule(const std::string& key = "id", const Json& value = "time/stale") {
  Json rule{{"id", "time/stale"}, {"severity", "high"}, {"title", "t"}, {"what", "w"}, {"why", "y"}, {"remedies", {"wait"}}};
  rule[key] = value;
  return Json::array({rule}).dump();
}

std::string one_remedy() {
  Json remedy{{"id", "wait"}};
  for (const std::string_view framework : check::kFrameworks) remedy[std::string(framework)] = {std::string(framework) + " 1", "2", "3"};
  return Json::array({remedy}).dump();
}

}  // namespace

TEST_CASE("rulebook: every rule has an id of its own in a known group, and the rules of a group stand together") {
  CHECK(rulebook().size() >= 60);
  std::set<std::string> ids;
  std::vector<std::string> groups;
  for (const report::Rule& rule : rulebook()) {
    INFO(rule.id);
    CHECK(ids.insert(rule.id).second);
    CHECK(std::count(rule.id.begin(), rule.id.end(), '/') == 1);
    CHECK(rule.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-/") == std::string::npos);
    if (groups.empty() || groups.back() != rule.group()) groups.emplace_back(rule.group());
  }
  std::vector<std::string> known;
  for (const check::RuleGroup& group : check::rule_groups()) {
    CHECK_FALSE(group.about.empty());
    known.emplace_back(group.name);
  }
  CHECK(groups == known);  // each once, in this order
}

TEST_CASE("rulebook: every rule is told in full") {
  for (const report::Rule& rule : rulebook()) {
    INFO(rule.id);
    CHECK_FALSE(rule.title.empty());
    CHECK(columns(rule.title) <= 90);
    CHECK_FALSE(rule.title.ends_with('.'));
    CHECK(rule.what.ends_with('.'));
    CHECK(rule.what.find("Expected: ") != std::string::npos);
    CHECK(rule.why.ends_with('.'));
    CHECK_FALSE(rule.source.ends_with('.'));
    CHECK(rule.source.find("http") == std::string::npos);  // addresses go stale
    CHECK(rule.remedies.size() >= check::kFrameworks.size());
    CHECK(rule.remedies.size() % check::kFrameworks.size() == 0);
    CHECK(rule.remedies.front().framework == "any");
    CHECK(rule.remedies.back().framework == "rails");
  }
}

TEST_CASE("rulebook: no two rules say the same") {
  std::set<std::string> titles, whats, whys;
  for (const report::Rule& rule : rulebook()) {
    INFO(rule.id);
    CHECK(titles.insert(rule.title).second);
    CHECK(whats.insert(rule.what).second);
    CHECK(whys.insert(rule.why).second);
  }
}

TEST_CASE("remedies: each is used, and has three lines of at most 110 columns for every framework") {
  std::map<std::string, int> used;
  for (const Json& rule : embedded("rules.json")) {
    for (const Json& id : rule.at("remedies")) ++used[id.get<std::string>()];
  }
  const Json remedies = embedded("remedies.json");
  CHECK(remedies.size() >= 25);
  for (const Json& remedy : remedies) {
    INFO(remedy.at("id").get<std::string>());
    CHECK(used[remedy.at("id").get<std::string>()] > 0);
    CHECK(remedy.size() == 1 + check::kFrameworks.size());
    for (const std::string_view framework : check::kFrameworks) {
      INFO(std::string(framework));
      const auto lines = remedy.at(std::string(framework)).get<std::vector<std::string>>();
      CHECK(lines.size() == 3);
      for (const std::string& line : lines) {
        INFO(line);
        CHECK_FALSE(line.empty());
        CHECK(columns(line) <= 110);
      }
    }
  }
  CHECK(used.size() == remedies.size());
}

TEST_CASE("rulebook: a rule is found by its whole id") {
  REQUIRE(check::find_rule("signature/missing") != nullptr);
  CHECK(check::find_rule("signature/missing")->severity == report::Severity::critical);
  CHECK(check::find_rule("signature") == nullptr);
  CHECK(check::find_rule("Signature/missing") == nullptr);
  CHECK(check::find_rule("") == nullptr);
}

TEST_CASE("rulebook: several threads may ask first") {
  std::vector<const void*> seen(4);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < seen.size(); ++i) threads.emplace_back([&seen, i] { seen[i] = &rulebook(); });
  for (std::thread& thread : threads) thread.join();
  for (const void* each : seen) CHECK(each == &rulebook());
}

TEST_CASE("select_rules: ids, groups and all, from left to right, in the order of the rulebook") {
  const std::size_t all = rulebook().size();
  const struct {
    const char* list;
    std::size_t count;
  } table[] = {
      {"all", all},
      {"signature/missing", 1},
      {" signature/missing , signature/missing ,", 1},
      {"time", size_of("time")},
      {"time,order", size_of("time") + size_of("order")},
      {"time,-time/stale", size_of("time") - 1},
      {"time, ! time/stale", size_of("time") - 1},
      {"-robustness", all - size_of("robustness")},
      {"!robustness,!agents", all - size_of("robustness") - size_of("agents")},
      {"-time,time/stale", all - size_of("time") + 1},
      {"all,-all,time/stale", 1},
      {"time/stale,-order", 1},
  };
  for (const auto& row : table) {
    INFO(row.list);
    CHECK(selected(row.list).size() == row.count);
  }
  CHECK(selected("time/stale,signature/missing") == std::vector<std::string>{"signature/missing", "time/stale"});
  const auto rest = selected("time,-time/stale");
  CHECK(std::find(rest.begin(), rest.end(), "time/stale") == rest.end());
}

TEST_CASE("select_rules: what is no rule is named, with the nearest") {
  const struct {
    const char* list;
    const char* message;
    const char* hint;
  } table[] = {
      {"signature/mising", "no rule or group 'signature/mising'", "did you mean 'signature/missing'? 'hookctl check --list' lists all "},
      {"time,singature", "no rule or group 'singature'", "did you mean 'signature'? "},
      {"-agent", "no rule or group 'agent'", "did you mean 'agents'? "},
      {"xyzzyplugh", "no rule or group 'xyzzyplugh'", "'hookctl check --list' lists all "},
      {"a\x1b[31m", "no rule or group 'a\\x1b[31m'", "'hookctl check --list'"},
      {"-", "no rule or group ''", "'hookctl check --list'"},
      {"signature/", "no rule or group 'signature/'", "did you mean 'signature'? "},
      {"", "--rules names no rule", "'hookctl check --list'"},
      {" , ,", "--rules names no rule", "'hookctl check --list'"},
      {"time,-time", "--rules 'time,-time' leaves no rule", "'hookctl check --list'"},
      {"-all", "--rules '-all' leaves no rule", "'hookctl check --list'"},
  };
  for (const auto& row : table) {
    INFO(row.list);
    const auto chosen = select_rules(row.list);
    REQUIRE_FALSE(chosen);
    CHECK(chosen.error().kind == ErrorKind::usage);
    CHECK(chosen.error().message == row.message);
    INFO(chosen.error().hint);
    CHECK(chosen.error().hint.find(row.hint) != std::string::npos);
  }
}

TEST_CASE("parse_rulebook: two sound files become a rule with its remedies") {
  const auto rules = check::parse_rulebook(one_rule(), one_remedy());
  REQUIRE(rules);
  REQUIRE(rules->size() == 1);
  const report::Rule& rule = rules->front();
  CHECK(rule.group() == "time");
  CHECK(rule.severity == report::Severity::high);
  CHECK(rule.source.empty());
  REQUIRE(rule.remedies.size() == 5);
  CHECK(rule.remedies[1].framework == "express");
  CHECK(rule.remedies[1].lines == std::vector<std::string>{"express 1", "2", "3"});
}

TEST_CASE("parse_rulebook: a malformed file is a bug, and said so") {
  const struct {
    std::string rules, remedies, says;
  } table[] = {
      {"[", one_remedy(), "lib/check/rules.json:1:"},
      {one_rule(), "", "lib/check/remedies.json:1:"},
      {one_rule(), "[{\"id\":\"wait\"}]", "lib/check/remedies.json: "},
      {one_rule(), "[1]", "lib/check/remedies.json: "},
      {"[null]", one_remedy(), "lib/check/rules.json: "},
      {"{\"a\":1}", one_remedy(), "lib/check/rules.json: "},
      {one_rule("severity", "severe"), one_remedy(), "'time/stale' has a severity that is none"},
      {one_rule("severity", 3), one_remedy(), "lib/check/rules.json: "},
      {one_rule("id", "weather/stale"), one_remedy(), "'weather/stale' is in no group"},
      {one_rule("id", "time"), one_remedy(), "'time' is in no group"},
      {one_rule("id", "time/"), one_remedy(), "'time/' is in no group"},
      {one_rule("remedies", {"pray"}), one_remedy(), "no remedy 'pray' in lib/check/remedies.json"},
      {one_rule("remedies", "wait"), one_remedy(), "lib/check/rules.json: "},
      {one_rule("source", 9110), one_remedy(), "lib/check/rules.json: "},
  };
  for (const auto& row : table) {
    INFO(row.rules);
    INFO(row.remedies);
    const auto rules = check::parse_rulebook(row.rules, row.remedies);
    REQUIRE_FALSE(rules);
    CHECK(rules.error().kind == ErrorKind::bug);
    INFO(rules.error().message);
    CHECK(rules.error().message.find(row.says) != std::string::npos);
  }
  const Json rule = Json::parse(one_rule())[0];
  const Json remedy = Json::parse(one_remedy())[0];
  CHECK(check::parse_rulebook(Json::array({rule, rule}).dump(), one_remedy()).error().message == "lib/check/rules.json: rule 'time/stale' is there twice");
  CHECK(check::parse_rulebook(one_rule(), Json::array({remedy, remedy}).dump()).error().message == "lib/check/remedies.json: remedy 'wait' is there twice");
}

TEST_CASE("check rulebook: every rule has code, and no code is without its words") {
  std::set<std::string> words;
  std::set<std::string> code;
  for (const report::Rule& rule : rulebook()) words.insert(rule.id);
  for (const check::RuleCode& rule : check::all_rules()) {
    CHECK_MESSAGE(code.insert(std::string(rule.id)).second, rule.id);
    CHECK_MESSAGE((rule.cases != nullptr) != (rule.trial != nullptr), rule.id);
  }
  CHECK(words == code);
}
