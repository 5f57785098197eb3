#include "commands/check_setup.hpp"

#include <dirent.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "check/rulebook.hpp"
#include "http/outgoing.hpp"
#include "process/child.hpp"

namespace hookctl {

namespace {

constexpr std::int64_t kBudgetMs = 10'000;     // where the provider's own is not published
constexpr std::int64_t kTimeLimitMs = 50'000;
constexpr std::size_t kMostEvents = 9;         // that are tried when none is named
constexpr std::size_t kMostSamples = 30;
constexpr const char* kWhat = "What is checked";
constexpr const char* kEndpoint = "The endpoint";
constexpr const char* kReports = "Reports";

// "02-push.json" -> "push": a number in front is for the order of files.
std::string event_of_sample(const std::string& file) {
  std::size_t at = 0;
  while (at < file.size() && file[at] >= '0' && file[at] <= '9') ++at;
  if (at > 0 && at < file.size() && (file[at] == '-' || file[at] == '_')) ++at;
  else at = 0;
  return provider::event_of(file.substr(at)).value_or("");
}

Result<std::vector<std::string>> files_in(const std::string& folder) {
  DIR* open = ::opendir(folder.c_str());
  if (open == nullptr) return usage_error("--samples: no folder '" + printable(folder) + "'");
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(open)) names.emplace_back(entry->d_name);
  ::closedir(open);
  std::sort(names.begin(), names.end());
  return names;
}

// The user's own bodies: each *.json file of the folder, called as its event.
Result<std::vector<provider::Fixture>> read_samples(const std::string& folder) {
  auto names = files_in(folder);
  if (!names) return names.error();
  std::vector<provider::Fixture> samples;
  for (const std::string& name : *names) {
    const std::string path = folder + "/" + name;
    const std::string event = event_of_sample(name);
    if (event.empty() || !name.ends_with(".json") || !is_regular_file(path) || samples.size() >= kMostSamples) continue;
    auto body = read_file(path);
    if (!body) return body.error();
    if (auto json = parse_json(*body, path, {.depth = 512, .duplicate_keys = true}); !json) return json.error();
    samples.push_back({event, "application/json", *std::move(body), path});
  }
  if (samples.empty()) return usage_error("--samples: no EVENT.json in '" + printable(folder) + "'", "each file is one body as the provider sends it, called as its event: invoice.paid.json");
  return samples;
}

// The events to send: those asked for, else the samples, else the provider's common ones, else its first.
Result<std::vector<provider::Fixture>> choose_samples(Session& session, const Arguments& arguments, const provider::Provider& provider) {
  std::vector<provider::Fixture> own;
  if (const auto folder = arguments.text("samples")) {
    auto samples = read_samples(*folder);
    if (!samples) return samples;
    own = *std::move(samples);
  }
  std::vector<std::string> wanted = arguments.list("event");
  if (wanted.empty() && !own.empty()) return own;
  const bool asked = !wanted.empty();
  if (!asked) wanted = provider.common_events.empty() ? session.catalog.events(provider) : provider.common_events;
  if (!asked && wanted.size() > kMostEvents) wanted.resize(kMostEvents);
  std::vector<provider::Fixture> chosen;
  for (const std::string& event : wanted) {
    const auto mine = std::find_if(own.begin(), own.end(), [&](const provider::Fixture& sample) { return sample.event == event; });
    if (mine != own.end()) {
      chosen.push_back(*mine);
      continue;
    }
    auto fixture = session.catalog.fixture(provider, event);
    if (!fixture && asked) return fixture.error();
    if (fixture) chosen.push_back(*std::move(fixture));
  }
  if (chosen.empty()) return usage_error("there is no event of '" + provider.id + "' to send", "--samples DIR takes bodies of your own, one EVENT.json each");
  return chosen;
}

Result<std::vector<event::Edit>> read_own_action(const Arguments& arguments) {
  std::vector<event::Edit> edits;
  for (const std::string& text : arguments.list("own-action")) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) return usage_error("--own-action: '" + printable(text) + "' is not PATH=JSON", "as in --own-action event.bot_id=B0123");
    edits.push_back(event::SetValue{text.substr(0, equals), text.substr(equals + 1)});
  }
  return edits;
}

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
      return usage_error("--report: no format '" + printable(name) + "'", (near ? "did you mean '" + *near + "'? " : std::string()) + "there are " + join(names, ", "));
    }
    if (equals == std::string::npos || equals + 1 == text.size()) return usage_error("--report: '" + printable(text) + "' names no file", "as in --report " + name + "=report." + (name == "junit" ? "xml" : name));
    const std::string path = text.substr(equals + 1);
    if (const std::size_t slash = path.rfind('/'); slash != std::string::npos && slash > 0 && ::access(path.substr(0, slash).c_str(), W_OK) != 0)
      return unavailable_error("--report: cannot write into '" + printable(path.substr(0, slash)) + "'", "make the folder first");
    reports.push_back({*format, path});
  }
  return reports;
}

Result<std::optional<report::Severity>> read_fail_on(const Arguments& arguments) {
  const std::string text = arguments.text("fail-on", "medium");
  if (text == "never") return std::optional<report::Severity>();
  return report::parse_severity(text);
}

Result<void> read_challenge_samples(Session& session, CheckSetup& setup) {
  for (const provider::Challenge& challenge : setup.provider->challenges) {
    if (challenge.send.event.empty()) continue;
    if (auto fixture = session.catalog.fixture(*setup.provider, challenge.send.event)) setup.subject.challenge_samples.insert({challenge.send.event, *std::move(fixture)});
  }
  return {};
}

Result<void> read_subject(Session& session, const Arguments& arguments, CheckSetup& setup) {
  check::Subject& subject = setup.subject;
  subject.provider = setup.provider.get();
  auto keys = read_keys(arguments);
  if (!keys) return keys.error();
  subject.keys = *std::move(keys);
  if (auto checked = check_signing_keys(*setup.provider, subject.keys); !checked) return checked;
  subject.audience = arguments.text("audience", "");
  auto url = read_url("to", *arguments.text("to"));
  if (!url) return url.error();
  subject.url = *std::move(url);
  if (subject.url.target.empty()) subject.url.target = "/";
  auto samples = choose_samples(session, arguments, *setup.provider);
  if (!samples) return samples.error();
  subject.samples = *std::move(samples);
  const auto published = setup.provider->delivery.timeout_s;
  subject.budget_ms = arguments.duration_ms("budget", published ? static_cast<std::int64_t>(*published * 1000) : kBudgetMs);
  if (subject.budget_ms < 10) return usage_error("--budget: give at least 10ms");
  auto token = read_verify_token(arguments);
  if (!token) return token.error();
  subject.verify_token = token->value_or("");
  auto own_action = read_own_action(arguments);
  if (!own_action) return own_action.error();
  subject.own_action = *std::move(own_action);
  return read_challenge_samples(session, setup);
}

std::string shell_word(const std::string& text) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("-_./:=@%+,").find(c) != std::string_view::npos; };
  if (!text.empty() && std::all_of(text.begin(), text.end(), plain)) return text;
  return http::shell_quote(text);
}

}  // namespace

std::vector<Option> check_options() {
  std::vector<Option> own{
      {"to", 't', ValueKind::text, "URL", "the endpoint: 3000, :3000/hooks, localhost:3000/hooks, https://…", kEndpoint},
      {"spawn", 0, ValueKind::text, "COMMAND", "start the endpoint with this, wait for it, watch it, stop it: 'node server.js' (no shell)", kEndpoint},
      {"effects", 0, ValueKind::text, "URL|COMMAND", "tells what the endpoint did: gives {\"count\":N,\"ids\":[…]}, one id for each effect", kEndpoint},
      {"budget", 0, ValueKind::duration, "TIME", "how long the endpoint may take to answer (the provider's own limit)", kEndpoint},
      {"own-action", 0, ValueKind::text, "PATH=JSON", "what marks an event as caused by the agent itself, as in event.bot_id=B0123", kEndpoint, true},
      {"event", 'e', ValueKind::text, "EVENT", "an event type to send (the provider's common ones)", kWhat, true},
      {"samples", 0, ValueKind::text, "DIR", "bodies of your own, each called EVENT.json", kWhat},
      {"rules", 0, ValueKind::text, "LIST", "rules and groups, comma-separated; '-' before one leaves it out: signature,time,-time/ahead (all)", kWhat},
      {"list", 0, ValueKind::flag, "", "list the rules and check nothing", kWhat},
      {"explain", 0, ValueKind::text, "RULE", "what a rule sends, why it matters, how to mend it", kWhat},
      {"seed", 0, ValueKind::number, "N", "makes the same choices again; ids and times are always fresh", kWhat},
      {"time", 0, ValueKind::duration, "TIME", "for the whole run; rules that do not fit are skipped and named (50s)", kWhat},
      {"report", 0, ValueKind::text, "FORMAT=FILE", "write a report: json, junit, sarif, tap, markdown, github or text", kReports, true},
      {"fail-on", 0, ValueKind::choice, "SEVERITY", "findings from this severity on fail the check (medium)", kReports, false, {"note", "low", "medium", "high", "critical", "never"}},
      {"baseline", 0, ValueKind::text, "FILE", "a JSON report: what stands in it is known and does not fail the check", kReports},
      verify_token_option(kEndpoint),
      fixtures_option(),
  };
  return joined({provider_options(), {own.begin(), own.end()}, signing_key_options(), tls_options(), output_options()});
}

Result<CheckSetup> read_check(Session& session, const Arguments& arguments) {
  CheckSetup setup;
  if (!arguments.has("to")) return usage_error("check needs --to URL: the endpoint", "as in --to 3000/webhook");
  if (!arguments.has("provider")) return usage_error("check needs --provider P: whose events it gets", "'hookctl providers' lists them; 'generic' is any HMAC, described with --signature-header and so on");
  auto rules = check::select_rules(arguments.text("rules", "all"));
  if (!rules) return rules.error();
  setup.rules = *std::move(rules);
  auto reports = read_reports(arguments);
  if (!reports) return reports.error();
  setup.reports = *std::move(reports);
  auto provider = read_provider(session, arguments, *arguments.text("provider"));
  if (!provider) return provider.error();
  setup.provider = *provider;
  if (auto done = read_subject(session, arguments, setup); !done) return done.error();
  auto fail_on = read_fail_on(arguments);
  if (!fail_on) return fail_on.error();
  setup.fail_on = *fail_on;
  if (const auto file = arguments.text("baseline")) {
    auto text = read_file(*file);
    if (!text) return text.error();
    auto known = report::read_baseline(*text, *file);
    if (!known) return known.error();
    setup.baseline = *std::move(known);
  }
  if (const auto command = arguments.text("spawn")) {
    auto words = process::split_words(*command);
    if (!words) return usage_error("--spawn: " + words.error().message, words.error().hint);
    setup.spawn = *std::move(words);
  }
  setup.effects = arguments.text("effects", "");
  setup.seed = arguments.has("seed") ? static_cast<std::uint64_t>(arguments.number("seed", 0)) : session.random.next() % 1'000'000'000;
  setup.time_limit_ms = arguments.duration_ms("time", kTimeLimitMs);
  return setup;
}

std::string repeat_command(const Arguments& arguments) {
  static const std::set<std::string> left_out{"", "rules", "event", "report", "baseline", "json", "color", "fail-on", "time"};
  static const std::set<std::string> secrets{"secret", "private-key", "verify-token"};
  std::string out = "hookctl check";
  for (const Arguments::Given& given : arguments.all()) {
    if (left_out.contains(given.name)) continue;
    const bool is_flag = given.value == "true";
    const bool shown = !secrets.contains(given.name) || given.value.starts_with("env:") || given.value.starts_with("file:") || given.value == "-";
    std::string variable = "HOOKCTL_" + given.name;
    std::transform(variable.begin(), variable.end(), variable.begin(), [](char c) { return c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    out += " --" + given.name;
    if (!shown) out += " \"$" + variable + "\"";
    else if (!is_flag) out += " " + shell_word(given.value);
  }
  return out + " --rules {rule} --event {event}";
}

}  // namespace hookctl
