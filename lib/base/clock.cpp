// Times as text and back, in the proleptic Gregorian calendar without leap seconds, as Unix time has it.
#include "base/clock.hpp"

#include <chrono>
#include <cstdio>
#include <ctime>

namespace hookctl {
namespace {

constexpr std::int64_t kMsPerSecond = 1000;
constexpr std::int64_t kMsPerDay = 86'400'000;
constexpr std::int64_t kDaysPerEra = 146'097;   // 400 years
constexpr std::int64_t kDaysToEpoch = 719'468;  // from 0000-03-01 to 1970-01-01

struct Date {
  std::int64_t year;
  int month, day;
};

std::int64_t floor_divide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }
std::int64_t floor_modulo(std::int64_t a, std::int64_t b) { return (a % b + b) % b; }

// Howard Hinnant's "civil" algorithms, in 64 bits: years are counted from March, so that a leap day is the last day of one.
Date date_of(std::int64_t days) {
  days += kDaysToEpoch;
  const auto era = floor_divide(days, kDaysPerEra);
  const auto day_of_era = days - era * kDaysPerEra;
  const auto year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const auto day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const auto shifted = (5 * day_of_year + 2) / 153;
  const auto month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), static_cast<int>(month),
          static_cast<int>(day_of_year - (153 * shifted + 2) / 5 + 1)};
}

std::int64_t days_of(Date date) {
  const auto year = date.year - (date.month <= 2 ? 1 : 0);
  const auto era = floor_divide(year, 400);
  const auto year_of_era = year - era * 400;
  const auto day_of_year = (153 * (date.month > 2 ? date.month - 3 : date.month + 9) + 2) / 5 + date.day - 1;
  return era * kDaysPerEra + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - kDaysToEpoch;
}

std::string rfc3339(UnixMs time, bool with_ms) {
  const auto days = floor_divide(time, kMsPerDay);
  const auto ms = static_cast<int>(floor_modulo(time, kMsPerDay));
  const auto date = date_of(days);
  char text[64];
  const int length = std::snprintf(text, sizeof text, "%04lld-%02d-%02dT%02d:%02d:%02d", static_cast<long long>(date.year), date.month,
                                   date.day, ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60);
  if (with_ms) std::snprintf(text + length, sizeof text - static_cast<std::size_t>(length), ".%03d", ms % 1000);
  return std::string(text) + "Z";
}

// Reads a text from its start; after the first mismatch every further read fails.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool at_end() const { return ok_ && rest_.empty(); }
  bool ok() const { return ok_; }

  // Exactly `count` digits.
  int digits(std::size_t count) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) value = value * 10 + (one_of("0123456789") - '0');
    return ok_ ? value : 0;
  }

  // One of these letters; '0' when it is none.
  char one_of(std::string_view letters) {
    ok_ = ok_ && !rest_.empty() && letters.find(rest_[0]) != std::string_view::npos;
    if (!ok_) return '0';
    const char c = rest_[0];
    rest_.remove_prefix(1);
    return c;
  }

  // ".123456…" as whole milliseconds, the rest cut off; 0 when there is none.
  int fraction_ms() {
    if (!rest_.starts_with('.')) return 0;
    rest_.remove_prefix(1);
    int ms = one_of("0123456789") - '0';
    std::size_t count = 1;
    for (; ok_ && !rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9'; ++count, rest_.remove_prefix(1)) {
      if (count < 3) ms = ms * 10 + (rest_[0] - '0');
    }
    for (; count < 3; ++count) ms *= 10;
    return ms;
  }

 private:
  std::string_view rest_;
  bool ok_{true};
};

int days_in_month(std::int64_t year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : kDays[month - 1];
}

bool is_date(Date date) { return date.month >= 1 && date.month <= 12 && date.day >= 1 && date.day <= days_in_month(date.year, date.month); }

// "Z", "+05:30" or "-08:00" in minutes; nothing when it is none of these.
std::optional<int> read_offset(Reader& reader) {
  const char sign = reader.one_of("Zz+-");
  if (sign == 'Z' || sign == 'z') return 0;
  const int hours = reader.digits(2);
  reader.one_of(":");
  const int minutes = reader.digits(2);
  if (!reader.ok() || hours > 23 || minutes > 59) return std::nullopt;
  return (sign == '-' ? -1 : 1) * (hours * 60 + minutes);
}

}  // namespace

UnixMs SystemClock::now() const {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::string iso8601(UnixMs time) { return rfc3339(time, false); }

std::string iso8601_ms(UnixMs time) { return rfc3339(time, true); }

std::optional<UnixMs> parse_iso8601(std::string_view text) {
  Reader reader(text);
  Date date{};
  date.year = reader.digits(4);
  reader.one_of("-");
  date.month = reader.digits(2);
  reader.one_of("-");
  date.day = reader.digits(2);
  reader.one_of("Tt ");
  const int hour = reader.digits(2);
  reader.one_of(":");
  const int minute = reader.digits(2);
  reader.one_of(":");
  const int second = reader.digits(2);  // 60 is a leap second: the first one of the next minute here
  const int ms = reader.fraction_ms();
  const auto offset = read_offset(reader);
  if (!reader.at_end() || !offset || !is_date(date) || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const auto minutes = (days_of(date) * 24 + hour) * 60 + minute - *offset;
  return (minutes * 60 + second) * kMsPerSecond + ms;
}

std::string time_of_day(UnixMs time) {
  const auto seconds = floor_divide(time, kMsPerSecond);
  const auto ms = static_cast<int>(floor_modulo(time, kMsPerSecond));
  const auto system_time = static_cast<std::time_t>(seconds);
  std::tm local{};
  if (localtime_r(&system_time, &local) == nullptr) return "--:--:--";  // a year beyond the calendar's
  char text[64];
  std::snprintf(text, sizeof text, "%02d:%02d:%02d.%03d", local.tm_hour, local.tm_min, local.tm_sec, ms);
  return text;
}

std::int64_t steady_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

}  // namespace hookctl
