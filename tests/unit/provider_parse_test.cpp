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
  CHECK(acme->delivery.retry_after_s == std::vector<double>{1, 2.5});
  CHECK(acme->scheme.kind == signing::Kind::hmac);
}

TEST_CASE("provider: an unknown retry schedule is not an empty one") {
  CHECK(parse_provider(with("[1, 2.5]", "null"), "x")->delivery.retry_after_s == std::nullopt);
  CHECK(parse_provider(with("[1, 2.5]", "[]"), "x")->delivery.retry_after_s == std::vector<double>{});
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

TEST_CASE("recognition: the most conditions of one whole alternative") {
  const auto acme = *parse_provider(kGood, "x");
  CHECK(recognition(acme, {{"x-acme", "abc"}}) == 1);
  CHECK(recognition(acme, {{"X-Acme", "v1=abc"}}) == 1);
  CHECK(recognition(acme, {{"X-Acme", "v1=abc"}, {"X-Event", ""}}) == 2);
  CHECK(recognition(acme, {{"X-Event", "e"}}) == 0);
  CHECK(recognition(acme, {}) == 0);
}
