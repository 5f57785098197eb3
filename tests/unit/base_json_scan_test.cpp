// base/json_scan.hpp: strings read in one pass are what the JSON gate makes of them, and it refuses what that refuses.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/json_scan.hpp"
#include "base/random.hpp"
#include "base/text.hpp"

using namespace hookctl;

namespace {

// What the gate makes of the string at the beginning of `text`, if it is one and nothing follows.
std::optional<std::string> by_the_gate(std::string_view text) {
  const auto value = parse_json(text, "x");
  if (!value || !value->is_string()) return std::nullopt;
  return value->get<std::string>();
}

std::optional<std::string> by_the_scan(std::string_view text, std::string& memory) {
  std::size_t at = 0;
  const auto value = read_json_string(text, at, memory);
  if (!value || at != text.size()) return std::nullopt;
  return std::string(*value);
}

void check_alike(std::string_view text) {
  std::string memory;
  const auto wanted = by_the_gate(text);
  const auto found = by_the_scan(text, memory);
  INFO(printable(text));
  CHECK(found == wanted);
}

}  // namespace

TEST_CASE("json_scan: strings with escapes, and what is no string") {
  for (const char* text : {R"("")",
                           R"("a")",
                           R"("plain text of more than eight bytes")",
                           R"("\"\\\/\b\f\n\r\t")",
                           R"("\u0000")",
                           R"("\u00e9\u20AC")",
                           R"("\ud83d\ude00")",
                           R"("\ud83d")",
                           R"("\ude00")",
                           R"("\ud83dx")",
                           R"("\ud83d\u0041")",
                           R"("\ud83d\ud83d")",
                           R"("\u12")",
                           R"("\u12g4")",
                           R"("\x41")",
                           R"("\)",
                           R"("\")",
                           R"(")",
                           R"("a)",
                           R"("abcdefghijk\n)",
                           R"("abcdefg\nabcdefg\n")",
                           "\"\xC3\xA9\"",
                           "\"\xC3\"",
                           "\"abcdefgh\xC3\xA9 abcdefgh\xE2\x82\xAC\"",
                           "\"abcdefgh\xFF\"",
                           "\"\xED\xA0\x80\"",
                           "\"\xC3\\u00a9\"",
                           "\"\\u00c3\xA9\"",
                           "\"a\tb\"",
                           "\"abcdefgh\x01\"",
                           "\"\x7f\"",
                           "a",
                           ""}) {
    check_alike(text);
  }
  check_alike(std::string_view("\"a\0b\"", 5));
}

TEST_CASE("json_scan: a string's view is into the text where nothing is escaped") {
  const std::string text = R"({"name":"value","other":"a\tb"})";
  std::string memory;
  std::size_t at = 8;
  const auto plain = read_json_string(text, at, memory);
  REQUIRE(plain);
  CHECK(*plain == "value");
  CHECK(plain->data() == text.data() + 9);
  CHECK(at == 15);
  at = 24;
  const auto escaped = read_json_string(text, at, memory);
  REQUIRE(escaped);
  CHECK(*escaped == "a\tb");
  CHECK(text[at] == '}');
}

TEST_CASE("json_scan: random strings, whole and broken, are read as the gate reads them") {
  SeededRandom random(7);
  static constexpr const char* kPieces[] = {"a",       "abcdefgh", " ",        "\\n",          "\\\\", "\\\"", "\\u00e9", "\\ud83d\\ude00",
                                            "\\ud83d", "\\u",      "\xC3\xA9", "\xE2\x82\xAC", "\xC3", "\x01", "\"",      "\\q"};
  int sound = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = "\"";
    for (std::uint64_t i = random.next() % 12; i > 0; --i)
      text += kPieces[random.next() % (random.next() % 4 == 0 ? std::size(kPieces) : 8)];
    text += "\"";
    check_alike(text);
    if (by_the_gate(text)) ++sound;
  }
  CHECK(sound > 5'000);
}
