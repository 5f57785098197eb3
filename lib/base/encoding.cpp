// Strict hex, base64, base64url and percent encoding (RFC 4648, RFC 3986), each alphabet once.
#include "base/encoding.hpp"

#include <array>
#include <cstdint>

#include "base/base64_blocks.hpp"

namespace hookctl {
namespace {

constexpr std::string_view kHexLetters = "0123456789abcdef";
constexpr std::string_view kBase64Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64UrlLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// The value of each byte in an alphabet, or -1.
using Values = std::array<std::int8_t, 256>;

constexpr void add_letters(Values& values, std::string_view letters) {
  for (std::size_t i = 0; i < letters.size(); ++i) values[static_cast<unsigned char>(letters[i])] = static_cast<std::int8_t>(i);
}

constexpr Values values_of(std::string_view letters, std::string_view more = {}) {
  Values values{};
  for (auto& value : values) value = -1;
  add_letters(values, letters);
  add_letters(values, more);
  return values;
}

constexpr Values kBase64Values = values_of(kBase64Letters);
constexpr Values kBase64UrlValues = values_of(kBase64UrlLetters);
constexpr Values kAnyBase64Values = values_of(kBase64Letters, kBase64UrlLetters);

std::string encode_base64(std::string_view bytes, std::string_view letters, bool padded) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto group = bytes.substr(i, 3);
    std::uint32_t bits = 0;
    for (std::size_t j = 0; j < 3; ++j) bits = (bits << 8) | (j < group.size() ? static_cast<unsigned char>(group[j]) : 0U);
    for (std::size_t j = 0; j < 4; ++j) {
      if (j <= group.size()) {
        out += letters[(bits >> (18 - 6 * j)) & 0x3F];
      } else if (padded) {
        out += '=';
      }
    }
  }
  return out;
}

// Four letters become three bytes by one look-up each: the letter's value at its place in the 24 bits, or kNoLetter. Bodies pass here in
// bulk, and one test at the end of a run is enough.
constexpr std::uint32_t kNoLetter = 0x80000000U;
using Group = std::array<std::array<std::uint32_t, 256>, 4>;

constexpr Group group_of(const Values& values) {
  Group group{};
  for (std::size_t place = 0; place < 4; ++place) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      group[place][byte] = values[byte] < 0 ? kNoLetter : static_cast<std::uint32_t>(values[byte]) << (18 - 6 * place);
    }
  }
  return group;
}

constexpr Group kBase64Group = group_of(kBase64Values);
constexpr Group kBase64UrlGroup = group_of(kBase64UrlValues);
constexpr Group kAnyBase64Group = group_of(kAnyBase64Values);

// One to four letters; kNoLetter is set in the sum when one of them is none.
std::uint32_t bits_of(std::string_view letters, const Group& group) {
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < letters.size(); ++i) bits |= group[i][static_cast<unsigned char>(letters[i])];
  return bits;
}

// Letters without padding. `exact`: the unused bits of the last letter must be zero.
bool decode_base64(std::string_view letters, const Group& group, bool exact, std::string& out) {
  const std::size_t odd = letters.size() % 4;
  if (odd == 1) return false;
  const std::size_t whole = letters.size() - odd;
  out.resize(whole / 4 * 3 + (odd == 0 ? 0 : odd - 1));
  const std::size_t begun = &group == &kBase64UrlGroup ? 0 : decode_base64_blocks(letters, out.data());
  char* to = out.data() + begun / 4 * 3;
  std::uint32_t seen = 0;
  for (std::size_t i = begun; i < whole; i += 4, to += 3) {
    const std::uint32_t bits = bits_of({letters.data() + i, 4}, group);
    seen |= bits;
    to[0] = static_cast<char>((bits >> 16) & 0xFFU);
    to[1] = static_cast<char>((bits >> 8) & 0xFFU);
    to[2] = static_cast<char>(bits & 0xFFU);
  }
  const std::uint32_t last = bits_of(letters.substr(whole), group);
  if (odd >= 2) to[0] = static_cast<char>((last >> 16) & 0xFFU);
  if (odd == 3) to[1] = static_cast<char>((last >> 8) & 0xFFU);
  const std::uint32_t unused = odd == 2 ? 0xFFFFU : odd == 3 ? 0xFFU : 0;
  return ((seen | last) & kNoLetter) == 0 && !(exact && (last & unused) != 0);
}

std::optional<std::string> decode_base64(std::string_view letters, const Group& group, bool exact) {
  std::string out;
  if (!decode_base64(letters, group, exact, out)) return std::nullopt;
  return out;
}

std::string_view without_padding(std::string_view text) {
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  return text;
}

constexpr Values kLowerHexValues = values_of(kHexLetters);
constexpr Values kHexValues = [] {
  Values values = kLowerHexValues;
  for (std::size_t i = 0; i < 6; ++i) values['A' + i] = static_cast<std::int8_t>(10 + i);
  return values;
}();

// -1 for what is no digit.
int hex_value(char c, const Values& values = kHexValues) { return values[static_cast<unsigned char>(c)]; }

bool is_unreserved(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string to_hex(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    out += kHexLetters[static_cast<unsigned char>(c) >> 4];
    out += kHexLetters[static_cast<unsigned char>(c) & 0x0F];
  }
  return out;
}

std::string to_base64(std::string_view bytes) { return encode_base64(bytes, kBase64Letters, true); }

std::string to_base64url(std::string_view bytes) { return encode_base64(bytes, kBase64UrlLetters, false); }

std::optional<std::string> from_hex(std::string_view text, HexCase letters) {
  if (text.size() % 2 != 0) return std::nullopt;
  const Values& values = letters == HexCase::any ? kHexValues : kLowerHexValues;
  std::string out(text.size() / 2, '\0');
  int seen = 0;  // negative once a letter was no digit
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_value(text[i], values);
    const int low = hex_value(text[i + 1], values);
    seen |= high | low;
    out[i / 2] = static_cast<char>(high * 16 + low);
  }
  if (seen < 0) return std::nullopt;
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  std::string out;
  if (!from_base64(text, out)) return std::nullopt;
  return out;
}

bool from_base64(std::string_view text, std::string& out) {
  return text.size() % 4 == 0 && decode_base64(without_padding(text), kBase64Group, true, out);
}

std::optional<std::string> from_base64url(std::string_view text) {
  if (text.ends_with('=') && text.size() % 4 != 0) return std::nullopt;
  return decode_base64(without_padding(text), kBase64UrlGroup, true);
}

std::optional<std::string> from_base64_lenient(std::string_view text) {
  return decode_base64(without_padding(text), kAnyBase64Group, false);
}

std::string percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto digits = text.substr(i + 1, 2);
    const int high = digits.size() == 2 ? hex_value(digits[0]) : -1;
    const int low = digits.size() == 2 ? hex_value(digits[1]) : -1;
    if (text[i] == '%' && high >= 0 && low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i] == '+' && plus_is_space ? ' ' : text[i];
    }
  }
  return out;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kUpperHex = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
      continue;
    }
    out += '%';
    out += kUpperHex[static_cast<unsigned char>(c) >> 4];
    out += kUpperHex[static_cast<unsigned char>(c) & 0x0F];
  }
  return out;
}

}  // namespace hookctl
