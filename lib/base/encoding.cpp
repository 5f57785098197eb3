// Strict hex, base64, base64url and percent encoding (RFC 4648, RFC 3986), each alphabet once.
#include "base/encoding.hpp"

#include <array>
#include <cstdint>

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

// Letters without padding. `exact`: the unused bits of the last letter must be zero.
std::optional<std::string> decode_base64(std::string_view letters, const Values& values, bool exact) {
  if (letters.size() % 4 == 1) return std::nullopt;
  std::string out;
  out.reserve(letters.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  unsigned held = 0;  // how many of `bits` wait for a whole byte
  for (const char letter : letters) {
    const auto value = values[static_cast<unsigned char>(letter)];
    if (value < 0) return std::nullopt;
    bits = ((bits << 6) | static_cast<std::uint32_t>(value)) & 0xFFFFU;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out += static_cast<char>((bits >> held) & 0xFFU);
  }
  if (exact && (bits & ((1U << held) - 1U)) != 0) return std::nullopt;
  return out;
}

std::string_view without_padding(std::string_view text) {
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  return text;
}

int hex_value(char c, HexCase letters) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F' && letters == HexCase::any) return c - 'A' + 10;
  return -1;
}

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
  std::string out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_value(text[i], letters);
    const int low = hex_value(text[i + 1], letters);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  return decode_base64(without_padding(text), kBase64Values, true);
}

std::optional<std::string> from_base64url(std::string_view text) {
  if (text.ends_with('=') && text.size() % 4 != 0) return std::nullopt;
  return decode_base64(without_padding(text), kBase64UrlValues, true);
}

std::optional<std::string> from_base64_lenient(std::string_view text) {
  return decode_base64(without_padding(text), kAnyBase64Values, false);
}

std::string percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto digits = text.substr(i + 1, 2);
    const int high = digits.size() == 2 ? hex_value(digits[0], HexCase::any) : -1;
    const int low = digits.size() == 2 ? hex_value(digits[1], HexCase::any) : -1;
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
