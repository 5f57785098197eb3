// What `hookctl check` is asked, read from the command line into values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "check/rule.hpp"
#include "commands/endpoint_setup.hpp"
#include "commands/report_output.hpp"

namespace hookctl {

struct CheckSetup {
  EndpointSetup endpoint;
  ReportSetup reports;
  std::vector<std::string> rules;      // ids of the rulebook; none when only the suite is wanted
  std::vector<check::RuleCode> suite;  // of --suite
  std::uint64_t seed{0};
  std::int64_t time_limit_ms{0};
};

std::vector<Option> check_options();
// `usage` for what is missing, wrong, or does not go together.
Result<CheckSetup> read_check(Session& session, const Arguments& arguments);

}  // namespace hookctl
