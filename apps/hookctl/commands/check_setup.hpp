// What `hookctl check` is asked, read from the command line into values.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "check/subject.hpp"
#include "command.hpp"
#include "commands/options.hpp"
#include "report/writers.hpp"

namespace hookctl {

// One --report: a format and where it goes.
struct ReportFile {
  report::Format format{report::Format::json};
  std::string path;
};

struct CheckSetup {
  ProviderPtr provider;
  check::Subject subject;
  std::vector<std::string> rules;  // ids
  std::vector<ReportFile> reports;
  std::vector<std::string> baseline;  // fingerprints
  std::optional<report::Severity> fail_on{report::Severity::medium};  // nothing: never
  std::vector<std::string> spawn;  // words of --spawn
  std::string effects;             // --effects as it was given
  std::uint64_t seed{0};
  std::int64_t time_limit_ms{0};
};

std::vector<Option> check_options();
// `usage` for what is missing, wrong, or does not go together.
Result<CheckSetup> read_check(Session& session, const Arguments& arguments);

// The command line that repeats one rule, with "{rule}" and "{event}" to be filled in. Secrets that stand in the command line come from the
// environment in it.
std::string repeat_command(const Arguments& arguments);

}  // namespace hookctl
