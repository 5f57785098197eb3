// Challenges: the recorded ones are known and answered as recorded, each provider's own round is whole, and wrong answers are named.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "base/random.hpp"
#include "event/compose.hpp"
#include "http/url.hpp"
#include "provider/catalog.hpp"
#include "provider/challenge.hpp"

using namespace hookctl;
using namespace hookctl::provider;
using Json = nlohmann::ordered_json;

namespace {

Catalog& catalog() {
  static Catalog catalog;
  return catalog;
}

const Provider& known(const std::string& id) {
  auto found = catalog().find(id);
  if (!found) FAIL(found.error().message);
  return **found;
}

std::string text_of(const Json& json) { return json.is_string() ? json.get<std::string>() : ""; }

http::Request request_of(const Json& record) {
  http::Request request;
  request.method = record["method"];
  request.target = http::parse_url(record["url"].get<std::string>())->origin_form();
  for (const auto& [name, value] : record["headers"].items()) request.headers.add(name, value);
  request.body = from_base64(record["body_base64"].get<std::string>()).value();
  return request;
}

Json records() {
  auto text = read_file(std::string(HOOKCTL_SOURCE_DIR) + "/tests/vectors/challenges.json");
  REQUIRE(text);
  auto parsed = parse_json(*text, "challenges.json");
  REQUIRE(parsed);
  return (*parsed)["challenges"];
}

// The challenge of a recorded request: the handshake it is, or what the provider demands of every delivery.
const Challenge* challenge_of(const Provider& provider, const http::Request& request) {
  const Challenge* found = match_challenge(provider, request);
  return found != nullptr ? found : every_delivery(provider);
}

void check_as_recorded(const http::Response& response, const Json& expected) {
  if (expected.contains("status_class")) CHECK(std::to_string(response.status / 100) + "xx" == expected["status_class"]);
  if (expected.contains("status")) CHECK(response.status == expected["status"]);
  if (expected.contains("body")) CHECK(response.body == expected["body"]);
  if (expected.contains("json")) {
    const auto body = parse_json(response.body, "body");
    REQUIRE(body);
    CHECK(*body == expected["json"]);
  }
  if (!expected.contains("headers")) return;
  for (const auto& [name, value] : expected["headers"].items()) CHECK(response.headers.find(name).value_or("none") == value.get<std::string>());
}

struct Inputs {
  Secret secret{"a secret of this test"};
  AnswerInputs answer{&secret, "verify me"};
};

http::Request composed(const Provider& provider, const Challenge& challenge) {
  SeededRandom random(7);
  event::ChallengeInputs inputs;
  inputs.now = 1'769'860'800'000;
  inputs.secret = "a secret of this test";
  inputs.verify_token = "verify me";
  Result<Fixture> fixture = Error{};
  if (!challenge.send.event.empty()) {
    fixture = catalog().fixture(provider, challenge.send.event);
    if (!fixture) FAIL(fixture.error().message);
  }
  auto event = event::compose_challenge(provider, challenge, fixture ? &*fixture : nullptr, inputs, random);
  if (!event) FAIL(event.error().message);
  return event->request;
}

AnswerCheck judged(const Provider& provider, const http::Request& request, const http::Response& response, bool refusal = false) {
  const Inputs inputs;
  const Challenge* challenge = challenge_of(provider, request);
  REQUIRE(challenge != nullptr);
  auto check = check_answer(*challenge, refusal ? std::vector{*challenge->refuse} : challenge->respond, request, inputs.answer, response);
  REQUIRE(check);
  return *check;
}

http::Response response_of(int status, std::string body, http::Headers headers = {}) { return {status, "", std::move(headers), std::move(body)}; }

std::string problem(const AnswerCheck& check) { return check.problems.empty() ? "" : check.problems.front(); }

const Challenge& slack_challenge() { return known("slack").challenges.front(); }

}  // namespace

TEST_CASE("challenge: all recorded ones are known and answered as recorded") {
  std::size_t count = 0;
  for (const Json& record : records()) {
    const std::string id = record["id"];
    INFO(id);
    const Provider& provider = known(record["provider"]);
    const http::Request request = request_of(record["request"]);
    const Challenge* challenge = challenge_of(provider, request);
    REQUIRE(challenge != nullptr);
    CHECK((id.ends_with("/" + challenge->name) || challenge->name == "hub.challenge" || challenge->name == "intent_to_receive"));
    const Secret secret(text_of(record["secret"]));
    AnswerInputs inputs;
    if (!secret.empty()) inputs.secret = &secret;
    if (record["verify_token"].is_string()) inputs.verify_token = record["verify_token"];
    const auto response = id.ends_with("_bad") ? make_answer(*challenge->refuse, request, inputs) : answer(*challenge, request, inputs);
    if (!response) FAIL(response.error().message);
    check_as_recorded(*response, record["response"]);
    ++count;
  }
  CHECK(count == 20);
}

TEST_CASE("challenge: what a provider sends is its challenge, and our answer is taken") {
  std::size_t count = 0;
  for (const Provider* provider : *catalog().all()) {
    std::set<std::string> names;
    for (const Challenge& challenge : provider->challenges) {
      INFO(provider->id << " " << challenge.name);
      CHECK(names.insert(challenge.name).second);
      CHECK(challenge.summary.size() <= 140);
      const http::Request request = composed(*provider, challenge);
      REQUIRE(challenge_of(*provider, request) == &challenge);
      const Inputs inputs;
      const auto given = answer(challenge, request, inputs.answer);
      if (!given) FAIL(given.error().message);
      const auto check = check_answer(challenge, challenge.respond, request, inputs.answer, *given);
      REQUIRE(check);
      CHECK(problem(*check) == "");
      CHECK(check->taken);
      CHECK(check->advice.empty());
      CHECK_FALSE(check_answer(challenge, challenge.respond, request, inputs.answer, response_of(500, ""))->taken);
      ++count;
    }
  }
  CHECK(count >= 22);
}

TEST_CASE("challenge: no event of any provider is taken for a handshake, but those that are one") {
  for (const Provider* provider : *catalog().all()) {
    for (const std::string& name : catalog().events(*provider)) {
      INFO(provider->id << " " << name);
      auto fixture = catalog().fixture(*provider, name);
      REQUIRE(fixture);
      SeededRandom random(3);
      auto event = event::compose(*provider, *fixture, {}, random);
      REQUIRE(event);
      const Challenge* challenge = match_challenge(*provider, event->request);
      if (challenge != nullptr) CHECK(challenge->send.event == name);
    }
  }
}

TEST_CASE("challenge: an event is not told from what cannot be read, nor from a form that is none") {
  const auto is_challenge = [](const std::string& id, const std::string& body, http::Headers headers) {
    http::Request request;
    request.headers = std::move(headers);
    request.body = body;
    return match_challenge(known(id), request) != nullptr;
  };
  const http::Header form{"Content-Type", "Application/x-www-form-urlencoded; charset=utf-8"};
  CHECK(is_challenge("mandrill", "mandrill_events=[]", {form}));
  CHECK_FALSE(is_challenge("mandrill", R"(mandrill_events=[]&mandrill_events=[{"evil":1}])", {form}));
  CHECK_FALSE(is_challenge("mandrill", R"(mandrill_events=[]&mandrill.events=[{"evil":1}])", {form}));
  CHECK(is_challenge("woocommerce", "webhook_id=5", {form}));
  CHECK_FALSE(is_challenge("woocommerce", "webhook_id=5", {form, {"Content-Encoding", "gzip"}}));
  CHECK_FALSE(is_challenge("woocommerce", R"({"id":1,"note":"&webhook_id=5&"})", {{"Content-Type", "application/json"}}));
  CHECK_FALSE(is_challenge("woocommerce", R"({"id":1,"note":"&webhook_id=5&"})", {form}));
  const http::Header secret{"X-Hook-Secret", "s"};
  CHECK(is_challenge("asana", "", {secret}));
  CHECK(is_challenge("asana", "{}", {secret}));
  CHECK_FALSE(is_challenge("asana", "{}", {secret, {"Content-Encoding", "gzip"}}));
  for (const char* body : {"\x1f\x8b\x08", R"({"events":[1)", R"({"a":1,"a":2})", R"({"events":[]})", "\xef\xbb\xbf{}x"}) CHECK_FALSE(is_challenge("asana", body, {secret}));
}

TEST_CASE("challenge: a verify token is compared, and only where one was agreed on") {
  const Provider& meta = known("meta");
  http::Request request;
  request.method = "GET";
  request.target = "/in?hub.mode=subscribe&hub.challenge=12&hub.verify_token=a%20b";
  const Challenge* challenge = match_challenge(meta, request);
  REQUIRE(challenge != nullptr);
  AnswerInputs inputs;
  CHECK(answer(*challenge, request, inputs)->body == "12");
  inputs.verify_token = "a b";
  CHECK(answer(*challenge, request, inputs)->body == "12");
  inputs.verify_token = "a c";
  CHECK(answer(*challenge, request, inputs)->status == 403);
  request.target = "/in?hub.mode=subscribe&hub.challenge=12";
  CHECK(answer(*challenge, request, inputs)->status == 403);
  request.target = "/in?hub.mode=unsubscribe&hub.challenge=12";
  CHECK(match_challenge(meta, request) == nullptr);
}

TEST_CASE("challenge: values of the request break no JSON and no header") {
  const Provider& okta = known("okta");
  http::Request request;
  request.method = "GET";
  request.headers = {{"X-Okta-Verification-Challenge", R"(a"b\c{json:x})"}};
  const auto given = answer(*match_challenge(okta, request), request, {});
  REQUIRE(given);
  const auto body = parse_json(given->body, "body");
  REQUIRE(body);
  CHECK((*body)["verification"] == R"(a"b\c{json:x})");

  AnswerForm form;
  form.headers = {{"X-Echo", "{query:x}"}};
  request.target = "/?x=a%0d%0aSet-Cookie:%20b";
  CHECK_FALSE(make_answer(form, request, {}));
  request.target = "/?x=a+b";
  CHECK(make_answer(form, request, {})->headers.find("X-Echo") == "a b");
}

TEST_CASE("challenge: what is missing for an answer is named") {
  const Provider& zoom = known("zoom");
  http::Request request;
  request.body = R"({"event":"endpoint.url_validation","payload":{"plainToken":"p"}})";
  const Challenge* challenge = match_challenge(zoom, request);
  REQUIRE(challenge != nullptr);
  const auto keyless = answer(*challenge, request, {});
  REQUIRE_FALSE(keyless);
  CHECK(keyless.error().message.find("signing secret") != std::string::npos);
  request.body = R"({"event":"endpoint.url_validation"})";
  const Inputs inputs;
  const auto empty = answer(*challenge, request, inputs.answer);
  REQUIRE_FALSE(empty);
  CHECK(empty.error().message.find("payload.plainToken") != std::string::npos);
}

TEST_CASE("challenge: a wrong answer is named, in the words of what was expected") {
  const Provider& slack = known("slack");
  const http::Request request = composed(slack, slack_challenge());
  const std::string word = place_value(request, "json:challenge").value();
  CHECK(judged(slack, request, response_of(200, word)).taken);
  CHECK(judged(slack, request, response_of(200, "{ \"challenge\": \"" + word + "\", \"more\": 1 }")).taken);
  const auto says = [&](const http::Response& response, const std::string& words) {
    const AnswerCheck check = judged(slack, request, response);
    CHECK_FALSE(check.taken);
    INFO(problem(check));
    CHECK(problem(check).find(words) != std::string::npos);
  };
  says(response_of(200, "\"" + word + "\""), "quotes around it (JSON) count");
  says(response_of(200, word + "\n"), "white space around it counts");
  says(response_of(204, word), "expected status 200, got 204");
  says(response_of(200, ""), "expected the body '" + word + "', got an empty one");
  says(response_of(200, "<!DOCTYPE html><html>"), "got an HTML page");
  says(response_of(200, "\x1b[31mred"), "\\x1b[31mred");
}

TEST_CASE("challenge: headers, cookies and JSON values are demanded where the provider does") {
  const Provider& asana = known("asana");
  const http::Request hook = composed(asana, asana.challenges.front());
  CHECK(judged(asana, hook, response_of(204, "", {{"x-hook-secret", "a secret of this test"}})).taken);
  const AnswerCheck other = judged(asana, hook, response_of(200, "", {{"X-Hook-Secret", "quite another"}}));
  CHECK(problem(other) == "expected header 'X-Hook-Secret' with the secret that was sent, got another value");

  const Provider& xero = known("xero");
  const http::Request intent = composed(xero, xero.challenges.front());
  CHECK(judged(xero, intent, response_of(401, ""), true).taken);
  CHECK(problem(judged(xero, intent, response_of(200, ""), true)) == "expected status 401, got 200");
  CHECK(problem(judged(xero, intent, response_of(200, "", {{"Set-Cookie", "a=b"}}))) == "expected no header 'Set-Cookie'");
  CHECK(problem(judged(xero, intent, response_of(200, "ok"))) == "expected an empty body, got 'ok'");

  const Provider& twitch = known("twitch");
  const http::Request callback = composed(twitch, twitch.challenges.front());
  const std::string word = place_value(callback, "json:challenge").value();
  CHECK(judged(twitch, callback, response_of(200, word, {{"Content-Type", "TEXT/plain; charset=x"}})).taken);
  CHECK(problem(judged(twitch, callback, response_of(200, word, {{"Content-Type", "text/html"}}))) == "expected header 'Content-Type' 'text/plain', got 'text/html'");

  const Provider& dropbox = known("dropbox");
  const http::Request get = composed(dropbox, dropbox.challenges.front());
  const AnswerCheck bare = judged(dropbox, get, response_of(200, place_value(get, "query:challenge").value()));
  CHECK(bare.taken);
  CHECK(bare.advice.size() == 2);

  const Provider& zoom = known("zoom");
  const http::Request token = composed(zoom, zoom.challenges.front());
  const std::string plain = place_value(token, "json:payload.plainToken").value();
  CHECK(problem(judged(zoom, token, response_of(200, "{\"plainToken\":\"" + plain + "\"}"))).find("expected 'encryptedToken' in the body") == 0);
  CHECK(problem(judged(zoom, token, response_of(200, "[]"))).find("expected the JSON") == 0);

  const Provider& sign = known("dropbox-sign");
  const http::Request event = composed(sign, sign.challenges.front());
  CHECK(judged(sign, event, response_of(200, "<p>Hello API Event Received</p>")).taken);
  CHECK_FALSE(judged(sign, event, response_of(200, "Hello")).taken);
}

TEST_CASE("challenge: names") {
  CHECK(*find_challenge(known("discord"), "") == &known("discord").challenges.front());
  CHECK((*find_challenge(known("discord"), "webhook_event_ping"))->name == "webhook_event_ping");
  CHECK(find_challenge(known("discord"), "nosuch").error().hint.find("interaction_ping") != std::string::npos);
  CHECK_FALSE(find_challenge(known("stripe"), ""));
}

TEST_CASE("challenge: faults in the file are told with their place") {
  const auto fault = [](const std::string& challenge) {
    const std::string file = R"({"schema":"hookctl.provider.v1","id":"acme","scheme":{"kind":"none"},"challenges":[)" + challenge + "]}";
    const auto provider = parse_provider(file, "p.json");
    return provider ? std::string() : provider.error().message;
  };
  const std::string start = R"({"name":"a","summary":"b","send":{},"when":)";
  CHECK(fault(start + R"({"method":"GET"}})") == "");
  CHECK(fault(start + R"({"cookie:x":true}})").find("challenges[0].when") != std::string::npos);
  CHECK(fault(start + R"({"json:a..b":true}})").find("challenges[0].when") != std::string::npos);
  CHECK(fault(start + R"({"json:a":7}})").find("a string, or true") != std::string::npos);
  CHECK(fault(start + R"({},"respond":{"status":99}})").find("challenges[0].respond.status") != std::string::npos);
  CHECK(fault(start + R"({},"respond":[]})").find("at least one answer") != std::string::npos);
  CHECK(fault(start + R"({},"respond":{"body":"a","json":{}}})").find("one of them is enough") != std::string::npos);
  CHECK(fault(start + R"({},"verify_token":"hub"})").find("query:NAME") != std::string::npos);
  CHECK(fault(start + R"({},"visit":{"url":"json:u"}})").find("hosts") != std::string::npos);
  CHECK(fault(start + R"({},"respond":{"json":{"a":["{jsn:b}"]}}})").find("respond.json: nothing will ever fill {jsn:b}") != std::string::npos);
  CHECK(fault(start + R"({},"respond":{"body":"{hmac_hex:secret:json:a}{query:b}"}})") == "");
  CHECK(fault(start + R"({},"respond":{"headers":{"A":"{uuid}"}}})").find("{uuid}") != std::string::npos);
  CHECK(fault(R"({"name":"a","summary":"b","when":{},"send":{"query":{"q":"{alnm:3}"}}})").find("challenges[0].send.query") != std::string::npos);
  CHECK(fault(R"({"name":"a","summary":"b","when":{},"send":{"query":{"q":"{alnum:3}{secret}{verify_token}"}}})") == "");
  CHECK(fault(R"({"name":"a","summary":"b","when":{}})").find("send") != std::string::npos);
  CHECK(fault(start + R"({},"anser":1})").find("no such key") != std::string::npos);
}
