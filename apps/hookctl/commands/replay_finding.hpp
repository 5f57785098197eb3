// hookctl replay fnd_…: is what fuzz found still there?
#pragma once

#include "command.hpp"

namespace hookctl {

// The options that it takes besides those of replay: how the endpoint was given when it was found may be given anew.
std::vector<Option> replay_finding_options();

// Do the positionals name findings? `usage` when only some do.
Result<bool> names_findings(const Arguments& arguments);

// Tries each finding. 1 when one is still there, 0 when all are fixed, 3 when it cannot be told.
Result<ExitCode> replay_findings(Session& session, const Arguments& arguments);

}  // namespace hookctl
