// Every oracle of a fuzz run: where it fires, and what it must let pass. (Unhealthy needs more deliveries: fuzz_pursuit_test; memory:
// fuzz_memory_test.)
#include <doctest/doctest.h>

#include "fuzz/oracles.hpp"
#include "fuzz_endpoint.hpp"

using namespace hookctl;
using check::Expect;
using test::FakeEndpoint;
using test::odd_case;
using test::put;
using test::StripeFuzz;

namespace {

const std::string kEvent = StripeFuzz::kEvent;
const std::string kCustomer = "data.object.customer";

// Answers every new event so, without an effect.
void answers(FakeEndpoint& endpoint, http::Response response) {
  endpoint.work = [response](const http::Request&, const provider::EventName&) { return std::optional(response); };
}

// The word of FakeEndpoint for a connection that ends without an answer.
http::Response nothing() {
  http::Response out;
  out.status = 0;
  return out;
}

http::Response with_retry(int status) {
  http::Response out = FakeEndpoint::say(status, "busy");
  out.headers.add("Retry-After", "0");
  return out;
}

fuzz::Case expecting(Expect expect) {
  fuzz::Case out = odd_case(kEvent);
  out.play.steps[0].expect = expect;
  return out;
}

// What the oracles say when the endpoint is made so once it is known.
std::string after(const std::function<void(StripeFuzz&)>& flaw, const fuzz::Case& wanted, bool with_probe = false) {
  StripeFuzz check(with_probe);
  check.bench();
  flaw(check);
  return check.oracle(wanted);
}

}  // namespace

TEST_CASE("fuzz oracles: twelve, in their order, with words and remedies") {
  std::vector<std::string> ids;
  for (const report::Rule& rule : fuzz::oracles()) {
    ids.push_back(rule.id);
    CHECK(fuzz::find_oracle(rule.id) == &rule);
    for (const std::string* text : {&rule.title, &rule.what, &rule.why, &rule.source}) CHECK_FALSE(text->empty());
    CHECK_FALSE(rule.remedies.empty());
    CHECK(rule.severity >= report::Severity::high);
  }
  CHECK(ids == std::vector<std::string>{"fuzz/server-error", "fuzz/no-answer", "fuzz/ended", "fuzz/unhealthy", "fuzz/late",
                                        "fuzz/refused-valid", "fuzz/forgery", "fuzz/twice", "fuzz/lost", "fuzz/computed", "fuzz/fetched",
                                        "fuzz/memory"});
  CHECK(fuzz::find_oracle("fuzz/none") == nullptr);
  CHECK(fuzz::find_oracle("signature/missing") == nullptr);
}

TEST_CASE("fuzz oracles: a sound endpoint, and nothing played at all") {
  StripeFuzz check;
  CHECK(check.oracle(odd_case(kEvent, {put(kCustomer, "null")})) == "");
  CHECK(check.oracle(expecting(Expect::accepted)) == "");
  CHECK_FALSE(fuzz::look(check.bench(), odd_case(kEvent), {}, {}));
}

TEST_CASE("fuzz oracles: a 5xx to an odd event is a server error") {
  const auto flaw = [](int status) { return [status](StripeFuzz& check) { test::fails_on_null(check.endpoint, {kCustomer}, status); }; };
  const fuzz::Case odd = odd_case(kEvent, {put(kCustomer, "null")});
  for (const int status : {500, 501, 502, 504, 599}) CHECK_MESSAGE(after(flaw(status), odd) == "fuzz/server-error", status);
  CHECK(after(flaw(500), odd_case(kEvent)) == "");
  for (const int status : {400, 404, 409, 413, 422, 200, 204}) CHECK_MESSAGE(after(flaw(status), odd) == "", status);

  StripeFuzz check;
  check.bench();
  test::fails_on_null(check.endpoint, {kCustomer}, 502);
  const auto failure = check.look(odd);
  REQUIRE(failure);
  CHECK(failure->mark.starts_with("502 5xx text/plain "));
  CHECK(failure->fault.seen.starts_with("HTTP 502"));
  CHECK(failure->fault.shots.size() == 1);
}

TEST_CASE("fuzz oracles: an endpoint that asks for time is right to") {
  const auto says = [](http::Response response) { return [response](StripeFuzz& check) { answers(check.endpoint, response); }; };
  CHECK(after(says(with_retry(429)), odd_case(kEvent)) == "");
  CHECK(after(says(with_retry(503)), odd_case(kEvent)) == "");
  CHECK(after(says(with_retry(503)), expecting(Expect::accepted)) == "");
  CHECK(after(says(FakeEndpoint::say(503, "busy")), odd_case(kEvent)) == "fuzz/server-error");
  CHECK(after(says(with_retry(500)), odd_case(kEvent)) == "fuzz/server-error");
}

TEST_CASE("fuzz oracles: silence is no answer, unless none was asked for") {
  const auto closes = [](StripeFuzz& check) { answers(check.endpoint, nothing()); };
  CHECK(after(closes, odd_case(kEvent)) == "fuzz/no-answer");
  CHECK(after(closes, expecting(Expect::accepted)) == "fuzz/no-answer");
  CHECK(after(closes, expecting(Expect::closed)) == "");
  CHECK(after(closes, expecting(Expect::anything)) == "");
  fuzz::Case gone = expecting(Expect::survived);
  gone.play.steps[0].wire.no_answer = true;
  const auto fails = [](StripeFuzz& check) { answers(check.endpoint, FakeEndpoint::say(500, "no")); };
  CHECK(after(fails, gone) == "");
  CHECK(after(fails, odd_case(kEvent)) == "fuzz/server-error");

  const auto hangs = [](StripeFuzz& check) {
    check.endpoint.takes_ms = [](const http::Request&, const http::Response&) { return 100'000'000; };
  };
  CHECK(after(hangs, odd_case(kEvent)) == "fuzz/no-answer");
  CHECK(after(hangs, expecting(Expect::closed)) == "fuzz/no-answer");
  for (const bool silent : {false, true}) {
    StripeFuzz check;
    check.bench();
    if (silent)
      hangs(check);
    else
      closes(check);
    const auto failure = check.look(odd_case(kEvent));
    REQUIRE(failure);
    CHECK(failure->mark == (silent ? "timeout" : "closed"));
  }
}

TEST_CASE("fuzz oracles: an endpoint that is gone has ended") {
  CHECK(after([](StripeFuzz& check) { check.endpoint.down = true; }, odd_case(kEvent)) == "fuzz/ended");
  CHECK(after([](StripeFuzz& check) { check.endpoint.down = true; }, expecting(Expect::refused)) == "fuzz/ended");

  StripeFuzz check;
  test::FakeProgram program(check.endpoint);
  check.program = &program;
  CHECK(check.oracle(odd_case(kEvent)) == "");
  answers(check.endpoint, nothing());
  CHECK(check.oracle(odd_case(kEvent)) == "fuzz/no-answer");  // it runs on
  // It answers rightly, and ends.
  check.endpoint.work = [&check](const http::Request&, const provider::EventName&) {
    check.endpoint.down = true;
    return std::optional(FakeEndpoint::say(200, "ok"));
  };
  CHECK(check.oracle(odd_case(kEvent)) == "fuzz/ended");
}

TEST_CASE("fuzz oracles: later than the provider waits is late, to the millisecond") {
  const std::int64_t budget_ms = StripeFuzz().subject.budget_ms;
  const auto takes = [](std::int64_t ms) {
    return [ms](StripeFuzz& check) { check.endpoint.takes_ms = [ms](const http::Request&, const http::Response&) { return ms; }; };
  };
  for (const Expect expect : {Expect::survived, Expect::accepted, Expect::closed}) {
    CHECK(after(takes(budget_ms - 1), expecting(expect)) == "");
    CHECK(after(takes(budget_ms), expecting(expect)) == "");
    CHECK(after(takes(budget_ms + 1), expecting(expect)) == "fuzz/late");
  }
  CHECK(after(takes(budget_ms + 1), expecting(Expect::anything)) == "");
  const auto refuses_late = [&](StripeFuzz& check) {
    takes(budget_ms + 1)(check);
    answers(check.endpoint, FakeEndpoint::say(400, "no"));
  };
  CHECK(after(refuses_late, odd_case(kEvent)) == "fuzz/late");
}

TEST_CASE("fuzz oracles: what is rightly sent is to be accepted") {
  const auto says = [](int status) { return [status](StripeFuzz& check) { answers(check.endpoint, FakeEndpoint::say(status, "no")); }; };
  for (const int status : {400, 401, 403, 413, 302})
    CHECK_MESSAGE(after(says(status), expecting(Expect::accepted)) == "fuzz/refused-valid", status);
  CHECK(after(says(400), expecting(Expect::survived)) == "");
  // A server may ask for a length, but only where there is none.
  fuzz::Case chunked = expecting(Expect::accepted);
  chunked.play.steps[0].wire.chunked = true;
  CHECK(after(says(411), chunked) == "");
  CHECK(after(says(411), expecting(Expect::accepted)) == "fuzz/refused-valid");
  CHECK(after(says(400), chunked) == "fuzz/refused-valid");
  // One that asks for a length may have another fault behind it.
  fuzz::Case two = chunked;
  two.play.steps.push_back(odd_case(kEvent).play.steps[0]);
  const auto also_fails = [](StripeFuzz& check) {
    check.endpoint.first = [](http::Request& request) {
      return std::optional(FakeEndpoint::say(request.framing == http::Framing::chunked ? 411 : 500, "no"));
    };
  };
  CHECK(after(also_fails, two) == "fuzz/server-error");
}

TEST_CASE("fuzz oracles: a duplicate may be told of in the answer") {
  StripeFuzz check(true);
  check.bench();
  std::set<std::string> seen;
  check.endpoint.work = [&](const http::Request&, const provider::EventName& name) -> std::optional<http::Response> {
    if (seen.insert(name.id).second)
      check.endpoint.effects.push_back(name.id);
    else
      return FakeEndpoint::say(200, "duplicate");
    return FakeEndpoint::json(200, {{"received", true}});
  };
  fuzz::Case twice = expecting(Expect::accepted);
  twice.play.steps.push_back(twice.play.steps[0]);
  twice.play.effects = {{.id = "{a}", .at_least = 1, .at_most = 1}};
  CHECK(check.oracle(twice) == "");
}

TEST_CASE("fuzz oracles: a forgery that is accepted, with and without a probe") {
  fuzz::Case forged = expecting(Expect::refused);
  forged.play.steps[0].signing.keys = {check::SigningKey{.which = check::SigningKey::Which::stranger}};
  const auto blind = [](StripeFuzz& check) {
    check.endpoint.accepts = [](const http::Request&, const signing::Verification&) { return true; };
  };
  // Says yes to everybody and does nothing, in the words of an accepted event or in its own.
  const auto polite = [](const http::Response& words) {
    return [words](StripeFuzz& check) {
      check.endpoint.first = [&check, words](http::Request& request) {
        return check.endpoint.verify(request).verdict == signing::Verdict::invalid ? std::optional(words) : std::nullopt;
      };
    };
  };
  for (const bool with_probe : {false, true}) {
    CAPTURE(with_probe);
    CHECK(after(blind, forged, with_probe) == "fuzz/forgery");
    CHECK(after([](StripeFuzz&) {}, forged, with_probe) == "");
    CHECK(after(polite(FakeEndpoint::say(200, "ignored")), forged, with_probe) == "");
    CHECK(after(polite(FakeEndpoint::say(500, "no")), forged, with_probe) == "fuzz/server-error");
    CHECK(after(polite(FakeEndpoint::json(200, {{"received", true}})), forged, with_probe) == (with_probe ? "" : "fuzz/forgery"));
  }
}

namespace {

fuzz::Case counted(std::int64_t at_least, std::int64_t at_most, int deliveries) {
  fuzz::Case out = expecting(Expect::accepted);
  while (static_cast<int>(out.play.steps.size()) < deliveries) out.play.steps.push_back(out.play.steps[0]);
  out.play.effects = {{.id = "{a}", .at_least = at_least, .at_most = at_most}};
  return out;
}

// Effects that show some readings later.
class LateProbe final : public check::EffectsProbe {
 public:
  explicit LateProbe(FakeEndpoint& endpoint) : endpoint_(endpoint) {}
  Result<check::Effects> read() override {
    past_.push_back(endpoint_.read().value());
    return past_[past_.size() > 3 ? past_.size() - 4 : 0];
  }

 private:
  FakeEndpoint& endpoint_;
  std::vector<check::Effects> past_;
};

}  // namespace

TEST_CASE("fuzz oracles: one effect for each event, be it by ids or by count") {
  for (const bool ids : {true, false}) {
    CAPTURE(ids);
    StripeFuzz check(true);
    check.endpoint.ids_in_probe = ids;
    CHECK(check.oracle(counted(1, 1, 1)) == "");
    CHECK(check.oracle(counted(1, 1, 3)) == "");
    check.endpoint.identity = [](const http::Request&, const provider::EventName&) { return std::string(); };  // no dedupe
    CHECK(check.oracle(counted(1, 1, 1)) == "");
    CHECK(check.oracle(counted(1, 1, 3)) == "fuzz/twice");
    CHECK(check.oracle(counted(1, 3, 3)) == "");
  }
}

TEST_CASE("fuzz oracles: an event that was answered with 2xx is done, if late") {
  StripeFuzz check(true);
  check.bench();
  answers(check.endpoint, FakeEndpoint::json(200, {{"received", true}}));
  CHECK(check.oracle(counted(1, 1, 1)) == "fuzz/lost");
  CHECK(check.oracle(counted(0, 1, 1)) == "");

  StripeFuzz slow(true);
  LateProbe late(slow.endpoint);
  slow.probe = &late;
  CHECK(slow.oracle(counted(1, 1, 1)) == "");
}

TEST_CASE("fuzz oracles: the result of an expression, by itself and not sent") {
  fuzz::Case odd = odd_case(kEvent, {put(kCustomer, "\"{{1337*7331}}\"")});
  odd.lures = {{.place = kCustomer, .word = "9801547"}};
  const auto answer_with = [&](const std::string& text, const fuzz::Case& wanted) {
    return after([&](StripeFuzz& check) { answers(check.endpoint, FakeEndpoint::say(200, text)); }, wanted);
  };
  for (const char* text : {"9801547", "result: 9801547.", "{\"x\":9801547}", "9801547.0", "19801547 or 9801547"}) {
    CHECK_MESSAGE(answer_with(text, odd) == "fuzz/computed", std::string(text));
  }
  for (const char* text : {"", "ok", "19801547", "98015470", "098015471", "980 1547", "took 12.9801547 s", "{{1337*7331}}"}) {
    CHECK_MESSAGE(answer_with(text, odd) == "", std::string(text));
  }
  // An endpoint that shows what it was sent: the word itself stood in it.
  fuzz::Case sent = odd;
  sent.play.steps[0].patches = {put(kCustomer, "\"9801547\"")};
  const auto echo = [](StripeFuzz& check) {
    check.endpoint.work = [](const http::Request& request, const provider::EventName&) {
      return std::optional(FakeEndpoint::say(200, request.body));
    };
  };
  CHECK(after(echo, sent) == "");
  CHECK(after(echo, odd) == "");
  fuzz::Case no_word = odd;
  no_word.lures[0].word = "";
  CHECK(answer_with("9801547", no_word) == "");
}

TEST_CASE("fuzz oracles: the result of an expression in the effects") {
  StripeFuzz check(true);
  fuzz::Case odd = odd_case(kEvent, {put(kCustomer, "\"{{1337*7331}}\"")});
  odd.lures = {{.place = kCustomer, .word = "9801547"}};
  odd.play.effects = {{.id = "{a}"}};
  CHECK(check.oracle(odd) == "");
  check.endpoint.state = {{"customer", "19801547"}};
  CHECK(check.oracle(odd) == "");
  check.endpoint.state = {{"customer", "9801547"}};
  const auto failure = check.look(odd);
  REQUIRE(failure);
  CHECK(failure->oracle == "fuzz/computed");
  CHECK(failure->fault.place == kCustomer);
  CHECK(failure->fault.seen.find("effects") != std::string::npos);
}

TEST_CASE("fuzz oracles: an address that is fetched") {
  StripeFuzz check;
  test::FakeListener ours;
  check.listener = &ours;
  fuzz::Case odd = odd_case(kEvent, {put(kCustomer, "\"{callback}\"")});
  odd.lures = {{.place = kCustomer, .fetch = true}};
  CHECK(check.oracle(odd) == "");
  ours.visits.insert("other");
  CHECK(check.oracle(odd) == "");
  check.endpoint.work = [&](const http::Request& request, const provider::EventName&) -> std::optional<http::Response> {
    ours.fetch_all(request.body);
    return std::nullopt;
  };
  CHECK(check.oracle(odd_case(kEvent)) == "");
  const auto failure = check.look(odd);
  REQUIRE(failure);
  CHECK(failure->oracle == "fuzz/fetched");
  CHECK(failure->fault.place == kCustomer);
  // Of an endpoint that fails as well the failure comes first.
  answers(check.endpoint, FakeEndpoint::say(500, "9801547"));
  CHECK(check.oracle(odd) == "fuzz/server-error");
}
