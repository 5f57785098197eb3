// The rules about acknowledging in time.
#include <doctest/doctest.h>

#include "base/json_path.hpp"
#include "check_fake_endpoint.hpp"

using namespace hookctl;
using test::FakeCheck;

namespace {

std::string tried(FakeCheck& check, const std::string& rule) {
  return check.verdict(check::acknowledgement_rules(), "acknowledgement/" + rule);
}

class FakeListener : public check::Listener {
 public:
  std::string url(std::string_view token) override { return "http://127.0.0.1:9/" + std::string(token); }
  bool visited(std::string_view token) override { return visits.contains(std::string(token)); }
  void delay_answers(std::int64_t ms) override { delay_ms = ms; }
  // Fetches the URL that stands there; how long that takes.
  std::int64_t fetch(const std::string& text) {
    const std::string base = "http://127.0.0.1:9/";
    if (!text.starts_with(base)) return 1;
    visits.insert(text.substr(base.size()));
    return delay_ms;
  }
  std::set<std::string> visits;
  std::int64_t delay_ms{0};
};

// A provider one of whose events has a URL in it.
struct Orders : FakeCheck {
  Orders() : FakeCheck("standard-webhooks") {
    subject.samples.resize(1);
    subject.samples[0] = {
        "order.updated", "application/json",
        R"({"type":"order.updated","timestamp":"2026-01-02T10:04:00Z","data":{"id":"ord_500","status":"shipped","callback_url":"https://shop.example.com/cb"}})"};
    endpoint.known = {"order.updated"};
    FakeCheck::listener = &slow;
  }
  // Waits for the URL in the event before it answers, but no longer than this.
  void fetches(std::int64_t patience_ms) {
    endpoint.takes_ms = [this, patience_ms](const http::Request& request, const http::Response&) {
      return std::min(patience_ms, slow.fetch(json_text_at(request.body, "data.callback_url").value_or("")));
    };
  }
  FakeListener slow;
};

}  // namespace

TEST_CASE("check rules, acknowledgement: a sound endpoint passes them all, with few requests") {
  Orders check;
  const auto before = check.bench().requests();
  for (const char* rule : {"budget", "half-budget", "burst", "slow-downstream"}) CHECK_MESSAGE(tried(check, rule) == "", rule);
  CHECK(check.bench().requests() - before <= 20);
}

TEST_CASE("check rules, acknowledgement: too late, and nearly too late") {
  FakeCheck late("slack");
  late.subject.budget_ms = 3000;
  late.endpoint.takes_ms = [](const http::Request& request, const http::Response&) {
    return request.body.find("app_mention") != std::string::npos ? 3200 : 1;
  };
  CHECK(tried(late, "budget") == "a plain app_mention event was acknowledged too late");
  CHECK(tried(late, "half-budget") == "");
  FakeCheck half("slack");
  half.subject.budget_ms = 3000;
  half.endpoint.takes_ms = [](const http::Request& request, const http::Response&) {
    return request.body.find("app_mention") != std::string::npos ? 2000 : 1;
  };
  CHECK(tried(half, "budget") == "");
  CHECK(tried(half, "half-budget").find("more than half") != std::string::npos);
}

TEST_CASE("check rules, acknowledgement: a failure counts when it comes again, a refusal does not") {
  FakeCheck check("slack");
  check.bench();
  check::Shot shot = check.bench().learnt().tried.front();
  const std::string event = shot.made.event;
  shot.answer->status = 500;
  check.bench().learnt().tried = {shot};
  CHECK(tried(check, "budget") == "");  // it was once
  check.endpoint.first = [](http::Request&) -> std::optional<http::Response> { return test::FakeEndpoint::say(500, "oh"); };
  CHECK(tried(check, "budget") == "a plain " + event + " event was not acknowledged");
  shot.answer->status = 404;
  check.bench().learnt().tried = {shot};
  CHECK(tried(check, "budget") == "");
}

TEST_CASE("check rules, acknowledgement: many at once") {
  FakeCheck check("slack");
  check.bench();
  int together = 0;
  check.endpoint.on_plan = [&](const http::WirePlan& plan) {
    const bool grouped = std::any_of(plan.pieces.begin(), plan.pieces.end(), [](const auto& piece) { return piece.together; });
    together = grouped ? together + 1 : 0;
  };
  check.endpoint.first = [&](http::Request&) -> std::optional<http::Response> {
    if (together > 6) return test::FakeEndpoint::say(500, "no connection left");
    return std::nullopt;
  };
  CHECK(tried(check, "burst").find("8 events at once") != std::string::npos);
}

TEST_CASE("check rules, acknowledgement: it waits for a URL in the event") {
  Orders waiting;
  waiting.fetches(60'000);
  CHECK(tried(waiting, "slow-downstream").find("the acknowledgement waits for it") != std::string::npos);
  CHECK(waiting.slow.delay_ms == 0);
  Orders patient;  // but gives up in time
  patient.fetches(5'000);
  CHECK(tried(patient, "slow-downstream") == "");
  Orders short_of_time;
  short_of_time.subject.budget_ms = 3'000;
  short_of_time.fetches(60'000);
  CHECK(tried(short_of_time, "slow-downstream").find("the acknowledgement waits for it") != std::string::npos);
  Orders without;
  without.FakeCheck::listener = nullptr;
  CHECK(tried(without, "slow-downstream").starts_with("skipped: there is no listener"));
  FakeCheck no_links("dropbox");
  FakeListener listener;
  no_links.listener = &listener;
  CHECK(tried(no_links, "slow-downstream").starts_with("skipped: "));
}

TEST_CASE("check rules, acknowledgement: no provider's events make it stumble") {
  for (const std::string& id : test::check_catalog().ids()) {
    FakeCheck check(id);
    FakeListener listener;
    check.listener = &listener;
    for (const char* rule : {"budget", "half-budget", "burst", "slow-downstream"}) {
      const std::string verdict = tried(check, rule);
      CHECK_MESSAGE((verdict == "" || verdict.starts_with("skipped: ")), id, " ", rule, ": ", verdict);
    }
  }
}
