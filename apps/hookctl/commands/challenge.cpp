#include "commands/challenge.hpp"

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/text.hpp"
#include "commands/kept.hpp"
#include "commands/options.hpp"
#include "commands/outgoing.hpp"
#include "event/compose.hpp"
#include "http/codec.hpp"
#include "http/outgoing.hpp"
#include "net/loop.hpp"
#include "signing/sign.hpp"
#include "ui/lines.hpp"
#include "ui/records.hpp"

namespace hookctl {

namespace {

constexpr const char* kGroup = "Challenges (what a provider asks of an endpoint when a webhook is set up)";
constexpr std::int64_t kTimeoutMs = 30'000;  // where the provider's own is not known

struct Play {
  ProviderPtr provider;
  const provider::Challenge* challenge{nullptr};
  event::ChallengeInputs inputs;
  signing::Keys keys;
  http::Url url;
  bool has_url{false};
  std::int64_t timeout_ms{kTimeoutMs};
};

// One request of the play.
struct Probe {
  http::Request request;
  bool wrongly_signed{false};
};

Result<Play> read_play(Session& session, const Arguments& arguments) {
  const auto words = arguments.positionals();
  if (words.size() > 1) return usage_error("--challenge takes no EVENT, and '" + printable(words[1]) + "' is one", "a provider's further challenges are named with --challenge=NAME");
  for (const char* name : {"set", "unset", "body", "id"}) {
    if (arguments.has(name)) return usage_error(std::string("--") + name + " is about an event, and --challenge sends none");
  }
  Play play;
  auto provider = read_provider(session, arguments, words[0]);
  if (!provider) return provider.error();
  play.provider = *provider;
  const std::string name = arguments.text("challenge", "");
  auto challenge = provider::find_challenge(*play.provider, name == "true" ? "" : name);
  if (!challenge) return challenge.error();
  play.challenge = *challenge;
  auto keys = read_keys(arguments);
  if (!keys) return keys.error();
  play.keys = *std::move(keys);
  auto token = read_verify_token(arguments);
  if (!token) return token.error();
  auto headers = read_headers(arguments);
  if (!headers) return headers.error();
  auto now = read_now(session, arguments);
  if (!now) return now.error();
  play.inputs = {*now, play.keys.secrets.empty() ? "" : std::string(play.keys.secrets.front().reveal()), token->value_or(""), *std::move(headers)};
  if (play.provider->delivery.timeout_s) play.timeout_ms = static_cast<std::int64_t>(*play.provider->delivery.timeout_s * 1000);
  play.timeout_ms = arguments.duration_ms("timeout", play.timeout_ms);
  if (const auto to = arguments.text("to")) {
    auto url = read_url("to", *to);
    if (!url) return url.error();
    play.url = *std::move(url);
    play.has_url = true;
  }
  return play;
}

// Another letter in the place of the signature's first one: of the same form, and wrong.
void spoil_signature(const signing::Scheme& scheme, http::Request& request) {
  const signing::SignatureForm& form = signing::ways(scheme).front().signature;
  std::string value(request.headers.find(form.from.name).value_or(""));
  const std::size_t first = value.starts_with(form.prefix) ? form.prefix.size() : 0;
  if (first >= value.size()) return;
  value[first] = value[first] == 'a' ? 'b' : 'a';
  request.headers.set(form.from.name, std::move(value));
}

Result<Probe> make_probe(Session& session, const Play& play, bool wrongly_signed) {
  const provider::Challenge& challenge = *play.challenge;
  Result<provider::Fixture> fixture = Error{};
  if (!challenge.send.event.empty()) {
    fixture = session.catalog.fixture(*play.provider, challenge.send.event);
    if (!fixture) return fixture.error();
  }
  auto event = event::compose_challenge(*play.provider, challenge, fixture ? &*fixture : nullptr, play.inputs, session.random);
  if (!event) return event.error();
  Probe probe{std::move(event->request), wrongly_signed};
  probe.request.target = gateway_target(play.url, probe.request.target);
  if (!challenge.is_signed && challenge.send.secret.empty()) return probe;
  signing::Keys keys = play.keys;
  if (!challenge.send.secret.empty()) keys.secrets = {Secret(challenge.send.secret)};
  if (auto checked = check_signing_keys(*play.provider, keys); !checked) return checked.error();
  http::Url url = play.url;
  url.target = probe.request.target;
  auto done = signing::sign(play.provider->scheme, keys, std::move(probe.request), {event->id, play.inputs.now, url.text()});
  if (!done) return done.error();
  probe.request = std::move(done->request);
  if (wrongly_signed) spoil_signature(play.provider->scheme, probe.request);
  return probe;
}

// The right request, and a wrongly signed one where the provider tries that too.
Result<std::vector<Probe>> make_probes(Session& session, const Play& play) {
  std::vector<Probe> probes;
  for (const bool wrongly : {false, true}) {
    if (wrongly && !play.challenge->refuse) continue;
    auto probe = make_probe(session, play, wrongly);
    if (!probe) return probe.error();
    probes.push_back(*std::move(probe));
  }
  return probes;
}

http::Url whole_url(const Play& play, const Probe& probe) {
  http::Url url = play.url;
  url.target = probe.request.target;
  return url;
}

void print_probe(Session& session, const Arguments& arguments, const Play& play, const Probe& probe) {
  const http::Outgoing message = http::outgoing_message(play.url, probe.request);
  if (arguments.has("json")) {
    http::Request shown = probe.request;
    if (!shown.body.empty()) http::set_content_length(shown);
    session.out << to_text(ui::signed_request_record(shown, whole_url(play, probe).text())) << "\n";
  } else if (arguments.has("as")) {
    session.out << ui::for_screen(http::as_curl(message, probe.request), session.out_is_terminal);
  } else {
    session.out << ui::for_screen(message.head + message.body, session.out_is_terminal);
  }
}

struct Outcome {
  provider::AnswerCheck check;
  ExitCode code{ExitCode::no};
};

Result<Outcome> judge(const Play& play, const Probe& probe, const http::SendResult& result) {
  Outcome outcome;
  const auto* response = std::get_if<http::Response>(&result);
  if (response == nullptr) {
    const auto& failure = std::get<http::SendFailure>(result);
    const bool late = failure.fault == http::SendFault::timeout;
    outcome.check.problems = {late ? "expected an answer within " + duration_text(play.timeout_ms) + ", got none" : failure.message};
    if (failure.fault == http::SendFault::unreachable || failure.fault == http::SendFault::tls) outcome.code = ExitCode::unavailable;
    return outcome;
  }
  provider::AnswerInputs inputs;
  if (!play.keys.secrets.empty()) inputs.secret = &play.keys.secrets.front();
  const auto forms = probe.wrongly_signed ? std::vector{*play.challenge->refuse} : play.challenge->respond;
  auto check = provider::check_answer(*play.challenge, forms, probe.request, inputs, *response);
  if (!check) return check.error();
  outcome.check = *std::move(check);
  outcome.code = outcome.check.taken ? ExitCode::yes : ExitCode::no;
  return outcome;
}

// "Slack (Events API) then refuses the URL": what comes of a wrong answer.
std::string consequence(const Play& play) {
  return play.provider->title + (play.challenge->each_delivery && !play.challenge->refuse ? " then takes the delivery for failed" : " then refuses the URL");
}

void show(Session& session, const Play& play, const Probe& probe, UnixMs at, std::int64_t took, const http::SendResult& result, const Outcome& outcome) {
  session.out << time_of_day(at) << "  --> challenge " << printable(play.challenge->name) << (probe.wrongly_signed ? ", wrongly signed" : "") << "  to " << play.url.text() << "\n"
              << ui::answer_line(session.paint, {at + took, probe.request.method, probe.request.target, took, ""}, result);
  if (outcome.check.taken) session.out << "    " << session.paint.good("ok") << ": " << play.provider->title << " takes this answer\n";
  for (const std::string& problem : outcome.check.problems) session.out << "    " << session.paint.bad("wrong") << ": " << problem << "\n";
  if (outcome.code == ExitCode::no) session.out << "    " << consequence(play) << "\n";
  for (const std::string& advice : outcome.check.advice) session.out << "    " << session.paint.warn("taken, but") << " " << advice << "\n";
  session.out.flush();
}

nlohmann::ordered_json challenge_record(const Play& play, const Probe& probe, std::int64_t took, const http::SendResult& result, const Outcome& outcome) {
  auto answer = ui::answer_record("", whole_url(play, probe).text(), took, result);
  nlohmann::ordered_json record;
  record["schema"] = "hookctl.challenge.v1";
  record["provider"] = play.provider->id;
  record["challenge"] = play.challenge->name;
  record["method"] = probe.request.method;
  record["wrongly_signed"] = probe.wrongly_signed;
  record["ok"] = outcome.check.taken;
  record["problems"] = outcome.check.problems;
  record["advice"] = outcome.check.advice;
  record["timeout_ms"] = play.timeout_ms;
  for (const auto& [key, value] : answer.items()) {
    if (key != "schema" && key != "id") record[key] = value;
  }
  return record;
}

void tell_of_others(Session& session, const Arguments& arguments, const Play& play) {
  if (arguments.text("challenge", "") != "true" || arguments.has("json")) return;
  std::vector<std::string> names;
  for (const provider::Challenge& each : play.provider->challenges) {
    if (&each != play.challenge) names.push_back("--challenge=" + each.name);
  }
  if (!names.empty()) session.err << "hookctl: " << play.provider->title << " has other challenges too: " << join(names, ", ") << "\n";
}

}  // namespace

std::vector<Option> challenge_options() {
  return {
      {"challenge", 0, ValueKind::flag, "[=NAME]", "ask what the provider asks at set-up, and judge the answer as it does; instead of an EVENT", kGroup},
      verify_token_option(kGroup),
  };
}

Result<ExitCode> run_challenge(Session& session, const Arguments& arguments) {
  auto play = read_play(session, arguments);
  if (!play) return play.error();
  const bool print = arguments.has("dry-run") || arguments.has("as");
  if (!play->has_url && !print) return usage_error("send needs --to URL: the endpoint that is asked", "as in --to 3000/webhook; --dry-run prints the request instead");
  if (!play->has_url) play->url = *http::parse_url("http://localhost/");
  auto probes = make_probes(session, *play);
  if (!probes) return probes.error();
  if (print) {
    for (const Probe& probe : *probes) print_probe(session, arguments, *play, probe);
    return ExitCode::yes;
  }
  auto client = net::make_blocking_client(client_options(arguments));
  if (!client) return client.error();
  ExitCode code = ExitCode::yes;
  for (const Probe& probe : *probes) {
    const UnixMs at = session.clock.now();
    const std::int64_t begun = steady_ms();
    const http::SendResult result = (*client)->send(http::outgoing_message(play->url, probe.request), play->timeout_ms);
    const std::int64_t took = steady_ms() - begun;
    auto outcome = judge(*play, probe, result);
    if (!outcome) return outcome.error();
    code = graver(code, outcome->code);
    if (arguments.has("json")) session.out << to_text(challenge_record(*play, probe, took, result, *outcome)) << "\n";
    else show(session, *play, probe, at, took, result, *outcome);
  }
  tell_of_others(session, arguments, *play);
  return code;
}

}  // namespace hookctl
