// send --challenge: the provider's side of a challenge. Asks the endpoint what the provider asks, and judges the answer as it does.
#pragma once

#include <vector>

#include "command.hpp"

namespace hookctl {

// --challenge and what goes with it.
std::vector<Option> challenge_options();

// Plays the challenge that the arguments name (the provider's first when they name none). Exit code 0: the provider would take the answers.
Result<ExitCode> run_challenge(Session& session, const Arguments& arguments);

}  // namespace hookctl
