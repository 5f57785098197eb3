// Stepping over JSON values, and the escapes of JSON strings.
#include "base/json_scan.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <bitset>
#include <cstdint>
#include <cstring>

#include "base/text.hpp"

namespace hookctl {
namespace {

// Bytes that need a look inside a string: the quote, the backslash, and controls (which must be escaped).
constexpr std::array<bool, 256> special_bytes() {
  std::array<bool, 256> special{};
  for (std::size_t i = 0; i < 0x20; ++i) special[i] = true;
  special['"'] = special['\\'] = true;
  return special;
}

constexpr auto kSpecial = special_bytes();

// Marks, by their highest bits, bytes of eight that are a quote, a backslash or a control character. Below the first mark there is none;
// above it a mark may be wrong. Bytes above 0x7f are never marked.
std::uint64_t special_marks(std::uint64_t word) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  const std::uint64_t quote = word ^ (kOnes * '"');
  const std::uint64_t slash = word ^ (kOnes * '\\');
  const std::uint64_t found = ((quote - kOnes) & ~quote) | ((slash - kOnes) & ~slash) | ((word - kOnes * 0x20) & ~word);
  return found & (kOnes * 0x80);
}

// How many of the eight bytes come before the first mark, in the order of memory; 0, to be on the safe side, where that is not the
// order of the word's bytes.
std::size_t bytes_before(std::uint64_t marks) {
  return std::endian::native == std::endian::little ? static_cast<std::size_t>(std::countr_zero(marks)) / 8 : 0;
}

// Where the run of ordinary string bytes that begins at `at` ends. Most of a payload is such runs, so they are taken eight bytes at a time.
std::size_t plain_end(std::string_view text, std::size_t at) {
  std::uint64_t word = 0;
  for (; text.size() - at >= sizeof word; at += sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    if (const auto marks = special_marks(word); marks != 0) {
      at += bytes_before(marks);
      break;
    }
  }
  while (at < text.size() && !kSpecial[static_cast<unsigned char>(text[at])]) ++at;
  return at;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The code unit of the "\uXXXX" at `at`, or 0x10000 when there is none.
std::uint32_t unit_at(std::string_view text, std::size_t at) {
  constexpr std::uint32_t kNone = 0x10000;
  if (text.size() < 6 || at > text.size() - 6 || text[at] != '\\' || text[at + 1] != 'u') return kNone;
  std::uint32_t unit = 0;
  for (std::size_t i = at + 2; i < at + 6; ++i) {
    const int digit = hex_value(text[i]);
    if (digit < 0) return kNone;
    unit = unit * 16 + static_cast<std::uint32_t>(digit);
  }
  return unit;
}

std::string_view encode_utf8(std::uint32_t code, char (&buffer)[4]) {
  const auto tail = [&](int shift) { return static_cast<char>(0x80U | ((code >> shift) & 0x3FU)); };
  if (code < 0x80) {
    buffer[0] = static_cast<char>(code);
    return {buffer, 1};
  }
  if (code < 0x800) {
    buffer[0] = static_cast<char>(0xC0U | (code >> 6));
    buffer[1] = tail(0);
    return {buffer, 2};
  }
  if (code < 0x10000) {
    buffer[0] = static_cast<char>(0xE0U | (code >> 12));
    buffer[1] = tail(6);
    buffer[2] = tail(0);
    return {buffer, 3};
  }
  buffer[0] = static_cast<char>(0xF0U | (code >> 18));
  buffer[1] = tail(12);
  buffer[2] = tail(6);
  buffer[3] = tail(0);
  return {buffer, 4};
}

// The code point of the "\uXXXX" at `at`, with the second half of its pair; moves `at` behind.
std::uint32_t decode_unit(std::string_view text, std::size_t& at) {
  constexpr std::uint32_t kReplacement = 0xFFFD;
  const auto high = unit_at(text, at);
  at += 6;
  if (high < 0xD800 || (high > 0xDFFF && high < 0x10000)) return high;
  const auto low = unit_at(text, at);
  if (high > 0xDBFF || low < 0xDC00 || low > 0xDFFF) return kReplacement;
  at += 6;
  return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

}  // namespace

bool JsonScanner::skip_escape() {
  if (at_ + 1 >= text_.size()) return false;
  constexpr std::string_view kShort = "\"\\/bfnrt";
  const bool is_short = kShort.find(text_[at_ + 1]) != std::string_view::npos;
  if (!is_short && unit_at(text_, at_) > 0xFFFF) return false;
  at_ += is_short ? 2 : 6;
  return true;
}

bool JsonScanner::skip_string() {
  if (!skip_letter('"')) return false;
  for (;;) {
    at_ = plain_end(text_, at_);
    if (at_ >= text_.size()) return false;
    if (text_[at_] == '"') break;
    if (text_[at_] != '\\' || !skip_escape()) return false;
  }
  ++at_;
  return true;
}

bool JsonScanner::skip_key(std::size_t& end) {
  if (!skip_string()) return false;
  end = at_;
  skip_space();
  if (!skip_letter(':')) return false;
  skip_space();
  return true;
}

bool JsonScanner::skip_digits() {
  const auto start = at_;
  while (is_digit(peek())) ++at_;
  return at_ > start;
}

bool JsonScanner::skip_number() {
  if (peek() == '-') ++at_;
  if (peek() == '0') {
    ++at_;
  } else if (!skip_digits()) {
    return false;
  }
  if (peek() == '.') {
    ++at_;
    if (!skip_digits()) return false;
  }
  if (peek() != 'e' && peek() != 'E') return true;
  ++at_;
  if (peek() == '+' || peek() == '-') ++at_;
  return skip_digits();
}

bool JsonScanner::skip_word(std::string_view word) {
  if (text_.substr(at_, word.size()) != word) return false;
  at_ += word.size();
  return true;
}

bool JsonScanner::skip_scalar() {
  switch (peek()) {
    case '"':
      return skip_string();
    case 't':
      return skip_word("true");
    case 'f':
      return skip_word("false");
    case 'n':
      return skip_word("null");
    default:
      return skip_number();
  }
}

bool JsonScanner::skip_value() {
  std::bitset<kDepth> is_object;  // of each open container
  std::size_t open = 0;
  std::size_t ignored = 0;
  for (;;) {
    skip_space();
    const char first = peek();
    bool ended = true;  // a whole value lies behind
    if (first == '{' || first == '[') {
      if (depth_ + open >= kDepth) return false;
      is_object[open++] = first == '{';
      ++at_;
      skip_space();
      ended = peek() == (first == '{' ? '}' : ']');
      if (!ended && first == '{' && !skip_key(ignored)) return false;
    } else if (!skip_scalar()) {
      return false;
    }
    while (ended && open > 0) {
      skip_space();
      const bool in_object = is_object[open - 1];
      if (peek() == (in_object ? '}' : ']')) {
        ++at_;
        --open;
        continue;
      }
      if (!skip_letter(',')) return false;
      skip_space();
      if (in_object && !skip_key(ignored)) return false;
      ended = false;
    }
    if (ended) return true;
  }
}

std::string_view decode_json_piece(std::string_view inside, std::size_t& at, char (&buffer)[4]) {
  if (inside[at] != '\\' || at + 1 >= inside.size()) return inside.substr(at++, 1);
  constexpr std::string_view kLetters = "bfnrt";
  constexpr std::string_view kMeanings = "\b\f\n\r\t";
  const char letter = inside[at + 1];
  if (letter == 'u') return encode_utf8(decode_unit(inside, at), buffer);
  const auto known = kLetters.find(letter);
  buffer[0] = known == std::string_view::npos ? letter : kMeanings[known];
  at += 2;
  return {buffer, 1};
}

namespace {

// The escape at `at`, which must be whole; its decoded bytes go to `to`, which moves behind them. False when it is malformed.
bool take_escape(std::string_view text, std::size_t& at, char*& to) {
  constexpr std::string_view kShort = "\"\\/bfnrt";
  if (at + 1 >= text.size()) return false;
  if (text[at + 1] == 'u') {
    const auto unit = unit_at(text, at);
    const bool high = unit >= 0xD800 && unit <= 0xDBFF;
    const auto low = high ? unit_at(text, at + 6) : 0;
    if (unit > 0xFFFF || (unit >= 0xDC00 && unit <= 0xDFFF) || (high && (low < 0xDC00 || low > 0xDFFF))) return false;
  } else if (kShort.find(text[at + 1]) == std::string_view::npos) {
    return false;
  }
  char buffer[4];
  const auto piece = decode_json_piece(text, at, buffer);
  to = std::copy(piece.begin(), piece.end(), to);
  return true;
}

// Copies ordinary string bytes from `at` on, eight at a time, and stops at the first other one. `to` has room for eight more than it needs.
void take_plain(std::string_view text, std::size_t& at, char*& to) {
  std::uint64_t word = 0;
  while (text.size() - at >= sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    std::memcpy(to, &word, sizeof word);
    const auto marks = special_marks(word);
    const std::size_t plain = marks == 0 ? sizeof word : bytes_before(marks);
    at += plain;
    to += plain;
    if (marks != 0) break;
  }
  while (at < text.size() && !kSpecial[static_cast<unsigned char>(text[at])]) *to++ = text[at++];
}

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

std::size_t ascii_end(std::string_view text, std::size_t at) {
  std::uint64_t word = 0;
  for (; text.size() - at >= sizeof word; at += sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    if ((word & 0x8080808080808080) != 0) break;
  }
  while (at < text.size() && is_ascii(text[at])) ++at;
  return at;
}

// As is_utf8(), for text that is ASCII for the most part: no ASCII byte is part of a longer character.
bool is_utf8_with_much_ascii(std::string_view text) {
  for (std::size_t at = ascii_end(text, 0); at < text.size(); at = ascii_end(text, at)) {
    const std::size_t begin = at;
    while (at < text.size() && !is_ascii(text[at])) ++at;
    if (!is_utf8(text.substr(begin, at - begin))) return false;
  }
  return true;
}

}  // namespace

std::optional<std::string_view> read_json_string(std::string_view text, std::size_t& at, std::string& memory) {
  if (at >= text.size() || text[at] != '"') return std::nullopt;
  const std::size_t begin = ++at;
  at = plain_end(text, at);
  std::string_view value = text.substr(begin, at - begin);
  if (at < text.size() && text[at] == '\\') {
    const std::size_t most = text.size() - begin + sizeof(std::uint64_t);  // what is decoded is never longer than what was written
    if (memory.size() < most) memory.resize(most);
    char* to = std::copy(value.begin(), value.end(), memory.data());
    while (at < text.size() && text[at] == '\\') {
      if (!take_escape(text, at, to)) return std::nullopt;
      take_plain(text, at, to);
    }
    value = std::string_view(memory).substr(0, static_cast<std::size_t>(to - memory.data()));
  }
  if (at >= text.size() || text[at] != '"') return std::nullopt;
  ++at;
  if (!is_utf8_with_much_ascii(value)) return std::nullopt;
  return value;
}

bool json_string_equals(std::string_view inside, std::string_view plain) {
  if (inside.find('\\') == std::string_view::npos) return inside == plain;
  char buffer[4];
  for (std::size_t at = 0; at < inside.size();) {
    const auto piece = decode_json_piece(inside, at, buffer);
    if (!plain.starts_with(piece)) return false;
    plain.remove_prefix(piece.size());
  }
  return plain.empty();
}

}  // namespace hookctl
