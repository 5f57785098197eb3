#include "signing/text_encoding.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.hpp"

namespace hookctl::signing {

namespace {

// The characters of the bytes 0x80 to 0x9f in Windows-1252 (WHATWG Encoding Standard, index-windows-1252).
constexpr std::array<std::uint32_t, 32> kWindows{0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
                                                 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
                                                 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

// The next code point of well-formed UTF-8.
std::uint32_t next_code(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  std::uint32_t code = length == 1 ? lead : lead & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) code = code << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3fU);
  at += length;
  return code;
}

void put_utf8(std::uint32_t code, std::string& out) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xc0 | code >> 6);
  } else {
    if (code < 0x10000) {
      put(0xe0 | code >> 12);
    } else {
      put(0xf0 | code >> 18);
      put(0x80 | (code >> 12 & 0x3f));
    }
    put(0x80 | (code >> 6 & 0x3f));
  }
  put(0x80 | (code & 0x3f));
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

std::optional<std::string> utf8_to_latin1(std::string_view text) {
  if (is_ascii(text) || !is_utf8(text)) return std::nullopt;
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::uint32_t code = next_code(text, at);
    if (code > 0xff) return std::nullopt;
    out += static_cast<char>(code);
  }
  return out;
}

std::optional<std::string> utf8_to_windows1252(std::string_view text) {
  if (is_ascii(text) || !is_utf8(text)) return std::nullopt;
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::uint32_t code = next_code(text, at);
    const auto* known = std::ranges::find(kWindows, code);
    if (known != kWindows.end()) out += static_cast<char>(0x80 + (known - kWindows.begin()));
    else if (code < 0x80 || (code >= 0xa0 && code <= 0xff)) out += static_cast<char>(code);
    else return std::nullopt;
  }
  return out;
}

std::optional<std::string> utf8_to_utf16(std::string_view text, bool big_endian) {
  if (!is_utf8(text)) return std::nullopt;
  std::string out;
  out.reserve(text.size() * 2);
  const auto put = [&](std::uint32_t unit) {
    const char high = static_cast<char>(unit >> 8);
    const char low = static_cast<char>(unit & 0xff);
    out += big_endian ? high : low;
    out += big_endian ? low : high;
  };
  for (std::size_t at = 0; at < text.size();) {
    const std::uint32_t code = next_code(text, at);
    if (code >= 0x10000) put(0xd800 + ((code - 0x10000) >> 10));
    put(code >= 0x10000 ? 0xdc00 + ((code - 0x10000) & 0x3ff) : code);
  }
  return out;
}

std::string latin1_to_utf8(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) put_utf8(static_cast<unsigned char>(c), out);
  return out;
}

std::optional<std::string> utf16_to_utf8(std::string_view bytes, bool big_endian) {
  if (bytes.empty() || bytes.size() % 2 != 0) return std::nullopt;
  const auto unit = [&](std::size_t at) {
    const auto first = static_cast<unsigned char>(bytes[at]);
    const auto second = static_cast<unsigned char>(bytes[at + 1]);
    return static_cast<std::uint32_t>(big_endian ? first << 8 | second : second << 8 | first);
  };
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 2) {
    std::uint32_t code = unit(at);
    if (at == 0 && code == 0xfeff) continue;
    if (code >= 0xd800 && code <= 0xdfff) {
      if (code > 0xdbff || at + 4 > bytes.size() || unit(at + 2) < 0xdc00 || unit(at + 2) > 0xdfff) return std::nullopt;
      code = 0x10000 + ((code - 0xd800) << 10) + (unit(at + 2) - 0xdc00);
      at += 2;
    }
    put_utf8(code, out);
  }
  return out;
}

}  // namespace hookctl::signing
