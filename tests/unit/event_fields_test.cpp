// What --set reaches in an event: every path is one that an edit takes.
#include <doctest/doctest.h>

#include "base/json_path.hpp"
#include "event/compose.hpp"
#include "event/fields.hpp"

using namespace hookctl;
using namespace hookctl::event;

namespace {

provider::Provider acme(const std::string& fresh) {
  auto provider = provider::parse_provider(R"({"schema":"hookctl.provider.v1","id":"acme","scheme":{"kind":"none"},"fresh":)" + fresh + "}", "acme.json");
  REQUIRE(provider);
  return *std::move(provider);
}

std::vector<Field> fields_of(const std::string& body, const std::string& fresh = "[]", const std::string& media = "application/json") {
  auto list = fields(acme(fresh), {"e", media, body});
  REQUIRE_MESSAGE(list.ok(), list.error().message);
  return *std::move(list);
}

}  // namespace

TEST_CASE("fields: every place in its order, with type and value") {
  const auto list = fields_of(R"({"id":"x","n":1.50,"t":true,"z":null,"o":{"a":{}},"l":[{"p":1},[]]})");
  std::vector<std::string> lines;
  for (const Field& each : list) lines.push_back(each.path + " " + each.type + " " + each.value + " " + std::to_string(each.size));
  CHECK(lines == std::vector<std::string>{"id string \"x\" 0", "n number 1.5 0", "t boolean true 0", "z null null 0", "o object  1", "o.a object  0", "l array  2", "l[0] object  1", "l[0].p number 1 0",
                                          "l[1] array  0"});
}

TEST_CASE("fields: what is new with every send is marked, however its path is spelt") {
  const auto list = fields_of(R"({"id":"x","a":{"b":1},"z":null})", R"([{"at":"json:id","value":"{event_id}"},{"at":"json:[\"a\"].b","value":"{unix}"},{"at":"json:z","value":"{unix}"}])");
  CHECK(list[0].fresh == "{event_id}");
  CHECK(list[1].fresh == "");
  CHECK(list[2].fresh == "{unix}");
  CHECK(list[3].fresh == "");  // null stays null
}

TEST_CASE("fields: each path is taken by an edit, and odd names too") {
  const std::string body = R"([{"a.b":{"c[0]":1,"":2,"d\"e":3,"f]":4,"g\"]h":5}},2])";
  const auto list = fields_of(body);
  CHECK(list.size() == 7);
  for (const Field& each : list) {
    CAPTURE(each.path);
    CHECK(json_raw_at(body, each.path).has_value());
    CHECK(json_set(body, each.path, "7"));
  }
}

TEST_CASE("fields: a form's keys, decoded, each once") {
  const auto list = fields_of("a=1&b%20c=x+y&a=2&d", R"([{"at":"form:a","value":"{hex:4}"}])", "application/x-www-form-urlencoded");
  REQUIRE(list.size() == 3);
  CHECK(list[0].path == "a");
  CHECK(list[0].value == "1");
  CHECK(list[0].fresh == "{hex:4}");
  CHECK(list[1].path == "b c");
  CHECK(list[1].value == "x y");
  CHECK(list[2].value == "");
}

TEST_CASE("fields: a multipart body is out of reach, and said so") {
  const auto none = fields(acme("[]"), {"e", "multipart/form-data; boundary=x", "--x--"});
  REQUIRE_FALSE(none);
  CHECK(none.error().kind == ErrorKind::usage);
  CHECK(none.error().message.find("multipart/form-data") != std::string::npos);
}

TEST_CASE("fields: a body that holds no places has none") {
  CHECK(fields_of("7").empty());
  CHECK(fields_of("{}").empty());
}
