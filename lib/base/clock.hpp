// Time of day as the program sees it: one seam, so that tests and `--now` can hold it still.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hookctl {

// Milliseconds since 1970-01-01T00:00:00Z.
using UnixMs = std::int64_t;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual UnixMs now() const = 0;  // thread-safe
};

class SystemClock final : public Clock {
 public:
  UnixMs now() const override;
};

class FixedClock final : public Clock {
 public:
  explicit FixedClock(UnixMs now) : now_(now) {}
  UnixMs now() const override { return now_; }

 private:
  UnixMs now_;
};

// "2026-01-31T12:00:00Z" / "2026-01-31T12:00:00.000Z" (RFC 3339, UTC).
std::string iso8601(UnixMs time);
std::string iso8601_ms(UnixMs time);
// RFC 3339 with any offset and any number of fraction digits; nothing when it is not one.
std::optional<UnixMs> parse_iso8601(std::string_view text);
// "18:40:01.204" in the machine's time zone, for people.
std::string time_of_day(UnixMs time);

// Milliseconds that only go forward, for durations.
std::int64_t steady_ms();

}  // namespace hookctl
