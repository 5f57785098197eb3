// The rules about signatures: each finds its flaw, none finds anything in a sound endpoint, whoever the provider is.
#include <doctest/doctest.h>

#include <map>

#include "base/text.hpp"
#include "check_fake_endpoint.hpp"

using namespace hookctl;
using namespace hookctl::check;
using test::FakeCheck;
using test::FakeEndpoint;

namespace {

using signing::Verdict;
using signing::Verification;

// The bench, which a few event types are enough for: some providers have hundreds.
void start(FakeCheck& check) {
  if (check.subject.samples.size() > 6) check.subject.samples.resize(6);
  static_cast<void>(check.bench());
}

const std::vector<RuleCode>& rules() {
  static const std::vector<RuleCode> all = signature_rules();
  return all;
}

std::string field_of(const http::Request& request, const check::Subject& subject) {
  return std::string(request.headers.find(signing_way(*subject.provider).signature.from.name).value_or(""));
}

bool is_valid(const FakeEndpoint& endpoint, const http::Request& request) { return endpoint.verify(request).verdict == Verdict::valid; }

// What every forgery rule must find: an endpoint that only looks whether there is something in the field.
void trust_everything(FakeCheck& check) {
  check.endpoint.accepts = [](const http::Request&, const Verification&) { return true; };
}

void trust_prefixes(FakeCheck& check) {
  check.endpoint.accepts = [&check](const http::Request& request, const Verification& verification) {
    return request.headers.has("X-Hub-Signature-256") && verification.expected.starts_with(field_of(request, check.subject));
  };
}

void trust_heads(FakeCheck& check) {
  check.endpoint.accepts = [&check](const http::Request& request, const Verification& verification) {
    const std::string field = field_of(request, check.subject);
    return field.size() == verification.expected.size() && field.substr(0, 30) == verification.expected.substr(0, 30);
  };
}

// Accepts what is also right by `other`.
void or_if(FakeCheck& check, std::function<bool(const http::Request&)> other) {
  check.endpoint.accepts = [other](const http::Request& request, const Verification& verification) {
    return verification.verdict == Verdict::valid || other(request);
  };
}

void or_secret(FakeCheck& check, const std::string& secret) {
  or_if(check, [&check, secret](const http::Request& request) {
    signing::Keys keys;
    keys.secrets.emplace_back(secret);
    return signing::verify(check.subject.provider->scheme, keys, request, {.now = SystemClock().now()}).value().verdict == Verdict::valid;
  });
}

// Refuses what is right when `odd` says so.
void but_not(FakeCheck& check, std::function<bool(const http::Request&)> odd) {
  check.endpoint.accepts = [odd](const http::Request& request, const Verification& verification) {
    return verification.verdict == Verdict::valid && !odd(request);
  };
}

struct Flaw {
  std::string rule;
  std::string provider;
  std::function<void(FakeCheck&)> flaw;
};

const std::vector<Flaw>& forgery_flaws() {
  static const std::vector<Flaw> flaws{
      {"signature/missing", "github",
       [](FakeCheck& c) { or_if(c, [](const http::Request& r) { return !r.headers.has("X-Hub-Signature-256"); }); }},
      {"signature/missing", "standard-webhooks",
       [](FakeCheck& c) {
         or_if(c, [](const http::Request& r) { return r.headers.has("webhook-id") && !r.headers.has("webhook-signature"); });
       }},
      {"signature/empty", "stripe",
       [](FakeCheck& c) { or_if(c, [](const http::Request& r) { return r.headers.find("Stripe-Signature") == ""; }); }},
      {"signature/bare", "github", trust_prefixes},
      {"signature/bare", "stripe",
       [](FakeCheck& c) {
         or_if(c, [](const http::Request& r) { return r.headers.find("Stripe-Signature").value_or("").ends_with("v1="); });
       }},
      {"signature/truncated", "github", trust_prefixes},
      {"signature/altered", "github", trust_heads},
      {"signature/junk", "slack",
       [](FakeCheck& c) {
         c.endpoint.first = [](http::Request& r) -> std::optional<http::Response> {
           if (r.headers.find("X-Slack-Signature").value_or("").find('z') == std::string_view::npos) return std::nullopt;
           return FakeEndpoint::say(500, "RangeError");
         };
       }},
      {"signature/body-changed", "github", trust_everything},
      {"signature/body-appended", "stripe",
       [](FakeCheck& c) {
         or_if(c, [&c](const http::Request& r) {
           http::Request trimmed = r;
           trimmed.body = std::string(trim(r.body));
           return is_valid(c.endpoint, trimmed);
         });
       }},
      {"signature/other-event", "github",
       [](FakeCheck& c) {
         auto seen = std::make_shared<std::set<std::string>>();
         c.endpoint.accepts = [&c, seen](const http::Request& r, const Verification& verification) {
           const std::string field = field_of(r, c.subject);
           if (verification.verdict == Verdict::valid) seen->insert(field);
           return seen->contains(field);
         };
       }},
      {"signature/other-id", "standard-webhooks", trust_everything},
      {"signature/other-secret", "discord", trust_everything},
      {"signature/other-secret", "gitlab", trust_everything},
      {"signature/default-secrets", "github", [](FakeCheck& c) { or_secret(c, "undefined"); }},
      {"signature/default-secrets", "stripe", [](FakeCheck& c) { or_secret(c, "whsec_test"); }},
      {"signature/default-secrets", "standard-webhooks", [](FakeCheck& c) { or_secret(c, "whsec_test"); }},
      {"signature/default-secrets", "gitlab", [](FakeCheck& c) { or_secret(c, "changeme"); }},
      {"signature/older-version", "github",
       [](FakeCheck& c) { or_if(c, [](const http::Request& r) { return r.headers.has("X-Hub-Signature"); }); }},
      {"signature/older-version", "stripe",
       [](FakeCheck& c) {
         or_if(c, [](const http::Request& r) {
           return r.headers.find("Stripe-Signature").value_or("").find("v0=") != std::string_view::npos;
         });
       }},
      {"signature/older-version", "plaid",
       [](FakeCheck& c) {
         or_if(c, [](const http::Request& r) { return r.headers.find("Plaid-Verification").value_or("").ends_with('.'); });
       }},
      {"signature/content-type", "slack",
       [](FakeCheck& c) { or_if(c, [](const http::Request& r) { return r.headers.find("Content-Type") == "text/plain"; }); }},
      {"signature/method", "github",
       [](FakeCheck& c) {
         c.endpoint.any_method = true;
         or_if(c, [](const http::Request& r) { return r.method == "PUT"; });
       }},
      {"signature/path", "github",
       [](FakeCheck& c) {
         c.endpoint.any_path = true;
         or_if(c, [](const http::Request& r) { return r.target.starts_with("//"); });
       }},
      {"signature/malformed", "github",
       [](FakeCheck& c) {
         c.endpoint.first = [&c](http::Request& r) -> std::optional<http::Response> {
           if (nlohmann::json::accept(r.body)) return std::nullopt;
           c.endpoint.down = true;
           http::Response none;
           none.status = 0;
           return none;
         };
       }},
  };
  return flaws;
}

const std::vector<Flaw>& variation_flaws() {
  static const std::vector<Flaw> flaws{
      {"signature/rotation", "standard-webhooks",
       [](FakeCheck& c) {
         c.endpoint.accepts = [&c](const http::Request& r, const Verification&) {
           http::Request first = r;
           const std::string field = field_of(r, c.subject);
           first.headers.set("webhook-signature", field.substr(0, field.find(' ')));
           return is_valid(c.endpoint, first);
         };
       }},
      {"signature/unknown-version", "stripe",
       [](FakeCheck& c) {
         but_not(c, [](const http::Request& r) {
           return r.headers.find("Stripe-Signature").value_or("").find("v9=") != std::string_view::npos;
         });
       }},
      {"signature/two-fields", "github",
       [](FakeCheck& c) {
         c.endpoint.first = [](http::Request& r) -> std::optional<http::Response> {
           if (r.headers.find_all("X-Hub-Signature-256").size() < 2) return std::nullopt;
           return FakeEndpoint::say(500, "TypeError");
         };
       }},
      {"signature/two-fields", "stripe",
       [](FakeCheck& c) {
         c.endpoint.work = [&c](const http::Request& r, const provider::EventName& name) -> std::optional<http::Response> {
           if (r.headers.find_all("Stripe-Signature").size() == 2) c.endpoint.effects.push_back(name.id);
           return std::nullopt;
         };
         c.endpoint.accepts = [](const http::Request&, const Verification&) { return true; };
       }},
      {"signature/json-spelling", "github",
       [](FakeCheck& c) { but_not(c, [](const http::Request& r) { return r.body.find("\n  ") != std::string::npos; }); }},
      {"signature/json-spelling", "slack",
       [](FakeCheck& c) { but_not(c, [](const http::Request& r) { return r.body.find("\\u00") != std::string::npos; }); }},
      {"signature/white-space", "github", [](FakeCheck& c) { but_not(c, [](const http::Request& r) { return trim(r.body) != r.body; }); }},
      {"signature/multibyte", "slack",
       [](FakeCheck& c) { but_not(c, [](const http::Request& r) { return r.body.find("\xe6\x97\xa5") != std::string::npos; }); }},
      {"signature/multibyte", "twilio",
       [](FakeCheck& c) { but_not(c, [](const http::Request& r) { return r.body.find("%F0%9F%98%80") != std::string::npos; }); }},
  };
  return flaws;
}

}  // namespace

TEST_CASE("each rule about forged and unsigned events finds its flaw, by effects and by answers alone") {
  for (const Flaw& flaw : forgery_flaws()) {
    for (const bool with_probe : {true, false}) {
      CAPTURE(flaw.rule);
      CAPTURE(flaw.provider);
      CAPTURE(with_probe);
      FakeCheck check(flaw.provider, with_probe);
      start(check);
      flaw.flaw(check);
      const std::string verdict = check.verdict(rules(), flaw.rule);
      CHECK_MESSAGE((!verdict.empty() && !verdict.starts_with("skipped") && !verdict.starts_with("error")), "verdict: " << verdict);
    }
  }
}

TEST_CASE("each rule about unusual right events finds its flaw") {
  for (const Flaw& flaw : variation_flaws()) {
    CAPTURE(flaw.rule);
    CAPTURE(flaw.provider);
    FakeCheck check(flaw.provider);
    start(check);
    flaw.flaw(check);
    const std::string verdict = check.verdict(rules(), flaw.rule);
    CHECK_MESSAGE((!verdict.empty() && !verdict.starts_with("skipped") && !verdict.starts_with("error")), "verdict: " << verdict);
  }
}

TEST_CASE("forgeries that were refused and had an effect are found at the end") {
  FakeCheck check("github");
  start(check);
  CHECK(check.verdict(rules(), "signature/other-secret") == "");
  CHECK(check.verdict(rules(), "signature/no-effect") == "");
  check.endpoint.accepts = [&check](const http::Request& request, const Verification& verification) {
    if (verification.verdict != Verdict::valid)
      check.endpoint.effects.push_back(std::string(request.headers.find("X-GitHub-Delivery").value_or("")));
    return verification.verdict == Verdict::valid;
  };
  CHECK(check.verdict(rules(), "signature/other-secret") == "");
  CHECK(check.verdict(rules(), "signature/no-effect") == "a forged event was refused with 401 and had its effect all the same");
}

TEST_CASE("an endpoint that answers every path and method alike accepts nothing by that") {
  FakeCheck check("github", false);
  start(check);
  check.endpoint.first = [&check](http::Request& request) -> std::optional<http::Response> {
    if (request.method == "POST" && request.target == check.subject.url.origin_form()) return std::nullopt;
    return FakeEndpoint::json(200, {{"received", true}});
  };
  CHECK(check.verdict(rules(), "signature/path") == "");
  CHECK(check.verdict(rules(), "signature/method") == "");
}

TEST_CASE("501 for a method and 5xx for a path are no acceptance") {
  FakeCheck check("github", false);
  start(check);
  check.endpoint.first = [&check](http::Request& request) -> std::optional<http::Response> {
    if (request.method == "POST" && request.target == check.subject.url.origin_form()) return std::nullopt;
    return FakeEndpoint::say(501, "unsupported method");
  };
  CHECK(check.verdict(rules(), "signature/method") == "");
  CHECK(check.verdict(rules(), "signature/path") == "");
}

TEST_CASE("a word that is the user's own secret is not tried") {
  FakeCheck check("github");
  check.subject.keys.secrets = {Secret("changeme")};
  CHECK(check.verdict(rules(), "signature/default-secrets") == "");
}

TEST_CASE("nothing is found in a sound endpoint of any provider, and few requests are needed") {
  for (const std::string& id : test::check_catalog().ids()) {
    const bool with_probe = id == "airtable" || id == "stripe" || id == "github" || id == "standard-webhooks" || id == "slack" ||
                            id == "linear" || id == "aws-sns";
    FakeCheck check(id, with_probe);
    CAPTURE(id);
    start(check);
    REQUIRE(!check.bench().learnt().handled.empty());
    const std::uint64_t before = check.bench().requests();
    std::map<std::string, std::uint64_t> needed;
    for (const RuleCode& rule : rules()) {
      if (rule.needs_probe && !with_probe) continue;
      const std::uint64_t so_far = check.bench().requests();
      const std::string verdict = check.verdict(rules(), rule.id);
      CAPTURE(rule.id);
      CHECK_MESSAGE((verdict.empty() || verdict.starts_with("skipped: ")), "verdict: " << verdict);
      needed[std::string(rule.id)] = check.bench().requests() - so_far;
    }
    CHECK(check.bench().requests() - before <= 50);
  }
}
