// Delivering on a schedule, with a client that answers from a list and time that stands still.
#include <doctest/doctest.h>

#include "delivery/deliver.hpp"

using namespace hookctl;
using namespace hookctl::delivery;

namespace {

// Gives the prepared results in turn, the last one for ever; remembers what it was asked to send.
class ListedClient final : public http::Client {
 public:
  explicit ListedClient(std::vector<http::SendResult> results) : results_(std::move(results)) {}
  http::SendResult send(const http::Outgoing& message, std::int64_t timeout_ms) override {
    sent.push_back(message.body);
    timeouts.push_back(timeout_ms);
    return results_[std::min(sent.size(), results_.size()) - 1];
  }
  std::vector<std::string> sent;
  std::vector<std::int64_t> timeouts;

 private:
  std::vector<http::SendResult> results_;
};

http::SendResult answer(int status, http::Headers headers = {}) {
  http::Response response;
  response.status = status;
  response.headers = std::move(headers);
  return response;
}

http::SendResult fault(http::SendFault kind) { return http::SendFailure{kind, "words"}; }

Result<http::Outgoing> numbered(std::size_t attempt, const Attempt*) {
  http::Outgoing message;
  message.body = "try " + std::to_string(attempt);
  return message;
}

struct Run {
  Delivery delivery;
  std::vector<std::string> sent;
  std::vector<std::int64_t> slept;
};

using Gaps = std::vector<std::int64_t>;

Rules with_gaps(Gaps gaps) {
  Rules rules;
  rules.gaps_ms = std::move(gaps);
  return rules;
}

Run run(std::vector<http::SendResult> results, Rules rules, std::size_t sleeps_allowed = 100, double scale = 1) {
  Run out;
  ListedClient client(std::move(results));
  const FixedClock clock(1'700'000'000'000);
  DeliverOptions options;
  options.timeout_ms = 1234;
  options.rules = std::move(rules);
  options.time_scale = scale;
  std::size_t told = 0;
  options.on_attempt = [&](const Attempt&, std::size_t number) { CHECK(number == told++); };
  options.sleep = [&](std::int64_t ms) {
    out.slept.push_back(ms);
    return out.slept.size() <= sleeps_allowed;
  };
  auto delivery = deliver(client, clock, numbered, options);
  REQUIRE(delivery);
  CHECK(told == delivery->attempts.size());
  out.delivery = *std::move(delivery);
  out.sent = client.sent;
  for (const std::int64_t timeout : client.timeouts) CHECK(timeout == 1234);
  return out;
}

}  // namespace

TEST_CASE("deliver: a 2xx is the end, each message is made for its try") {
  const Run all = run({answer(500), answer(299)}, with_gaps({10, 20, 30}));
  CHECK(all.delivery.delivered);
  REQUIRE(all.delivery.attempts.size() == 2);
  CHECK(all.sent == std::vector<std::string>{"try 0", "try 1"});
  CHECK(all.slept == Gaps{10});
  CHECK(all.delivery.attempts[0].next.next == Next::retry);
  CHECK(all.delivery.attempts[0].next.wait_ms == 10);
  CHECK(all.delivery.attempts[1].next.next == Next::done);
  CHECK(all.delivery.attempts[0].started_at == 1'700'000'000'000);
  CHECK(all.delivery.attempts[1].delivered);
  CHECK_FALSE(all.delivery.attempts[0].delivered);
}

TEST_CASE("deliver: everything else is tried again until the schedule ends") {
  for (const auto& result : {answer(199), answer(301), answer(400), answer(404), answer(429), answer(500), fault(http::SendFault::unreachable),
                             fault(http::SendFault::timeout), fault(http::SendFault::closed), fault(http::SendFault::malformed), fault(http::SendFault::tls)}) {
    const Run all = run({result}, with_gaps({1, 2}));
    CHECK_FALSE(all.delivery.delivered);
    REQUIRE(all.delivery.attempts.size() == 3);
    CHECK(all.slept == Gaps{1, 2});
    CHECK(all.delivery.attempts.back().next.next == Next::give_up);
    CHECK(all.delivery.attempts.back().next.why == "that was the last try");
  }
}

TEST_CASE("deliver: one try without a schedule") {
  const Run all = run({answer(503)}, {});
  CHECK(all.delivery.attempts.size() == 1);
  CHECK(all.slept.empty());
}

TEST_CASE("deliver: 410 ends it, undelivered") {
  const Run all = run({answer(500), answer(410), answer(200)}, with_gaps({1, 2, 3}));
  CHECK_FALSE(all.delivery.delivered);
  CHECK(all.delivery.attempts.size() == 2);
  CHECK(all.delivery.attempts.back().next.why == "410 is final: it is not tried again");
}

TEST_CASE("deliver: Retry-After lengthens a gap, never shortens it, and is capped at an hour") {
  const auto busy = [](const char* after) { return answer(503, {{"retry-after", after}}); };
  CHECK(run({busy("5"), answer(200)}, with_gaps({1'000})).slept == Gaps{5'000});
  CHECK(run({busy("1"), answer(200)}, with_gaps({60'000})).slept == Gaps{60'000});
  CHECK(run({busy("999999999999"), answer(200)}, with_gaps({1})).slept == Gaps{3'600'000});
  CHECK(run({busy("-5"), answer(200)}, with_gaps({7})).slept == Gaps{7});
  CHECK(run({busy("Wed, 21 Oct 2026 07:28:00 GMT"), answer(200)}, with_gaps({7})).slept == Gaps{7});
  CHECK(run({busy("5")}, {}).slept.empty());
  Rules deaf = with_gaps({7});
  deaf.honours_retry_after = false;
  CHECK(run({busy("5"), answer(200)}, deaf).slept == Gaps{7});
}

TEST_CASE("deliver: an interrupted wait ends the delivery with what was tried") {
  const Run all = run({answer(500)}, with_gaps({1, 2, 3}), 1);
  CHECK(all.delivery.attempts.size() == 2);
  CHECK(all.slept == Gaps{1, 2});
}

TEST_CASE("deliver: a sender's clock that runs faster has shorter waits") {
  const Run all = run({answer(500)}, with_gaps({3'600'000, 1}), 100, 1000);
  CHECK(all.slept == Gaps{3'600, 0});
  CHECK(all.delivery.attempts[0].next.wait_ms == 3'600'000);
}

TEST_CASE("deliver: the factory's error is the delivery's") {
  ListedClient client({answer(200)});
  const auto delivery = deliver(client, FixedClock(0), [](std::size_t, const Attempt*) -> Result<http::Outgoing> { return usage_error("no secret"); }, {});
  REQUIRE_FALSE(delivery);
  CHECK(delivery.error().message == "no secret");
  CHECK(client.sent.empty());
}

TEST_CASE("deliver: redirects are followed where the rules say so, five at most, within one try") {
  const auto moved = answer(302, {{"Location", "/next"}});
  const auto follow = [&](std::vector<http::SendResult> results, bool followed) {
    ListedClient client(std::move(results));
    DeliverOptions options;
    options.rules.follow_redirects = followed;
    options.redirect = [](const http::Outgoing& message, std::string_view location) -> Result<http::Outgoing> {
      http::Outgoing next = message;
      next.body += std::string(location);
      return next;
    };
    auto delivery = deliver(client, FixedClock(0), numbered, options);
    REQUIRE(delivery);
    REQUIRE(delivery->attempts.size() == 1);
    return std::pair(client.sent.size(), delivery->attempts[0]);
  };
  const auto [sent, attempt] = follow({moved, answer(200)}, true);
  CHECK(sent == 2);
  CHECK(attempt.delivered);
  CHECK(attempt.redirects == 1);
  CHECK(follow({moved}, true).first == 6);
  CHECK_FALSE(follow({moved}, true).second.delivered);
  CHECK(follow({moved, answer(200)}, false).first == 1);
  CHECK(follow({answer(302), answer(200)}, true).first == 1);  // without a Location
}

TEST_CASE("gaps: none and lists") {
  CHECK(parse_gaps("none")->empty());
  CHECK(parse_gaps("")->empty());
  CHECK(*parse_gaps("1s, 5s,1m,0.5") == Gaps{1'000, 5'000, 60'000, 500});
  for (const char* words : {"1x", "1s,,2s", ",", "1s,", "-1s", "soon", "provider,1s"}) {
    CAPTURE(std::string(words));
    const auto gaps = parse_gaps(words);
    REQUIRE_FALSE(gaps);
    CHECK(gaps.error().kind == ErrorKind::usage);
    CHECK(gaps.error().hint.find("1s,5s,1m") != std::string::npos);
  }
}

TEST_CASE("deliver: shortened waits put the sender's clock ahead by what they were cut, whatever the endpoint takes") {
  const Run fast = run({answer(500), answer(500), answer(500)}, with_gaps({1'000, 2'000}), 100, 1000);
  REQUIRE(fast.delivery.attempts.size() == 3);
  CHECK(fast.slept == Gaps{1, 2});
  CHECK(fast.delivery.attempts[0].ahead_ms == 0);
  CHECK(fast.delivery.attempts[1].ahead_ms == 999);
  CHECK(fast.delivery.attempts[2].ahead_ms == 2'997);
  CHECK(run({answer(500)}, with_gaps({1'000}), 100, 1).delivery.attempts[1].ahead_ms == 0);
}
