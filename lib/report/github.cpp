// Workflow commands of GitHub Actions: a line for each finding that is not known, and for each earlier one that shows no more or cannot be
// told. "%", CR and LF are written %25, %0D and %0A, in properties also ":" and "," (docs.github.com, "Workflow commands for GitHub
// Actions"; the runner undoes just these). A line can thus never hold a second command.
#include "report/foreign_text.hpp"
#include "report/summary.hpp"
#include "report/writers.hpp"

namespace hookctl::report {

namespace {

constexpr std::size_t kMessage = 4000;  // bytes; an annotation is for a glance

std::string escaped(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
    if (c == '%')
      out += "%25";
    else if (c == '\r')
      out += "%0D";
    else if (c == '\n')
      out += "%0A";
    else if (property && c == ':')
      out += "%3A";
    else if (property && c == ',')
      out += "%2C";
    else
      out += c;
  }
  return out;
}

std::string_view command(const Finding& finding) {
  if (!finding.confidence.confirmed() || finding.severity == Severity::note) return "notice";
  return finding.severity == Severity::low ? "warning" : "error";
}

std::string message(const Finding& finding) {
  std::string text = one_line(finding.summary);
  if (!finding.confidence.confirmed()) text += " (unconfirmed: showed in " + finding.confidence.text() + " tries)";
  text += "\nexpected: " + one_line(finding.expected) + "\nseen: " + one_line(finding.seen);
  if (!repeat_command(finding).empty()) text += "\nto repeat: " + one_line(repeat_command(finding));
  for (const auto& [label, words] : details(finding)) text += "\n" + std::string(label) + ": " + one_line(words);
  return clipped(text, kMessage);
}

// One that is still there has failed as a rule, and is told as its finding.
std::string earlier_line(const Earlier& earlier) {
  if (earlier.again == Again::still_there) return "";
  const bool fixed = earlier.again == Again::fixed;
  const std::string title = "hookctl: " + clipped(one_line(earlier.id), 200) + (fixed ? " is fixed" : " cannot be tried again");
  const std::string text = one_line(earlier.summary) + (earlier.reason.empty() ? "" : "\n" + one_line(earlier.reason));
  return "::" + std::string(fixed ? "notice" : "warning") + " title=" + escaped(title, true) +
         "::" + escaped(clipped(text, kMessage), false) + "\n";
}

}  // namespace

std::string write_github(const Report& report) {
  std::string out;
  for (const Finding& each : report.findings) {
    if (each.known) continue;
    const std::string title = "hookctl: " + clipped(one_line(each.rule), 200) + " (" + std::string(severity_name(each.severity)) + ")";
    out += "::" + std::string(command(each)) + " title=" + escaped(title, true) + "::" + escaped(message(each), false) + "\n";
  }
  for (const Earlier& each : report.earlier) out += earlier_line(each);
  return out;
}

}  // namespace hookctl::report
