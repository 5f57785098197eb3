// Earlier findings as rules: they fail as long as what was found shows, and tell what is mended from what cannot be told.
#include <doctest/doctest.h>

#include "check/case_trial.hpp"
#include "check/rulebook.hpp"
#include "fuzz/record.hpp"
#include "fuzz_endpoint.hpp"

using namespace hookctl;
using test::FakeEndpoint;
using test::odd_case;
using test::put;
using test::StripeFuzz;

namespace {

const std::string kEvent = StripeFuzz::kEvent;
const std::string kCustomer = "data.object.customer";

// What is found at an endpoint that fails on that value.
fuzz::Record found(const std::string& path = kCustomer) {
  StripeFuzz check;
  check.bench();
  test::fails_on_null(check.endpoint, {path});
  REQUIRE(check.pursuit().try_case(odd_case(kEvent, {put(path, "null")})).ok());
  REQUIRE(check.kept.size() == 1);
  return check.kept[0];
}

fuzz::Record found_rule(const std::string& rule) {
  fuzz::Record out;
  out.fingerprint = "0123456789abcdef";
  out.id = fuzz::record_id(out.fingerprint);
  out.rule = rule;
  out.summary = "a request without a signature was accepted";
  return out;
}

check::Outcome outcome(StripeFuzz& check, const fuzz::Record& record) {
  auto done = fuzz::suite_rule(record).trial(check.bench());
  REQUIRE_MESSAGE(done.ok(), (done ? "" : done.error().message));
  return *done;
}

report::Again again(const report::Report& report, const std::string& id) {
  for (const report::Earlier& earlier : report.earlier) {
    if (earlier.id == id) return earlier.again;
  }
  FAIL("it was not tried: " << id);
  return report::Again::cannot_tell;
}

}  // namespace

TEST_CASE("fuzz suite: the rule of a record has its words and severity") {
  const fuzz::Record record = found();
  const check::RuleCode rule = fuzz::suite_rule(record);
  CHECK(rule.id == "suite/" + record.id);
  REQUIRE(rule.words);
  CHECK(rule.words->id == rule.id);
  CHECK(rule.words->severity == record.severity);
  CHECK(rule.words->title.find(record.summary) != std::string::npos);
  CHECK(rule.words->why == fuzz::find_oracle("fuzz/server-error")->why);
  CHECK(rule.words->remedies.size() == fuzz::find_oracle("fuzz/server-error")->remedies.size());
  CHECK(fuzz::suite_rule(found_rule("signature/missing")).words->why == check::find_rule("signature/missing")->why);
  CHECK_FALSE(fuzz::suite_rule(found_rule("signature/of-tomorrow")).words->why.empty());
}

TEST_CASE("fuzz suite: a record fails on the flawed endpoint and passes on the mended one") {
  const fuzz::Record record = found();
  const auto read = fuzz::read_record(fuzz::write_record(record), "f.json");
  REQUIRE_MESSAGE(read.ok(), (read ? "" : read.error().message));
  StripeFuzz check;
  check.bench();
  test::fails_on_null(check.endpoint, {kCustomer});
  CHECK(outcome(check, *read).fault);
  CHECK(outcome(check, record).fault);
  check.endpoint.work = {};
  CHECK_FALSE(outcome(check, *read).fault);
  // Another fault at the same place is one, too; a 4xx is none.
  test::fails_on_null(check.endpoint, {kCustomer}, 502);
  CHECK(outcome(check, record).fault);
  test::fails_on_null(check.endpoint, {kCustomer}, 422);
  CHECK_FALSE(outcome(check, record).fault);
}

TEST_CASE("fuzz suite: an endpoint that serves nobody after it has not been mended") {
  const fuzz::Record record = found();
  StripeFuzz check;
  check.bench();
  bool broken = false;
  check.endpoint.first = [&](http::Request& request) -> std::optional<http::Response> {
    if (broken) return FakeEndpoint::say(500, "broken");
    broken = test::is_null(request, kCustomer);
    return std::nullopt;
  };
  const check::Outcome seen = outcome(check, record);
  REQUIRE(seen.fault);
  CHECK(seen.fault->summary.find("plain events") != std::string::npos);
  CHECK(seen.fault->shots.size() == 2);
}

TEST_CASE("fuzz suite: a rule without a recipe is tried as a whole, or says why not") {
  StripeFuzz check;
  check.bench();
  CHECK_FALSE(outcome(check, found_rule("signature/missing")).fault);
  check.endpoint.accepts = [](const http::Request&, const signing::Verification&) { return true; };
  CHECK(outcome(check, found_rule("signature/missing")).fault);
  for (const char* rule : {"signature/of-tomorrow", "fuzz/server-error", "idempotency/duplicate"}) {
    auto done = fuzz::suite_rule(found_rule(rule)).trial(check.bench());
    if (done) {
      CHECK_MESSAGE(!done->fault, rule);  // it needs no probe
    } else {
      CHECK_MESSAGE(done.error().kind == ErrorKind::usage, rule);
    }
  }
}

TEST_CASE("fuzz suite: a check runs it behind the rulebook, confirmed") {
  const fuzz::Record record = found();
  for (const bool mended : {false, true}) {
    StripeFuzz check;
    if (!mended) test::fails_on_null(check.endpoint, {kCustomer});
    const auto report = check::run(check.blank(), {.more = {fuzz::suite_rule(record)}});
    REQUIRE_MESSAGE(report.ok(), (report ? "" : report.error().message));
    REQUIRE(report->rules.size() == 1);
    CHECK(report->rules[0].rule.id == "suite/" + record.id);
    CHECK(report->rules[0].verdict == (mended ? report::Verdict::passed : report::Verdict::failed));
    REQUIRE(report->findings.size() == (mended ? 0u : 1u));
    if (mended) continue;
    CHECK(report->findings[0].confidence.text() == "3 of 3");
    CHECK(report->findings[0].severity == record.severity);
  }
}

TEST_CASE("fuzz suite: a campaign tells of earlier findings what became of them") {
  const fuzz::Record still = found();
  const fuzz::Record mended = found("data.object.currency");
  const fuzz::Record rule_mended = found_rule("signature/missing");
  fuzz::Record unknown = found_rule("signature/of-tomorrow");
  unknown.fingerprint = "ffff456789abcdef";
  unknown.id = fuzz::record_id(unknown.fingerprint);
  StripeFuzz check;
  test::fails_on_null(check.endpoint, {kCustomer});
  check.options.phases = {fuzz::Phase::earlier};
  check.options.earlier = {still, mended, rule_mended, unknown};
  std::vector<std::string> fixed;
  check.options.on_fixed = [&](const fuzz::Record& record) { fixed.push_back(record.id); };
  const auto report = check.campaign();
  REQUIRE_MESSAGE(report.ok(), (report ? "" : report.error().message));
  CHECK(report->earlier.size() == 4);
  CHECK(again(*report, still.id) == report::Again::still_there);
  CHECK(again(*report, mended.id) == report::Again::fixed);
  CHECK(again(*report, rule_mended.id) == report::Again::fixed);
  CHECK(again(*report, unknown.id) == report::Again::cannot_tell);
  CHECK(fixed == std::vector<std::string>{mended.id, rule_mended.id});
  CHECK(check.kept.empty());  // they are kept already
  for (const report::Earlier& earlier : report->earlier) {
    if (earlier.again == report::Again::cannot_tell) CHECK(earlier.reason.find("signature/of-tomorrow") != std::string::npos);
  }
}

TEST_CASE("fuzz suite: what shows only now and then is neither fixed nor still there") {
  const fuzz::Record record = found();
  StripeFuzz check;
  bool once = true;
  check.endpoint.work = [&](const http::Request& request, const provider::EventName&) -> std::optional<http::Response> {
    if (!test::is_null(request, kCustomer) || !std::exchange(once, false)) return std::nullopt;
    return FakeEndpoint::say(500, "no");
  };
  check.options.phases = {fuzz::Phase::earlier};
  check.options.earlier = {record};
  check.options.on_fixed = [](const fuzz::Record&) { FAIL("it is not fixed"); };
  const auto report = check.campaign();
  REQUIRE(report.ok());
  CHECK(again(*report, record.id) == report::Again::cannot_tell);
}

TEST_CASE("fuzz suite: what is known to fail is not tried again as something new") {
  const fuzz::Record record = found();
  StripeFuzz check;
  test::fails_on_null(check.endpoint, {kCustomer});
  check.options.phases = {fuzz::Phase::earlier, fuzz::Phase::fields};
  check.options.earlier = {record};
  check.options.most_requests = 400;
  const auto report = check.campaign();
  REQUIRE_MESSAGE(report.ok(), (report ? "" : report.error().message));
  CHECK(again(*report, record.id) == report::Again::still_there);
  CHECK(check.kept.empty());
  CHECK(report->findings.size() == 1);
}

TEST_CASE("check run: rules are added one after the other, and what follows from a failed one is skipped") {
  StripeFuzz check;
  check.endpoint.accepts = [](const http::Request&, const signing::Verification&) { return true; };
  check.bench();
  const auto rule = [](std::string_view id) {
    const auto& all = check::all_rules();
    return std::find_if(all.begin(), all.end(), [&](const check::RuleCode& code) { return code.id == id; });
  };
  for (const char* id : {"signature/missing", "signature/other-secret", "time/stale", "idempotency/duplicate"})
    REQUIRE(check.run().try_rule(*rule(id)).ok());
  CHECK(check.run().has_failed("signature/missing"));
  CHECK(check.run().has_failed("signature/other-secret"));
  CHECK_FALSE(check.run().has_failed("time/stale"));
  CHECK(check.run().gone().empty());
  const report::Report report = check.run().finish();
  REQUIRE(report.rules.size() == 4);
  CHECK(report.rules[0].rule.id == "signature/missing");  // in the order of the rulebook
  CHECK(report.count(report::Verdict::failed) == 2);
  CHECK(report.count(report::Verdict::skipped) == 2);
  CHECK(report.findings.size() == 2);
  CHECK(report.requests == check.wire.sent.size());
}

TEST_CASE("check run: a fault that was seen already is confirmed by trying it again") {
  for (const int shows : {0, 1, 2}) {
    CAPTURE(shows);
    StripeFuzz check;
    int left = shows;
    check::Outcome outcome;
    auto shot = check.bench().control();
    REQUIRE(shot.ok());
    outcome.fault = check::Fault{.summary = "it was odd", .expected = "2xx", .seen = "HTTP 500", .shots = {*shot}};
    outcome.again = [&left](check::Bench&) -> Result<check::Outcome> {
      check::Outcome again;
      if (left-- > 0) again.fault = check::Fault{};
      return again;
    };
    report::RuleResult result;
    result.rule = *fuzz::find_oracle("fuzz/late");
    REQUIRE(check.run().pursue({.id = "fuzz/late", .words = result.rule}, outcome, result).ok());
    REQUIRE(check.findings().size() == 1);
    CHECK(check.findings()[0].confidence.confirmed() == (shows == 2));
    CHECK(check.findings()[0].confidence.tries == 3);
    CHECK(result.findings == std::vector<std::string>{"F1"});
    CHECK((result.verdict == report::Verdict::failed) == (shows == 2));
    CHECK(check.run().has_failed("fuzz/late") == (shows == 2));
  }
}

TEST_CASE("check run: a fault that races needs two of ten") {
  for (const int every : {3, 100}) {
    StripeFuzz check;
    int tries = 0;
    check::Outcome outcome;
    outcome.fault = check::Fault{.summary = "it was odd", .expected = "2xx", .seen = "HTTP 500", .raced = true};
    outcome.fault->shots = {*check.bench().control()};
    outcome.again = [&](check::Bench&) -> Result<check::Outcome> {
      check::Outcome again;
      if (++tries % every == 0) again.fault = check::Fault{};
      return again;
    };
    report::RuleResult result;
    result.rule = *fuzz::find_oracle("fuzz/twice");
    REQUIRE(check.run().pursue({.id = "fuzz/twice", .words = result.rule}, outcome, result).ok());
    CHECK(check.findings()[0].confidence.confirmed() == (every == 3));
    CHECK(tries == (every == 3 ? 3 : 9));
  }
}

TEST_CASE("check run: an endpoint that stays down is gone, and the rules behind are skipped for it") {
  StripeFuzz check;
  test::FakeProgram program(check.endpoint);
  program.comes_up = false;
  check.program = &program;
  check.bench();
  CHECK(check.run().recover().ok());
  CHECK(check.run().gone().empty());
  CHECK(program.restarts == 0);
  check.endpoint.down = true;
  CHECK(check.run().recover().ok());
  CHECK_FALSE(check.run().gone().empty());
  CHECK(program.restarts == 1);
  REQUIRE(check.run().try_rule(check::all_rules().front()).ok());
  CHECK(check.run().report().rules.back().verdict == report::Verdict::skipped);
  CHECK(check.run().report().rules.back().reason == check.run().gone());
  CHECK_FALSE(check.run().report().stopped.empty());
}
