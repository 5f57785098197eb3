// base/encoding.hpp: RFC 4648 vectors, what the strict decoders refuse, and random round trips.
#include <doctest/doctest.h>

#include <utility>

#include "base/encoding.hpp"
#include "base/random.hpp"

using namespace hookctl;

namespace {

std::string random_bytes(Random& random, std::size_t size) {
  std::string bytes;
  while (bytes.size() < size) bytes += static_cast<char>(random.next() & 0xFFU);
  return bytes;
}

}  // namespace

TEST_CASE("encoding: RFC 4648 section 10") {
  struct Vector {
    const char *plain, *base64, *hex;
  };
  for (const auto& v : {Vector{"", "", ""},
                        {"f", "Zg==", "66"},
                        {"fo", "Zm8=", "666f"},
                        {"foo", "Zm9v", "666f6f"},
                        {"foob", "Zm9vYg==", "666f6f62"},
                        {"fooba", "Zm9vYmE=", "666f6f6261"},
                        {"foobar", "Zm9vYmFy", "666f6f626172"}}) {
    CHECK(to_base64(v.plain) == v.base64);
    CHECK(from_base64(v.base64) == v.plain);
    CHECK(from_base64url(v.base64) == v.plain);
    CHECK(to_hex(v.plain) == v.hex);
    CHECK(from_hex(v.hex) == v.plain);
  }
  CHECK(to_base64("\xFB\xFF\xBF") == "+/+/");
  CHECK(to_base64url("\xFB\xFF\xBF") == "-_-_");
  CHECK(to_base64url("f") == "Zg");
}

TEST_CASE("encoding: strict base64 refuses every other spelling") {
  for (const auto* text : {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm8", "Z", "=", "====", "Zg==\n",
                           " Zg==", "Zm9v\nZg==", "Z=g=", "Zg==Zg==", "-_-_", "Zm9*"}) {
    CAPTURE(text);
    CHECK_FALSE(from_base64(text));
  }
  for (const auto* text : {"Zh", "Z", "+/+/", "Zg=", "Zm9v=", "Zm9v====", "Zg==\n", "Z g"}) {
    CAPTURE(text);
    CHECK_FALSE(from_base64url(text));
  }
  CHECK(from_base64url("Zg") == "f");
  CHECK_FALSE(from_base64(std::string_view("Zg\0=", 4)));
}

TEST_CASE("encoding: lenient base64 takes what people paste") {
  for (const auto* text : {"Zg==", "Zg", "Zh", "Zg="}) CHECK(from_base64_lenient(text) == "f");
  CHECK(from_base64_lenient("-_+/") == "\xFB\xFF\xBF");
  for (const auto* text : {"Z", "Zg===", "Z g",
                           "Zg=="
                           "Zg==",
                           "€"}) {
    CHECK_FALSE(from_base64_lenient(text));
  }
}

TEST_CASE("encoding: hex") {
  CHECK(from_hex("00fF") == std::string("\0\xFF", 2));
  CHECK_FALSE(from_hex("fF", HexCase::lower_only));
  CHECK(from_hex("ff", HexCase::lower_only) == "\xFF");
  for (const auto* text : {"f", "0x", "gg", " f", "f ", "ff\n", "+1"}) CHECK_FALSE(from_hex(text));
}

TEST_CASE("encoding: percent") {
  CHECK(percent_decode("a%20b+c", false) == "a b+c");
  CHECK(percent_decode("a%20b+c", true) == "a b c");
  CHECK(percent_decode("%2B%2b", true) == "++");
  CHECK(percent_decode("100%", true) == "100%");
  CHECK(percent_decode("%4", true) == "%4");
  CHECK(percent_decode("%zz%%41", true) == "%zz%A");
  CHECK(percent_decode("%00", false) == std::string(1, '\0'));
  CHECK(percent_encode("A-z_0.~") == "A-z_0.~");
  CHECK(percent_encode("a b+/ä") == "a%20b%2B%2F%C3%A4");
}

TEST_CASE("encoding: random round trips") {
  SeededRandom random(7);
  for (std::size_t i = 0; i < 2000; ++i) {
    const auto bytes = random_bytes(random, random.next() % 70);
    REQUIRE(from_hex(to_hex(bytes), HexCase::lower_only) == bytes);
    REQUIRE(from_base64(to_base64(bytes)) == bytes);
    REQUIRE(from_base64url(to_base64url(bytes)) == bytes);
    REQUIRE(from_base64_lenient(to_base64(bytes)) == bytes);
    REQUIRE(percent_decode(percent_encode(bytes), true) == bytes);
  }
}

TEST_CASE("encoding: whatever a strict decoder takes, it takes in one spelling only") {
  SeededRandom random(11);
  int taken = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto text = random_text(random, "ABQZghw0+/-_=", 1 + random.next() % 8);
    if (const auto bytes = from_base64(text)) {
      REQUIRE(to_base64(*bytes) == text);
      ++taken;
    }
    if (const auto bytes = from_base64url(text)) REQUIRE(to_base64url(*bytes) == text.substr(0, text.find('=')));
  }
  CHECK(taken > 100);
}

TEST_CASE("encoding: long base64 of every length, and one wrong letter at every place of it") {
  SeededRandom random(13);
  std::string used_again;
  for (std::size_t size = 0; size < 200; ++size) {
    const auto bytes = random_bytes(random, size);
    const auto text = to_base64(bytes);
    REQUIRE(from_base64(text, used_again));
    REQUIRE(used_again == bytes);
    REQUIRE(from_base64url(to_base64url(bytes)) == bytes);
    for (std::size_t at = 0; at < text.size(); ++at) {
      for (const char wrong : {'-', '_', '=', '.', ':', '@', '[', '`', '{', ' ', '\n', '\0', '\x7f', '\x80', '\xAF', '\xFF'}) {
        auto broken = text;
        const bool pads = wrong == '=' && at + 2 >= text.size();  // may be the right end of another text
        if (std::exchange(broken[at], wrong) != wrong && !pads) REQUIRE_FALSE(from_base64(broken));
      }
    }
  }
}

TEST_CASE("encoding: every byte is a letter of an alphabet or none, wherever it stands") {
  const std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::string_view digits = "0123456789abcdefABCDEF";
  for (int byte = 0; byte < 256; ++byte) {
    const auto letter = static_cast<char>(byte);
    for (const std::size_t at : {0U, 1U, 15U, 16U, 30U, 31U, 40U, 61U}) {
      std::string text(64, 'A');
      text[at] = letter;
      REQUIRE(from_base64(text).has_value() == (letters.find(letter) != std::string_view::npos));
      REQUIRE(from_hex(text).has_value() == (digits.find(letter) != std::string_view::npos));
    }
  }
  std::string mixed(40, 'A');
  mixed[33] = '-';
  mixed[2] = '/';
  CHECK(from_base64_lenient(mixed)->size() == 30);
  CHECK_FALSE(from_base64(mixed));
  CHECK_FALSE(from_base64url(mixed));
}
