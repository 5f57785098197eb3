// The sequences phase: what is drawn claims only what holds, sound endpoints pass, and those with a flaw of their own are found.
#include <doctest/doctest.h>

#include <map>

#include "fuzz/sequences.hpp"
#include "fuzz_endpoint.hpp"

using namespace hookctl;
using check::Expect;
using check::Step;
using test::FakeEndpoint;
using test::StripeFuzz;

namespace {

const std::vector<std::string> kEvents{"a.made", "b.made", "c.made"};

bool is_right(const Step& step) {
  const bool right_key =
      step.signing.sign && step.signing.keys.size() == 1 && step.signing.keys[0].which == check::SigningKey::Which::right;
  return right_key && step.tampers.empty() && !step.wire.break_after && !step.wire.no_answer;
}

// What is wrong with a sequence, or "".
std::string unsound(const fuzz::Case& wanted, const std::vector<std::string>& with_effect, bool forgeries) {
  std::map<std::string, std::string> type_of;
  std::map<std::string, bool> comes;
  std::map<int, int> groups;
  int deliveries = 0;
  for (std::size_t i = 0; i < wanted.play.steps.size(); ++i) {
    const Step& step = wanted.play.steps[i];
    if (step.id.size() != 3 || step.id.front() != '{' || step.id.back() != '}') return "an id that is no label";
    if (type_of.contains(step.id) && type_of[step.id] != step.event) return "an event with two types";
    type_of[step.id] = step.event;
    if (std::find(kEvents.begin(), kEvents.end(), step.event) == kEvents.end()) return "an event that was not asked for";
    if (is_right(step) && step.expect != Expect::accepted) return "a right delivery that is not expected to be accepted";
    if (step.expect == Expect::accepted && (!is_right(step) || !step.redeliver))
      return "a forged or broken one that is expected to be accepted";
    const bool forged = step.signing.keys[0].which != check::SigningKey::Which::right;
    if (forged && (!forgeries || step.expect != Expect::refused || step.redeliver)) return "a forgery as it must not be";
    comes[step.id] = comes[step.id] || step.expect == Expect::accepted;
    if (step.group == 0 || groups[step.group]++ == 0)
      ++deliveries;
    else if (wanted.play.steps[i - 1].group != step.group)
      return "a group that stands apart";
  }
  for (const auto& [group, size] : groups) {
    if (group != 0 && size < 2) return "a group of one";
  }
  if (type_of.empty() || type_of.size() > 3 || deliveries < 3 || deliveries > 10) return "too many or too few";
  std::map<std::string, int> expected;
  for (const check::EffectCount& effect : wanted.play.effects) {
    if (effect.at_least != 1 || effect.at_most != 1) return "an effect that is not one";
    if (!type_of.contains(effect.id)) return "an effect of no event";
    ++expected[effect.id];
  }
  for (const auto& [id, type] : type_of) {
    if (!comes[id]) return "an event that never comes rightly";
    const bool counts = std::find(with_effect.begin(), with_effect.end(), type) != with_effect.end();
    if (expected[id] != (counts ? 1 : 0)) return "an effect of an event that has none, or none of one that has";
  }
  return "";
}

// Which oracle one of so many sequences breaks, of one event type.
std::string found_in(StripeFuzz& check, int sequences) {
  SeededRandom random(5);
  check.bench();
  for (int i = 0; i < sequences; ++i) {
    const std::string oracle = check.oracle(fuzz::sequence({StripeFuzz::kEvent}, {StripeFuzz::kEvent}, true, random));
    if (!oracle.empty()) return oracle;
  }
  return "";
}

// An endpoint whose memory of ids is kept in `seen`.
void dedupes_by(StripeFuzz& check, std::set<std::string>& seen, const std::function<bool()>& does_the_work) {
  check.endpoint.identity = [](const http::Request&, const provider::EventName&) { return std::string(); };
  check.endpoint.work = [&seen, does_the_work](const http::Request&, const provider::EventName& name) -> std::optional<http::Response> {
    const bool is_new = seen.insert(name.id).second;
    return is_new && does_the_work() ? std::nullopt : std::optional(FakeEndpoint::json(200, {{"received", true}}));
  };
}

}  // namespace

TEST_CASE("fuzz sequences: two thousand of them are sound") {
  SeededRandom random(11);
  for (int i = 0; i < 2'000; ++i) {
    const bool forgeries = i % 2 == 0;
    const std::vector<std::string> with_effect = i % 3 == 0   ? kEvents
                                                 : i % 3 == 1 ? std::vector<std::string>{"b.made"}
                                                              : std::vector<std::string>{};
    const fuzz::Case drawn = fuzz::sequence(kEvents, with_effect, forgeries, random);
    const std::string wrong = unsound(drawn, with_effect, forgeries);
    REQUIRE_MESSAGE(wrong.empty(), wrong, "\n", fuzz::write_case(drawn));
  }
}

TEST_CASE("fuzz sequences: every kind of delivery is drawn, and the same from the same numbers") {
  SeededRandom random(3);
  SeededRandom same(3);
  SeededRandom other(4);
  bool grouped = false, forged = false, broken = false, gone = false, reset = false, chunked = false, again = false, differs = false;
  for (int i = 0; i < 200; ++i) {
    const fuzz::Case drawn = fuzz::sequence(kEvents, kEvents, true, random);
    REQUIRE(fuzz::write_case(drawn) == fuzz::write_case(fuzz::sequence(kEvents, kEvents, true, same)));
    differs = differs || fuzz::write_case(drawn) != fuzz::write_case(fuzz::sequence(kEvents, kEvents, true, other));
    std::map<std::string, int> count;
    for (const Step& step : drawn.play.steps) {
      grouped = grouped || step.group != 0;
      forged = forged || step.expect == Expect::refused;
      broken = broken || step.wire.break_after;
      gone = gone || (step.wire.no_answer && !step.wire.reset);
      reset = reset || step.wire.reset;
      chunked = chunked || step.wire.chunked;
      again = again || (step.group == 0 && is_right(step) && count[step.id]++ > 0);
    }
  }
  for (const bool seen : {grouped, forged, broken, gone, reset, chunked, again, differs}) CHECK(seen);
}

TEST_CASE("fuzz sequences: a sound endpoint passes two hundred of them") {
  StripeFuzz check(true);
  CHECK(found_in(check, 200) == "");
}

TEST_CASE("fuzz sequences: providers of several kinds pass them, and the phase has no finding") {
  for (const std::string provider : {"stripe", "github", "slack", "standard-webhooks", "twilio", "generic"}) {
    CAPTURE(provider);
    test::FuzzCheck check(provider, true);
    if (check.subject.samples.size() > 2) check.subject.samples.resize(2);
    check.bench();
    const auto done = fuzz::try_sequences(check.bench(), check.pursuit());
    REQUIRE_MESSAGE(done.ok(), (done ? "" : done.error().message));
    CHECK(check.findings().empty());
  }
}

TEST_CASE("fuzz sequences: an endpoint without dedupe is found, and its sequence made smaller") {
  StripeFuzz check(true);
  check.endpoint.identity = [](const http::Request&, const provider::EventName&) { return std::string(); };
  check.subject.samples.resize(1);
  check.options.most_findings = 1;
  check.bench();
  const auto done = fuzz::try_sequences(check.bench(), check.pursuit());
  REQUIRE_MESSAGE(done.ok(), (done ? "" : done.error().message));
  REQUIRE_FALSE(check.findings().empty());
  const report::Finding& finding = check.findings().front();
  CHECK(finding.rule == "fuzz/twice");
  CHECK(finding.confidence.confirmed());
  REQUIRE(check.kept.size() == 1);
  REQUIRE(check.kept[0].recipe);
  CHECK(check.kept[0].recipe->play.steps.size() == 2);
  CHECK(check.oracle(*check.kept[0].recipe) == "fuzz/twice");
}

TEST_CASE("fuzz sequences: an endpoint that notes ids before it verifies is found") {
  StripeFuzz check(true);
  std::set<std::string> noted;
  std::set<std::string> forged;
  check.endpoint.accepts = [&](const http::Request& request, const signing::Verification& verification) {
    const std::string id = provider::name_event(*check.subject.provider, request).id;
    const bool right = verification.verdict != signing::Verdict::invalid;
    if (!right && !noted.contains(id)) forged.insert(id);
    return right;
  };
  bool work = true;
  dedupes_by(check, noted, [&] { return work; });
  const auto usual = check.endpoint.work;
  check.endpoint.work = [&, usual](const http::Request& request, const provider::EventName& name) {
    return forged.contains(name.id) ? std::optional(FakeEndpoint::json(200, {{"received", true}})) : usual(request, name);
  };
  CHECK(found_in(check, 100) == "fuzz/lost");
}

TEST_CASE("fuzz sequences: an endpoint that loses events when the sender goes away is found") {
  StripeFuzz check(true);
  std::set<std::string> noted;
  bool leaves = false;
  check.endpoint.on_plan = [&](const http::WirePlan& plan) { leaves = plan.ending != http::WirePlan::Ending::answers; };
  dedupes_by(check, noted, [&] { return !leaves; });
  CHECK(found_in(check, 100) == "fuzz/lost");
}

TEST_CASE("fuzz sequences: an endpoint that accepts forgeries is found") {
  StripeFuzz blind(true);
  blind.endpoint.accepts = [](const http::Request&, const signing::Verification&) { return true; };
  CHECK(found_in(blind, 100) == "fuzz/forgery");
}

TEST_CASE("fuzz sequences: an endpoint that asks for a length gets the event again as it should be") {
  StripeFuzz check(true);
  int refused = 0;
  check.endpoint.first = [&](http::Request& request) -> std::optional<http::Response> {
    if (request.framing != http::Framing::chunked) return std::nullopt;
    ++refused;
    return FakeEndpoint::say(411, "length");
  };
  check.bench();
  fuzz::Case chunked = test::odd_case(StripeFuzz::kEvent);
  Step& step = chunked.play.steps[0];
  step.expect = Expect::accepted;
  step.redeliver = true;
  step.wire.chunked = true;
  chunked.play.effects = {{.id = "{a}", .at_least = 1, .at_most = 1}};
  CHECK(check.oracle(chunked) == "");
  CHECK(refused == 1);
  CHECK(std::count(check.endpoint.effects.begin(), check.endpoint.effects.end(), check.bench().last_shot()->made.event_id) == 1);
  CHECK(found_in(check, 5) == "");
}

TEST_CASE("fuzz sequences: nothing is sent where no id says what is one event") {
  bool any = false;
  for (const std::string& provider : test::check_catalog().ids()) {
    const auto known = test::check_catalog().find(provider);
    if (any || !known.ok() || check::has_event_id(**known)) continue;
    any = true;
    CAPTURE(provider);
    test::FuzzCheck check(provider);
    const auto before = check.bench().requests();
    CHECK(fuzz::try_sequences(check.bench(), check.pursuit()).ok());
    CHECK(check.bench().requests() == before);
  }
  CHECK(any);
}
