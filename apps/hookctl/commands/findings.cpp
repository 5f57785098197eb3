// hookctl findings: what fuzz found and kept.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/text.hpp"
#include "commands/command_line.hpp"
#include "commands/commands.hpp"
#include "commands/kept_findings.hpp"
#include "commands/options.hpp"
#include "ui/terminal.hpp"

namespace hookctl {

namespace {

constexpr std::size_t kFactColumn = 12;
constexpr std::size_t kJsonDepth = 512;

std::string age(const Session& session, const fuzz::Record& record) {
  return duration_text(std::max<std::int64_t>(0, session.clock.now() - record.found_at)) + " ago";
}

std::string one_line_json(const fuzz::Record& record) {
  const auto json = parse_json(fuzz::write_record(record), record.id, {.depth = kJsonDepth, .duplicate_keys = true});
  return json ? to_text(*json) : "";
}

std::string severity_word(const ui::Paint& paint, report::Severity severity) {
  const std::string_view name = report::severity_name(severity);
  return severity >= report::Severity::high ? paint.bad(name) : severity == report::Severity::medium ? paint.warn(name) : paint.dim(name);
}

std::string fact(const ui::Paint& paint, std::string_view name, const std::string& text) {
  return text.empty() ? "" : "  " + paint.dim(ui::pad(name, kFactColumn)) + printable(text) + "\n";
}

std::string block(const ui::Paint& paint, std::string_view name, const std::string& text) {
  if (text.empty()) return "";
  std::string out = "  " + paint.dim(name) + "\n";
  for (const std::string_view line : split(trim(text), "\n")) out += "    " + printable(line) + "\n";
  return out;
}

// The command that tries it again. Where no key was kept, one is asked for.
std::string again_command(const Arguments& arguments, const fuzz::Record& record) {
  std::string command = "hookctl replay " + record.id;
  if (arguments.has("findings")) command += " " + kept_words({{"findings", findings_folder(arguments)}});
  const bool has_key = std::any_of(record.arguments.begin(), record.arguments.end(),
                                   [](const auto& each) { return each.first == "secret" || each.first == "private-key"; });
  return command + (has_key ? "" : " --secret \"$HOOKCTL_SECRET\"");
}

std::string finding_text(const Session& session, const Arguments& arguments, const fuzz::Record& record) {
  const ui::Paint& paint = session.paint;
  std::string out = paint.bold(record.id) + "  " + severity_word(paint, record.severity) + "  " + printable(record.rule) + "\n  " +
                    printable(record.summary) + "\n\n";
  out += fact(paint, "event", record.event) + fact(paint, "provider", record.provider) + fact(paint, "target", record.target);
  out += fact(paint, "found", iso8601(record.found_at) + " (" + age(session, record) + "), seed " + std::to_string(record.seed)) +
         fact(paint, "fingerprint", record.fingerprint);
  out += fact(paint, "expected", record.expected) + fact(paint, "seen", record.seen);
  out += block(paint, "difference to the plain event", record.diff);
  out += block(paint, "how to repeat", again_command(arguments, record)) + block(paint, "how it was found", kept_words(record.arguments));
  return out + block(paint, "recipe", record.recipe ? fuzz::write_case(*record.recipe) : "the rule " + record.rule + " as a whole");
}

Result<ExitCode> list(Session& session, const Arguments& arguments) {
  auto records = all_findings(session, findings_folder(arguments));
  if (!records) return records.error();
  std::vector<std::vector<std::string>> rows;
  for (const fuzz::Record& record : *records) {
    if (arguments.has("json")) session.out << one_line_json(record) << "\n";
    rows.push_back({record.id, std::string(report::severity_name(record.severity)), printable(record.rule), printable(record.event),
                    printable(record.target), age(session, record)});
  }
  if (arguments.has("json")) return ExitCode::yes;
  if (rows.empty()) session.err << "no finding in " << printable(findings_folder(arguments)) << "\n";
  session.out << ui::table(rows);
  return ExitCode::yes;
}

Result<ExitCode> show(Session& session, const Arguments& arguments, const std::vector<std::string>& ids) {
  std::string_view gap;
  for (const std::string& id : ids) {
    auto record = find_finding(findings_folder(arguments), id);
    if (!record) return record.error();
    if (arguments.has("json"))
      session.out << one_line_json(*record) << "\n";
    else
      session.out << gap << finding_text(session, arguments, *record);
    gap = "\n";
  }
  return ExitCode::yes;
}

// All are looked up before the first goes; what is in the files does not matter.
Result<ExitCode> drop(Session& session, const Arguments& arguments, const std::vector<std::string>& ids) {
  const std::string folder = findings_folder(arguments);
  for (const std::string& id : ids) {
    if (auto found = look_for_finding(folder, id); !found) return found.error();
  }
  for (const std::string& id : ids) {
    if (auto dropped = fuzz::drop_record(folder, id); !dropped) return dropped.error();
    if (arguments.has("json"))
      session.out << to_text({{"schema", "hookctl.finding_dropped.v1"}, {"id", id}}) << "\n";
    else
      session.out << id << " dropped\n";
  }
  return ExitCode::yes;
}

Result<ExitCode> run_findings(Session& session, const Arguments& arguments) {
  const auto words = arguments.positionals();
  const std::vector<std::string> ids(words.begin() + (words.empty() ? 0 : 1), words.end());
  const std::string action = words.empty() ? "list" : words.front();
  if (action == "list") {
    if (!ids.empty())
      return usage_error("'" + printable(ids.front()) + "' is one word too many", "'hookctl findings show ID' shows one finding");
    return list(session, arguments);
  }
  if (action != "show" && action != "drop") {
    const auto near = nearest(action, {"list", "show", "drop"});
    return usage_error("'" + printable(action) + "' is none of list, show and drop",
                       near ? "did you mean '" + *near + "'?" : "'hookctl findings show " + printable(action) + "' shows one finding");
  }
  if (ids.empty()) return usage_error("'hookctl findings " + action + "' needs an id", "'hookctl findings' lists them");
  return action == "show" ? show(session, arguments, ids) : drop(session, arguments, ids);
}

}  // namespace

Command findings_command() {
  return {"findings",
          "list, show and drop what fuzz found",
          "Lists the findings that 'hookctl fuzz' has kept, shows one in full (what was expected and seen, the difference to a plain "
          "event, how to repeat it, its recipe), or drops it. "
          "'hookctl replay fnd_…' tries one again; copies of these files in a folder of your tests are what 'hookctl check --suite DIR' "
          "tries on every run.",
          {{"list|show|drop", "what to do (list)", false}, {"ID", "with show and drop: ids, as in fnd_1a2b3c4d", false, true}},
          joined({{findings_option("Options")}, output_options()}),
          {"hookctl findings", "hookctl findings --json"},
          run_findings};
}

}  // namespace hookctl
