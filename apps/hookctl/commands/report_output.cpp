#include "commands/report_output.hpp"

#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "base/file.hpp"
#include "base/text.hpp"
#include "commands/outgoing.hpp"

namespace hookctl {

namespace {

constexpr const char* kReports = "Reports";

Result<std::vector<ReportFile>> read_reports(const Arguments& arguments) {
  std::vector<ReportFile> reports;
  std::vector<std::string> names;
  for (const report::Format format : report::formats()) names.emplace_back(report::format_name(format));
  for (const std::string& text : arguments.list("report")) {
    const std::size_t equals = text.find('=');
    const std::string name = text.substr(0, equals);
    const auto format = report::parse_format(name);
    if (!format) {
      const auto near = nearest(name, names);
      return usage_error("--report: no format '" + printable(name) + "'",
                         (near ? "did you mean '" + *near + "'? " : std::string()) + "there are " + join(names, ", "));
    }
    if (equals == std::string::npos || equals + 1 == text.size())
      return usage_error("--report: '" + printable(text) + "' names no file",
                         "as in --report " + name + "=report." + (name == "junit" ? "xml" : name));
    const std::string path = text.substr(equals + 1);
    if (const std::size_t slash = path.rfind('/');
        slash != std::string::npos && slash > 0 && ::access(path.substr(0, slash).c_str(), W_OK) != 0)
      return unavailable_error("--report: cannot write into '" + printable(path.substr(0, slash)) + "'", "make the folder first");
    reports.push_back({*format, path});
  }
  return reports;
}

Result<std::optional<report::Severity>> read_fail_on(const Arguments& arguments, std::string_view otherwise) {
  const std::string text = arguments.text("fail-on", otherwise);
  if (text == "never") return std::optional<report::Severity>();
  return report::parse_severity(text);
}

std::string painted(const ui::Paint& paint, std::string_view style, std::string_view words) {
  if (style == "good") return paint.good(words);
  if (style == "bad") return paint.bad(words);
  if (style == "warn") return paint.warn(words);
  if (style == "dim") return paint.dim(words);
  return paint.bold(words);
}

bool in_github_actions() {
  const char* value = std::getenv("GITHUB_ACTIONS");
  return value != nullptr && std::string_view(value) == "true";
}

Result<void> append_summary(const report::Report& report) {
  const char* path = std::getenv("GITHUB_STEP_SUMMARY");
  if (path == nullptr || *path == '\0') return {};
  std::ofstream file(path, std::ios::app | std::ios::binary);
  file << report::write_markdown(report);
  if (!file.flush()) return unavailable_error("cannot write the job summary to " + printable(path));
  return {};
}

}  // namespace

std::vector<Option> report_options(const std::string& run, const std::string& fail_on) {
  return {
      {"report", 0, ValueKind::text, "FORMAT=FILE", "write a report: json, junit, sarif, tap, markdown, github or text", kReports, true},
      {"fail-on",
       0,
       ValueKind::choice,
       "SEVERITY",
       "findings from this severity on fail the " + run + " (" + fail_on + ")",
       kReports,
       false,
       {"note", "low", "medium", "high", "critical", "never"}},
      {"baseline", 0, ValueKind::text, "FILE", "a JSON report: what stands in it is known and does not fail the " + run, kReports},
  };
}

Result<ReportSetup> read_report_setup(const Arguments& arguments, std::string_view fail_on_otherwise) {
  ReportSetup setup;
  auto files = read_reports(arguments);
  if (!files) return files.error();
  setup.files = *std::move(files);
  auto fail_on = read_fail_on(arguments, fail_on_otherwise);
  if (!fail_on) return fail_on.error();
  setup.fail_on = *fail_on;
  if (const auto file = arguments.text("baseline")) {
    auto text = read_file(*file);
    if (!text) return text.error();
    auto known = report::read_baseline(*text, *file);
    if (!known) return known.error();
    setup.baseline = *std::move(known);
  }
  return setup;
}

std::string report_text(const Session& session, const report::Report& report) {
  return report::write_text(report, [&](std::string_view style, std::string_view words) { return painted(session.paint, style, words); });
}

Result<void> write_all(Session& session, const Arguments& arguments, const ReportSetup& setup, const report::Report& report) {
  session.out << (arguments.has("json") ? report::write_json(report) : report_text(session, report));
  for (const ReportFile& file : setup.files) {
    if (auto written = write_private_file(file.path, report::write(report, file.format)); !written) return written;
  }
  if (!in_github_actions()) return {};
  session.err << report::write_github(report);
  return append_summary(report);
}

ExitCode verdict_of(const ReportSetup& setup, const report::Report& report) {
  if (was_interrupted()) return ExitCode::interrupted;
  const bool any_tried = report.count(report::Verdict::passed) + report.count(report::Verdict::failed) > 0;
  if (!any_tried && !report.stopped.empty()) return ExitCode::unavailable;
  return setup.fail_on && report.failures(*setup.fail_on) > 0 ? ExitCode::no : ExitCode::yes;
}

}  // namespace hookctl
