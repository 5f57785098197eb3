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

Result<http::Outgoing> numbered(std::size_t attempt) {
  http::Outgoing message;
  message.body = "try " + std::to_string(attempt);
  return message;
}

struct Run {
  Delivery delivery;
  std::vector<std::string> sent;
  std::vector<std::int64_t> slept;
  std::vector<std::optional<std::int64_t>> announced;
};

Run run(std::vector<http::SendResult> results, std::vector<std::int64_t> gaps, std::size_t sleeps_allowed = 100) {
  Run out;
  ListedClient client(std::move(results));
  const FixedClock clock(1'700'000'000'000);
  DeliverOptions options;
  options.timeout_ms = 1234;
  options.retries.gaps_ms = std::move(gaps);
  options.on_attempt = [&](const Attempt&, std::size_t number, std::optional<std::int64_t> next) {
    CHECK(number == out.announced.size());
    out.announced.push_back(next);
  };
  options.sleep = [&](std::int64_t ms) {
    out.slept.push_back(ms);
    return out.slept.size() <= sleeps_allowed;
  };
  auto delivery = deliver(client, clock, numbered, options);
  REQUIRE(delivery);
  out.delivery = *std::move(delivery);
  out.sent = client.sent;
  for (const std::int64_t timeout : client.timeouts) CHECK(timeout == 1234);
  return out;
}

using Gaps = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("deliver: a 2xx is the end, each message is made for its try") {
  const Run all = run({answer(500), answer(299)}, {10, 20, 30});
  CHECK(all.delivery.delivered);
  CHECK(all.delivery.attempts.size() == 2);
  CHECK(all.sent == std::vector<std::string>{"try 0", "try 1"});
  CHECK(all.slept == Gaps{10});
  CHECK(all.announced == std::vector<std::optional<std::int64_t>>{10, std::nullopt});
  CHECK(all.delivery.attempts[0].started_at == 1'700'000'000'000);
  CHECK(succeeded(all.delivery.attempts[1]));
  CHECK_FALSE(succeeded(all.delivery.attempts[0]));
}

TEST_CASE("deliver: everything else is tried again until the schedule ends") {
  for (const auto& result : {answer(199), answer(301), answer(400), answer(404), answer(429), answer(500), fault(http::SendFault::unreachable),
                             fault(http::SendFault::timeout), fault(http::SendFault::closed), fault(http::SendFault::malformed), fault(http::SendFault::tls)}) {
    const Run all = run({result}, {1, 2});
    CHECK_FALSE(all.delivery.delivered);
    CHECK(all.delivery.attempts.size() == 3);
    CHECK(all.slept == Gaps{1, 2});
    CHECK(all.announced.back() == std::nullopt);
  }
}

TEST_CASE("deliver: one try without a schedule") {
  const Run all = run({answer(503)}, {});
  CHECK(all.delivery.attempts.size() == 1);
  CHECK(all.slept.empty());
}

TEST_CASE("deliver: 410 ends it, undelivered") {
  const Run all = run({answer(500), answer(410), answer(200)}, {1, 2, 3});
  CHECK_FALSE(all.delivery.delivered);
  CHECK(all.delivery.attempts.size() == 2);
}

TEST_CASE("deliver: Retry-After lengthens a gap, never shortens it, and is capped at an hour") {
  const auto busy = [](const char* after) { return answer(503, {{"retry-after", after}}); };
  CHECK(run({busy("5"), answer(200)}, {1'000}).slept == Gaps{5'000});
  CHECK(run({busy("1"), answer(200)}, {60'000}).slept == Gaps{60'000});
  CHECK(run({busy("999999999999"), answer(200)}, {1}).slept == Gaps{3'600'000});
  CHECK(run({busy("-5"), answer(200)}, {7}).slept == Gaps{7});
  CHECK(run({busy("Wed, 21 Oct 2026 07:28:00 GMT"), answer(200)}, {7}).slept == Gaps{7});
  CHECK(run({busy("5")}, {}).slept.empty());
}

TEST_CASE("deliver: an interrupted wait ends the delivery with what was tried") {
  const Run all = run({answer(500)}, {1, 2, 3}, 1);
  CHECK(all.delivery.attempts.size() == 2);
  CHECK(all.slept == Gaps{1, 2});
}

TEST_CASE("deliver: the factory's error is the delivery's") {
  ListedClient client({answer(200)});
  const auto delivery = deliver(client, FixedClock(0), [](std::size_t) -> Result<http::Outgoing> { return usage_error("no secret"); }, {});
  REQUIRE_FALSE(delivery);
  CHECK(delivery.error().message == "no secret");
  CHECK(client.sent.empty());
}

TEST_CASE("retries: none, lists and the provider's own") {
  CHECK(parse_retries("none", std::nullopt)->gaps_ms.empty());
  CHECK(parse_retries("", std::nullopt)->gaps_ms.empty());
  CHECK(parse_retries("1s, 5s,1m,0.5", std::nullopt)->gaps_ms == Gaps{1'000, 5'000, 60'000, 500});
  CHECK(parse_retries("provider", std::vector<double>{0.5, 300})->gaps_ms == Gaps{500, 300'000});
  CHECK(parse_retries("provider", std::vector<double>{})->gaps_ms.empty());
  const auto absurd = parse_retries("provider", std::vector<double>{1e300});
  REQUIRE(absurd);
  CHECK(absurd->gaps_ms.at(0) > 0);
}

TEST_CASE("retries: what is no schedule is a usage error with the forms") {
  for (const char* words : {"1x", "1s,,2s", ",", "1s,", "-1s", "soon", "provider,1s"}) {
    CAPTURE(std::string(words));
    const auto policy = parse_retries(words, std::vector<double>{1});
    REQUIRE_FALSE(policy);
    CHECK(policy.error().kind == ErrorKind::usage);
    CHECK(policy.error().hint.find("1s,5s,1m") != std::string::npos);
  }
  CHECK_FALSE(parse_retries("provider", std::nullopt));
}
