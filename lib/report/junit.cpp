// JUnit XML. It keeps to what jenkins-junit.xsd (Jenkins' xUnit plug-in), Surefire's schema and GitLab's reader have in common: skipped
// holds text only, and in a testcase skipped or failure stands before system-out. A finding that a baseline knows, or that did not show
// again, is no failure: its testcase is skipped and says why.
#include <algorithm>

#include "base/clock.hpp"
#include "report/foreign_text.hpp"
#include "report/summary.hpp"
#include "report/writers.hpp"

namespace hookctl::report {

namespace {

// Entities only, no CDATA: they hold anything but control characters, which are escaped before.
std::string escaped(std::string_view text, bool keep_lines) {
  std::string out;
  for (const char c : shown(text, keep_lines)) {
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";  // "]]>" may not stand in text
    else if (c == '&')
      out += "&amp;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

std::string attribute(std::string_view name, std::string_view value) {
  return " " + std::string(name) + "=\"" + escaped(one_line(value), false) + "\"";
}

std::string attribute(std::string_view name, std::size_t value) { return attribute(name, std::to_string(value)); }

// "12.100": seconds, as Surefire's schema has them.
std::string seconds(std::int64_t ms) {
  const std::int64_t positive = ms < 0 ? 0 : ms;
  const std::string rest = std::to_string(positive % 1000);
  return std::to_string(positive / 1000) + "." + std::string(3 - rest.size(), '0') + rest;
}

std::string element(std::string_view name, std::string_view attributes, std::string_view text) {
  return "      <" + std::string(name) + std::string(attributes) + ">" + escaped(text, true) + "</" + std::string(name) + ">\n";
}

std::string failure_text(const std::vector<const Finding*>& findings) {
  std::string out;
  for (const Finding* each : findings) {
    out += finding_name(*each) + "\n" + each->summary + "\nexpected: " + each->expected + "\nseen: " + each->seen + "\n";
    for (const auto& [label, words] : details(*each)) out += std::string(label) + ": " + words + "\n";
    if (!each->diff.empty()) out += each->diff + "\n";
    out += "fingerprint: " + each->fingerprint + "\n\n";
  }
  return out;
}

std::string failure_type(const RuleResult& result, const std::vector<const Finding*>& findings) {
  Severity worst = findings.empty() ? result.rule.severity : Severity::note;
  for (const Finding* each : findings) worst = std::max(worst, each->severity);
  return std::string(severity_name(worst));
}

std::string failure_message(const RuleResult& result, const std::vector<const Finding*>& findings) {
  if (!result.reason.empty()) return result.reason;
  return findings.empty() ? result.rule.title : findings.front()->summary;
}

std::string testcase(const Report& report, const RuleResult& result) {
  const auto findings = findings_of(report, result);
  const Standing how = standing(report, result);
  std::string inside;
  if (how == Standing::failed) {
    const std::string text = findings.empty() ? result.rule.what : failure_text(findings);
    inside += element("failure",
                      attribute("message", failure_message(result, findings)) + attribute("type", failure_type(result, findings)), text);
  } else if (how != Standing::passed) {
    inside += element("skipped", "", how == Standing::skipped ? result.reason : excuse(report, result));
  }
  std::string repeat;
  for (const Finding* each : findings) {
    const std::string commands = repeat_commands(*each);
    if (!commands.empty()) repeat += "to repeat " + each->id + ":\n" + commands + "\n";
  }
  if (!repeat.empty()) inside += element("system-out", "", repeat);
  const std::string name = result.rule.id + ": " + result.rule.title;
  const std::string start = "    <testcase" + attribute("name", name) +
                            attribute("classname", report.tool + "." + std::string(result.rule.group())) +
                            attribute("time", seconds(result.duration_ms));
  return inside.empty() ? start + "/>\n" : start + ">\n" + inside + "    </testcase>\n";
}

struct Tally {
  std::size_t tests{0}, failures{0}, skipped{0};
  std::int64_t duration_ms{0};
};

Tally tally(const Report& report, const std::vector<const RuleResult*>& rules) {
  Tally sum;
  for (const RuleResult* each : rules) {
    const Standing how = standing(report, *each);
    ++sum.tests;
    sum.failures += how == Standing::failed;
    sum.skipped += how != Standing::failed && how != Standing::passed;
    sum.duration_ms += each->duration_ms;
  }
  return sum;
}

std::string property(std::string_view name, std::string_view value) {
  return "      <property" + attribute("name", name) + attribute("value", value) + "/>\n";
}

std::string properties(const Report& report) {
  std::string out = "    <properties>\n";
  out += property("tool", report.tool) + property("version", report.version) + property("target", report.target);
  out += property("provider", report.provider) + property("seed", std::to_string(report.seed));
  for (const auto& [name, value] : report.learnt) out += property(name, value);
  if (!report.earlier.empty()) out += property("earlier findings", earlier_words(report));
  if (!report.stopped.empty()) out += property("stopped", report.stopped);
  return out + "    </properties>\n";
}

std::string testsuite(const Report& report, const Group& group) {
  const Tally sum = tally(report, group.rules);
  std::string out = "  <testsuite" + attribute("name", group.name) + attribute("tests", sum.tests) + attribute("failures", sum.failures) +
                    attribute("errors", 0) + attribute("skipped", sum.skipped) + attribute("time", seconds(sum.duration_ms)) +
                    attribute("timestamp", iso8601(report.started_at).substr(0, 19)) + ">\n";
  out += properties(report);
  for (const RuleResult* each : group.rules) out += testcase(report, *each);
  return out + "  </testsuite>\n";
}

}  // namespace

std::string write_junit(const Report& report) {
  std::vector<const RuleResult*> all;
  for (const RuleResult& each : report.rules) all.push_back(&each);
  const Tally sum = tally(report, all);
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + attribute("name", report.tool) +
                    attribute("tests", sum.tests) + attribute("failures", sum.failures) + attribute("errors", 0) +
                    attribute("time", seconds(report.duration_ms)) + ">\n";
  for (const Group& each : groups(report)) out += testsuite(report, each);
  return out + "</testsuites>\n";
}

}  // namespace hookctl::report
