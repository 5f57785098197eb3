// base/json.hpp: the gate's limits, places and words.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/random.hpp"

using namespace hookctl;

namespace {

std::string complaint(std::string_view text, JsonLimits limits = {}) {
  const auto parsed = parse_json(text, "f.json", limits);
  return parsed ? "none" : parsed.error().message;
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

}  // namespace

TEST_CASE("json: values come through whole and in order") {
  const std::string text = R"({"z":1,"a":[true,false,null,-2,1.5,18446744073709551615,"ä\u00e4\n"],"m":{"":{}},"e":[]})";
  const auto parsed = parse_json(text, "f.json");
  REQUIRE(parsed.ok());
  CHECK(to_text(*parsed) == R"({"z":1,"a":[true,false,null,-2,1.5,18446744073709551615,"ää\n"],"m":{"":{}},"e":[]})");
  CHECK(to_text(parse_json(R"({"a":[1]})", "f").value(), true) == "{\n  \"a\": [\n    1\n  ]\n}");
  for (const auto* scalar : {"1", "\"x\"", "null", "true", " [] "}) CHECK(parse_json(scalar, "f").ok());
}

TEST_CASE("json: complaints say where and what, in plain words") {
  CHECK(complaint("") == "f.json:1:1: expected a value, found the end of the text");
  CHECK(complaint("{\n  \"a\": 1\n  \"b\": 2\n}") == "f.json:3:3: expected ',' or '}', found a string");
  CHECK(complaint("[1 22]") == "f.json:1:4: expected ',' or ']', found a number");
  CHECK(complaint("[1 true]") == "f.json:1:4: expected ',' or ']', found 'true'");
  CHECK(complaint("{\"a\" 1}") == "f.json:1:6: expected ':' after the key, found a number");
  CHECK(complaint("{a:1}") == "f.json:1:2: expected a key in double quotes, found 'a'");
  CHECK(complaint("{\"a\":1,}") == "f.json:1:8: expected a key in double quotes, found '}'");
  CHECK(complaint("[1,\n]") == "f.json:2:1: expected a value, found ']'");
  CHECK(complaint("[1,") == "f.json:1:4: expected a value, found the end of the text");
  CHECK(complaint("[tru\n]") == "f.json:1:2: expected a value, found 'tru'");
  CHECK(complaint("1 x") == "f.json:1:3: expected the end after the value, found 'x'");
  CHECK(complaint("\"abc") == "f.json:1:5: expected a value: invalid string: missing closing quote");
  CHECK(complaint("[1e999]") == "f.json:1:2: expected a number in the range of a double, found '1e999'");
  CHECK(complaint(std::string_view("1\0x", 3)) == "f.json:1:2: expected JSON, found a NUL byte");
  for (const auto* text : {"\"\xFF\"", "\"\xED\xA0\x80\"", "\"\\ud800\"", "nan", "01", "'a'", "\"a\nb\"", "[;last read: '; expected x"}) {
    CAPTURE(text);
    const auto words = complaint(text);
    CHECK(words.starts_with("f.json:1:"));
    CHECK(words.find("exception") == std::string::npos);
    CHECK(words.find("last read") == std::string::npos);
  }
  CHECK(parse_json("[", "f.json").error().kind == ErrorKind::usage);
}

TEST_CASE("json: duplicate keys") {
  const std::string text = "{\"a\":1,\n \"\\\"\\\\\": 2, \"b\": {\"a\": 3}, \"\\\"\\\\\" : 4}";
  CHECK(complaint(text) == "f.json:2:28: expected each key once, found '\"\\' again");
  CHECK(complaint("{\"a\":1,\"\\u0061\":2}") == "f.json:1:8: expected each key once, found 'a' again");
  const auto parsed = parse_json(R"({"a":{"x":1},"b":2,"a":[3]})", "f", {64, true});
  REQUIRE(parsed.ok());
  CHECK(to_text(*parsed) == R"({"a":[3],"b":2})");
}

TEST_CASE("json: depth") {
  CHECK(parse_json(nested(64), "f").ok());
  CHECK(complaint(nested(65)) == "f.json:1:65: expected at most 64 nested objects and arrays");
  CHECK(parse_json("[[[]],[[]]]", "f", {3, false}).ok());
  CHECK_FALSE(parse_json("{\"a\":{\"b\":{\"c\":[]}}}", "f", {3, false}).ok());
  CHECK_FALSE(parse_json("[]", "f", {0, false}).ok());
  CHECK(parse_json("1", "f", {0, false}).ok());
  CHECK_FALSE(parse_json(std::string(2'000'000, '['), "f").ok());
  std::string objects;
  for (int i = 0; i < 200'000; ++i) objects += "{\"a\":";
  CHECK_FALSE(parse_json(objects, "f").ok());
}

TEST_CASE("json: many keys take linear time") {
  std::string text = "{";
  for (int i = 0; i < 50'000; ++i) text += (i > 0 ? ",\"k" : "\"k") + std::to_string(i) + "\":" + std::to_string(i);
  const auto parsed = parse_json(text + "}", "f");
  REQUIRE(parsed.ok());
  CHECK(parsed->size() == 50'000);
}

TEST_CASE("json: lines and columns") {
  CHECK(line_and_column("", 0) == "1:1");
  CHECK(line_and_column("ab\ncd", 2) == "1:3");
  CHECK(line_and_column("ab\ncd", 3) == "2:1");
  CHECK(line_and_column("ab\ncd", 4) == "2:2");
  CHECK(line_and_column("ab\n", 99) == "2:1");
}

TEST_CASE("json: text is always made") {
  nlohmann::ordered_json value;
  value["bad"] = "\xFF";
  CHECK(to_text(value) == "{\"bad\":\"\xEF\xBF\xBD\"}");
}

TEST_CASE("json: the gate and nlohmann agree on random text") {
  SeededRandom random(21);
  int taken = 0;
  for (int i = 0; i < 30'000; ++i) {
    const auto text = random_text(random, "{}[]:,\"\"a1 \n-.e0\\u", 1 + random.next() % 12);
    const auto theirs = nlohmann::ordered_json::parse(text, nullptr, false);
    const auto ours = parse_json(text, "f", {64, true});
    CAPTURE(text);
    REQUIRE(ours.ok() == !theirs.is_discarded());
    if (ours.ok()) REQUIRE(*ours == theirs);
    taken += ours.ok() ? 1 : 0;
  }
  CHECK(taken > 100);
}
