// The rules about the age of events: each finds its flaw, none finds anything in a sound endpoint, whoever the provider is.
#include <doctest/doctest.h>

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
  static const std::vector<RuleCode> all = time_rules();
  return all;
}

// Takes as right what has this fault.
std::function<void(FakeCheck&)> ignoring(std::string code) {
  return [code](FakeCheck& check) {
    check.endpoint.accepts = [code](const http::Request&, const Verification& verification) {
      return verification.verdict == Verdict::valid || verification.code == code;
    };
  };
}

// The age is that of the first t=, the signature's that of the last.
void two_parsers(FakeCheck& check) {
  check.endpoint.accepts = [](const http::Request& request, const Verification& verification) {
    const std::string field(request.headers.find("Stripe-Signature").value_or(""));
    const auto first = parse_unsigned(std::string_view(field).substr(2, field.find(',') - 2));
    const bool fresh = first && SystemClock().now() / 1000 - static_cast<std::int64_t>(*first) < 300;
    return fresh && (verification.verdict == Verdict::valid || verification.code == "timestamp_too_old");
  };
}

// The age is that of the last field, the signature's that of the first.
void two_fields(FakeCheck& check) {
  check.endpoint.accepts = [&check](const http::Request& request, const Verification&) {
    const auto fields = request.headers.find_all("X-Slack-Request-Timestamp");
    const auto last = fields.empty() ? std::nullopt : parse_unsigned(fields.back());
    if (!last || SystemClock().now() / 1000 - static_cast<std::int64_t>(*last) > 300) return false;
    http::Request first = request;
    first.headers.set("X-Slack-Request-Timestamp", std::string(fields.front()));
    const Verification verification = check.endpoint.verify(first);
    return verification.verdict == Verdict::valid || verification.code == "timestamp_too_old";
  };
}

// Large numbers become dates that there are not.
void no_such_date(FakeCheck& check) {
  check.endpoint.first = [](http::Request& request) -> std::optional<http::Response> {
    if (request.headers.find("X-Slack-Request-Timestamp").value_or("").size() < 14) return std::nullopt;
    return FakeEndpoint::say(500, "RangeError: Invalid time value");
  };
}

void strict(FakeCheck& check) {
  check.endpoint.accepts = [](const http::Request&, const Verification& verification) {
    return verification.verdict == Verdict::valid && verification.age_ms.value_or(0) < 120'000;
  };
}

struct Flaw {
  std::string rule;
  std::string provider;
  std::function<void(FakeCheck&)> flaw;
};

}  // namespace

TEST_CASE("each rule about times finds its flaw") {
  const std::vector<Flaw> flaws{
      {"time/stale", "stripe", ignoring("timestamp_too_old")},
      {"time/stale", "linear", ignoring("timestamp_too_old")},
      {"time/stale", "plaid", ignoring("timestamp_too_old")},
      {"time/ahead", "standard-webhooks", ignoring("timestamp_in_future")},
      {"time/missing", "slack", ignoring("missing_header")},
      {"time/missing", "stripe", ignoring("malformed_signature")},
      {"time/junk", "slack", ignoring("malformed_timestamp")},
      {"time/milliseconds", "standard-webhooks", ignoring("malformed_timestamp")},
      {"time/overflow", "slack", no_such_date},
      {"time/changed", "stripe", ignoring("signature_mismatch")},
      {"time/changed", "linear", ignoring("signature_mismatch")},
      {"time/doubled", "stripe", two_parsers},
      {"time/doubled", "slack", two_fields},
      {"time/tolerance", "stripe", strict},
  };
  for (const Flaw& flaw : flaws) {
    CAPTURE(flaw.rule);
    CAPTURE(flaw.provider);
    FakeCheck check(flaw.provider);
    start(check);
    flaw.flaw(check);
    const std::string verdict = check.verdict(rules(), flaw.rule);
    CHECK_MESSAGE((!verdict.empty() && !verdict.starts_with("skipped") && !verdict.starts_with("error")), "verdict: " << verdict);
  }
}

TEST_CASE("what the provider's own library lets pass is not asked for") {
  FakeCheck stripe("stripe");
  CHECK(stripe.verdict(rules(), "time/ahead") == "skipped: the provider does not ask to refuse events from ahead");
  CHECK(stripe.verdict(rules(), "time/milliseconds") == "skipped: the provider does not ask to refuse events from ahead");
  FakeCheck discord("discord");
  CHECK(discord.verdict(rules(), "time/stale") == "skipped: the provider names no age beyond which an event is refused");
  FakeCheck github("github");
  for (const RuleCode& rule : rules()) CHECK(github.verdict(rules(), rule.id) == "skipped: the signature scheme has no timestamp");
}

TEST_CASE("nothing is found in a sound endpoint of any provider, and few requests are needed") {
  for (const std::string& id : test::check_catalog().ids()) {
    FakeCheck check(id, false);
    CAPTURE(id);
    start(check);
    REQUIRE(!check.bench().learnt().handled.empty());
    const std::uint64_t before = check.bench().requests();
    for (const RuleCode& rule : rules()) {
      const std::string verdict = check.verdict(rules(), rule.id);
      CAPTURE(rule.id);
      CHECK_MESSAGE((verdict.empty() || verdict.starts_with("skipped: ")), "verdict: " << verdict);
    }
    CHECK(check.bench().requests() - before <= 22);
  }
}
