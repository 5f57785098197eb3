#include "commands/endpoint_setup.hpp"

#include <dirent.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "process/child.hpp"
#include "process/vitals.hpp"

namespace hookctl {

namespace {

constexpr std::int64_t kBudgetMs = 10'000;  // where the provider's own is not published
constexpr std::size_t kMostEvents = 9;      // that are tried when none is named
constexpr std::size_t kMostSamples = 30;

// "02-push.json" -> "push": a number in front is for the order of files.
std::string event_of_sample(const std::string& file) {
  std::size_t at = 0;
  while (at < file.size() && file[at] >= '0' && file[at] <= '9') ++at;
  if (at > 0 && at < file.size() && (file[at] == '-' || file[at] == '_'))
    ++at;
  else
    at = 0;
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
  if (samples.empty())
    return usage_error("--samples: no EVENT.json in '" + printable(folder) + "'",
                       "each file is one body as the provider sends it, called as its event: invoice.paid.json");
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
  if (chosen.empty())
    return usage_error("there is no event of '" + provider.id + "' to send", "--samples DIR takes bodies of your own, one EVENT.json each");
  return chosen;
}

Result<std::vector<event::Edit>> read_own_action(const Arguments& arguments) {
  std::vector<event::Edit> edits;
  for (const std::string& text : arguments.list("own-action")) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
      return usage_error("--own-action: '" + printable(text) + "' is not PATH=JSON", "as in --own-action event.bot_id=B0123");
    edits.push_back(event::SetValue{text.substr(0, equals), text.substr(equals + 1)});
  }
  return edits;
}

Result<void> read_challenge_samples(Session& session, EndpointSetup& setup) {
  for (const provider::Challenge& challenge : setup.provider->challenges) {
    if (challenge.send.event.empty()) continue;
    if (auto fixture = session.catalog.fixture(*setup.provider, challenge.send.event))
      setup.subject.challenge_samples.insert({challenge.send.event, *std::move(fixture)});
  }
  return {};
}

Result<void> read_subject(Session& session, const Arguments& arguments, EndpointSetup& setup) {
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

Result<std::optional<int>> read_pid(const Arguments& arguments) {
  if (!arguments.has("pid")) return std::optional<int>();
  if (arguments.has("spawn"))
    return usage_error("--pid and --spawn both name the endpoint's program", "of one that --spawn starts the process id is known");
  const std::int64_t pid = arguments.number("pid", 0);
  const bool fits = pid > 0 && pid <= std::numeric_limits<int>::max();
  if (!fits || !process::vitals(static_cast<int>(pid)))
    return usage_error("--pid: there is no program " + std::to_string(pid) + " to be watched",
                       "give the endpoint's process id, as 'pgrep' or its log tells it");
  return std::optional<int>(static_cast<int>(pid));
}

}  // namespace

std::vector<Option> endpoint_options(const std::string& endpoint, const std::string& events) {
  return {
      {"to", 't', ValueKind::text, "URL", "the endpoint: 3000, :3000/hooks, localhost:3000/hooks, https://…", endpoint},
      {"spawn", 0, ValueKind::text, "COMMAND", "start the endpoint with this, wait for it, watch it, stop it: 'node server.js' (no shell)",
       endpoint},
      {"effects", 0, ValueKind::text, "URL|COMMAND", "tells what the endpoint did: gives {\"count\":N,\"ids\":[…]}, one id for each effect",
       endpoint},
      {"budget", 0, ValueKind::duration, "TIME", "how long the endpoint may take to answer (the provider's own limit)", endpoint},
      {"own-action", 0, ValueKind::text, "PATH=JSON", "what marks an event as caused by the agent itself, as in event.bot_id=B0123",
       endpoint, true},
      verify_token_option(endpoint),
      {"event", 'e', ValueKind::text, "EVENT", "an event type to send (the provider's common ones)", events, true},
      {"samples", 0, ValueKind::text, "DIR", "bodies of your own, each called EVENT.json", events},
  };
}

Result<EndpointSetup> read_endpoint(Session& session, const Arguments& arguments, const std::string& command) {
  EndpointSetup setup;
  if (!arguments.has("to")) return usage_error(command + " needs --to URL: the endpoint", "as in --to 3000/webhook");
  if (!arguments.has("provider"))
    return usage_error(command + " needs --provider P: whose events it gets",
                       "'hookctl providers' lists them; 'generic' is any HMAC, described with --signature-header and so on");
  auto provider = read_provider(session, arguments, *arguments.text("provider"));
  if (!provider) return provider.error();
  setup.provider = *provider;
  if (auto done = read_subject(session, arguments, setup); !done) return done.error();
  if (const auto line = arguments.text("spawn")) {
    auto words = process::split_words(*line);
    if (!words) return usage_error("--spawn: " + words.error().message, words.error().hint);
    setup.spawn = *std::move(words);
  }
  setup.effects = arguments.text("effects", "");
  auto pid = read_pid(arguments);
  if (!pid) return pid.error();
  setup.pid = *pid;
  return setup;
}

Option pid_option(const std::string& group) {
  return {"pid", 0, ValueKind::number, "N", "watch the memory of this program, the endpoint's (known with --spawn)", group};
}

std::uint64_t read_seed(Session& session, const Arguments& arguments) {
  return arguments.has("seed") ? static_cast<std::uint64_t>(arguments.number("seed", 0)) : session.random.next() % 1'000'000'000;
}

}  // namespace hookctl
