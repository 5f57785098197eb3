#include "commands/replay_finding.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/text.hpp"
#include "check/run.hpp"
#include "commands/check_rig.hpp"
#include "commands/command_line.hpp"
#include "commands/kept_findings.hpp"
#include "commands/live_line.hpp"
#include "commands/outgoing.hpp"
#include "commands/own_target.hpp"
#include "commands/report_output.hpp"

namespace hookctl {

namespace {

constexpr const char* kGroup = "With the id of a finding (what is not given is as it was found)";
constexpr std::int64_t kTimeLimitMs = 60'000;
constexpr std::size_t kJsonDepth = 512;

std::vector<Option> without(std::vector<Option> options, std::string_view name) {
  options.erase(std::remove_if(options.begin(), options.end(), [&](const Option& option) { return option.name == name; }), options.end());
  return options;
}

// What the report says of the one rule that was tried.
report::Earlier judged(const fuzz::Record& record, const report::Report& report) {
  report::Earlier out{record.id, record.summary, report::Again::cannot_tell, report.stopped};
  if (report.rules.empty()) return out;
  const report::RuleResult& result = report.rules.front();
  out.reason = result.reason;
  if (result.verdict == report::Verdict::failed)
    out.again = report::Again::still_there;
  else if (result.verdict == report::Verdict::passed && result.findings.empty() && report.stopped.empty())
    out.again = report::Again::fixed;
  if (out.reason.empty()) out.reason = report.stopped;
  return out;
}

// A missing secret or key, told as what it is here.
Error named(const fuzz::Record& record, const Error& error) { return {error.kind, record.id + ": " + error.message, error.hint}; }

struct Trial {
  Arguments arguments;  // laid over
  EndpointSetup endpoint;
};

Result<Trial> prepare(Session& session, const Arguments& given, const fuzz::Record& record) {
  auto arguments = laid_over(given, record.arguments, finding_path(findings_folder(given), record.id));
  if (!arguments) return arguments.error();
  if (!given.has("fixtures")) {
    if (auto used = use_fixtures(session, *arguments); !used) return used.error();
  }
  auto endpoint = read_endpoint(session, *arguments, "the replay of a finding");
  if (!endpoint) return named(record, endpoint.error());
  if (endpoint->provider->id != record.provider)
    return usage_error(record.id + " was found with events of " + printable(record.provider) + ", not of " + endpoint->provider->id);
  if (auto own = check_own_target(*arguments, endpoint->subject.url); !own) return own.error();
  return Trial{*std::move(arguments), *std::move(endpoint)};
}

// The report of the trial, with the answer in `earlier`. What the world refuses is an answer, too: it cannot be told.
Result<report::Report> try_again(Session& session, const Trial& trial, const fuzz::Record& record) {
  report::Report report;
  const UnixMs started_at = session.clock.now();
  const std::uint64_t seed = session.random.next() % 1'000'000'000;
  LiveLine live(session, trial.arguments.has("json") && !session.err_is_terminal);
  Rig rig;
  auto done = [&]() -> Result<report::Report> {
    if (auto ready = rig.set_up(trial.arguments, trial.endpoint); !ready) return ready.error();
    check::Bench bench(rig.parts(session, trial.endpoint, session.random, seed));
    check::RunOptions options;
    options.more = {finding_rule(record, trial.endpoint)};
    options.time_limit_ms = trial.arguments.duration_ms("time", kTimeLimitMs);
    options.repeat = "hookctl replay " + record.id;
    options.on_rule = [&](const std::string&, std::size_t, std::size_t) {
      live.show([&] { return record.id + ": " + std::to_string(bench.requests()) + " requests"; });
    };
    return check::run(bench, options);
  }();
  if (!done && done.error().kind != ErrorKind::unavailable) return done.error();
  if (done)
    report = *std::move(done);
  else
    report.stopped = done.error().message + (done.error().hint.empty() ? "" : "\n" + done.error().hint);
  name_report(report, "hookctl replay", trial.endpoint, started_at, seed);
  report.earlier = {judged(record, report)};
  return report;
}

ExitCode code_of(report::Again again) {
  if (again == report::Again::fixed) return ExitCode::yes;
  return again == report::Again::still_there ? ExitCode::no : ExitCode::unavailable;
}

void tell(Session& session, report::Report& report, bool json, bool one_of_many) {
  const report::Earlier answer = report.earlier.front();
  if (json) {
    const std::string document = report::write_json(report);
    const auto compact = one_of_many ? parse_json(document, "report", {.depth = kJsonDepth, .duplicate_keys = true})
                                     : Result<nlohmann::ordered_json>(nlohmann::ordered_json());
    session.out << (one_of_many && compact ? to_text(*compact) + "\n" : document) << std::flush;
    return;
  }
  const std::string word(report::again_name(answer.again));
  const std::string shown = answer.again == report::Again::fixed         ? session.paint.good(word)
                            : answer.again == report::Again::still_there ? session.paint.bad(word)
                                                                         : session.paint.warn(word);
  session.out << answer.id << ": " << shown << (answer.again == report::Again::cannot_tell ? ": " + printable(answer.reason, true) : "")
              << "\n";
  report.earlier.clear();  // it was just said
  if (!report.findings.empty()) session.out << report_text(session, report);
  session.out << std::flush;
}

}  // namespace

std::vector<Option> replay_finding_options() {
  std::vector<Option> own{
      {"time", 0, ValueKind::duration, "TIME", "for each finding at most (60s)", kGroup},
      pid_option(kGroup),
      findings_option(kGroup),
      own_target_option(kGroup),
  };
  return joined({without(endpoint_options(kGroup, kGroup), "to"), {fixtures_option()}, {own.begin(), own.end()}});
}

Result<bool> names_findings(const Arguments& arguments) {
  const auto words = arguments.positionals();
  const auto is_finding = [](const std::string& word) { return word.starts_with("fnd_"); };
  if (std::none_of(words.begin(), words.end(), is_finding)) return false;
  for (const std::string& word : words) {
    if (!is_finding(word))
      return usage_error("'" + printable(word) + "' is a kept request, and '" +
                             printable(*std::find_if(words.begin(), words.end(), is_finding)) + "' a finding",
                         "replay them one after the other");
  }
  for (const char* name : {"resign", "since", "filter", "speed", "dry-run", "as"}) {
    if (arguments.has(name)) return usage_error("--" + std::string(name) + " is for kept requests, not for findings");
  }
  return true;
}

Result<ExitCode> replay_findings(Session& session, const Arguments& arguments) {
  const auto ids = arguments.positionals();
  std::vector<fuzz::Record> records;
  for (const std::string& id : ids) {
    auto record = find_finding(findings_folder(arguments), id);
    if (!record) return record.error();
    records.push_back(*std::move(record));
  }
  watch_for_interrupt();
  ExitCode code = ExitCode::yes;
  for (const fuzz::Record& record : records) {
    auto trial = prepare(session, arguments, record);
    if (!trial) return trial.error();
    session.err << record.id << " as it was found: " << printable(kept_words(record.arguments)) << "\n" << std::flush;
    auto report = try_again(session, *trial, record);
    if (was_interrupted()) return ExitCode::interrupted;
    if (!report) return report.error();
    const report::Again again = report->earlier.front().again;
    tell(session, *report, arguments.has("json"), records.size() > 1);
    code = graver(code, code_of(again));
  }
  return code;
}

}  // namespace hookctl
