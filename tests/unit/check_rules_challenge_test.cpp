// Handshakes: answered as the provider demands, and only when they are its own.
#include <doctest/doctest.h>

#include "check_fake_endpoint.hpp"

using namespace hookctl;
using test::FakeCheck;
using test::FakeEndpoint;

namespace {

std::string tried(FakeCheck& check, const std::string& rule) { return check.verdict(check::challenge_rules(), "challenge/" + rule); }

// An endpoint that answers its provider's handshakes as hookctl's own listener does.
struct Shaking : FakeCheck {
  explicit Shaking(const std::string& provider) : FakeCheck(provider) {
    subject.verify_token = "agreed-on-word";
    for (const provider::Challenge& challenge : subject.provider->challenges) {
      if (!challenge.send.event.empty())
        subject.challenge_samples.insert(
            {challenge.send.event, test::check_catalog().fixture(*subject.provider, challenge.send.event).value()});
    }
    endpoint.first = [this](http::Request& request) { return shake(request); };
  }

  std::optional<http::Response> shake(const http::Request& request) {
    const provider::Challenge* challenge = provider::match_challenge(*subject.provider, request);
    if (challenge == nullptr) return std::nullopt;
    if (challenge->is_signed && verifies && endpoint.verify(request).verdict != signing::Verdict::valid) {
      http::Response refusal;
      refusal.status = 401;
      return refusal;
    }
    provider::AnswerInputs inputs;
    if (!subject.keys.secrets.empty()) inputs.secret = &subject.keys.secrets.front();
    if (checks_token) inputs.verify_token = subject.verify_token;
    auto answer = provider::answer(*challenge, request, inputs);
    if (!answer) return FakeEndpoint::say(400, answer.error().message);
    if (spoil) spoil(*answer);
    return *answer;
  }

  bool verifies{true};
  bool checks_token{true};
  std::function<void(http::Response&)> spoil{};
};

}  // namespace

TEST_CASE("check rules, challenge: who answers as the provider demands passes, with few requests") {
  for (const auto& id : test::check_catalog().ids()) {
    if (test::check_catalog().find(id).value()->challenges.empty()) continue;
    Shaking check(id);
    const auto before = check.bench().requests();
    const std::string answered = tried(check, "answered");
    const std::string forged = tried(check, "forged");
    CHECK_MESSAGE((answered == "" || answered.starts_with("skipped: ")), id << ": " << answered);
    CHECK_MESSAGE((forged == "" || forged.starts_with("skipped: ")), id << ": " << forged);
    CHECK_MESSAGE(check.bench().requests() - before <= 6, id);
  }
}

TEST_CASE("check rules, challenge: it is really asked and answered") {
  for (const char* id : {"slack", "meta", "zoom", "dropbox", "okta", "twitch", "asana", "azure-event-grid"}) {
    Shaking check(id);
    int shaken = 0;
    check.spoil = [&](http::Response&) { ++shaken; };
    CHECK(tried(check, "answered") == "");
    CHECK_MESSAGE(shaken > 0, id);
  }
}

TEST_CASE("check rules, challenge: a wrong answer") {
  for (const char* id : {"slack", "meta", "zoom", "dropbox", "okta", "twitch"}) {
    Shaking check(id);
    check.spoil = [](http::Response& answer) { answer.body = "{\"ok\":true}"; };
    CHECK_MESSAGE(tried(check, "answered").find("is not answered as demanded: expected") != std::string::npos,
                  id << ": " << tried(check, "answered"));
  }
}

TEST_CASE("check rules, challenge: a signed handshake that is refused is a fault, one at another door is not") {
  Shaking slack("slack");
  slack.endpoint.first = [](http::Request& request) -> std::optional<http::Response> {
    if (request.body.find("url_verification") == std::string::npos) return std::nullopt;
    return FakeEndpoint::say(400, "unknown event");
  };
  CHECK(tried(slack, "answered").find("url_verification is not answered as demanded") != std::string::npos);
  for (const char* id : {"meta", "dropbox", "okta"}) {
    FakeCheck check(id);
    check.subject.verify_token = "word";
    CHECK_MESSAGE(tried(check, "answered") == "", id);  // 405
  }
}

TEST_CASE("check rules, challenge: one of several handshakes that is answered excuses the others") {
  Shaking check("discord");
  check.spoil = [](http::Response& answer) {
    if (answer.status == 204) answer.status = 400;
  };
  CHECK(tried(check, "answered") == "");
}

TEST_CASE("check rules, challenge: another refusal than the provider demands") {
  Shaking check("discord");
  check.endpoint.first = [&](http::Request& request) {
    auto answer = check.shake(request);
    if (answer && answer->status == 401) answer->status = 403;
    return answer;
  };
  CHECK(tried(check, "answered").find("was refused otherwise than demanded") != std::string::npos);
}

TEST_CASE("check rules, challenge: answered whoever asks") {
  for (const char* id : {"slack", "zoom", "twitch"}) {
    Shaking check(id);
    check.verifies = false;
    CHECK_MESSAGE(tried(check, "forged").find("with a wrong signature was answered as if it were right") != std::string::npos, id);
  }
  Shaking meta("meta");
  meta.checks_token = false;
  CHECK(tried(meta, "forged").find("with a wrong verify token was answered as if it were right") != std::string::npos);
}

TEST_CASE("check rules, challenge: what does not apply is skipped") {
  FakeCheck github("github");
  CHECK(tried(github, "answered") == "skipped: this provider asks for no handshake");
  CHECK(tried(github, "forged") == "skipped: this provider has no handshake that could be forged");
  Shaking meta("meta");
  meta.subject.verify_token = "";
  CHECK(tried(meta, "answered") == "skipped: no --verify-token");
}
