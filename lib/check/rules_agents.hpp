// Parts of the rules about agents. For this room.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "check/rule.hpp"

namespace hookctl::check {

// What texts say is not followed: instructions, tool-call, hidden-text, system-prompt.
std::vector<RuleCode> agent_text_rules();
// What texts hold is neither computed nor looked up nor fetched: computed, query, link, name-as-key.
std::vector<RuleCode> agent_code_rules();

}  // namespace hookctl::check
