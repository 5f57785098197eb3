// Signed timestamps: text to time, time to text, and whether the age is within the limits. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "signing/scheme.hpp"

namespace hookctl::signing {

// Nothing when the text is not a timestamp of this unit or stands for a year past 9999.
std::optional<UnixMs> parse_timestamp(std::string_view text, TimeUnit unit);
std::string timestamp_text(UnixMs time, TimeUnit unit);  // iso8601 as "2026-01-31T12:00:00Z"

// now - time. Where the unit is seconds, now counts in whole seconds too, as in the providers' own libraries.
std::int64_t age_ms(UnixMs time, UnixMs now, TimeUnit unit) noexcept;

std::string_view unit_name(TimeUnit unit) noexcept;  // "seconds since 1970"

}  // namespace hookctl::signing
