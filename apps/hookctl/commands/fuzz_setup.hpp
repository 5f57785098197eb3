// What `hookctl fuzz` is asked, read from the command line into values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "commands/endpoint_setup.hpp"
#include "commands/report_output.hpp"
#include "fuzz/campaign.hpp"

namespace hookctl {

struct FuzzSetup {
  EndpointSetup endpoint;
  ReportSetup reports;
  std::uint64_t seed{0};
  std::int64_t time_limit_ms{0};    // of the whole command
  std::string corpus;               // folder
  std::string findings;             // folder
  fuzz::CampaignOptions options{};  // everything but the time, the earlier findings and who is told
};

std::vector<Option> fuzz_options();
// `usage` for what is missing, wrong, or does not go together, and for a target that is not the user's own.
Result<FuzzSetup> read_fuzz(Session& session, const Arguments& arguments);

}  // namespace hookctl
