// TAP version 14 (testanything.org). What a baseline knows and what did not show again is "not ok … # todo" (directives know no case),
// which harnesses count as no failure. Values of the YAML blocks are double-quoted, which no foreign text can leave.
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "report/foreign_text.hpp"
#include "report/summary.hpp"
#include "report/writers.hpp"

namespace hookctl::report {

namespace {

constexpr std::size_t kSummary = 200;  // bytes of a comment

// '#' begins a directive, '\' escapes it.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : one_line(text)) {
    if (c == '#' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

// Double-quoted YAML is JSON's string, once control characters are out of it. "##[" would be an order to the runner of GitHub Actions.
std::string in_quotes(std::string_view text) {
  std::string out = to_text(shown(text, true));
  for (auto at = out.find("##["); at != std::string::npos; at = out.find("##[", at)) out.replace(at, 2, "#\\u0023");
  return out;
}

std::string field(std::string_view key, std::string_view value) {
  return value.empty() ? "" : "      " + std::string(key) + ": " + in_quotes(value) + "\n";
}

std::string number(std::string_view key, std::uint64_t value) {
  return value == 0 ? "" : "      " + std::string(key) + ": " + std::to_string(value) + "\n";
}

std::string finding_block(const Finding& finding) {
  std::string out = "    - id: " + in_quotes(finding.id) + "\n";
  out += field("fingerprint", finding.fingerprint) + field("severity", severity_name(finding.severity)) +
         field("confidence", finding.confidence.text());
  out +=
      field("summary", finding.summary) + field("expected", finding.expected) + field("seen", finding.seen) + field("diff", finding.diff);
  if (!finding.places.empty()) out += "      places:\n";
  for (const std::string& place : finding.places) out += "        - " + in_quotes(place) + "\n";
  out += field("limit", finding.limit) + number("alike", finding.alike) + number("after_requests", finding.after_requests);
  return out + field("replay", finding.replay) + field("command", finding.command) + field("curl", finding.curl);
}

std::string diagnostics(const Report& report, const RuleResult& result) {
  std::string out = "  ---\n  message: " + in_quotes(result.reason.empty() ? result.rule.title : result.reason) + "\n";
  out += "  severity: " + std::string(severity_name(result.rule.severity)) + "\n";
  const auto findings = findings_of(report, result);
  if (!findings.empty()) out += "  findings:\n";
  for (const Finding* each : findings) out += finding_block(*each);
  return out + "  ...\n";
}

std::string test_point(const Report& report, const RuleResult& result, std::size_t number) {
  const bool failed = result.verdict == Verdict::failed;
  std::string out =
      (failed ? "not ok " : "ok ") + std::to_string(number) + " - " + escaped(result.rule.id) + ": " + escaped(result.rule.title);
  const std::string forgiven = excuse(report, result);
  if (result.verdict == Verdict::skipped)
    out += " # SKIP " + escaped(result.reason);
  else if (!forgiven.empty())
    out += " # todo " + escaped(forgiven);
  out += "\n";
  return failed ? out + diagnostics(report, result) : out;
}

}  // namespace

std::string write_tap(const Report& report) {
  std::string out =
      "TAP version 14\n1.." + std::to_string(report.rules.size()) + (report.rules.empty() ? " # SKIP no rule was asked" : "") + "\n";
  for (std::size_t i = 0; i < report.rules.size(); ++i) out += test_point(report, report.rules[i], i + 1);
  for (const Earlier& each : report.earlier)
    out += without_workflow_commands("# " + std::string(again_name(each.again)) + ": " +
                                     one_line(clipped(each.id + " " + each.summary, kSummary))) +
           "\n";
  return out + "# " + summary_line(report) + "\n";
}

}  // namespace hookctl::report
