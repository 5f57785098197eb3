// What the effects probe says, however it says it.
#include "check/effects.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace hookctl;
using namespace hookctl::check;

namespace {

Effects read(std::string_view json) { return parse_effects(json).value(); }

std::string fault(std::string_view json) {
  const auto effects = parse_effects(json);
  if (effects) return "";
  CHECK(effects.error().kind == ErrorKind::usage);
  return effects.error().message;
}

// Answers what it was told to, and keeps what it was sent.
class ToldClient final : public http::Client {
 public:
  http::SendResult send(const http::Outgoing& message, std::int64_t) override {
    sent = message;
    return answer;
  }
  http::Outgoing sent;
  http::SendResult answer;
};

http::Response answer(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

}  // namespace

TEST_CASE("effects: ids are counted, numbers by their spelling") {
  const Effects effects = read(R"({"count": 6, "ids": ["a", "a", 7, 12345678901234567890123, -1.50, "\u00e9", "7"], "state": {"x": [1]}, "log": ["l"], "more": 1})");
  CHECK(effects.count == 6);
  CHECK(effects.has_ids);
  CHECK(effects.of("a") == 2);
  CHECK(effects.of("7") == 2);
  CHECK(effects.of("12345678901234567890123") == 1);
  CHECK(effects.of("-1.50") == 1);
  CHECK(effects.of("\xc3\xa9") == 1);
  CHECK(effects.of("b") == 0);
  CHECK(effects.state == R"({"x": [1]})");
  CHECK(effects.text.find("\"log\"") != std::string::npos);
}

TEST_CASE("effects: either of count and ids is enough") {
  CHECK(read(R"({"ids": ["a", "b"]})").count == 2);
  CHECK(read(R"({"ids": []})").has_ids);
  CHECK(read(R"({"ids": ["a"], "count": null})").count == 1);
  const Effects counted = read(" {\"count\": 3.0, \"ids\": null}\n");
  CHECK(counted.count == 3);
  CHECK_FALSE(counted.has_ids);
  CHECK(counted.state.empty());
}

TEST_CASE("effects: what is none says why") {
  CHECK(fault("{}") == "there is neither 'count' nor 'ids'");
  CHECK(fault("[1]") == "it is JSON, but no object");
  CHECK(fault("ok").starts_with("effects:1:1: "));
  CHECK(fault("").starts_with("effects:1:1: "));
  for (const char* count : {"-1", "1.5", "\"1\"", "true", "1e300"}) CHECK(fault(std::string("{\"count\": ") + count + "}") == "'count' is no whole number from 0 on");
  for (const char* ids : {"{}", "\"a\"", "[null]", "[[1]]", "[true]", "[{}]"}) CHECK(fault(std::string("{\"ids\": ") + ids + "}") == "'ids' is no list of strings or numbers");
  CHECK(fault("{\"count\": 1, \"state\": " + std::string(500, '[') + std::string(500, ']') + "}").empty());
  CHECK_FALSE(fault("{\"count\": 1, \"state\": " + std::string(5000, '[') + std::string(5000, ']') + "}").empty());
}

TEST_CASE("effects: a URL") {
  ToldClient client;
  const auto probe = url_probe(client, http::parse_url("http://localhost:3000/effects?all=1").value());
  client.answer = answer(200, R"({"count": 4})");
  CHECK(probe->read().value().count == 4);
  CHECK(client.sent.method == "GET");
  CHECK(client.sent.head.starts_with("GET /effects?all=1 HTTP/1.1\r\nHost: localhost:3000\r\n"));
  CHECK(client.sent.body.empty());

  client.answer = answer(404, "");
  auto failed = probe->read();
  REQUIRE_FALSE(failed);
  CHECK(failed.error().kind == ErrorKind::unavailable);
  CHECK(failed.error().message == "the effects probe 'http://localhost:3000/effects?all=1' answered 404");

  client.answer = http::SendFailure{http::SendFault::unreachable, "connection refused by localhost:3000"};
  failed = probe->read();
  REQUIRE_FALSE(failed);
  CHECK(failed.error().kind == ErrorKind::unavailable);
  CHECK(failed.error().message == "the effects probe 'http://localhost:3000/effects?all=1' cannot be read: connection refused by localhost:3000");

  client.answer = answer(200, "<html>");
  failed = probe->read();
  REQUIRE_FALSE(failed);
  CHECK(failed.error().kind == ErrorKind::usage);
  CHECK(failed.error().message.starts_with("the effects probe 'http://localhost:3000/effects?all=1' gives no reading: effects:1:1: "));
}

TEST_CASE("effects: a command") {
  CHECK(command_probe({"printf", "%s", R"({"ids": ["a", "a"]})"})->read().value().of("a") == 2);
  auto failed = command_probe({"sh", "-c", "exit 7"})->read();
  REQUIRE_FALSE(failed);
  CHECK(failed.error().kind == ErrorKind::unavailable);
  CHECK(failed.error().message == "the effects probe 'sh -c exit 7' ended with exit code 7");
  failed = command_probe({"/no/such/program"})->read();
  REQUIRE_FALSE(failed);
  CHECK(failed.error().kind == ErrorKind::unavailable);
  CHECK(failed.error().message.starts_with("the effects probe '/no/such/program' cannot be run: "));
  failed = command_probe({"printf", "nothing"})->read();
  REQUIRE_FALSE(failed);
  CHECK(failed.error().kind == ErrorKind::usage);
}

TEST_CASE("parse_effects: what endpoints show of odd texts does not spoil the reading") {
  const auto lone = check::parse_effects(R"({"count":2,"ids":["a","b"],"state":{"x":"\ud83d","y":"\udc00 \ud83d\ude00","z":"\\ud83d"}})");
  REQUIRE(lone.ok());
  CHECK(lone->of("a") == 1);
  CHECK(lone->state == R"({"x":"\uFFFD","y":"\uFFFD \ud83d\ude00","z":"\\ud83d"})");
  const auto bytes = check::parse_effects("{\"count\":1,\"ids\":[\"a\"],\"state\":\"\xC3(\"}");
  REQUIRE(bytes.ok());
  CHECK(bytes->count == 1);
}
