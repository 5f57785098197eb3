// Text: trimming, splitting, numbers with units, UTF-8, safe printing, globs. (nearest() is in nearest.cpp.)
#include "base/text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>
#include <system_error>

namespace hookctl {
namespace {

std::string_view trim_any(std::string_view text, std::string_view letters) noexcept {
  const auto first = text.find_first_not_of(letters);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(letters) - first + 1);
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

template <typename Number>
std::optional<Number> parse_whole(std::string_view text) noexcept {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

// Splits "25mb" into "25" and "mb": the number ends where the letters begin.
std::size_t number_length(std::string_view text) noexcept {
  std::size_t length = 0;
  while (length < text.size() && (is_digit(text[length]) || text[length] == '.')) ++length;
  return length;
}

struct CodePoint {
  std::uint32_t code{0};
  std::size_t length{0};  // bytes; 0 when they are not UTF-8
};

bool is_continuation(char c) noexcept { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// The code point at the start of `text`, which is not empty.
CodePoint decode_utf8(std::string_view text) noexcept {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1};
  if (lead < 0xC2 || lead > 0xF4) return {};
  const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (text.size() < length) return {};
  std::uint32_t code = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(text[i])) return {};
    code = (code << 6) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < kSmallest[length] || surrogate || code > 0x10FFFF) return {};
  return {code, length};
}

// Code points that move the cursor, reorder the line or show nothing at all (Unicode's Cc, Cf, Zl and Zp, and the tags).
bool is_unprintable(std::uint32_t code) noexcept {
  struct Range {
    std::uint32_t first, last;
  };
  constexpr Range kRanges[] = {
      {0x00, 0x1F},     {0x7F, 0x9F},     {0xAD, 0xAD},     {0x600, 0x605},   {0x61C, 0x61C},   {0x6DD, 0x6DD},     {0x180E, 0x180E},
      {0x200B, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
  };
  return std::any_of(std::begin(kRanges), std::end(kRanges), [code](Range r) { return code >= r.first && code <= r.last; });
}

void append_escaped_byte(std::string& out, char byte) {
  constexpr char kDigits[] = "0123456789abcdef";
  const auto value = static_cast<unsigned char>(byte);
  out += "\\x";
  out += kDigits[value >> 4];
  out += kDigits[value & 0x0F];
}

void append_escaped_code(std::string& out, std::uint32_t code) {
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, "\\u{%04x}", static_cast<unsigned>(code));
  out += buffer;
}

}  // namespace

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower(c);
  return out;
}

bool same_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim_blanks(std::string_view text) noexcept { return trim_any(text, " \t"); }

std::string_view trim(std::string_view text) noexcept { return trim_any(text, " \t\r\n"); }

std::vector<std::string_view> split(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> pieces;
  if (separator.empty()) return {text};
  for (auto at = text.find(separator); at != std::string_view::npos; at = text.find(separator)) {
    pieces.push_back(text.substr(0, at));
    text.remove_prefix(at + separator.size());
  }
  pieces.push_back(text);
  return pieces;
}

std::string join(const std::vector<std::string>& words, std::string_view separator) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += separator;
    out += words[i];
  }
  return out;
}

std::optional<std::uint64_t> parse_unsigned(std::string_view text) noexcept { return parse_whole<std::uint64_t>(text); }

std::optional<std::int64_t> parse_signed(std::string_view text) noexcept { return parse_whole<std::int64_t>(text); }

std::optional<double> parse_decimal(std::string_view text) noexcept {
  // from_chars knows ".5", "5.", "inf" and "nan" too; nobody means them.
  const auto digits = text.substr(!text.empty() && text[0] == '-' ? 1 : 0);
  if (digits.empty() || number_length(digits) != digits.size() || !is_digit(digits.front()) || !is_digit(digits.back()))
    return std::nullopt;
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc{} || stop != end || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::optional<std::int64_t> parse_duration_ms(std::string_view text) noexcept {
  struct Unit {
    std::string_view name;
    double ms;
  };
  constexpr Unit kUnits[] = {{"ms", 1}, {"s", 1000}, {"", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
  constexpr double kExact = 9007199254740992.0;  // 2^53: beyond it a double skips whole numbers
  const auto length = number_length(text);
  const auto number = parse_decimal(text.substr(0, length));
  if (!number) return std::nullopt;
  for (const auto& unit : kUnits) {
    if (text.substr(length) != unit.name) continue;
    const double ms = *number * unit.ms;
    if (ms > kExact) return std::nullopt;
    return static_cast<std::int64_t>(std::llround(ms));
  }
  return std::nullopt;
}

std::optional<std::uint64_t> parse_size(std::string_view text) noexcept {
  struct Unit {
    std::string_view name;
    int shift;
  };
  constexpr Unit kUnits[] = {{"", 0}, {"b", 0}, {"k", 10}, {"kb", 10}, {"m", 20}, {"mb", 20}, {"g", 30}, {"gb", 30}};
  const auto length = number_length(text);
  const auto number = parse_unsigned(text.substr(0, length));
  if (!number) return std::nullopt;
  for (const auto& unit : kUnits) {
    if (!same_ignoring_case(text.substr(length), unit.name)) continue;
    if (*number > (std::numeric_limits<std::uint64_t>::max() >> unit.shift)) return std::nullopt;
    return *number << unit.shift;
  }
  return std::nullopt;
}

std::string duration_text(std::int64_t ms) {
  struct Unit {
    std::uint64_t ms;
    const char* name;
  };
  constexpr Unit kUnits[] = {{86'400'000, " d"}, {3'600'000, " h"}, {60'000, " m"}, {1000, " s"}};
  const std::string sign = ms < 0 ? "-" : "";
  const auto size = ms < 0 ? 0 - static_cast<std::uint64_t>(ms) : static_cast<std::uint64_t>(ms);
  for (const auto& unit : kUnits) {
    if (size < unit.ms) continue;
    const auto tenth = size % unit.ms / (unit.ms / 10);
    return sign + std::to_string(size / unit.ms) + (tenth > 0 ? std::string(".").append(std::to_string(tenth)) : "") + unit.name;
  }
  return sign + std::to_string(size) + " ms";
}

std::string printable(std::string_view text, bool keep_lines) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto [code, length] = decode_utf8(text);
    const bool kept = keep_lines && (code == '\n' || code == '\t');
    if (length == 0 || (code < 0x80 && is_unprintable(code) && !kept)) {
      append_escaped_byte(out, text[0]);
    } else if (is_unprintable(code) && !kept) {
      append_escaped_code(out, code);
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const auto length = decode_utf8(text).length;
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool matches_glob(std::string_view text, std::string_view pattern) noexcept {
  std::size_t at = 0;
  std::size_t in_pattern = 0;
  std::size_t star = std::string_view::npos;  // the last '*' seen, and where its run ends so far
  std::size_t run_end = 0;
  while (at < text.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      star = in_pattern++;
      run_end = at;
    } else if (in_pattern < pattern.size() && (pattern[in_pattern] == '?' || pattern[in_pattern] == text[at])) {
      ++in_pattern;
      ++at;
    } else if (star != std::string_view::npos) {
      in_pattern = star + 1;
      at = ++run_end;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', in_pattern) == std::string_view::npos;
}

}  // namespace hookctl
