// The parts of hookctl providers that have a file of their own.
#pragma once

#include <string>
#include <vector>

#include "command.hpp"

namespace hookctl {

// providers validate FILE…: every file's findings and its verdict; without words all of the user's own. 2 when one of them cannot be used.
Result<ExitCode> validate_providers(Session& session, const Arguments& arguments, std::vector<std::string> words);

// providers new NAME: a commented start, with a sample event.
Result<ExitCode> start_provider(Session& session, const Arguments& arguments, const std::string& name);

// Where a user's own are written by default.
inline constexpr const char* kOwnProviders = ".hookctl/providers";
inline constexpr const char* kOwnFixtures = ".hookctl/fixtures";

// Writes a file for the user to edit, with the folders on its way. `usage` when it is there already, unless --force is given.
Result<void> write_for_user(const Arguments& arguments, const std::string& path, std::string_view bytes);

}  // namespace hookctl
