// JSON written anew in other programs' styles.
#include <doctest/doctest.h>

#include "base/json_style.hpp"

using namespace hookctl;

namespace {

std::string rewritten(std::string_view text, const JsonStyle& style, std::string_view sample = {}) {
  const auto tree = JsonTree::read(text);
  REQUIRE(tree);
  const auto other = sample.empty() ? std::nullopt : JsonTree::read(sample);
  return tree->write(style, other ? &*other : nullptr);
}

constexpr std::string_view kText = "{ \"b\" : [1.50, {}, []],\n\"a\":\"\\u00e9/\\\"<\xF0\x9F\x98\x80\" , \"a\":null}";

}  // namespace

TEST_CASE("json style: blanks as other writers put them, values as they stand") {
  CHECK(rewritten(kText, {}) == "{\"b\":[1.50,{},[]],\"a\":\"\\u00e9/\\\"<\xF0\x9F\x98\x80\",\"a\":null}");
  JsonStyle style;
  style.layout = {", ", ": "};
  CHECK(rewritten("{\"a\":[1,2],\"b\":{}}", style) == "{\"a\": [1, 2], \"b\": {}}");
  style.layout = {",", ": ", "  "};
  CHECK(rewritten("{\"a\":[1,2],\"b\":{}}", style) == "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}");
  style.layout = {",", " : ", "\t", "\r\n", true};
  CHECK(rewritten("{\"a\":[],\"b\":1}", style) == "{\r\n\t\"a\" : [ ],\r\n\t\"b\" : 1\r\n}");
}

TEST_CASE("json style: strings as JavaScript, Python, PHP and Go spell them") {
  JsonStyle style;
  style.spelling = {.kept = false};
  CHECK(rewritten(kText, style) == "{\"b\":[1.50,{},[]],\"a\":\"\xC3\xA9/\\\"<\xF0\x9F\x98\x80\",\"a\":null}");
  style.spelling = {.kept = false, .ascii = true};
  CHECK(rewritten("[\"\xC3\xA9\xF0\x9F\x98\x80\\u0001\\n\"]", style) == "[\"\\u00e9\\ud83d\\ude00\\u0001\\n\"]");
  style.spelling.slash = true;
  CHECK(rewritten("{\"a/b\":\"c\\/d\"}", style) == "{\"a\\/b\":\"c\\/d\"}");
  style.spelling = {.kept = false, .upper = true, .quote = true, .as_unicode = "<>&"};
  CHECK(rewritten("[\"<a\\\"\"]", style) == "[\"\\u003Ca\\u0022\"]");
  style.spelling = {.kept = false, .separators = true};
  CHECK(rewritten("[\"\xE2\x80\xA8\"]", style) == "[\"\\u2028\"]");
  CHECK(rewritten("[\"\xFF\xC3\"]", style) == "[\"\xFF\xC3\"]");
}

TEST_CASE("json style: keys sorted, or as a sample has them") {
  JsonStyle style;
  style.order = KeyOrder::sorted;
  CHECK(rewritten("{\"b\":[{\"d\":1,\"c\":2}],\"a\":3}", style) == "{\"a\":3,\"b\":[{\"c\":2,\"d\":1}]}");
  style.order = KeyOrder::like_sample;
  CHECK(rewritten("{\"a\":3,\"b\":[{\"c\":2,\"d\":1}],\"n\":0}", style, "{\"b\":[{\"d\":1,\"c\":2}],\"a\":9}") == "{\"b\":[{\"d\":1,\"c\":2}],\"a\":3,\"n\":0}");
  CHECK(rewritten("{\"a\":3,\"b\":1}", style) == "{\"a\":3,\"b\":1}");
  CHECK(JsonTree::read("{\"a\":{\"b\":1,\"c\":2},\"b\":0,\"c\":0,\"d\":0,\"e\":0}")->is_sorted());
  CHECK_FALSE(JsonTree::read("{\"a\":{\"c\":1,\"b\":2},\"b\":0,\"c\":0,\"d\":0,\"e\":0}")->is_sorted());
  CHECK_FALSE(JsonTree::read("{\"a\":1,\"b\":2,\"c\":3}")->is_sorted());  // that may be chance
  CHECK_FALSE(JsonTree::read("[1]")->is_sorted());
  CHECK(JsonTree::read("[{\"a\":1,\"b\":2},{\"c\":1}]")->root_keys() == std::vector<std::string_view>{"a", "b"});
  CHECK(JsonTree::read("[]")->root_keys().empty());
}

TEST_CASE("json style: numbers stay, or lose their zeros") {
  CHECK(rewritten("[1.50,1.0,100,1.0e5,-0.0]", {.short_numbers = true}) == "[1.5,1,100,1.0e5,-0]");
  CHECK(JsonTree::read("[1.0]")->has_long_numbers());
  CHECK_FALSE(JsonTree::read("[1.5,100]")->has_long_numbers());
}

TEST_CASE("json style: what is no JSON is no tree, and where it ends early is told") {
  for (std::string_view text : {"", "{", "{\"a\"}", "[1,]", "[1] 2", "nul"}) CHECK_FALSE(JsonTree::read(text));
  CHECK_FALSE(JsonTree::read(std::string(2000, '[') + std::string(2000, ']')));
  CHECK(missing_json_end("{\"a\":[1,{\"b\":2") == "}]}");
  CHECK(missing_json_end("{\"a\":\"\\\"x") == "\"}");
  CHECK_FALSE(missing_json_end("{\"a\":1}"));
  CHECK_FALSE(missing_json_end("{\"a\":1]"));
  CHECK_FALSE(missing_json_end("a=1"));
}
