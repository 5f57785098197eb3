// One function a command: its entry in the table.
#pragma once

#include "command.hpp"

namespace hookctl {

Command listen_command();
Command send_command();
Command replay_command();
Command sign_command();
Command verify_command();
Command check_command();
Command fuzz_command();
Command findings_command();
Command requests_command();
Command providers_command();
Command events_command();
Command version_command();
Command help_command();

}  // namespace hookctl
