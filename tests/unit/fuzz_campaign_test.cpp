// Whole fuzz runs against an endpoint in memory: no false alarm, the same from the same seed, and an end that always comes.
#include <doctest/doctest.h>

#include <algorithm>

#include "fuzz/campaign.hpp"
#include "fuzz_endpoint.hpp"

using namespace hookctl;
using fuzz::Phase;
using report::Report;
using test::FakeEndpoint;
using test::StripeFuzz;

namespace {

Report finished(test::FuzzCheck& check) {
  auto report = check.campaign();
  REQUIRE_MESSAGE(report.ok(), (report ? "" : report.error().message));
  return *std::move(report);
}

std::string summaries(const Report& report) {
  std::string out;
  for (const report::Finding& finding : report.findings)
    out += finding.rule + " " + finding.confidence.text() + ": " + finding.summary + " (" + finding.seen + ")\n";
  return out;
}

// An endpoint that has more than one thing wrong with it.
void make_flawed(FakeEndpoint& endpoint) {
  endpoint.work = [](const http::Request& request, const provider::EventName&) -> std::optional<http::Response> {
    const auto body = nlohmann::json::parse(request.body, nullptr, false);
    const auto at = nlohmann::json::json_pointer("/data/object");
    if (!body.contains(at)) return FakeEndpoint::say(500, "no object");
    for (const char* name : {"customer", "currency", "status"}) {
      if (body[at].contains(name) && !body[at][name].is_string()) return FakeEndpoint::say(500, std::string("TypeError: ") + name);
    }
    return std::nullopt;
  };
}

const std::vector<Phase> kSearch{Phase::fields, Phase::sequences, Phase::adaptive};

}  // namespace

TEST_CASE("fuzz campaign: phases and their names") {
  CHECK(fuzz::phases() ==
        std::vector<Phase>{Phase::earlier, Phase::catalogue, Phase::fields, Phase::sequences, Phase::adaptive, Phase::destructive});
  for (const Phase phase : fuzz::phases()) CHECK(fuzz::parse_phase(fuzz::phase_name(phase)) == phase);
  for (const char* word : {"", "Fields", "field", "all", "fields "}) CHECK_FALSE(fuzz::parse_phase(word));
}

TEST_CASE("fuzz campaign: a flawed endpoint's findings are told, kept and counted once") {
  StripeFuzz check;
  make_flawed(check.endpoint);
  check.options.phases = kSearch;
  check.options.most_requests = 1'500;
  std::vector<fuzz::Progress> told;
  check.options.on_progress = [&](const fuzz::Progress& progress) { told.push_back(progress); };
  const Report report = finished(check);
  std::set<std::string> prints;
  std::size_t confirmed = 0;
  for (const report::Finding& finding : report.findings) {
    CHECK_MESSAGE(prints.insert(finding.fingerprint).second, finding.summary);
    confirmed += finding.confidence.confirmed() ? 1 : 0;
    CHECK(finding.after_requests <= report.requests);
  }
  CHECK(confirmed >= 3);
  CHECK_MESSAGE(confirmed <= 9, summaries(report));  // three places of three event types
  CHECK(check.kept.size() == confirmed);
  CHECK(report.failures(report::Severity::high) == confirmed);
  REQUIRE_FALSE(told.empty());
  CHECK(told.back().requests <= report.requests);
  CHECK(told.back().findings <= report.findings.size());
  CHECK(told.back().novelty > 1);
  for (std::size_t i = 1; i < told.size(); ++i) CHECK(told[i].requests >= told[i - 1].requests);
}

TEST_CASE("fuzz campaign: requests are counted, and never too many") {
  for (const std::uint64_t most : std::vector<std::uint64_t>{1, 2, 7, 20, 45, 80, 200, 333, 700}) {
    for (const bool flawed : {false, true}) {
      CAPTURE(most);
      CAPTURE(flawed);
      StripeFuzz check;
      if (flawed) make_flawed(check.endpoint);
      check.options.phases = kSearch;
      check.options.most_requests = most;
      const auto report = check.campaign();
      CHECK(check.wire.sent.size() <= most);
      if (!report) continue;  // not even enough to see whether it is there
      CHECK(report->requests <= most);
      CHECK(report->requests == check.wire.sent.size());
    }
  }
}

TEST_CASE("fuzz campaign: it ends when so many findings are confirmed") {
  for (const std::size_t most : std::vector<std::size_t>{1, 2}) {
    StripeFuzz check;
    make_flawed(check.endpoint);
    check.options.phases = kSearch;
    check.options.most_requests = 3'000;
    check.options.most_findings = most;
    const Report report = finished(check);
    CHECK(check.kept.size() == most);
    CHECK(report.failures(report::Severity::note) == most);
    CHECK(report.requests < 1'000);
  }
}

TEST_CASE("fuzz campaign: without an end of its own it goes on until the requests are used up") {
  for (const bool until_dry : {true, false}) {
    StripeFuzz check;
    check.subject.samples.resize(1);
    check.options.phases = {Phase::adaptive};
    check.options.until_dry = until_dry;
    check.options.most_requests = 3'000;
    const Report report = finished(check);
    CHECK_MESSAGE(report.findings.empty(), summaries(report));
    CHECK((report.requests > 2'500) == !until_dry);
    CHECK(report.requests <= 3'000);
    CHECK(check.barrage.requests > 100);
  }
}

TEST_CASE("fuzz campaign: the time ends it, and what is behind is skipped") {
  StripeFuzz check;
  check.options.time_limit_ms = 400;
  check.options.until_dry = false;
  const std::int64_t begun = steady_ms();
  const Report report = finished(check);
  CHECK(steady_ms() - begun < 20'000);
  CHECK_MESSAGE(report.findings.empty(), summaries(report));
  CHECK_FALSE(report.stopped.empty());
  CHECK(report.count(report::Verdict::skipped) > 0);
}

TEST_CASE("fuzz campaign: an interrupt ends it with a report of what is known") {
  for (const std::size_t after : std::vector<std::size_t>{12, 60, 300}) {
    StripeFuzz check;
    make_flawed(check.endpoint);
    check.options.phases = kSearch;
    check.interrupted = [&check, after] { return check.wire.sent.size() >= after; };
    const Report report = finished(check);
    CHECK(report.stopped == "interrupted");
    CHECK(check.wire.sent.size() <= after + 8);
    CHECK(report.findings.size() >= check.kept.size());
  }
}

TEST_CASE("fuzz campaign: an endpoint that is not there, or takes nothing, is an error") {
  StripeFuzz check;
  check.endpoint.down = true;
  const auto report = check.campaign();
  REQUIRE_FALSE(report.ok());
  CHECK(report.error().kind == ErrorKind::unavailable);
  StripeFuzz refuses;
  refuses.endpoint.accepts = [](const http::Request&, const signing::Verification&) { return false; };
  CHECK_FALSE(refuses.campaign().ok());
}

TEST_CASE("fuzz campaign: an endpoint that is gone for good ends it with what is known") {
  StripeFuzz check;
  test::FakeProgram program(check.endpoint);
  program.comes_up = false;
  check.program = &program;
  check.endpoint.first = [&](http::Request& request) -> std::optional<http::Response> {
    if (test::is_null(request, "data.object.customer")) check.endpoint.down = true;
    return std::nullopt;
  };
  check.options.phases = kSearch;
  const Report report = finished(check);
  CHECK_FALSE(report.stopped.empty());
  REQUIRE(report.findings.size() == 1);
  CHECK(report.findings[0].rule == "fuzz/ended");
  CHECK(report.findings[0].severity == report::Severity::critical);
  CHECK(check.kept.size() == 1);
  CHECK(report.rules.size() == fuzz::oracles().size());
}

namespace {

// Two runs at the same time on the same endpoint: even signatures are the same then.
class Runs {
 public:
  // What a run sends, in order.
  std::vector<std::string> sent(std::uint64_t seed, const std::vector<Phase>& phases, std::uint64_t ids = 77) const {
    StripeFuzz check(false, seed);
    check.clock.standing = now_;
    check.ids = SeededRandom(ids);
    make_flawed(check.endpoint);
    check.options.phases = phases;
    check.options.most_requests = 600;
    finished(check);
    return check.wire.sent;
  }

 private:
  UnixMs now_{SystemClock().now()};
};

std::size_t same_at_begin(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
}

}  // namespace

TEST_CASE("fuzz campaign: the same seed sends the same bytes, another one others") {
  const Runs runs;
  const auto first = runs.sent(1, {Phase::fields, Phase::sequences});
  const auto again = runs.sent(1, {Phase::fields, Phase::sequences});
  REQUIRE(first.size() > 100);
  CHECK(first.size() == again.size());
  const std::size_t same = same_at_begin(first, again);
  CHECK_MESSAGE(same == first.size(), same, " of ", first.size(), "\n", same < first.size() ? first[same].substr(0, 3'000) : "");
  const auto other = runs.sent(2, {Phase::fields, Phase::sequences});
  CHECK(same_at_begin(first, other) < first.size());
  const auto other_ids = runs.sent(1, {Phase::fields, Phase::sequences}, 78);
  CHECK(same_at_begin(first, other_ids) == 0);
  CHECK(first.size() == other_ids.size());  // ids decide nothing
}

TEST_CASE("fuzz campaign: the search of two runs begins alike; how far a burst goes is a matter of time") {
  const Runs runs;
  const auto first = runs.sent(1, {Phase::adaptive});
  const auto again = runs.sent(1, {Phase::adaptive});
  const std::size_t preflight = runs.sent(1, {Phase::earlier}).size();
  REQUIRE(first.size() > preflight);
  CHECK(same_at_begin(first, again) > preflight);
  CHECK(same_at_begin(first, runs.sent(9, {Phase::adaptive})) <= preflight);
}
