// The second look at a provider.json: what parses and yet cannot work, each doubt at its place.
#include <doctest/doctest.h>

#include "provider/check.hpp"

using namespace hookctl;
using namespace hookctl::provider;

namespace {

// Nothing is doubtful in this one; tests change a part of it.
const std::string kGood = R"({
  "schema": "hookctl.provider.v1",
  "id": "acme",
  "scheme": {"kind": "hmac", "hash": "sha256", "signed": "{timestamp}.{body}",
    "signature": {"from": "header:X-Acme", "encoding": "hex"},
    "timestamp": {"from": "header:X-Time", "unit": "s", "max_age": 300}},
  "event_type": ["{json:type}"],
  "event_id": ["{json:id}"],
  "new_event_id": "evt_{alnum:8}",
  "fresh": [{"at": "json:id", "value": "{event_id}"}],
  "recognise": [[{"header": "X-Acme"}]],
  "events": {"a.b": {"summary": "An event"}}
})";
const std::vector<std::string> kEvents{"a.b"};

// What is found, a line each: "warning 4:13 scheme: …".
std::vector<std::string> found(std::string text, const std::string& from, const std::string& to, const std::string& name = "acme.json", const std::vector<std::string>& events = kEvents) {
  const std::size_t at = text.find(from);
  REQUIRE_MESSAGE(at != std::string::npos, from);
  text.replace(at, from.size(), to);
  std::vector<std::string> lines;
  for (const Finding& each : check(text, name, events)) lines.push_back(std::string(to_text(each.weight)) + " " + each.remark.place + " " + each.remark.path + ": " + each.remark.words);
  return lines;
}

}  // namespace

TEST_CASE("check: nothing to say of a good one") { CHECK(found(kGood, "acme", "acme").empty()); }

TEST_CASE("check: each doubt, where it is") {
  struct Case {
    const char* from;
    const char* to;
    const char* begins;
  };
  for (const Case& each : {
           Case{"  \"recognise\": [[{\"header\": \"X-Acme\"}]],\n", "", "warning 1:1 recognise: there is none"},
           Case{"  \"event_type\": [\"{json:type}\"],\n", "", "warning 1:1 event_type: there is none"},
           Case{"  \"new_event_id\": \"evt_{alnum:8}\",\n", "", "warning 8:15 event_id: there is no 'new_event_id'"},
           Case{"\"value\": \"{event_id}\"", "\"value\": \"{unix}\"", "warning 8:15 event_id: fresh events keep"},
           Case{"\"max_age\": 300", "\"max_age\": null", "warning 6:68 scheme.timestamp.max_age: no age is too old"},
           Case{"{timestamp}.{body}", "{body}", "warning 6:18 scheme.timestamp: {timestamp} is not in 'signed'"},
           Case{"{timestamp}.{body}", "{timestamp}", "warning 4:58 scheme.signed: {body} is not in it"},
           Case{"\"events\": {", "\"events\": {\"x.y\": {\"summary\": \"s\"}, ", "warning 12:21 events[\"x.y\"]: there is no fixture of it"},
           Case{"\"acme\"", "\"acmo\"", "warning 3:9 id: the file is called 'acme'"},
       }) {
    CAPTURE(std::string(each.begins));
    const auto lines = found(kGood, each.from, each.to);
    REQUIRE(lines.size() == 1);
    CHECK_MESSAGE(lines.front().starts_with(each.begins), lines.front());
  }
}

TEST_CASE("check: a fixture without a line about it") {
  const auto lines = found(kGood, "acme", "acme", "acme.json", {"a.b", "c.d"});
  REQUIRE(lines.size() == 1);
  CHECK(lines.front() == "warning 12:13 events: no entry for the fixture 'c.d'");
}

TEST_CASE("check: what protects nothing is noted") {
  const std::size_t begin = kGood.find("{\"kind\""), end = kGood.find(",\n  \"event_type\"");
  const std::string scheme = kGood.substr(begin, end - begin);
  auto token = found(kGood, scheme, R"({"kind": "token", "signature": {"from": "header:X-Acme"}})");
  REQUIRE(token.size() == 1);
  CHECK(token.front().starts_with("note 4:13 scheme: a token does not protect the body"));
  auto none = found(kGood, scheme, R"({"kind": "none"})");
  REQUIRE(none.size() == 1);
  CHECK(none.front().starts_with("note 4:13 scheme: nothing is signed"));
  auto ways = found(kGood, scheme, "{\"alternatives\": [" + scheme + ", {\"kind\": \"none\"}]}");
  REQUIRE(ways.size() == 1);
  CHECK(ways.front().find("scheme.alternatives[1]: nothing is signed") != std::string::npos);
}

TEST_CASE("check: a file called provider.json is called as its folder") {
  CHECK(found(kGood, "acme", "acme", "x/acme/provider.json").empty());
  CHECK(found(kGood, "acme", "acme", "x/other/provider.json").size() == 1);
  CHECK(found(kGood, "acme", "acme", "provider.json").empty());
}

TEST_CASE("check: faults hide doubts, and all of them are told") {
  std::string text = kGood;
  text.replace(text.find("{event_id}"), 10, "{foo}");
  const auto lines = found(text, R"([[{"header": "X-Acme"}]])", R"([{"header": "X-Acme"}])");
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].starts_with("error 10:40 fresh[0].value: '{foo}' is not known"));
  CHECK(lines[1].starts_with("error 11:17 recognise[0]: expected a list of conditions"));
}
