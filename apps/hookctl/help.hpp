// Help texts made from the table of commands.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "command.hpp"

namespace hookctl {

// "hookctl send PROVIDER EVENT [options]"
std::string usage_line(const Command& command);
// The list of commands, for `hookctl help`.
std::string overview();
// All about one command.
std::string manual(const Command& command);
// The whole table, for `hookctl help --json`.
nlohmann::ordered_json command_tree();

}  // namespace hookctl
