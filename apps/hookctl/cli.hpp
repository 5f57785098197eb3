// From argv to a command that ran: parsing, configuration, help, errors in house style.
#pragma once

#include <string>
#include <vector>

#include "exit_code.hpp"
#include "session.hpp"

namespace hookctl {

// Runs the command line (without the program's name). Errors go to session.err as "hookctl: …" with a hint; the code is the process's.
ExitCode run_cli(Session& session, const std::vector<std::string>& words);

}  // namespace hookctl
