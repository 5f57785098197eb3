// The catalogue: every rule once, those that may leave the endpoint unable to serve behind all others.
#include <doctest/doctest.h>

#include <map>
#include <string>

#include "check/rulebook.hpp"
#include "fuzz/catalogue.hpp"

using namespace hookctl;

TEST_CASE("fuzz catalogue: every rule stands in it exactly once") {
  std::map<std::string, int> count;
  for (const check::RuleCode* rule : fuzz::catalogue()) ++count[rule->id];
  for (const check::RuleCode* rule : fuzz::destructive_catalogue()) ++count[rule->id];
  for (const check::RuleCode& rule : check::all_rules())
    CHECK_MESSAGE(count[rule.id] == 1, rule.id, " stands there ", count[rule.id], " times");
  CHECK(count.size() == check::all_rules().size());
  CHECK(count.size() == check::rulebook().size());
}

TEST_CASE("fuzz catalogue: what may leave the endpoint unable to serve comes last, with what looks at all answers") {
  for (const check::RuleCode* rule : fuzz::catalogue()) {
    CHECK_MESSAGE(!rule->last, rule->id);
    CHECK_MESSAGE(!rule->id.starts_with("disclosure/"), rule->id);
  }
  bool destructive = false;
  for (const check::RuleCode* rule : fuzz::destructive_catalogue()) {
    const bool disclosure = rule->id.starts_with("disclosure/");
    CHECK_MESSAGE((rule->last || disclosure), rule->id);
    CHECK_MESSAGE(!(disclosure && destructive), rule->id);  // before the endpoint may be gone
    destructive = destructive || !disclosure;
  }
  CHECK(destructive);
}

TEST_CASE("fuzz catalogue: a rule that follows from another comes behind it") {
  std::vector<const check::RuleCode*> all = fuzz::catalogue();
  const auto last = fuzz::destructive_catalogue();
  all.insert(all.end(), last.begin(), last.end());
  std::map<std::string, std::size_t> place;
  for (std::size_t i = 0; i < all.size(); ++i) place[all[i]->id] = i;
  for (const check::RuleCode* rule : all) {
    if (rule->follows.empty()) continue;
    REQUIRE_MESSAGE(place.contains(rule->follows), rule->id);
    CHECK_MESSAGE(place[rule->follows] < place[rule->id], rule->id, " follows ", rule->follows);
  }
  // Many rules are left out when these two have failed.
  CHECK(all[0]->id == "signature/missing");
  CHECK(all[1]->id == "signature/other-secret");
}

TEST_CASE("fuzz catalogue: the same list each time") {
  CHECK(fuzz::catalogue() == fuzz::catalogue());
  CHECK(fuzz::destructive_catalogue() == fuzz::destructive_catalogue());
}
