// Composing events: fresh ids and times in the provider's places, edits, headers; and only those bytes change.
#include <doctest/doctest.h>

#include "event/compose.hpp"

using namespace hookctl;
using namespace hookctl::event;

namespace {

constexpr UnixMs kNow = 1'769'860'800'123;  // 2026-01-31T12:00:00.123Z

provider::Provider acme() {
  auto parsed = provider::parse_provider(R"({
    "schema": "hookctl.provider.v1", "id": "acme", "scheme": {"kind": "none"},
    "event_type": ["{json:type}"], "event_id": ["{header:X-Id}", "{json:id}"], "new_event_id": "evt_{alnum:8}",
    "request": {"method": "POST", "headers": {"x-ID": "{event_id}", "X-Head": "{event_type:head}", "X-Tail": "{event_type:tail}", "X-Kind": "other"}},
    "fresh": [{"at": "json:id", "value": "{event_id}"}, {"at": "json:created", "value": "{unix}"}, {"at": "json:made.at", "value": "{iso}"},
              {"at": "json:ms", "value": "{unix_ms}"}, {"at": "json:absent", "value": "x"}, {"at": "json:nothing", "value": "x"}],
    "events": {"order.line.placed": {"summary": "s", "headers": {"X-Kind": "{event_type}", "X-More": "m"}}}
  })", "acme");
  REQUIRE(parsed);
  return *parsed;
}

provider::Provider form_provider() {
  auto parsed = provider::parse_provider(R"({
    "schema": "hookctl.provider.v1", "id": "f", "scheme": {"kind": "none"}, "event_type": ["{form:Status}"], "event_id": ["{form:Sid}"], "new_event_id": "{hex:4}",
    "fresh": [{"at": "form:Sid", "value": "SM{event_id}"}, {"at": "form:Absent", "value": "x"}]
  })", "f");
  REQUIRE(parsed);
  return *parsed;
}

const std::string kBody = R"({ "id":"old" , "type":"order.line.placed","created":1, "ms": "2","made":{"at":"then"},"nothing":null,"price":1.50,"e":"\u00e9" })";

provider::Fixture fixture(const std::string& body = kBody) { return {"order.line.placed", "application/json", body}; }

Event make(const ComposeInputs& inputs, const provider::Provider& provider = acme(), const provider::Fixture& from = fixture()) {
  SeededRandom random(1);
  auto event = compose(provider, from, inputs, random);
  if (!event) FAIL(event.error().message);
  return *std::move(event);
}

ComposeInputs at_now() {
  ComposeInputs inputs;
  inputs.now = kNow;
  return inputs;
}

std::string edited(std::vector<Edit> edits, const std::string& body = R"({"type":"t","a":{"b":[1,2]}})") {
  ComposeInputs inputs = at_now();
  inputs.fresh = false;
  inputs.edits = std::move(edits);
  return make(inputs, acme(), fixture(body)).request.body;
}

}  // namespace

TEST_CASE("compose: fresh places change, every other byte stays") {
  ComposeInputs inputs = at_now();
  inputs.id = "evt_mine";
  const Event event = make(inputs);
  CHECK(event.request.body ==
        R"({ "id":"evt_mine" , "type":"order.line.placed","created":1769860800, "ms": "1769860800123","made":{"at":"2026-01-31T12:00:00Z"},"nothing":null,"price":1.50,"e":"\u00e9" })");
  CHECK(event.id == "evt_mine");
  CHECK(event.type == "order.line.placed");
  CHECK(event.request.method == "POST");
}

TEST_CASE("compose: headers in order and spelling, the event's over the provider's, the user's over all") {
  ComposeInputs inputs = at_now();
  inputs.id = "e1";
  inputs.headers = {{"X-HEAD", "mine"}, {"X-New", "n"}};
  CHECK(make(inputs).request.headers == http::Headers{{"x-ID", "e1"}, {"X-HEAD", "mine"}, {"X-Tail", "line.placed"}, {"X-Kind", "order.line.placed"},
                                                      {"Content-Type", "application/json"}, {"X-More", "m"}, {"X-New", "n"}});
}

TEST_CASE("compose: a fresh id follows the template and the random source") {
  SeededRandom random(7);
  const auto one = compose(acme(), fixture(), at_now(), random);
  const auto two = compose(acme(), fixture(), at_now(), random);
  REQUIRE(one);
  REQUIRE(two);
  CHECK(one->id.starts_with("evt_"));
  CHECK(one->id.size() == 12);
  CHECK(one->id != two->id);
  CHECK(one->request.body.find(one->id) != std::string::npos);
  CHECK(one->request.headers.find("X-Id") == one->id);
}

TEST_CASE("compose: not fresh, the fixture's own bytes; a given id alone still goes in") {
  ComposeInputs inputs = at_now();
  inputs.fresh = false;
  CHECK(make(inputs).request.body == kBody);
  inputs.id = "mine";
  CHECK(make(inputs).request.body.find("\"id\":\"mine\" ,") != std::string::npos);
  CHECK(make(inputs).request.body.find("\"created\":1,") != std::string::npos);
}

TEST_CASE("compose: --set takes JSON, and words that are none as a string") {
  CHECK(edited({SetValue{"a.b[0]", "7"}}) == R"({"type":"t","a":{"b":[7,2]}})");
  CHECK(edited({SetValue{"a", R"({"x": [1]})"}}) == R"({"type":"t","a":{"x": [1]}})");
  CHECK(edited({SetValue{"type", "plain words"}}) == R"({"type":"plain words","a":{"b":[1,2]}})");
  CHECK(edited({SetValue{"type", "\"q\""}}) == R"({"type":"q","a":{"b":[1,2]}})");
  CHECK(edited({SetValue{"type", "null"}}) == R"({"type":null,"a":{"b":[1,2]}})");
  CHECK(edited({UnsetValue{"a"}, SetValue{"type", "1"}}) == R"({"type":1})");
  CHECK(edited({SetValue{"type", ""}}) == R"({"type":"","a":{"b":[1,2]}})");
}

TEST_CASE("compose: edits name the event anew") {
  ComposeInputs inputs = at_now();
  inputs.edits = {SetValue{"type", "order.lost"}};
  CHECK(make(inputs).type == "order.lost");
  inputs.headers = {{"X-Id", "from header"}};
  CHECK(make(inputs).id == "from header");
}

TEST_CASE("compose: an edit that does not fit is a usage error with the option's name") {
  SeededRandom random(1);
  for (const Edit& edit : std::vector<Edit>{SetValue{"type.x", "1"}, SetValue{"a[", "1"}, UnsetValue{"nowhere"}, SetValue{"", "1"}}) {
    ComposeInputs inputs = at_now();
    inputs.edits = {edit};
    const auto event = compose(acme(), fixture(), inputs, random);
    REQUIRE_FALSE(event);
    CHECK(event.error().kind == ErrorKind::usage);
    CHECK(event.error().message.starts_with(std::holds_alternative<SetValue>(edit) ? "--set " : "--unset "));
  }
}

TEST_CASE("compose: a body that is no JSON is left alone") {
  ComposeInputs inputs = at_now();
  CHECK(make(inputs, acme(), fixture("not json")).request.body == "not json");
  CHECK(make(inputs, acme(), fixture("")).request.body == "");
}

TEST_CASE("compose: forms are edited by key, encoded, everything else as it was") {
  const provider::Fixture form{"message", "application/x-www-form-urlencoded", "Body=a+b%21&Sid=SMold&Status=sent&Empty=&Body=again"};
  ComposeInputs inputs = at_now();
  inputs.id = "id1";
  CHECK(make(inputs, form_provider(), form).request.body == "Body=a+b%21&Sid=SMid1&Status=sent&Empty=&Body=again");
  inputs.edits = {SetValue{"Status", "no & yes"}, UnsetValue{"Empty"}, SetValue{"New Key", "v"}};
  const Event event = make(inputs, form_provider(), form);
  CHECK(event.request.body == "Body=a+b%21&Sid=SMid1&Status=no%20%26%20yes&Body=again&New%20Key=v");
  CHECK(event.type == "no & yes");
  CHECK(event.id == "SMid1");
  CHECK(event.request.headers.find("Content-Type") == "application/x-www-form-urlencoded");
  inputs.edits = {UnsetValue{"Nope"}};
  SeededRandom random(1);
  CHECK_FALSE(compose(form_provider(), form, inputs, random));
}

TEST_CASE("compose: where a body of the user's own has a number for its id, a fresh id is one") {
  const Event numbered = make(at_now(), acme(), fixture(R"({"id":81234501,"type":"t"})"));
  CHECK(numbered.id.size() == 15);
  CHECK(numbered.id.find_first_not_of("0123456789") == std::string::npos);
  CHECK(numbered.request.body == R"({"id":)" + numbered.id + R"(,"type":"t"})");
  ComposeInputs given = at_now();
  given.id = "evt_1";
  CHECK(make(given, acme(), fixture(R"({"id":81234501,"type":"t"})")).request.body == R"({"id":"evt_1","type":"t"})");
}
