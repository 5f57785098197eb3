// The handshakes of a provider: are they answered as it demands, and only when they are its own?
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "check/rule.hpp"
#include "event/compose.hpp"

namespace hookctl::check {

namespace {

using provider::AnswerForm;
using provider::Challenge;

constexpr std::size_t kHandshakes = 3;  // of a provider
constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz";

// One that asks the endpoint to fetch a URL at the provider cannot be played: only the provider has such a URL.
bool can_be_played(const Challenge& challenge) { return !challenge.each_delivery && challenge.visit.empty(); }

bool same_field(const http::Header& field, std::string_view name) { return same_ignoring_case(field.name, name); }

// The names that a plain event's fields have and the handshake's do not.
std::vector<Tamper> without_event_fields(const provider::Provider& provider, const std::string& event, const http::Headers& wanted) {
  std::vector<Tamper> out;
  const auto drop = [&](const http::Headers& fields) {
    for (const http::Header& field : fields) {
      if (!wanted.has(field.name)) out.push_back({.op = Tamper::Op::remove_header, .name = field.name});
    }
  };
  drop(provider.headers);
  for (const provider::EventFacts& facts : provider.events) {
    if (facts.type == event) drop(facts.headers);
  }
  const bool has_type =
      std::any_of(wanted.begin(), wanted.end(), [](const http::Header& field) { return same_field(field, "Content-Type"); });
  if (!has_type) out.push_back({.op = Tamper::Op::remove_header, .name = "Content-Type"});
  return out;
}

// "{path}?hub.mode=…", behind the query that the endpoint's own URL has.
std::string target_of(const http::Url& url, const std::string& query) {
  const std::string own = url.origin_form();
  const std::size_t at = own.find('?');
  if (query.empty()) return at == std::string::npos ? "" : "{path}" + own.substr(at);
  return "{path}" + (at == std::string::npos ? "?" : own.substr(at) + "&") + query;
}

struct Words {
  std::string verify_token{};  // "" for the right one
  bool wrongly_signed{false};
};

// The request that the provider makes, as a step.
Result<Step> handshake(Bench& bench, const Challenge& challenge, const Words& words) {
  const Subject& subject = bench.subject();
  if (!challenge.verify_token.empty() && words.verify_token.empty() && subject.verify_token.empty())
    return usage_error("no --verify-token");
  const provider::Fixture* fixture = nullptr;
  if (!challenge.send.event.empty()) {
    const auto found = subject.challenge_samples.find(challenge.send.event);
    if (found == subject.challenge_samples.end()) return usage_error("there is no sample of the handshake " + challenge.name);
    fixture = &found->second;
  }
  event::ChallengeInputs inputs;
  inputs.now = SystemClock().now();
  inputs.secret = subject.keys.secrets.empty() ? "" : std::string(subject.keys.secrets.front().reveal());
  inputs.verify_token = words.verify_token.empty() ? subject.verify_token : words.verify_token;
  SystemRandom random;
  auto made = event::compose_challenge(*subject.provider, challenge, fixture, inputs, random);
  if (!made) return made.error();

  const http::Request& request = made->request;
  Step step;
  step.event = subject.sample(challenge.send.event) != nullptr ? challenge.send.event : bench.main_event();
  step.body = request.body;
  step.headers = request.headers;
  step.expect = Expect::anything;
  step.signing.sign = challenge.is_signed || !challenge.send.secret.empty();
  if (words.wrongly_signed)
    step.signing.keys = {SigningKey{.which = SigningKey::Which::stranger}};
  else if (!challenge.send.secret.empty())
    step.signing.keys = {SigningKey{.which = SigningKey::Which::word, .text = challenge.send.secret}};
  step.tampers = without_event_fields(*subject.provider, step.event, request.headers);
  if (request.method != "POST") step.tampers.push_back({.op = Tamper::Op::set_method, .text = request.method});
  const std::size_t query = request.target.find('?');
  const std::string target = query == std::string::npos ? "" : target_of(subject.url, request.target.substr(query + 1));
  if (!target.empty()) step.tampers.push_back({.op = Tamper::Op::set_path, .text = target});
  return step;
}

// What the provider thinks of an answer; nothing when it cannot be told.
std::optional<provider::AnswerCheck> judged(const Bench& bench, const Challenge& challenge, const std::vector<AnswerForm>& forms,
                                            const Shot& shot) {
  if (!shot.answer) return std::nullopt;
  provider::AnswerInputs inputs;
  if (!bench.subject().keys.secrets.empty()) inputs.secret = &bench.subject().keys.secrets.front();
  const auto check = provider::check_answer(challenge, forms, shot.made.request, inputs, *shot.answer);
  if (!check) return std::nullopt;
  return *check;
}

Fault fault_of(const Challenge& challenge, const Shot& shot, std::string summary, std::string expected) {
  Fault fault;
  fault.summary = "the handshake " + challenge.name + " " + std::move(summary);
  fault.expected = std::move(expected);
  fault.seen = seen_words(shot);
  fault.shots = {shot};
  fault.place = challenge.name;
  fault.case_name = challenge.name;
  return fault;
}

// --- answered ------------------------------------------------------------------------------------------------------------------------

struct Answered {
  bool right{false};
  Outcome outcome{};
};

// A handshake that the endpoint does not know is none of its faults, unless it comes just as events do.
bool must_be_known(const Challenge& challenge, const Shot& shot) {
  const std::string& method = shot.made.request.method;
  return shot.success() ? method == "POST" || method == "GET" : challenge.is_signed && method == "POST";
}

// The same wrongly signed, where the provider tries that, too, and demands a certain refusal.
Result<Outcome> ask_wrongly(Bench& bench, const Challenge& challenge) {
  Outcome outcome;
  if (!challenge.refuse) return outcome;
  auto step = handshake(bench, challenge, {.wrongly_signed = true});
  if (!step) return outcome;
  step->expect = Expect::refused;
  auto shot = bench.deliver(*step);
  if (!shot && shot.error().kind == ErrorKind::usage) return outcome;
  if (!shot) return shot.error();
  const auto check = judged(bench, challenge, {*challenge.refuse}, *shot);
  if (!check || check->taken || shot->success()) return outcome;  // an acceptance is for challenge/forged to tell
  outcome.fault =
      fault_of(challenge, *shot, "was refused otherwise than demanded when it was wrongly signed: " + join(check->problems, "; "),
               "what the provider demands: " + join(check->problems, "; "));
  outcome.fault->severity = report::Severity::medium;
  return outcome;
}

Result<Answered> ask(Bench& bench, const Challenge& challenge) {
  auto step = handshake(bench, challenge, {});
  if (!step) return step.error();
  auto shot = bench.deliver(*step);
  if (!shot) return shot.error();
  Answered out;
  const auto check = judged(bench, challenge, challenge.respond, *shot);
  out.right = check && check->taken;
  if (out.right) {
    auto wrongly = ask_wrongly(bench, challenge);
    if (!wrongly) return wrongly.error();
    out.outcome = *std::move(wrongly);
    return out;
  }
  const std::string problems = check ? join(check->problems, "; ") : seen_words(*shot);
  out.outcome.remark = "the handshake " + challenge.name + " is not answered as demanded: " + problems;
  if (must_be_known(challenge, *shot))
    out.outcome.fault = fault_of(challenge, *shot, "is not answered as demanded: " + problems, "what the provider demands of the answer");
  return out;
}

// Handshakes that come in the same way may belong to different kinds of endpoints: one that is answered rightly excuses the others.
Result<Outcome> try_answered(Bench& bench) {
  Outcome wrong;
  Outcome faulty_refusal;
  bool any = false;
  bool right = false;
  std::optional<Error> unfit;
  std::size_t asked = 0;
  for (const Challenge& challenge : bench.subject().provider->challenges) {
    if (!can_be_played(challenge) || asked == kHandshakes) continue;
    auto answered = ask(bench, challenge);
    if (!answered && answered.error().kind != ErrorKind::usage) return answered.error();
    if (!answered) {
      unfit = answered.error();
      continue;
    }
    any = true;
    ++asked;
    right = right || answered->right;
    Outcome& kept = answered->right ? faulty_refusal : wrong;
    if (!kept.fault && (answered->outcome.fault || kept.remark.empty())) kept = std::move(answered->outcome);
  }
  if (!any) return unfit ? *unfit : usage_error("this provider asks for no handshake");
  if (faulty_refusal.fault) return faulty_refusal;
  if (right) wrong.fault.reset();
  return wrong;
}

// --- forged --------------------------------------------------------------------------------------------------------------------------

// Does an answer of this form show that the request was taken for the provider's? A mere 2xx does not.
bool tells(const AnswerForm& form) {
  return form.body_is == AnswerForm::Body::json || (form.body_is == AnswerForm::Body::text && !form.body.empty()) || !form.headers.empty();
}

Result<Outcome> forge(Bench& bench, const Challenge& challenge) {
  Words words;
  const bool by_token = !challenge.verify_token.empty();
  if (by_token)
    words.verify_token = random_text(bench.choices(), kLetters, 12);
  else
    words.wrongly_signed = true;
  auto step = handshake(bench, challenge, words);
  if (!step) return step.error();
  if (!by_token) step->expect = Expect::refused;
  auto shot = bench.deliver(*step);
  if (!shot) return shot.error();
  Outcome outcome;
  const auto check = judged(bench, challenge, challenge.respond, *shot);
  if (!check || !check->taken || !shot->success()) return outcome;
  outcome.fault = fault_of(
      challenge, *shot,
      by_token ? "with a wrong verify token was answered as if it were right" : "with a wrong signature was answered as if it were right",
      "a refusal, 401 or 403");
  return outcome;
}

Result<Outcome> try_forged(Bench& bench) {
  std::optional<Error> unfit;
  bool any = false;
  for (const Challenge& challenge : bench.subject().provider->challenges) {
    const bool can_be_forged = !challenge.verify_token.empty() || (challenge.is_signed && challenge.send.secret.empty());
    const bool telling = std::all_of(challenge.respond.begin(), challenge.respond.end(), tells);
    if (!can_be_played(challenge) || !can_be_forged || !telling) continue;
    auto outcome = forge(bench, challenge);
    if (!outcome && outcome.error().kind != ErrorKind::usage) return outcome.error();
    if (!outcome) unfit = outcome.error();
    any = any || outcome.ok();
    if (outcome && outcome->fault) return outcome;
  }
  if (any) return Outcome{};
  return unfit ? *unfit : usage_error("this provider has no handshake that could be forged");
}

}  // namespace

std::vector<RuleCode> challenge_rules() {
  return {
      RuleCode{.id = "challenge/answered", .trial = try_answered},
      RuleCode{.id = "challenge/forged", .trial = try_forged},
  };
}

}  // namespace hookctl::check
