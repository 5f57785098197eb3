// A report on its way out: to the screen, into the files of --report, to GitHub; and what it means for the exit code. What check and fuzz
// share.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "command.hpp"
#include "report/writers.hpp"

namespace hookctl {

// One --report: a format and where it goes.
struct ReportFile {
  report::Format format{report::Format::json};
  std::string path;
};

struct ReportSetup {
  std::vector<ReportFile> files;
  std::vector<std::string> baseline;                                  // fingerprints
  std::optional<report::Severity> fail_on{report::Severity::medium};  // nothing: never
};

// --report, --fail-on, --baseline; `run` is what fails: "check". `fail_on` is the severity where none is given.
std::vector<Option> report_options(const std::string& run, const std::string& fail_on);
// `usage` for what is wrong, `unavailable` for a baseline that cannot be read and a folder that cannot be written.
Result<ReportSetup> read_report_setup(const Arguments& arguments, std::string_view fail_on_otherwise);

// The report as it is shown, in the session's colours.
std::string report_text(const Session& session, const report::Report& report);
// As text or (--json) as a record to standard output, into every file, and in a job of GitHub Actions as annotations and job summary.
Result<void> write_all(Session& session, const Arguments& arguments, const ReportSetup& setup, const report::Report& report);

// 130 after Ctrl-C, 3 when nothing could be tried, 1 with findings that count, else 0.
ExitCode verdict_of(const ReportSetup& setup, const report::Report& report);

}  // namespace hookctl
