// What a sender makes of an answer: success, another try, the end, an endpoint that is switched off.
#include <doctest/doctest.h>

#include "delivery/rules.hpp"

using namespace hookctl;
using namespace hookctl::delivery;

namespace {

http::SendResult answer(int status, http::Headers headers = {}) {
  http::Response response;
  response.status = status;
  response.headers = std::move(headers);
  return response;
}

http::SendResult fault(http::SendFault kind) { return http::SendFailure{kind, "words"}; }

}  // namespace

TEST_CASE("status ranges: classes, single ones and spans; nothing else") {
  CHECK(*parse_status_range("2xx") == StatusRange{200, 299});
  CHECK(*parse_status_range("429") == StatusRange{429, 429});
  CHECK(*parse_status_range("500-504") == StatusRange{500, 504});
  for (const char* text : {"", "xx", "0xx", "6xx", "9xx", "axx", "99", "600", "504-500", "200-", "-200", "2x", "2xxx", "2xx-3xx", "99999999999999999999"}) {
    CAPTURE(std::string(text));
    CHECK_FALSE(parse_status_range(text));
  }
}

TEST_CASE("rules: only what the provider tries again is tried again") {
  Rules rules;
  rules.gaps_ms = {1000};
  rules.success = {{200, 200}};
  rules.retried = {.timeouts = true, .connections = false, .statuses = {{429, 429}, {500, 599}}};
  CHECK(next_step(rules, answer(200), 0).next == Next::done);
  CHECK(next_step(rules, answer(204), 0).next == Next::give_up);
  CHECK(next_step(rules, answer(204), 0).why == "204 is not tried again");
  CHECK(next_step(rules, answer(429), 0).next == Next::retry);
  CHECK(next_step(rules, answer(503), 0).next == Next::retry);
  CHECK(next_step(rules, answer(404), 0).next == Next::give_up);
  CHECK(next_step(rules, fault(http::SendFault::timeout), 0).next == Next::retry);
  CHECK(next_step(rules, fault(http::SendFault::unreachable), 0).next == Next::give_up);
  CHECK(next_step(rules, answer(503), 1).why == "that was the last try");
}

TEST_CASE("rules: an answer can ask for no further try") {
  Rules rules;
  rules.gaps_ms = {1000};
  rules.refusing_header = "X-Slack-No-Retry";
  CHECK(next_step(rules, answer(500, {{"x-slack-no-retry", "1"}}), 0).next == Next::give_up);
  CHECK(next_step(rules, answer(500, {{"x-slack-no-retry", "0"}}), 0).next == Next::retry);
}

TEST_CASE("standing: failures in a row, a status, or time switch an endpoint off, once and for all") {
  Rules rules;
  rules.disabling_failures = 3;
  Standing standing;
  CHECK_FALSE(standing.count(rules, answer(500), 0));
  CHECK_FALSE(standing.count(rules, fault(http::SendFault::timeout), 1));
  CHECK_FALSE(standing.count(rules, answer(200), 2));
  CHECK_FALSE(standing.count(rules, answer(500), 3));
  CHECK_FALSE(standing.count(rules, answer(500), 4));
  CHECK(standing.count(rules, answer(500), 5) == "3 failures in a row");
  CHECK(standing.count(rules, answer(200), 6) == "3 failures in a row");

  Rules gone;
  gone.disabling = {{410, 410}};
  Standing other;
  CHECK_FALSE(other.count(gone, answer(500), 0));
  CHECK(other.count(gone, answer(410), 0) == "it answered 410");

  Rules patient;
  patient.disabling_after_ms = 432'000'000;
  Standing third;
  CHECK_FALSE(third.count(patient, answer(500), 1'000));
  CHECK_FALSE(third.count(patient, answer(500), 431'000'000));
  CHECK(third.count(patient, answer(500), 432'001'000) == "it has been failing for 5 d");
}
