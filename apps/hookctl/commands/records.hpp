// verify --records: many requests as JSON Lines, one answer record for each.
#pragma once

#include <string>
#include <vector>

#include "command.hpp"

namespace hookctl {

// --records and what goes with it.
std::vector<Option> records_options();

// Reads `path` line by line (- for standard input) and writes one record a line, in order; a broken line gets an error record and the run
// goes on. Exit code 0 when every line was valid.
Result<ExitCode> verify_records(Session& session, const Arguments& arguments, const std::string& path);

}  // namespace hookctl
