// The rules about idempotency: each fires on its flaw and is silent on a sound endpoint.
#include <doctest/doctest.h>

#include <set>

#include "base/json_path.hpp"
#include "base/text.hpp"
#include "check_fake_endpoint.hpp"

using namespace hookctl;
using test::FakeCheck;

namespace {

std::string tried(FakeCheck& check, const std::string& rule) { return check.verdict(check::idempotency_rules(), "idempotency/" + rule); }

const std::vector<std::string> kQuickRules{"duplicate", "retried", "concurrent", "similar-ids", "forged-first", "nothing-lost"};
const std::vector<std::string> kSlowRules{"same-object", "broken-off", "sender-gone"};  // which wait in between

void keep(FakeCheck& check, const std::vector<std::string>& events) {
  std::vector<provider::Fixture> kept;
  for (const std::string& event : events) kept.push_back(*check.subject.sample(event));
  check.subject.samples = kept;
}

// A provider with an endpoint that takes four of its event types, one of them an update.
struct Stripe : FakeCheck {
  Stripe() : FakeCheck("stripe") {
    keep(*this, {"payment_intent.succeeded", "charge.refunded", "customer.subscription.updated", "invoice.payment_failed"});
  }
};

}  // namespace

TEST_CASE("check rules, idempotency: a sound endpoint passes them all, with few requests") {
  Stripe check;
  const auto before = check.bench().requests();
  for (const auto& rules : {kQuickRules, kSlowRules}) {
    for (const std::string& rule : rules) CHECK_MESSAGE(tried(check, rule) == "", rule);
  }
  CHECK(check.bench().requests() - before <= 55);
}

TEST_CASE("check rules, idempotency: providers of every kind pass with a sound endpoint, or the rule says why it does not apply") {
  for (const std::string id :
       {"adyen",   "aws-sns", "azure-event-grid", "discord",  "docusign", "github", "hubspot-v3",        "linear",   "mailgun", "meta",
        "netlify", "plaid",   "qstash",           "sendgrid", "slack",    "square", "standard-webhooks", "telegram", "twilio",  "xero"}) {
    FakeCheck check(id);
    if (check.subject.samples.size() > 4) check.subject.samples.resize(4);
    const bool has_ids = check::has_event_id(*check.subject.provider);
    for (const std::string& rule : kQuickRules) {
      const std::string verdict = tried(check, rule);
      CHECK_MESSAGE((verdict == "" || verdict.starts_with("skipped: ")), id, " ", rule, ": ", verdict);
      if (!has_ids) CHECK_MESSAGE(verdict.starts_with("skipped: "), id, " ", rule);
    }
  }
}

TEST_CASE("check rules, idempotency: a probe that only counts will do") {
  Stripe check;
  check.endpoint.ids_in_probe = false;
  for (const std::string& rule : kQuickRules) CHECK_MESSAGE(tried(check, rule) == "", rule);
  Stripe lossy;
  lossy.endpoint.ids_in_probe = false;
  lossy.bench();
  int count = 0;
  lossy.endpoint.work = [&](const http::Request&, const provider::EventName&) -> std::optional<http::Response> {
    if (++count % 6 == 0) return test::FakeEndpoint::json(200, {{"received", true}});
    return std::nullopt;
  };
  CHECK(tried(lossy, "nothing-lost").find("10 effects of 12 events") != std::string::npos);
}

TEST_CASE("check rules, idempotency: no de-duplication at all") {
  Stripe check;
  check.bench();
  check.endpoint.identity = [](const http::Request&, const provider::EventName&) { return std::string(); };
  CHECK(tried(check, "duplicate") == "the same delivery twice: 2 effects instead of 1");
  CHECK(tried(check, "retried").find("3 effects instead of 1") != std::string::npos);
  CHECK(tried(check, "concurrent").find("8 effects instead of 1") != std::string::npos);
  CHECK(tried(check, "sender-gone").find("2 effects") != std::string::npos);
}

TEST_CASE("check rules, idempotency: events are told apart by their signature") {
  Stripe check;
  check.bench();
  check.endpoint.identity = [](const http::Request& request, const provider::EventName&) {
    return std::string(*request.headers.find("Stripe-Signature"));
  };
  CHECK(tried(check, "duplicate") == "");
  CHECK(tried(check, "retried").find("3 effects instead of 1") != std::string::npos);
}

TEST_CASE("check rules, idempotency: looked up before it is noted") {
  Stripe check;
  check.bench();
  bool together = false;
  check.endpoint.on_plan = [&](const http::WirePlan& plan) {
    together = false;
    for (const http::WirePiece& piece : plan.pieces) together = together || piece.together;
  };
  check.endpoint.identity = [&](const http::Request&, const provider::EventName& name) { return together ? "" : name.id; };
  CHECK(tried(check, "duplicate") == "");
  const auto rules = check::idempotency_rules();
  auto outcome = check.outcome(rules[2]);
  REQUIRE(outcome);
  REQUIRE(outcome->fault);
  CHECK(outcome->fault->raced);
}

TEST_CASE("check rules, idempotency: those who come while the first is at work are told to come back") {
  Stripe check;
  check.bench();
  int at_once = 0;
  check.endpoint.on_plan = [&](const http::WirePlan& plan) {
    const bool together = std::any_of(plan.pieces.begin(), plan.pieces.end(), [](const auto& piece) { return piece.together; });
    at_once = together ? at_once + 1 : 0;
  };
  check.endpoint.first = [&](http::Request&) -> std::optional<http::Response> {
    if (at_once > 1) return test::FakeEndpoint::say(409, "at work");
    return std::nullopt;
  };
  CHECK(tried(check, "concurrent") == "");
}

TEST_CASE("check rules, idempotency: the object's id is taken for the event's") {
  Stripe check;
  check.endpoint.identity = [](const http::Request& request, const provider::EventName& name) {
    return name.type + json_text_at(request.body, "data.object.id").value_or("");
  };
  CHECK(tried(check, "same-object") == "two updates of one object, with ids of their own: an event was lost");
  // That is this rule's alone: plain events are lost as well.
  CHECK(tried(check, "duplicate") == "");
  CHECK(tried(check, "nothing-lost") == "");
  CHECK(tried(check, "similar-ids") == "");
}

TEST_CASE("check rules, idempotency: an event type that comes once for an object is no test of it") {
  FakeCheck check("stripe");
  keep(check, {"payment_intent.succeeded"});
  CHECK(tried(check, "same-object").starts_with("skipped: "));
}

TEST_CASE("check rules, idempotency: ids without case, cut ids, ids as doubles") {
  Stripe folding;
  folding.endpoint.identity = [](const http::Request&, const provider::EventName& name) { return lower(name.id); };
  CHECK(tried(folding, "similar-ids") == "ids that differ in the case of a letter: an event was lost");
  Stripe cutting;
  cutting.endpoint.identity = [](const http::Request&, const provider::EventName& name) { return name.id.substr(0, 28); };
  CHECK(tried(cutting, "similar-ids") == "ids of which one begins the other: an event was lost");
  // UUIDs have no case.
  FakeCheck uuids("github");
  keep(uuids, {"push", "issues.edited"});
  uuids.endpoint.identity = [](const http::Request&, const provider::EventName& name) { return lower(name.id); };
  CHECK(tried(uuids, "similar-ids") == "");
  FakeCheck numbers("generic");
  keep(numbers, {"ticket.updated"});
  numbers.subject.samples[0].body =
      R"({"id":81234502,"type":"ticket.updated","created_at":"2026-01-02T10:00:00Z","data":{"ticket_id":"TCK-1","status":"in_progress"}})";
  numbers.endpoint.identity = [](const http::Request&, const provider::EventName& name) {
    return name.id.starts_with("9") || name.id.starts_with("1") ? std::to_string(std::stod(name.id)) : name.id;
  };
  CHECK(tried(numbers, "similar-ids") == "ids beyond 2^53 that differ in the last digit: an event was lost");
}

TEST_CASE("check rules, idempotency: strange ids may be refused") {
  Stripe check;
  check.bench();
  check.endpoint.first = [](http::Request& request) -> std::optional<http::Response> {
    if (json_text_at(request.body, "id").value_or("").size() != 28) return test::FakeEndpoint::say(400, "no id");
    return std::nullopt;
  };
  CHECK(tried(check, "similar-ids") == "");
}

TEST_CASE("check rules, idempotency: an id is noted before anybody looks at the signature") {
  Stripe check;
  std::set<std::string> noted;
  check.endpoint.first = [&](http::Request& request) -> std::optional<http::Response> {
    const std::string id = json_text_at(request.body, "id").value_or("");
    const bool known = !noted.insert(id).second;
    if (check.endpoint.verify(request).verdict == signing::Verdict::invalid || !known) return std::nullopt;
    return test::FakeEndpoint::json(200, {{"received", true}});
  };
  CHECK(tried(check, "forged-first") == "forged requests with an event's id, then the event itself: an event was lost");
}

TEST_CASE("check rules, idempotency: an id is noted before the work is done, and the work fails") {
  Stripe check;
  check.bench();
  int count = 0;
  std::set<std::string> noted;
  check.endpoint.first = [&](http::Request& request) -> std::optional<http::Response> {
    if (!noted.insert(json_text_at(request.body, "id").value_or("")).second) return test::FakeEndpoint::json(200, {{"received", true}});
    if (++count % 6 == 0) return test::FakeEndpoint::say(500, "busy");
    return std::nullopt;
  };
  CHECK(tried(check, "nothing-lost").find("an event was lost") != std::string::npos);
  // One that gives the id back is sound.
  Stripe sound;
  sound.bench();
  int tries = 0;
  sound.endpoint.work = [&](const http::Request&, const provider::EventName&) -> std::optional<http::Response> {
    if (++tries % 6 == 0) return test::FakeEndpoint::say(500, "busy");
    return std::nullopt;
  };
  CHECK(tried(sound, "nothing-lost") == "");
}

TEST_CASE("check rules, idempotency: what breaks off or goes away is not done") {
  Stripe broken;
  broken.bench();
  std::set<std::string> noted;
  const auto id_in = [](const std::string& bytes) {
    const std::size_t at = bytes.find("evt_");
    return at == std::string::npos ? "" : bytes.substr(at, 28);
  };
  const auto note_cut = [&](const http::WirePlan& plan) {
    if (plan.ending != http::WirePlan::Ending::answers) {
      for (const http::WirePiece& piece : plan.pieces) noted.insert(id_in(piece.bytes));
    }
  };
  const auto drop_noted = [&](http::Request& request) -> std::optional<http::Response> {
    if (noted.contains(json_text_at(request.body, "id").value_or("-"))) return test::FakeEndpoint::json(200, {{"received", true}});
    return std::nullopt;
  };
  broken.endpoint.on_plan = note_cut;
  broken.endpoint.first = drop_noted;
  CHECK(tried(broken, "broken-off").find("an event was lost") != std::string::npos);
  CHECK(tried(broken, "sender-gone").find("an event was lost") != std::string::npos);
}

TEST_CASE("check rules, idempotency: an endpoint that does two things for each event") {
  Stripe check;
  check.endpoint.work = [&](const http::Request&, const provider::EventName& name) -> std::optional<http::Response> {
    check.endpoint.effects.push_back(name.id);
    return std::nullopt;
  };
  for (const std::string& rule : kQuickRules) CHECK_MESSAGE(tried(check, rule) == "", rule);
}
