// What becomes of a failure: smaller, confirmed between controls, told apart from others, kept and tried again.
#include <doctest/doctest.h>

#include "check/case_trial.hpp"
#include "fuzz/describe.hpp"
#include "fuzz/pursuit.hpp"
#include "fuzz/record.hpp"
#include "fuzz_endpoint.hpp"

using namespace hookctl;
using fuzz::Case;
using report::Finding;
using test::FakeEndpoint;
using test::odd_case;
using test::put;
using test::StripeFuzz;

namespace {

const std::string kEvent = StripeFuzz::kEvent;
const std::string kObject = "data.object.";

// A group as the fields phase sends it: seven places are null.
Case many_nulls() {
  Case out = odd_case(kEvent);
  for (const char* name : {"amount", "capture_method", "client_secret", "currency", "customer", "livemode", "status"}) {
    out.play.steps[0].patches.push_back(put(kObject + name, "null"));
  }
  return out;
}

bool tried(test::FuzzCheck& check, const Case& wanted) {
  auto failed = check.pursuit().try_case(wanted);
  REQUIRE_MESSAGE(failed.ok(), (failed ? "" : failed.error().message));
  return *failed;
}

void looked(test::FuzzCheck& check) {
  auto done = check.pursuit().look_after();
  REQUIRE_MESSAGE(done.ok(), (done ? "" : done.error().message));
}

const Finding& only_finding(test::FuzzCheck& check) {
  REQUIRE(check.findings().size() == 1);
  return check.findings().front();
}

}  // namespace

TEST_CASE("fuzz pursuit: a path without its indices") {
  CHECK(fuzz::general_path("items[3].price") == "items[].price");
  CHECK(fuzz::general_path("[0].data[12][7].x") == "[].data[][].x");
  CHECK(fuzz::general_path("a.b1.c") == "a.b1.c");
  CHECK(fuzz::general_path("") == "");
  CHECK(fuzz::general_path("a[") == "a[");
}

TEST_CASE("fuzz pursuit: a sound endpoint gives no finding") {
  StripeFuzz check;
  CHECK_FALSE(tried(check, many_nulls()));
  CHECK(check.pursuit().last().shots.size() == 1);
  looked(check);
  CHECK(check.findings().empty());
  CHECK(check.kept.empty());
  CHECK_FALSE(check.pursuit().over());
}

TEST_CASE("fuzz pursuit: seven changes become the one that fails") {
  StripeFuzz check;
  check.clock.standing = SystemClock().now();
  check.bench();
  test::fails_on_null(check.endpoint, {kObject + "customer"});
  check.options.replay = "hookctl replay {finding} --secret env:S";
  check.options.arguments = {{"provider", "stripe"}, {"secret", "env:S"}};
  CHECK(tried(check, many_nulls()));
  const Finding& finding = only_finding(check);
  CHECK(finding.rule == "fuzz/server-error");
  CHECK(finding.confidence.text() == "3 of 3");
  CHECK(finding.places == std::vector<std::string>{"data.object.customer"});
  CHECK(finding.event == kEvent);
  CHECK(finding.summary.find("data.object.customer = null") != std::string::npos);
  CHECK(finding.diff.find("data.object.customer") != std::string::npos);
  CHECK(finding.command.empty());
  CHECK(finding.after_requests > 0);
  CHECK(check.pursuit().confirmed() == 1);
  CHECK(check.pursuit().is_known_place("data.object.customer"));
  CHECK_FALSE(check.pursuit().is_known_place("data.object.amount"));

  REQUIRE(check.kept.size() == 1);
  const fuzz::Record& record = check.kept[0];
  CHECK(record.id == fuzz::record_id(finding.fingerprint));
  CHECK(record.rule == "fuzz/server-error");
  CHECK(record.severity == report::Severity::high);
  CHECK(record.provider == "stripe");
  CHECK(record.seed == check.seed);
  CHECK(record.found_at == *check.clock.standing);
  CHECK(record.arguments == check.options.arguments);
  CHECK(finding.replay == "hookctl replay " + record.id + " --secret env:S");
  REQUIRE(record.recipe);
  REQUIRE(record.recipe->play.steps.size() == 1);
  CHECK(record.recipe->play.steps[0].patches.size() == 1);
}

TEST_CASE("fuzz pursuit: a finding's recipe reads back and fails again") {
  StripeFuzz check;
  check.bench();
  test::fails_on_null(check.endpoint, {kObject + "customer"});
  tried(check, many_nulls());
  const auto recipe = fuzz::read_case(only_finding(check).recipe, "recipe");
  REQUIRE_MESSAGE(recipe.ok(), (recipe ? "" : recipe.error().message));
  CHECK(check.oracle(*recipe) == "fuzz/server-error");
  check.endpoint.work = {};
  CHECK(check.oracle(*recipe) == "");
  REQUIRE(check.kept[0].recipe);
  CHECK(fuzz::write_case(*check.kept[0].recipe) == only_finding(check).recipe);
}

TEST_CASE("fuzz pursuit: two changes where it takes two") {
  StripeFuzz check;
  check.bench();
  test::fails_on_null(check.endpoint, {kObject + "status", kObject + "currency"});
  CHECK(tried(check, many_nulls()));
  CHECK(only_finding(check).places == std::vector<std::string>{"data.object.currency", "data.object.status"});
  CHECK(only_finding(check).confidence.text() == "3 of 3");
}

TEST_CASE("fuzz pursuit: what shows once is told as unconfirmed, and neither counted nor kept") {
  StripeFuzz check;
  check.bench();
  bool once = true;
  check.endpoint.work = [&](const http::Request&, const provider::EventName&) -> std::optional<http::Response> {
    if (!std::exchange(once, false)) return std::nullopt;
    return FakeEndpoint::say(500, "no");
  };
  CHECK(tried(check, many_nulls()));
  const Finding& finding = only_finding(check);
  CHECK(finding.confidence.shown == 1);
  CHECK(finding.confidence.tries == 3);
  CHECK_FALSE(finding.confidence.confirmed());
  CHECK(check.pursuit().confirmed() == 0);
  CHECK(check.kept.empty());
  CHECK(check.run().report().failures(report::Severity::note) == 0);
  CHECK(finding.replay.empty());
  check.pursuit().finish();
  for (const report::RuleResult& result : check.run().report().rules)
    CHECK_MESSAGE(result.verdict == report::Verdict::passed, result.rule.id);
}

TEST_CASE("fuzz pursuit: an endpoint that fails every other time is not confirmed") {
  StripeFuzz check;
  check.bench();
  int count = 0;
  check.endpoint.work = [&](const http::Request& request, const provider::EventName&) -> std::optional<http::Response> {
    if (!test::is_null(request, kObject + "customer") || ++count % 2 == 0) return std::nullopt;
    return FakeEndpoint::say(500, "no");
  };
  CHECK(tried(check, odd_case(kEvent, {put(kObject + "customer", "null")})));
  CHECK_FALSE(only_finding(check).confidence.confirmed());
  CHECK(check.pursuit().confirmed() == 0);
  CHECK(check.kept.empty());
}

TEST_CASE("fuzz pursuit: an outage of everything is nobody's fault") {
  StripeFuzz check;
  check.bench();
  int left = 3;  // the odd event and the controls after it
  check.endpoint.first = [&](http::Request&) { return left-- > 0 ? std::optional(FakeEndpoint::say(502, "bad gateway")) : std::nullopt; };
  CHECK(tried(check, odd_case(kEvent, {put(kObject + "customer", "null")})));
  CHECK(check.pursuit().confirmed() == 0);
  CHECK(check.kept.empty());
  CHECK(check.run().gone().empty());
}

TEST_CASE("fuzz pursuit: alike causes are counted, others told") {
  StripeFuzz check;
  check.bench();
  check.endpoint.work = [](const http::Request& request, const provider::EventName&) -> std::optional<http::Response> {
    const auto body = nlohmann::json::parse(request.body);
    if (!body["data"]["object"]["customer"].is_string()) return FakeEndpoint::say(500, "TypeError: customer");
    if (!body["data"]["object"]["currency"].is_string()) return FakeEndpoint::say(500, "TypeError: currency");
    return std::nullopt;
  };
  tried(check, odd_case(kEvent, {put(kObject + "customer", "null")}));
  for (const char* value : {"7", "[]", "{}"}) tried(check, odd_case(kEvent, {put(kObject + "customer", value)}));
  CHECK(only_finding(check).alike == 3);
  CHECK(check.kept.size() == 1);
  CHECK(check.pursuit().confirmed() == 1);
  tried(check, odd_case(kEvent, {put(kObject + "currency", "null")}));
  REQUIRE(check.findings().size() == 2);
  CHECK(check.findings()[0].alike == 3);
  CHECK(check.findings()[1].alike == 0);
  CHECK(check.findings()[0].fingerprint != check.findings()[1].fingerprint);
  CHECK(check.findings()[1].id == "F2");
  CHECK(check.kept.size() == 2);
}

TEST_CASE("fuzz pursuit: the same finding has the same fingerprint another day") {
  std::vector<std::string> prints;
  for (const std::uint64_t seed : std::vector<std::uint64_t>{1, 2}) {
    StripeFuzz check(false, seed);
    check.ids = SeededRandom(1'000 + seed);
    check.bench();
    test::fails_on_null(check.endpoint, {kObject + "customer"});
    tried(check, many_nulls());
    prints.push_back(only_finding(check).fingerprint);
  }
  CHECK(prints[0] == prints[1]);
}

TEST_CASE("fuzz pursuit: an event that breaks the ones behind it is found among those before a look") {
  StripeFuzz check;
  check.bench();
  bool broken = false;
  int served = 0;
  check.endpoint.first = [&](http::Request& request) -> std::optional<http::Response> {
    if (test::is_null(request, kObject + "customer")) {
      broken = true;
      served = 0;
      return FakeEndpoint::say(400, "no");
    }
    if (broken && ++served > 1) broken = false;  // somebody restarts it
    return broken ? std::optional(FakeEndpoint::say(500, "broken")) : std::nullopt;
  };
  CHECK_FALSE(tried(check, odd_case(kEvent, {put(kObject + "currency", "null")})));
  CHECK_FALSE(tried(check, odd_case(kEvent, {put(kObject + "customer", "null"), put(kObject + "status", "null")})));
  CHECK(check.findings().empty());
  looked(check);
  const Finding& finding = only_finding(check);
  CHECK(finding.rule == "fuzz/unhealthy");
  CHECK(finding.places == std::vector<std::string>{"data.object.customer"});
  CHECK(finding.confidence.text() == "3 of 3");
  CHECK(check.kept.size() == 1);
}

TEST_CASE("fuzz pursuit: a plain event that fails once proves nothing against the odd ones") {
  StripeFuzz check;
  check.bench();
  CHECK_FALSE(tried(check, odd_case(kEvent, {put(kObject + "customer", "null")})));
  bool once = true;
  check.endpoint.first = [&](http::Request&) {
    return std::exchange(once, false) ? std::optional(FakeEndpoint::say(500, "no")) : std::nullopt;
  };
  looked(check);
  CHECK(check.findings().empty());
  CHECK(check.kept.empty());
}

TEST_CASE("fuzz pursuit: a program that ends is started anew, and the event that ended it is found") {
  StripeFuzz check;
  test::FakeProgram program(check.endpoint);
  check.program = &program;
  check.bench();
  check.endpoint.first = [&](http::Request& request) -> std::optional<http::Response> {
    if (!test::is_null(request, kObject + "customer")) return std::nullopt;
    check.endpoint.down = true;
    http::Response nothing;
    nothing.status = 0;
    return nothing;
  };
  CHECK(tried(check, many_nulls()));
  const Finding& finding = only_finding(check);
  CHECK(finding.rule == "fuzz/ended");
  CHECK(finding.severity == report::Severity::critical);
  CHECK(finding.confidence.text() == "3 of 3");
  CHECK(finding.places == std::vector<std::string>{"data.object.customer"});
  CHECK(program.restarts >= 3);
  CHECK(check.run().gone().empty());
}

TEST_CASE("fuzz pursuit: an endpoint that does not come back ends it, with what is known") {
  StripeFuzz check;
  test::FakeProgram program(check.endpoint);
  program.comes_up = false;
  check.program = &program;
  check.bench();
  check.endpoint.first = [&](http::Request& request) -> std::optional<http::Response> {
    if (test::is_null(request, kObject + "customer")) check.endpoint.down = true;
    return std::nullopt;
  };
  CHECK(tried(check, many_nulls()));
  CHECK(check.pursuit().over());
  CHECK_FALSE(check.run().gone().empty());
  const Finding& finding = only_finding(check);
  CHECK(finding.rule == "fuzz/ended");
  CHECK(finding.severity == report::Severity::critical);
  CHECK(finding.confidence.confirmed());
  CHECK(check.kept.size() == 1);
}

TEST_CASE("fuzz pursuit: silence is made smaller with less patience, and found") {
  StripeFuzz check;
  check.bench().learnt().slowest_ms = 1;
  check.endpoint.takes_ms = [](const http::Request& request, const http::Response&) {
    return test::is_null(request, kObject + "customer") ? 1'000'000 : 1;
  };
  CHECK(tried(check, many_nulls()));
  const Finding& finding = only_finding(check);
  CHECK(finding.rule == "fuzz/no-answer");
  CHECK(finding.confidence.confirmed());
  const auto recipe = fuzz::read_case(finding.recipe, "recipe");
  REQUIRE(recipe.ok());
  CHECK_FALSE(recipe->play.steps[0].wire.patience_ms);
}

TEST_CASE("fuzz pursuit: it is over when requests, findings or patience are used up") {
  SUBCASE("requests") {
    StripeFuzz check;
    check.options.most_requests = check.bench().requests() + 60;
    CHECK_FALSE(check.pursuit().over());
    while (!check.pursuit().over()) tried(check, odd_case(kEvent));
    CHECK(check.bench().requests() <= *check.options.most_requests);
  }
  SUBCASE("findings") {
    StripeFuzz check;
    check.options.most_findings = 1;
    check.bench();
    test::fails_on_null(check.endpoint, {kObject + "customer"});
    CHECK_FALSE(check.pursuit().over());
    tried(check, many_nulls());
    CHECK(check.pursuit().over());
  }
  SUBCASE("somebody interrupts") {
    StripeFuzz check;
    bool stop = false;
    check.interrupted = [&] { return stop; };
    CHECK_FALSE(check.pursuit().over());
    stop = true;
    CHECK(check.pursuit().over());
    const auto failed = check.pursuit().try_case(odd_case(kEvent));
    REQUIRE_FALSE(failed.ok());
    CHECK(failed.error().kind == ErrorKind::interrupted);
  }
  SUBCASE("time") {
    StripeFuzz check;
    CHECK_FALSE(check.pursuit().over());
    check.bench().deadline = steady_ms();
    CHECK(check.pursuit().over());
  }
}

TEST_CASE("fuzz pursuit: the oracles' verdicts go into the report, one each") {
  StripeFuzz check;
  check.bench();
  test::fails_on_null(check.endpoint, {kObject + "customer"});
  tried(check, many_nulls());
  check.pursuit().finish();
  const auto& rules = check.run().report().rules;
  REQUIRE(rules.size() == fuzz::oracles().size());
  for (const report::RuleResult& result : rules) {
    const bool failed = result.rule.id == "fuzz/server-error";
    CHECK_MESSAGE((result.verdict == report::Verdict::failed) == failed, result.rule.id);
    CHECK(result.findings.size() == (failed ? 1u : 0u));
  }
}

TEST_CASE("fuzz pursuit: a rule of the catalogue is kept without a recipe") {
  StripeFuzz check;
  check.bench();
  check.endpoint.accepts = [](const http::Request&, const signing::Verification&) { return true; };
  const auto& all = check::all_rules();
  const auto rule = std::find_if(all.begin(), all.end(), [](const check::RuleCode& code) { return code.id == "signature/missing"; });
  REQUIRE(rule != all.end());
  REQUIRE(check.pursuit().try_rule(*rule).ok());
  CHECK(only_finding(check).rule == "signature/missing");
  REQUIRE(check.kept.size() == 1);
  CHECK_FALSE(check.kept[0].recipe);
  CHECK(check.pursuit().confirmed() == 1);
}
