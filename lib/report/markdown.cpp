// Markdown for GitHub's job summaries and for merge requests. Foreign text stands either in a fence that is longer than any run of
// backticks in it, or escaped on one line; what GitHub makes of "@name" and "#12" is broken by a zero-width space.
#include <algorithm>

#include "base/text.hpp"
#include "report/foreign_text.hpp"
#include "report/summary.hpp"
#include "report/writers.hpp"

namespace hookctl::report {

namespace {

constexpr std::size_t kProse = 2000;         // bytes of one sentence
constexpr std::size_t kBlock = 16 * 1024;    // bytes of one fence
constexpr std::size_t kInFull = 800 * 1024;  // a job summary may have 1 MiB: findings behind this are a line each
constexpr std::size_t kAnswerLines = 20;

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : one_line(clipped(text, kProse))) {
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '&')
      out += "&amp;";
    else if (c == '@' || c == '#')
      out.append(1, c).append("&#8203;");
    else if (std::string_view("\\`*_[]|~$").find(c) != std::string_view::npos)
      out.append("\\").append(1, c);
    else
      out += c;
  }
  return out;
}

std::size_t longest_run(std::string_view text, char of) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) longest = std::max(longest, run = c == of ? run + 1 : 0);
  return longest;
}

std::string fence(std::string_view language, std::string_view content) {
  std::string text = join(lines_of(clipped(content, kBlock)), "\n");
  const std::string marks(std::max<std::size_t>(3, longest_run(text, '`') + 1), '`');
  return marks + std::string(language) + "\n" + text + "\n" + marks + "\n\n";
}

std::string labelled(std::string_view label, std::string_view text) {
  return text.empty() ? "" : "**" + std::string(label) + ":** " + escaped(text) + "\n\n";
}

// Tags stand on lines of their own with empty lines around, so that what is between them is markdown.
std::string folded(std::string_view title, std::string_view content) {
  return "<details>\n<summary>" + std::string(title) + "</summary>\n\n" + std::string(content) + "</details>\n\n";
}

std::string verdict_words(const Report& report) {
  std::size_t failed = 0;
  for (const RuleResult& each : report.rules) failed += standing(report, each) == Standing::failed;
  if (failed > 0) return std::to_string(failed) + (failed == 1 ? " rule failed" : " rules failed");
  if (report.count(Verdict::passed) == 0) return "nothing was checked";
  return report.stopped.empty() ? "passed" : "stopped early";
}

std::string group_table(const Report& report) {
  std::string out = "| group | passed | failed | skipped |\n|---|---:|---:|---:|\n";
  for (const Group& each : groups(report)) {
    out += "| " + escaped(each.name);
    for (const Verdict verdict : {Verdict::passed, Verdict::failed, Verdict::skipped}) out += " | " + std::to_string(each.count(verdict));
    out += " |\n";
  }
  return report.rules.empty() ? "" : out + "\n";
}

std::string remedy_block(const Remedy& remedy) {
  if (remedy.lines.empty()) return "";
  if (remedy.framework != "any") return "**How to fix (" + escaped(remedy.framework) + "):**\n\n" + fence("", join(remedy.lines, "\n"));
  std::string out = "**How to fix:**\n\n";
  for (const std::string& line : remedy.lines) out += "- " + escaped(line) + "\n";
  return out + "\n";
}

std::string answer_block(const Exchange& exchange) {
  if (exchange.answer.empty()) return labelled("No answer", exchange.failure);
  const std::string text = join(first_lines(exchange.answer, kAnswerLines, kBlock), "\n");
  return folded("The answer: " + std::to_string(exchange.status) + " in " + duration_text(exchange.duration_ms), fence("http", text));
}

std::string finding_block(const Report& report, const Finding& finding) {
  std::string out = "### " + escaped(finding.id) + " " + escaped(finding.summary) + "\n\n";
  out += std::string(severity_name(finding.severity)) + ", rule " + escaped(finding.rule) + ", showed in " + finding.confidence.text() +
         " tries" + (finding.confidence.confirmed() ? "" : " (unconfirmed)") + ", fingerprint " + escaped(finding.fingerprint) + "\n\n";
  if (const Rule* rule = rule_of(report, finding)) out += labelled("Why", rule->why);
  out += labelled("Expected", finding.expected) + labelled("Seen", finding.seen);
  for (const auto& [label, words] : details(finding)) {
    std::string title(label);
    title.front() = static_cast<char>(title.front() - 32);  // a small letter
    out += labelled(title, words);
  }
  if (!finding.diff.empty()) out += fence("diff", finding.diff);
  for (const Remedy& each : finding.remedies) out += remedy_block(each);
  const std::string commands = repeat_commands(finding);
  if (!commands.empty()) out += folded("How to repeat it", fence("sh", commands));
  if (!finding.recipe.empty()) out += folded("The smallest case that shows it", fence("json", finding.recipe));
  if (const Exchange* trigger = trigger_of(finding)) out += answer_block(*trigger);
  if (!finding.log.empty()) out += folded("Last lines of the endpoint", fence("", join(finding.log, "\n")));
  return out;
}

std::string finding_line(const Finding& finding) {
  return "- " + escaped(finding_name(finding)) + ": " + escaped(clipped(finding.summary, 200)) + "\n";
}

std::string earlier_list(const Report& report) {
  std::string out;
  for (const Earlier& each : report.earlier) {
    if (out.size() >= kBlock) return out + "- and more: the JSON report holds them\n";
    out += "- " + std::string(again_name(each.again)) + ": " + escaped(clipped(each.id, 200)) + " " + escaped(clipped(each.summary, 200)) +
           (each.reason.empty() ? "" : " (" + escaped(clipped(each.reason, 200)) + ")") + "\n";
  }
  return out;
}

}  // namespace

std::string write_markdown(const Report& report) {
  std::string out = "## " + escaped(report.tool) + ": " + verdict_words(report) + "\n\n";
  out += escaped(report.target) + " as " + escaped(report.provider) + ", version " + escaped(report.version) + "\n\n";
  out += escaped(summary_line(report)) + "\n\n" + group_table(report);
  if (!report.earlier.empty()) out += "### Earlier findings\n\n" + earlier_list(report) + "\n";
  std::string known;
  std::string more;
  for (const Finding& each : report.findings) {
    if (each.known)
      known += finding_line(each);
    else if (out.size() < kInFull)
      out += finding_block(report, each);
    else if (more.size() < kBlock)
      more += finding_line(each);
  }
  if (!more.empty()) out += "### More findings\n\n" + more + "\n";
  if (!known.empty()) out += "### Known findings\n\n" + clipped(known, 2 * kBlock) + "\n";
  return without_workflow_commands(out);
}

}  // namespace hookctl::report
