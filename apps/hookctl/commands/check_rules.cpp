#include "commands/check_rules.hpp"

#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/text.hpp"
#include "check/rulebook.hpp"
#include "ui/terminal.hpp"

namespace hookctl {

namespace {

using Json = nlohmann::ordered_json;
using report::Rule;
using report::Severity;

constexpr std::size_t kSeverityColumn = 8;
constexpr std::size_t kFactColumn = 8;

std::string painted(const ui::Paint& paint, Severity severity, std::string_view text) {
  if (severity >= Severity::high) return paint.bad(text);
  return severity == Severity::medium ? paint.warn(text) : paint.dim(text);
}

std::string_view framework_title(std::string_view framework) {
  if (framework == "any") return "in words";
  if (framework == "express") return "Express (Node.js)";
  if (framework == "fastapi") return "FastAPI (Python)";
  if (framework == "go") return "net/http (Go)";
  return framework == "rails" ? "Rails (Ruby)" : framework;
}

Json record_of(const Rule& rule) {
  Json record;
  record["id"] = rule.id;
  record["group"] = rule.group();
  record["severity"] = report::severity_name(rule.severity);
  record["title"] = rule.title;
  record["what"] = rule.what;
  record["why"] = rule.why;
  record["source"] = rule.source.empty() ? Json(nullptr) : Json(rule.source);
  record["remedies"] = Json::array();
  for (const report::Remedy& each : rule.remedies) record["remedies"].push_back({{"framework", each.framework}, {"lines", each.lines}});
  return record;
}

std::string rules_json() {
  Json record;
  record["schema"] = "hookctl.rules.v1";
  record["rules"] = Json::array();
  for (const Rule& rule : check::rulebook()) record["rules"].push_back(record_of(rule));
  return to_text(record);
}

// A paragraph behind its name: "  what    …".
std::string fact(const ui::Paint& paint, std::string_view name, const std::string& text, std::size_t width) {
  return "  " + paint.dim(ui::pad(name, kFactColumn)) + ui::wrapped(text, kFactColumn + 2, width) + "\n";
}

// The lines for one framework: prose as a list, code as it is, that of another remedy behind an empty line. Nothing when there are none.
std::string remedies_text(const ui::Paint& paint, const Rule& rule, std::string_view framework, std::size_t width) {
  const bool is_prose = framework == "any";
  std::string text;
  for (const report::Remedy& remedy : rule.remedies) {
    if (remedy.framework != framework) continue;
    if (text.empty()) text = "  " + paint.bold(framework_title(framework)) + "\n";
    else if (!is_prose) text += "\n";
    for (const std::string& line : remedy.lines) text += is_prose ? "    - " + ui::wrapped(line, 6, width) + "\n" : "    " + line + "\n";
  }
  return text;
}

std::string rule_text(const ui::Paint& paint, const Rule& rule, std::size_t width) {
  std::string text = paint.bold(rule.id) + "  " + painted(paint, rule.severity, report::severity_name(rule.severity)) + "\n";
  text += "  " + ui::wrapped(rule.title, 2, width) + "\n\n";
  text += fact(paint, "what", rule.what, width) + fact(paint, "why", rule.why, width);
  if (!rule.source.empty()) text += fact(paint, "source", rule.source, width);
  text += "\nHow to fix\n";
  std::string_view gap;
  for (const std::string_view framework : check::kFrameworks) {
    text.append(gap).append(remedies_text(paint, rule, framework, width));
    gap = "\n";
  }
  return text;
}

}  // namespace

void list_rules(Session& session, bool json) {
  if (json) {
    session.out << rules_json() << "\n";
    return;
  }
  std::size_t ids = 0;
  for (const Rule& rule : check::rulebook()) ids = std::max(ids, rule.id.size());
  const std::size_t column = 2 + ids + 2 + kSeverityColumn + 2;
  std::string_view group;
  for (const Rule& rule : check::rulebook()) {
    if (rule.group() != group) {
      session.out << (group.empty() ? "" : "\n");
      group = rule.group();
      const auto groups = check::rule_groups();
      const auto known = std::find_if(groups.begin(), groups.end(), [&](const check::RuleGroup& each) { return each.name == group; });
      session.out << session.paint.bold(group) << ": " << (known == groups.end() ? "" : known->about) << "\n";
    }
    const std::string severity = painted(session.paint, rule.severity, ui::pad(report::severity_name(rule.severity), kSeverityColumn));
    const std::string title = session.out_is_terminal ? ui::wrapped(rule.title, column, ui::width_of(STDOUT_FILENO)) : rule.title;
    session.out << "  " << ui::pad(rule.id, ids) << "  " << severity << "  " << title << "\n";
  }
}

Result<ExitCode> explain_rule(Session& session, const std::string& id, bool json) {
  const Rule* rule = check::find_rule(id);
  if (rule == nullptr) {
    const auto groups = check::rule_groups();
    const bool is_group = std::any_of(groups.begin(), groups.end(), [&](const check::RuleGroup& group) { return group.name == id; });
    if (is_group) return usage_error("'" + id + "' is a group of rules", "'hookctl check --list' lists its rules, --explain takes one");
    return check::unknown_rule(id);
  }
  if (json) {
    Json record{{"schema", "hookctl.rule.v1"}};
    record.update(record_of(*rule));
    session.out << to_text(record) << "\n";
  } else {
    session.out << rule_text(session.paint, *rule, ui::width_of(STDOUT_FILENO));
  }
  return ExitCode::yes;
}

}  // namespace hookctl
