// Whole fuzz runs against sound endpoints: every phase, and no false alarm.
#include <doctest/doctest.h>

#include "check/rulebook.hpp"
#include "fuzz/campaign.hpp"
#include "fuzz_endpoint.hpp"

using namespace hookctl;

namespace {

void finds_nothing(test::FuzzCheck& check) {
  CAPTURE(check.subject.provider->id);
  const auto report = check.campaign();
  REQUIRE_MESSAGE(report.ok(), (report ? "" : report.error().message));
  std::string found;
  for (const report::Finding& finding : report->findings) {
    found += finding.rule + " " + finding.confidence.text() + ": " + finding.summary + " (" + finding.seen + ")\n" + finding.diff + "\n";
  }
  CHECK_MESSAGE(report->findings.empty(), found);
  CHECK(check.kept.empty());
  CHECK(report->tool == "hookctl fuzz");
  CHECK(report->rules.size() == fuzz::oracles().size() + check::rulebook().size());
  CHECK(report->count(report::Verdict::failed) == 0);
}

}  // namespace

TEST_CASE("fuzz campaign: no false alarm in any phase, for providers of every kind") {
  for (const std::string provider : {"stripe", "github", "slack", "standard-webhooks", "twilio", "generic"}) {
    test::FuzzCheck check(provider);
    if (check.subject.samples.size() > 2) check.subject.samples.resize(2);
    finds_nothing(check);
    CHECK(check.wire.sent.size() > 500);
    CHECK(check.barrage.requests > 100);
  }
}

TEST_CASE("fuzz campaign: no false alarm with a probe, as far as the time goes") {
  test::StripeFuzz check(true);
  check.options.time_limit_ms = 4'000;
  finds_nothing(check);
}
