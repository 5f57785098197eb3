// base/json_path.hpp: looking up, and edits that touch nothing else.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/json_path.hpp"
#include "base/random.hpp"

using namespace hookctl;
using nlohmann::ordered_json;

namespace {

std::string raw(std::string_view text, std::string_view path) { return std::string(json_raw_at(text, path).value_or("(none)")); }
std::string set(std::string_view text, std::string_view path, std::string_view value) {
  const auto edited = json_set(text, path, value);
  return edited ? *edited : "error: " + edited.error().message;
}
std::string unset(std::string_view text, std::string_view path) {
  const auto edited = json_unset(text, path);
  return edited ? *edited : "error: " + edited.error().message;
}
std::string path_complaint(std::string_view path) {
  const auto steps = parse_path(path);
  return steps ? "none" : steps.error().message;
}
std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

constexpr std::string_view kPretty =
    "{\n  \"id\": \"evt_1\",\n  \"data\": {\n    \"amount\": 1.50,\n    \"empty\": {}\n  },\n  \"list\": [\n    1,\n    2\n  ]\n}\n";

}  // namespace

TEST_CASE("json_path: paths") {
  const auto steps = parse_path("data.items[12][\"a.b\"].c");
  REQUIRE(steps.ok());
  REQUIRE(steps->size() == 5);
  CHECK((*steps)[1].key == "items");
  CHECK((*steps)[2].is_index);
  CHECK((*steps)[2].index == 12);
  CHECK((*steps)[3].key == "a.b");
  CHECK_FALSE((*steps)[3].is_index);
  CHECK(parse_path("[0].sg_event_id").ok());
  CHECK(parse_path("[\"\"]").ok());
  CHECK(path_complaint("a..b") == "path 'a..b', column 3: expected a name");
  CHECK(path_complaint("a[x]") == "path 'a[x]', column 3: expected an index or a name in double quotes");
  CHECK(path_complaint("a[0]b") == "path 'a[0]b', column 5: expected '.' or '['");
  for (const auto* path : {"", ".", ".a", "a.", "a[", "a[]", "a[-1]", "a[1", "a[\"b]", "a]", "a[99999999999999999999]"}) {
    CAPTURE(path);
    CHECK(path_complaint(path) != "none");
    CHECK(raw("{}", path) == "(none)");
  }
  std::string longest = "a";
  for (int i = 1; i < 32; ++i) longest += ".a";
  CHECK(parse_path(longest).ok());
  CHECK_FALSE(parse_path(longest + ".a").ok());
}

TEST_CASE("json_path: looking up") {
  CHECK(raw(kPretty, "id") == "\"evt_1\"");
  CHECK(raw(kPretty, "data.amount") == "1.50");
  CHECK(raw(kPretty, "data.empty") == "{}");
  CHECK(raw(kPretty, "list[1]") == "2");
  CHECK(raw(kPretty, "list") == "[\n    1,\n    2\n  ]");
  CHECK(raw("[[1],[2,{\"a.b\":3}]]", "[1][1][\"a.b\"]") == "3");
  for (const auto* path : {"list[2]", "id.x", "data[0]", "list.x", "ID", "dat", "data.amount.x", "[0]"}) {
    CAPTURE(path);
    CHECK(raw(kPretty, path) == "(none)");
  }
  CHECK(raw(R"({"a":1,"b":{"c":2},"a":3,"b":{"d":4}})", "a") == "3");
  CHECK(raw(R"({"b":{"c":2},"b":{"d":4}})", "b.c") == "(none)");
  CHECK(raw(R"({"b":{"c":2},"b":7})", "b.c") == "(none)");
  CHECK(raw(R"({"b":7,"b":{"c":2}})", "b.c") == "2");
  CHECK(raw(R"({"b":[1],"b":[2,3]})", "b[0]") == "2");
}

TEST_CASE("json_path: keys and strings are decoded") {
  CHECK(raw(R"({"\u0061\n\"":1})", "a\n\"") == "1");
  CHECK(raw(R"({"\ud83d\ude00":1})", "😀") == "1");
  CHECK(raw(R"({"a\u0062":1,"ab":2})", "ab") == "2");
  CHECK(raw(R"({"ab\u0063":1})", "ab") == "(none)");
  CHECK(json_text_at(R"({"a":"x\"\\\/\b\f\n\r\t\u00e4\u20ac\ud83d\ude00"})", "a") == "x\"\\/\b\f\n\r\tä€😀");
  CHECK(json_text_at(R"(["\ud83d","\ude00\ud83d","\ud83d\u0041"])", "[0]") == "\uFFFD");
  CHECK(json_text_at(R"(["\ud83d","\ude00\ud83d","\ud83d\u0041"])", "[1]") == "\uFFFD\uFFFD");
  CHECK(json_text_at(R"(["\ud83d","\ude00\ud83d","\ud83d\u0041"])", "[2]") == "\uFFFDA");
  CHECK(json_text_at(R"(["\ude00\ude00"])", "[0]") == "\uFFFD\uFFFD");
  CHECK(json_text_at(R"(["\u0000"])", "[0]") == std::string(1, '\0'));
  CHECK(json_text_at(R"([1.50,true,false,null,{},[],""])", "[0]") == "1.50");
  CHECK(json_text_at(R"([1.50,true,false,null,{},[],""])", "[1]") == "true");
  for (const auto* path : {"[3]", "[4]", "[5]", "[7]"}) CHECK_FALSE(json_text_at(R"([1.50,true,false,null,{},[],""])", path));
  CHECK(json_text_at(R"([1.50,true,false,null,{},[],""])", "[6]") == "");
}

TEST_CASE("json_path: nothing is found in what is no JSON") {
  for (const auto* text : {"",
                           "{",
                           "{\"a\":1",
                           "{\"a\":1}}",
                           "{\"a\":1,}",
                           "{\"a\":1 \"b\":2}",
                           "{\"a\":1]",
                           "{\"a\":1,\"b\":[}",
                           "{\"a\":1,\"b\":\"\n\"}",
                           "{\"a\":1,\"b\":\"\\q\"}",
                           "{\"a\":1,\"b\":01}",
                           "{\"a\":1,\"b\":1.}",
                           "{\"a\":1,\"b\":-}",
                           "{\"a\":1,\"b\":tru}",
                           "{\"a\":1,b:2}",
                           "{\"a\":1,\"b\"}",
                           "{\"a\":1,\"b\":\"\\u12g4\"}",
                           "{\"a\":1}x",
                           "a",
                           "\"a",
                           "[,1]",
                           "{,}",
                           "{\"a\":1,\"b\":[1,]}",
                           "{\"a\":1,\"b\":\"\\"}) {
    CAPTURE(text);
    CHECK(raw(text, "a") == "(none)");
    CHECK(set(text, "a", "2").starts_with("error: cannot set 'a'"));
    CHECK(unset(text, "a").starts_with("error: cannot unset 'a'"));
  }
}

TEST_CASE("json_path: depth is limited, not the stack") {
  CHECK(raw("{\"a\":1,\"b\":" + nested(511) + "}", "a") == "1");
  CHECK(raw("{\"a\":1,\"b\":" + nested(512) + "}", "a") == "(none)");
  CHECK(raw(nested(512), "[0][0]").size() == 1020);
  CHECK(raw(nested(513), "[0][0]") == "(none)");
  CHECK(raw(std::string(3'000'000, '['), "[0]") == "(none)");
  CHECK(raw("{\"a\":" + std::string(3'000'000, '['), "a") == "(none)");
}

TEST_CASE("json_path: setting what is there changes its bytes only") {
  CHECK(set(R"({ "a" : 1 , "b":[1.0, 2e1] })", "b[0]", "\"x\"") == R"({ "a" : 1 , "b":["x", 2e1] })");
  CHECK(set(R"({"a":1,"a":2})", "a", "3") == R"({"a":1,"a":3})");
  CHECK(set(R"({"a":{"b":1}})", "a", " null\n") == R"({"a":null})");
  CHECK(set("\n[1]\n", "[0]", "{}") == "\n[{}]\n");
}

TEST_CASE("json_path: setting what is not there adds it as its neighbours are") {
  CHECK(set("{}", "a", "1") == R"({"a":1})");
  CHECK(set(R"({"a":1})", "b", "2") == R"({"a":1,"b":2})");
  CHECK(set(R"({"a": 1, "b": 2})", "c", "3") == R"({"a": 1, "b": 2, "c": 3})");
  CHECK(set(R"({"a":1})", "b.c.d", "2") == R"({"a":1,"b":{"c":{"d":2}}})");
  CHECK(set(R"({"a":1})", "b[0].c", "2") == R"({"a":1,"b":[{"c":2}]})");
  CHECK(set("[]", "[0]", "1") == "[1]");
  CHECK(set("[1, 2]", "[2]", "3") == "[1, 2, 3]");
  CHECK(set(R"({})", "[\"a\\\"\n\"]", "1") == R"({"a\\\"\n":1})");
  const std::string pretty(kPretty);
  CHECK(set(pretty, "live", "true") == pretty.substr(0, pretty.size() - 3) + ",\n  \"live\": true\n}\n");
  CHECK(set(pretty, "data.empty.x", "1").find("\"empty\": {\"x\": 1}\n") != std::string::npos);
  CHECK(set(pretty, "list[2]", "3").find("    2,\n    3\n  ]") != std::string::npos);
}

TEST_CASE("json_path: setting where it cannot be") {
  CHECK(set(R"({"a":1})", "a.b", "2") == "error: cannot set 'a.b': 'a' is no object");
  CHECK(set(R"({"a":{}})", "a[0]", "2") == "error: cannot set 'a[0]': 'a' is no array");
  CHECK(set(R"([1])", "a", "2") == "error: cannot set 'a': the text is no object");
  CHECK(set(R"({"a":[1]})", "a[2]", "2") == "error: cannot set 'a[2]': 'a' has 1 items; the next one is [1]");
  CHECK(set(R"({"a":1})", "b[1]", "2") == "error: cannot set 'b[1]': a new array begins with [0]");
  CHECK(set(R"({"a":"x"})", "a.b.c", "2") == "error: cannot set 'a.b.c': 'a' is no object");
  CHECK(set("1", "a", "2") == "error: cannot set 'a': the text is no object");
  for (const auto* value : {"", "x", "1 2", "{", "'a'", ","})
    CHECK(set("{}", "a", value).starts_with("error: cannot set 'a': the new value is no JSON"));
}

TEST_CASE("json_path: unsetting takes the comma along") {
  CHECK(unset(R"({"a":1})", "a") == "{}");
  CHECK(unset(R"({ "a" : 1 })", "a") == "{}");
  CHECK(unset(R"({"a":1,"b":2,"c":3})", "a") == R"({"b":2,"c":3})");
  CHECK(unset(R"({"a":1,"b":2,"c":3})", "b") == R"({"a":1,"c":3})");
  CHECK(unset(R"({"a":1,"b":2,"c":3})", "c") == R"({"a":1,"b":2})");
  CHECK(unset("[1, 2, 3]", "[0]") == "[2, 3]");
  CHECK(unset("[1, 2, 3]", "[1]") == "[1, 3]");
  CHECK(unset("[1, 2, 3]", "[2]") == "[1, 2]");
  CHECK(unset("{\n  \"a\": 1,\n  \"b\": 2\n}", "a") == "{\n  \"b\": 2\n}");
  CHECK(unset("{\n  \"a\": 1,\n  \"b\": 2\n}", "b") == "{\n  \"a\": 1\n}");
  CHECK(unset(R"({"x":{"a":1,"b":[2]}})", "x.b[0]") == R"({"x":{"a":1,"b":[]}})");
  CHECK(unset(R"({"a":1,"b":2,"\u0061":3,"c":4,"a":5})", "a") == R"({"b":2,"c":4})");
  CHECK(unset(R"({"a":1,"a":2})", "a") == "{}");
  CHECK(unset(R"({"a":1})", "b") == "error: cannot unset 'b': there is no such place");
  CHECK(unset("[1]", "[1]") == "error: cannot unset '[1]': there is no such place");
}

TEST_CASE("json_path: quoting") {
  CHECK(json_quote("a\"\\\b\f\n\r\t\x01\x7Fä") == "\"a\\\"\\\\\\b\\f\\n\\r\\t\\u0001\x7Fä\"");
  CHECK(json_quote("").size() == 2);
  std::string all;
  for (int c = 0; c < 128; ++c) all += static_cast<char>(c);
  CHECK(ordered_json::parse(json_quote(all)) == all);
  CHECK(json_text_at("[" + json_quote(all) + "]", "[0]") == all);
}

namespace {

// Random documents, each with the path and the pointer of one place in it.
class Documents {
 public:
  explicit Documents(std::uint64_t seed) : random_(seed) {}

  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(random_.next() % limit); }

  ordered_json value(int depth) {
    switch (below(depth > 0 ? 8 : 5)) {
      case 0:
        return nullptr;
      case 1:
        return below(2) == 0;
      case 2:
        return static_cast<std::int64_t>(random_.next());
      case 3:
        return static_cast<double>(below(1000)) / 8;
      case 4:
        return key();
      case 5:
        return array(depth);
      default:
        return object(depth);
    }
  }

  ordered_json object(int depth) {
    auto out = ordered_json::object();
    for (auto count = below(4); count > 0; --count) out[key()] = value(depth - 1);
    return out;
  }

  ordered_json array(int depth) {
    auto out = ordered_json::array();
    for (auto count = below(4); count > 0; --count) out.push_back(value(depth - 1));
    return out;
  }

  std::string key() {
    constexpr const char* kKeys[] = {"", "a", "b", "id", "a.b", "[0]", "q\"q", "back\\", "line\n", "ä", "😀", "}{", ",:", "\x01"};
    return kKeys[below(std::size(kKeys))];
  }

  // Random spelling: indented, compact, or escaped to ASCII.
  std::string spell(const ordered_json& document) {
    const auto style = below(4);
    return document.dump(style == 0 ? -1 : static_cast<int>(style) - 1, style == 2 ? '\t' : ' ', below(2) == 0);
  }

  // Walks down at random; at least one step, which may be to a place that is not there yet.
  std::string walk(const ordered_json& document, ordered_json::json_pointer& pointer) {
    std::string path;
    const auto* at = &document;
    do {
      if (at->is_array()) {
        const auto index = below(at->size() + 1);
        path += "[" + std::to_string(index) + "]";
        pointer /= index;
        if (index == at->size()) return path;
        at = &(*at)[index];
      } else {
        const auto name =
            at->empty() || below(4) == 0 ? key() : std::next(at->begin(), static_cast<std::ptrdiff_t>(below(at->size()))).key();
        path += "[\"" + name + "\"]";
        pointer /= name;
        if (!at->contains(name)) return path;
        at = &(*at)[name];
      }
    } while (at->is_structured() && below(3) != 0);
    return path;
  }

 private:
  SeededRandom random_;
};

}  // namespace

TEST_CASE("json_path: edits agree with nlohmann on random documents") {
  Documents documents(99);
  int found = 0;
  for (int i = 0; i < 20'000; ++i) {
    auto document = documents.below(3) == 0 ? documents.array(4) : documents.object(4);
    const auto text = documents.spell(document);
    ordered_json::json_pointer pointer;
    const auto path = documents.walk(document, pointer);
    const auto value = documents.value(2);
    CAPTURE(text);
    CAPTURE(path);

    const bool there = document.contains(pointer);
    const auto seen = json_raw_at(text, path);
    REQUIRE(seen.has_value() == there);
    if (there) REQUIRE(ordered_json::parse(*seen) == document[pointer]);

    const auto edited = json_set(text, path, value.dump());
    REQUIRE(edited.ok());
    auto wanted = document;
    wanted[pointer] = value;
    REQUIRE(ordered_json::parse(*edited, nullptr, false) == wanted);
    REQUIRE(json_raw_at(*edited, path) == value.dump());

    const auto removed = json_unset(text, path);
    REQUIRE(removed.ok() == there);
    if (!there) {
      REQUIRE(json_unset(*edited, path).value().size() <= text.size());
      REQUIRE(ordered_json::parse(json_unset(*edited, path).value(), nullptr, false) == document);
      continue;
    }
    ++found;
    auto& parent = document[pointer.parent_pointer()];
    parent.is_array() ? parent.erase(std::stoul(pointer.back())) : static_cast<void>(parent.erase(pointer.back()));
    REQUIRE(ordered_json::parse(*removed, nullptr, false) == document);
  }
  CHECK(found > 5000);
}

TEST_CASE("json_path: any bytes are safe, and what is taken for JSON is JSON") {
  SeededRandom random(17);
  int taken = 0;
  for (int i = 0; i < 60'000; ++i) {
    const auto text = random_text(random, "{}[]:,\"\"aa1 \n-.e0\\u\x80", random.next() % 14);
    const auto edited = json_set("{\"a\":" + text + "}", "a", "1");
    const auto same = ordered_json::accept("{\"a\":" + text + "}");
    const bool only_bytes = text.find('\x80') != std::string::npos;  // the scanner leaves UTF-8 alone
    const bool injected = edited.ok() && *edited != "{\"a\":1}";     // `text` closed the object or added members
    CAPTURE(text);
    if (!only_bytes && !injected) REQUIRE(edited.ok() == same);
    taken += edited.ok() ? 1 : 0;
    (void)json_unset(text, "a");
    (void)json_text_at(text, "a[0]");
  }
  CHECK(taken > 500);
}

TEST_CASE("json_path: every cut of a document is safe") {
  const std::string text = R"({"a":[1,{"b":"\ud83d\ude00"},null],"c":{"d":true}} )";
  for (std::size_t size = 0; size + 2 < text.size(); ++size) {
    CHECK(raw(std::string_view(text).substr(0, size), "c.d") == "(none)");
    CHECK_FALSE(json_set(std::string_view(text).substr(0, size), "c.d", "1").ok());
  }
  CHECK(raw(text, "c.d") == "true");
}
