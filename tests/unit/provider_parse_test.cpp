// provider.json files: what they become, and errors that say file, line, column and what was expected.
#include <doctest/doctest.h>

#include "provider/provider.hpp"

using namespace hookctl;
using namespace hookctl::provider;

namespace {

// A small provider that is right; tests change one line of it. Line numbers in the tests are those of this text.
const std::string kGood = R"({
  "schema": "hookctl.provider.v1",
  "id": "acme",
  "scheme": {
    "kind": "hmac",
    "hash": "sha256",
    "signed": "{body}",
    "signature": {"from": "header:X-Acme", "encoding": "hex"}
  },
  "event_type": ["{header:X-Event}.{json:action}", "{header:X-Event}"],
  "event_id": ["{json:id}"],
  "request": {"method": "PUT", "headers": {"X-Event": "{event_type:head}", "content-TYPE": "a/b"}},
  "fresh": [{"at": "json:id", "value": "{event_id}"}, {"at": "form:key", "value": "x"}],
  "recognise": [[{"header": "X-Acme"}], [{"header": "X-Acme", "prefix": "v1="}, {"header": "X-Event"}]],
  "events": {"order.placed": {"summary": "An order", "headers": {"X-Event": "order"}}},
  "delivery": {"timeout_s": 10, "retry": "three times", "retry_after_s": [1, 2.5]}
}
)";

std::string with(const std::string& from, const std::string& to) {
  std::string text = kGood;
  const std::size_t at = text.find(from);
  REQUIRE_MESSAGE(at != std::string::npos, from);
  return text.replace(at, from.size(), to);
}

Error error_of(const std::string& text) {
  auto provider = parse_provider(text, "acme/provider.json");
  REQUIRE_FALSE(provider);
  CHECK(provider.error().kind == ErrorKind::usage);
  return provider.error();
}

}  // namespace

TEST_CASE("provider: every key finds its place") {
  const auto acme = parse_provider(kGood, "acme/provider.json");
  REQUIRE(acme);
  CHECK(acme->id == "acme");
  CHECK(acme->title == "acme");
  CHECK(acme->method == "PUT");
  CHECK(acme->headers == http::Headers{{"X-Event", "{event_type:head}"}, {"content-TYPE", "a/b"}});
  REQUIRE(acme->fresh.size() == 2);
  CHECK_FALSE(acme->fresh[0].form);
  CHECK(acme->fresh[0].path == "id");
  CHECK(acme->fresh[1].form);
  CHECK(acme->fresh[1].path == "key");
  REQUIRE(acme->events.size() == 1);
  CHECK(acme->events[0].type == "order.placed");
  CHECK(acme->events[0].headers.find("X-Event") == "order");
  CHECK(acme->delivery.timeout_s == 10);
  CHECK(acme->delivery.rules.gaps_ms == std::vector<std::int64_t>{1000, 2500});
  CHECK(acme->scheme.kind == signing::Kind::hmac);
}

TEST_CASE("provider: an unknown retry schedule is not an empty one") {
  CHECK_FALSE(parse_provider(with("[1, 2.5]", "null"), "x")->delivery.schedule_known);
  CHECK(parse_provider(with("[1, 2.5]", "[]"), "x")->delivery.schedule_known);
  CHECK(parse_provider(with("[1, 2.5]", "[]"), "x")->delivery.rules.gaps_ms.empty());
}

TEST_CASE("provider: malformed JSON says file, line and column") {
  const Error error = error_of(with("\"hash\": \"sha256\",", "\"hash\": sha256,"));
  CHECK(error.message.starts_with("acme/provider.json:6:13: "));
  CHECK(error.message.find("expected") != std::string::npos);
  CHECK(error_of("").message.starts_with("acme/provider.json:1:1: "));
  CHECK(error_of("{\"a\":1,\n \"a\":2}").message.starts_with("acme/provider.json:2:"));
}

TEST_CASE("provider: a wrong value says file, line, column, its key and what was expected") {
  struct Case {
    const char* from;
    const char* to;
    const char* begins;
    const char* words;
  };
  for (const Case& each : {
           Case{"hookctl.provider.v1", "hookctl.provider.v2", "acme/provider.json:2:13: schema: ", "\"hookctl.provider.v1\""},
           Case{"\"id\": \"acme\"", "\"id\": 7", "acme/provider.json:3:9: id: ", "a string"},
           Case{"\"kind\": \"hmac\"", "\"kind\": \"hmca\"", "acme/provider.json:5:13: scheme.kind: ", "hmac"},
           Case{"\"encoding\": \"hex\"", "\"encoding\": \"base32\"", "acme/provider.json:8:", "scheme.signature.encoding"},
           Case{"[\"{json:id}\"]", "\"{json:id}\"", "acme/provider.json:11:15: event_id: ", "a list"},
           Case{"[\"{json:id}\"]", "[1]", "acme/provider.json:11:16: event_id[0]: ", "a string"},
           Case{"\"method\": \"PUT\"", "\"method\": []", "acme/provider.json:12:25: request.method: ", "a string"},
           Case{"\"content-TYPE\": \"a/b\"", "\"content-TYPE\": 1", "acme/provider.json:12:", "request.headers.content-TYPE: expected a string"},
           Case{"\"at\": \"json:id\"", "\"at\": \"body:id\"", "acme/provider.json:13:20: fresh[0].at: ", "json:PATH or form:KEY"},
           Case{"\"at\": \"json:id\"", "\"at\": \"json:a[\"", "acme/provider.json:13:20: fresh[0].at: ", "a path"},
           Case{"[[{\"header\": \"X-Acme\"}],", "[[],", "acme/provider.json:14:17: recognise[0]: ", "a list of conditions"},
           Case{"\"summary\": \"An order\"", "\"summary\": 1", "acme/provider.json:15:42: events[\"order.placed\"].summary: ", "a string"},
           Case{"\"timeout_s\": 10", "\"timeout_s\": \"10\"", "acme/provider.json:16:29: delivery.timeout_s: ", "a number"},
           Case{"[1, 2.5]", "[1, -2]", "acme/provider.json:16:78: delivery.retry_after_s[1]: ", "a number of seconds"},
       }) {
    CAPTURE(std::string(each.to));
    const Error error = error_of(with(each.from, each.to));
    CHECK_MESSAGE(error.message.starts_with(each.begins), error.message);
    CHECK_MESSAGE(error.message.find(each.words) != std::string::npos, error.message);
  }
}

TEST_CASE("provider: unknown keys are named where they stand, with the nearest known one") {
  const Error error = error_of(with("\"event_id\"", "\"evnet_id\""));
  CHECK_MESSAGE(error.message.starts_with("acme/provider.json:11:15: evnet_id: no such key"), error.message);
  CHECK(error.message.find("'event_id'") != std::string::npos);
  CHECK(error_of(with("\"method\": \"PUT\",", "\"verb\": \"PUT\",")).message.find("request.verb: no such key; known are method, headers") != std::string::npos);
}

TEST_CASE("provider: missing keys are told at the object that lacks them") {
  CHECK(error_of(with("  \"id\": \"acme\",\n", "")).message == "acme/provider.json:1:1: id: this key is missing");
  CHECK(error_of(with("{\"at\": \"json:id\", ", "{")).message == "acme/provider.json:13:13: fresh[0].at: this key is missing");
  CHECK(error_of("[]").message.starts_with("acme/provider.json:1:1: "));
  CHECK(error_of("7").message.starts_with("acme/provider.json:1:1: "));
  CHECK(error_of("null").message.starts_with("acme/provider.json:1:1: "));
}

TEST_CASE("provider: all that is wrong is told, in order, each place once") {
  std::string text = with("\"id\": \"acme\"", "\"id\": \"Acme!\"");
  const std::size_t at = text.find("\"PUT\"");
  text.replace(at, 5, "7");
  text.replace(text.find("{event_type:head}"), 17, "{event_typ}");
  const Reading reading = read_provider_file(text);
  REQUIRE(reading.faults.size() == 3);
  CHECK(to_text("x.json", reading.faults[0]) == "x.json:3:9: id: expected a name of small letters, digits and '-'");
  CHECK(to_text("x.json", reading.faults[1]).starts_with("x.json:12:25: request.method: expected a string"));
  CHECK(reading.faults[2].path == "request.headers.X-Event");
  CHECK(reading.faults[2].words.starts_with("'{event_typ}' is not known (did you mean '{event_type}'?)"));
  CHECK(reading.provider.id == "Acme!");
}

TEST_CASE("provider: malformed JSON is one fault, with its place") {
  const Reading reading = read_provider_file("{\n  \"id\": }");
  REQUIRE(reading.faults.size() == 1);
  CHECK(reading.faults[0].place == "2:9");
  CHECK(reading.faults[0].path == "");
  CHECK(to_text("x", reading.faults[0]).starts_with("x:2:9: expected "));
}

TEST_CASE("provider: keys that begin with // are comments, everywhere") {
  std::string text = with("\"hash\": \"sha256\",", "\"// hash\": \"or sha1\", \"hash\": \"sha256\",");
  text.insert(1, "\"//\": [1, {\"x\": null}],");
  text.replace(text.find("{\"from\": \"header:X-Acme\""), 1, "{\"//\": 1, ");
  text.replace(text.find("{\"order.placed\""), 1, "{\"//order\": 7, ");
  const auto acme = parse_provider(text, "x");
  REQUIRE_MESSAGE(acme.ok(), acme.error().message);
  CHECK(acme->events.size() == 1);
  CHECK_FALSE(parse_provider(with("\"hash\": \"sha256\",", "\"/hash\": 1, \"hash\": \"sha256\","), "x"));
}

TEST_CASE("provider: a placeholder that nothing fills is an error where it stands") {
  struct Case {
    const char* from;
    const char* to;
    const char* begins;
  };
  for (const Case& each : {
           Case{"{event_type:head}", "{event_type:tial}", "acme/provider.json:12:55: request.headers.X-Event: '{event_type:tial}' is not known"},
           Case{"\"value\": \"{event_id}\"", "\"value\": \"{evnt_id}\"", "acme/provider.json:13:40: fresh[0].value: "},
           Case{"[\"{json:id}\"]", "[\"{jsn:id}\"]", "acme/provider.json:11:16: event_id[0]: '{jsn:id}' is not known"},
           Case{"[\"{json:id}\"]", "[\"{json:a[}\"]", "acme/provider.json:11:16: event_id[0]: "},
           Case{"\"X-Event\": \"order\"", "\"X-Event\": \"{unixx}\"", "acme/provider.json:15:"},
           Case{"\"event_id\": [", "\"new_event_id\": \"{event_id}\", \"event_id\": [", "acme/provider.json:11:19: new_event_id: "},
       }) {
    CAPTURE(std::string(each.to));
    const Error error = error_of(with(each.from, each.to));
    CHECK_MESSAGE(error.message.starts_with(each.begins), error.message);
  }
  CHECK(parse_provider(with("\"X-Event\": \"order\"", "\"X-Event\": \"{\\\"a\\\":1}\""), "x"));
}

TEST_CASE("provider: ids are names that can be part of a path") {
  for (const char* good : {"a", "acme", "acme-2", "0"}) CHECK(is_provider_id(good));
  for (const char* bad : {"", "Acme", "a.b", "../a", "a/b", "a b", "a_b", "ä"}) CHECK_FALSE(is_provider_id(bad));
  CHECK_FALSE(is_provider_id(std::string(65, 'a')));
}

TEST_CASE("provider: keys with foreign bytes cannot reach a terminal") {
  CHECK(error_of(with("\"event_id\"", "\"\\u001b[31m\"")).message.find('\x1b') == std::string::npos);
}

TEST_CASE("names: the first template whose places all resolve") {
  const auto acme = *parse_provider(kGood, "x");
  http::Request request;
  request.headers = {{"X-Event", "order"}};
  request.body = R"({"action":"placed","id":"o1"})";
  CHECK(name_event(acme, request).type == "order.placed");
  CHECK(name_event(acme, request).id == "o1");
  request.body = "{}";
  CHECK(name_event(acme, request).type == "order");
  CHECK(name_event(acme, request).id == "");
  request.headers = {};
  CHECK(name_event(acme, request).type == "");
}
