// Words about text: ASCII case, trimming, splitting, nearest word, and making foreign bytes safe to print.
// All functions are pure and thread-safe. Text is bytes; only ASCII letters have a case here (as in HTTP).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hookctl {

inline char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
std::string lower(std::string_view text);
bool same_ignoring_case(std::string_view a, std::string_view b) noexcept;

// Without leading and trailing spaces and tabs (HTTP's optional white space) / and line ends as well.
std::string_view trim_blanks(std::string_view text) noexcept;
std::string_view trim(std::string_view text) noexcept;

// Pieces between separators, empty pieces kept; "" gives one empty piece. Views into `text`.
std::vector<std::string_view> split(std::string_view text, std::string_view separator);
std::string join(const std::vector<std::string>& words, std::string_view separator);

// The whole text as a decimal number; nothing when empty, signed, spaced, out of range or followed by anything.
std::optional<std::uint64_t> parse_unsigned(std::string_view text) noexcept;
std::optional<std::int64_t> parse_signed(std::string_view text) noexcept;  // one leading '-' allowed
std::optional<double> parse_decimal(std::string_view text) noexcept;       // finite, no exponent

// "10s", "250ms", "5m", "2h", "1d", or bare seconds ("10", "0.5"), in milliseconds. Nothing when it is none of these.
std::optional<std::int64_t> parse_duration_ms(std::string_view text) noexcept;
// "1024", "64kb", "25mb", "1gb" (powers of 1024, case ignored), in bytes.
std::optional<std::uint64_t> parse_size(std::string_view text) noexcept;
std::string duration_text(std::int64_t ms);  // "15 ms", "2.4 s", "12 m", "3 h", "5 d"

// The nearest of `known` to `word` by edit distance (a swap of neighbours counts one), or nothing when none is near.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known);

// `text` with control characters, DEL, C1 controls, invisible format characters (bidi and the like) and invalid UTF-8 written as
// \xNN or \u{NNNN}, so that nothing a payload holds can reach a terminal as a command. With `keep_lines`, '\n' and '\t' stay.
std::string printable(std::string_view text, bool keep_lines = false);

// Is it well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms)?
bool is_utf8(std::string_view text) noexcept;

// Shell-style match of the whole text: '*' is any run, '?' any one byte.
bool matches_glob(std::string_view text, std::string_view pattern) noexcept;

}  // namespace hookctl
