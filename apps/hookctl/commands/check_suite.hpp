// hookctl check --suite: findings of fuzz, kept in a folder, as rules of a check.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "check/rule.hpp"
#include "commands/endpoint_setup.hpp"
#include "session.hpp"

namespace hookctl {

// What a value of --rules means where there is a suite, too.
struct RuleChoice {
  std::vector<std::string> book;       // ids of the rulebook; none when the list names nothing but the suite
  std::vector<std::string> only{};     // findings; none: all of the suite
  std::vector<std::string> without{};  // findings
  bool suite{true};
};

// As check::select_rules; the words "suite" and "suite/fnd_…" (with '-' or '!' before them: without) are about the suite. `usage` also for
// such a word where there is no suite.
Result<RuleChoice> choose_rules(const std::string& list, bool has_suite);

// The findings of the folder that were chosen, as rules; those that cannot be tried at that endpoint are skipped when their turn comes, and
// say why. With `adds_events` the endpoint gets their events, too. `usage` when a file cannot be read, when the folder holds no finding, or
// not the one that is asked for.
Result<std::vector<check::RuleCode>> read_suite(Session& session, const std::string& folder, const RuleChoice& choice, bool adds_events,
                                                EndpointSetup& endpoint);

}  // namespace hookctl
