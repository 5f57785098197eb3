// hookctl providers validate: what is wrong with a provider.json, where, and what is expected; and whether its sample events work.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/text.hpp"
#include "commands/providers.hpp"
#include "event/self_test.hpp"
#include "provider/check.hpp"
#include "signing/scheme.hpp"
#include "ui/scheme_words.hpp"

namespace hookctl {

namespace {

using Json = nlohmann::ordered_json;
using provider::Weight;

// All that is to be said of one file.
struct Report {
  std::string file;
  const provider::Provider* provider{nullptr};  // null when it cannot be read
  std::vector<provider::Finding> findings;
  std::vector<event::Trial> trials;

  bool sound(bool strict) const {
    const auto bad = [&](const provider::Finding& each) { return each.weight == Weight::fault || (strict && each.weight == Weight::warning); };
    const auto failed = [&](const event::Trial& each) { return !each.fault.empty() || (strict && !each.doubt.empty()); };
    return provider != nullptr && std::none_of(findings.begin(), findings.end(), bad) && std::none_of(trials.begin(), trials.end(), failed);
  }
};

Result<Report> examine(Session& session, const std::string& word) {
  auto file = session.catalog.file(word);
  if (!file) return file.error();
  Report report{file->name, nullptr, {}, {}};
  const auto found = session.catalog.find(word);
  if (found) report.provider = *found;
  report.findings = provider::check(file->text, file->name, found ? session.catalog.events(**found) : std::vector<std::string>());
  const bool told = std::any_of(report.findings.begin(), report.findings.end(), [](const provider::Finding& each) { return each.weight == Weight::fault; });
  if (!found && !told) {  // sound in itself, and not to be found
    std::erase_if(report.findings, [](const provider::Finding& each) { return each.remark.path == "id"; });
    report.findings.push_back({Weight::fault, provider::remark_at(file->text, "id", "expected \"" + word + "\", as the file is called")});
  }
  if (found) report.trials = event::self_test(session.catalog, **found, session.clock.now(), session.random);
  return report;
}

std::string trial_name(const event::Trial& trial) { return "fixture '" + printable(trial.event) + "'"; }

std::string verdict_words(const ui::Paint& paint, const Report& report, bool strict) {
  if (!report.sound(strict)) return paint.bad("NOT OK") + ": " + printable(report.file) + "\n";
  const std::size_t count = report.trials.size();
  std::string words = paint.good("ok") + ": " + report.provider->id + " (" + ui::describe(signing::ways(report.provider->scheme).front()).front().text + "), ";
  if (count == 0) return words + "no fixtures\n";
  words += std::to_string(count) + (count == 1 ? " fixture" : " fixtures");
  return words + (report.provider->scheme.kind == signing::Kind::none && report.provider->scheme.alternatives.empty() ? "\n" : " signed and verified with a made-up key\n");
}

void print(Session& session, const Report& report, bool strict) {
  const auto mark = [&](Weight weight) {
    const std::string name(provider::to_text(weight));
    return (weight == Weight::fault ? session.paint.bad(name) : weight == Weight::warning ? session.paint.warn(name) : name) + ": ";
  };
  for (const provider::Finding& each : report.findings) {
    session.out << printable(report.file) << ":" << each.remark.place << ": " << mark(each.weight) << each.remark.path << (each.remark.path.empty() ? "" : ": ") << each.remark.words << "\n";
  }
  for (const event::Trial& trial : report.trials) {
    const std::string where = printable(trial.file.empty() ? report.file : trial.file) + ": ";
    if (!trial.fault.empty()) session.out << where << mark(Weight::fault) << trial_name(trial) << ": " << printable(trial.fault) << "\n";
    if (!trial.doubt.empty()) session.out << where << mark(Weight::warning) << trial_name(trial) << " " << printable(trial.doubt) << "\n";
  }
  session.out << verdict_words(session.paint, report, strict);
}

Json finding_record(const provider::Finding& finding) {
  const auto parts = split(finding.remark.place, ":");
  Json record;
  record["severity"] = provider::to_text(finding.weight);
  record["line"] = parse_unsigned(parts.front()).value_or(1);
  record["column"] = parse_unsigned(parts.back()).value_or(1);
  record["path"] = finding.remark.path;
  record["message"] = finding.remark.words;
  return record;
}

Json report_record(const Report& report, bool strict) {
  Json record;
  record["schema"] = "hookctl.provider_check.v1";
  record["file"] = report.file;
  record["id"] = report.provider != nullptr ? Json(report.provider->id) : Json(nullptr);
  record["ok"] = report.sound(strict);
  record["findings"] = Json::array();
  for (const provider::Finding& each : report.findings) record["findings"].push_back(finding_record(each));
  record["fixtures"] = Json::array();
  for (const event::Trial& trial : report.trials) {
    Json one;
    one["event_type"] = trial.event;
    one["file"] = trial.file.empty() ? Json(nullptr) : Json(trial.file);
    one["ok"] = trial.fault.empty();
    one["problem"] = !trial.fault.empty() ? Json(trial.fault) : !trial.doubt.empty() ? Json(trial.doubt) : Json(nullptr);
    record["fixtures"].push_back(std::move(one));
  }
  return record;
}

}  // namespace

Result<ExitCode> validate_providers(Session& session, const Arguments& arguments, std::vector<std::string> words) {
  if (words.empty()) {
    for (const provider::Entry& entry : session.catalog.entries()) {
      if (!entry.file.empty()) words.push_back(provider::is_provider_id(entry.id) ? entry.id : entry.file);
    }
    if (words.empty()) return usage_error("there are no providers of your own to check", "'hookctl providers new NAME' writes one; 'hookctl providers validate FILE' checks any");
  }
  const bool strict = arguments.has("strict");
  ExitCode code = ExitCode::yes;
  for (const std::string& word : words) {
    auto report = examine(session, word);
    if (!report && words.size() == 1) return report.error();
    if (!report) {
      session.err << "hookctl: " << report.error().message << "\n";
      code = ExitCode::usage;
      continue;
    }
    if (arguments.has("json")) session.out << to_text(report_record(*report, strict)) << "\n";
    else print(session, *report, strict);
    if (!report->sound(strict)) code = ExitCode::usage;
  }
  return code;
}

}  // namespace hookctl
