// Values that were not given on the command line: from the environment (HOOKCTL_…), ./hookctl.toml and ~/.config/hookctl/config.toml, in this
// order of precedence.
#pragma once

#include "base/result.hpp"
#include "command.hpp"
#include "provider/own_files.hpp"

namespace hookctl {

// Adds what the layers say of the command's options that `arguments` lacks. In a file, options stand at the top (for every command) or in a
// table named after the command; '_' and '-' are the same. `usage` names the variable, or file:line:column, and what was expected;
// unknown keys are errors. `--config FILE` replaces ./hookctl.toml.
Result<void> apply_settings(const Command& command, Arguments& arguments);

// Where the user's own providers and fixtures are: .hookctl here, then ~/.config/hookctl.
provider::OwnFolders own_folders();

}  // namespace hookctl
