// base/clock.hpp: RFC 3339 there and back.
#include <doctest/doctest.h>

#include <cstdlib>
#include <ctime>

#include "base/clock.hpp"
#include "base/random.hpp"

using namespace hookctl;

TEST_CASE("clock: times as text") {
  CHECK(iso8601(0) == "1970-01-01T00:00:00Z");
  CHECK(iso8601_ms(1769860800123) == "2026-01-31T12:00:00.123Z");
  CHECK(iso8601_ms(-1) == "1969-12-31T23:59:59.999Z");
  CHECK(iso8601(951'782'400'000) == "2000-02-29T00:00:00Z");
  CHECK(iso8601(INT64_MAX).ends_with("Z"));
  CHECK(iso8601_ms(INT64_MIN).ends_with("Z"));
}

TEST_CASE("clock: RFC 3339 is read with any offset") {
  CHECK(parse_iso8601("1970-01-01T00:00:00Z") == 0);
  CHECK(parse_iso8601("2026-01-31T12:00:00.1239999Z") == 1769860800123);
  CHECK(parse_iso8601("2026-01-31t12:00:00.5z") == 1769860800500);
  CHECK(parse_iso8601("2026-01-31 12:00:00+00:00") == 1769860800000);
  CHECK(parse_iso8601("2026-01-31T17:30:00+05:30") == 1769860800000);
  CHECK(parse_iso8601("2026-01-31T04:00:00-08:00") == 1769860800000);
  CHECK(parse_iso8601("2016-12-31T23:59:60Z") == parse_iso8601("2017-01-01T00:00:00Z"));
  CHECK(parse_iso8601("0000-01-01T00:00:00Z"));
}

TEST_CASE("clock: what is no RFC 3339 time") {
  for (const auto* text : {"",
                           "2026",
                           "2026-01-31",
                           "2026-01-31T12:00:00",
                           "2026-01-31T12:00Z",
                           "2026-02-29T00:00:00Z",
                           "2026-13-01T00:00:00Z",
                           "2026-00-01T00:00:00Z",
                           "2026-01-00T00:00:00Z",
                           "2026-01-32T00:00:00Z",
                           "2026-01-31T24:00:00Z",
                           "2026-01-31T12:60:00Z",
                           "2026-01-31T12:00:61Z",
                           "2026-01-31T12:00:00.Z",
                           "2026-01-31T12:00:00Zx",
                           "2026-01-31T12:00:00+24:00",
                           "2026-01-31T12:00:00+0530",
                           "2026-01-31T12:00:00+05:60",
                           " 2026-01-31T12:00:00Z",
                           "26-01-31T12:00:00Z",
                           "2026-1-31T12:00:00Z",
                           "-026-01-31T12:00:00Z",
                           "2026-01-31T12:00:00.1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_iso8601(text));
  }
  CHECK_FALSE(parse_iso8601("2100-02-29T00:00:00Z"));
  CHECK(parse_iso8601("2000-02-29T00:00:00Z"));
}

TEST_CASE("clock: every time reads back as it was written") {
  SeededRandom random(3);
  for (int i = 0; i < 20'000; ++i) {
    const auto time = static_cast<UnixMs>(random.next() % 315'569'000'000'000U) - 62'167'219'200'000;  // years 0 to 9999
    REQUIRE(parse_iso8601(iso8601_ms(time)) == time);
    REQUIRE(parse_iso8601(iso8601(time)) == time - ((time % 1000) + 1000) % 1000);
  }
}

TEST_CASE("clock: the machine's own calendar agrees") {
  SeededRandom random(5);
  for (int i = 0; i < 2000; ++i) {
    const auto seconds = static_cast<std::time_t>(random.next() % 8'000'000'000U) - 4'000'000'000;
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    char text[64];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    REQUIRE(iso8601(static_cast<UnixMs>(seconds) * 1000) == text);
  }
}

TEST_CASE("clock: time of day is local, and clocks go on") {
  const char* before = std::getenv("TZ");
  const std::string kept = before == nullptr ? "" : before;
  setenv("TZ", "XST-05:30", 1);
  tzset();
  CHECK(time_of_day(1769860800204) == "17:30:00.204");
  CHECK(time_of_day(-1) == "05:29:59.999");
  CHECK(time_of_day(INT64_MAX).size() == 12);
  before == nullptr ? unsetenv("TZ") : setenv("TZ", kept.c_str(), 1);
  tzset();

  CHECK(SystemClock().now() > 1'700'000'000'000);
  CHECK(FixedClock(42).now() == 42);
  const auto start = steady_ms();
  CHECK(steady_ms() >= start);
}
