// Timestamps in the three units that providers use.
#include "signing/timestamp.hpp"

#include "base/text.hpp"

namespace hookctl::signing {

namespace {

constexpr std::int64_t kLastMs = 253'402'300'799'999;  // 9999-12-31T23:59:59.999Z

}  // namespace

std::optional<UnixMs> parse_timestamp(std::string_view text, TimeUnit unit) {
  if (unit == TimeUnit::iso8601) return parse_iso8601(text);
  const auto number = parse_signed(text);
  const std::int64_t scale = unit == TimeUnit::seconds ? 1000 : 1;
  if (!number || *number > kLastMs / scale || *number < -kLastMs / scale) return std::nullopt;
  return *number * scale;
}

std::string timestamp_text(UnixMs time, TimeUnit unit) {
  switch (unit) {
    case TimeUnit::seconds:
      return std::to_string(time / 1000);
    case TimeUnit::milliseconds:
      return std::to_string(time);
    case TimeUnit::iso8601:
      return iso8601(time);
  }
  return {};
}

std::int64_t age_ms(UnixMs time, UnixMs now, TimeUnit unit) noexcept {
  return (unit == TimeUnit::seconds ? now / 1000 * 1000 : now) - time;
}

std::string_view unit_name(TimeUnit unit) noexcept {
  switch (unit) {
    case TimeUnit::seconds:
      return "seconds since 1970";
    case TimeUnit::milliseconds:
      return "milliseconds since 1970";
    case TimeUnit::iso8601:
      return "an ISO 8601 time (2026-01-31T12:00:00Z)";
  }
  return {};
}

}  // namespace hookctl::signing
