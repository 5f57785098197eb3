// Signing: what is written where, and that it verifies.
#include "signing/sign.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "signing/scheme_json.hpp"
#include "signing/verify.hpp"

using namespace hookctl;
using namespace hookctl::signing;

namespace {

constexpr UnixMs kNow = 1'760'000'000'123;

Scheme scheme_of(const char* json) { return parse_scheme(nlohmann::ordered_json::parse(json), "scheme").value(); }

const char* const kStripe = R"({"kind": "hmac", "hash": "sha256", "key": {"encoding": "utf8"}, "signed": "{timestamp}.{body}",
  "signature": {"from": "header:Stripe-Signature", "encoding": "hex", "kv": {"sep": ",", "eq": "=", "key": "v1"}},
  "timestamp": {"from": "kv:t", "unit": "s", "max_age": 300, "max_future": null}})";
const char* const kStandard = R"({"kind": "hmac", "hash": "sha256", "key": {"encoding": "base64", "strip_prefix": "whsec_"},
  "signed": "{id}.{timestamp}.{body}", "signature": {"from": "header:webhook-signature", "encoding": "base64",
  "list": {"sep": " ", "scheme_sep": ",", "scheme": "v1"}}, "id": {"from": "header:webhook-id"},
  "timestamp": {"from": "header:webhook-timestamp", "unit": "s", "max_age": 300, "max_future": 300}})";
const char* const kGithub = R"({"kind": "hmac", "hash": "sha256", "key": {"encoding": "utf8"}, "signed": "{body}",
  "signature": {"from": "header:X-Hub-Signature-256", "encoding": "hex", "prefix": "sha256="}})";

http::Request with_body(std::string body) {
  http::Request request;
  request.body = std::move(body);
  return request;
}

Keys secrets(std::initializer_list<const char*> texts) {
  Keys keys;
  for (const char* text : texts) keys.secrets.emplace_back(text);
  return keys;
}

std::string header_of(const Signed& result, std::string_view name) {
  return std::string(result.request.headers.find(name).value_or("(none)"));
}

Verdict verdict_of(const Scheme& scheme, const Keys& keys, const Signed& result) {
  return verify(scheme, keys, result.request, {.url = result.url, .now = kNow}).value().verdict;
}

}  // namespace

TEST_CASE("GitHub's documented example") {
  const auto result = sign(scheme_of(kGithub), secrets({"It's a Secret to Everybody"}), with_body("Hello, World!"), {.now = kNow});
  REQUIRE(result);
  CHECK(header_of(*result, "x-hub-signature-256") == "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
  CHECK(result->content == "Hello, World!");
  CHECK(result->request.headers.begin()->name == "X-Hub-Signature-256");
}

TEST_CASE("a key-value field has the timestamp first and one signature for each secret") {
  const Scheme scheme = scheme_of(kStripe);
  const Keys both = secrets({"whsec_new", "whsec_old"});
  const auto result = sign(scheme, both, with_body("{}"), {.now = kNow});
  REQUIRE(result);
  const std::string field = header_of(*result, "Stripe-Signature");
  CHECK(field.starts_with("t=1760000000,v1="));
  CHECK(field.size() == std::string("t=1760000000").size() + 2 * (4 + 64));
  CHECK(result->content == "1760000000.{}");
  for (const Keys& held : {secrets({"whsec_new"}), secrets({"whsec_old"})}) CHECK(verdict_of(scheme, held, *result) == Verdict::valid);
  CHECK(verdict_of(scheme, secrets({"whsec_other"}), *result) == Verdict::invalid);
}

TEST_CASE("a list field has id and timestamp in fields of their own") {
  const Scheme scheme = scheme_of(kStandard);
  const auto result = sign(scheme, secrets({"whsec_YWJj", "ZGVm"}), with_body("{}"), {.id = "msg_1", .now = kNow});
  REQUIRE(result);
  CHECK(header_of(*result, "webhook-id") == "msg_1");
  CHECK(header_of(*result, "webhook-timestamp") == "1760000000");
  const std::string field = header_of(*result, "webhook-signature");
  CHECK(field.starts_with("v1,"));
  CHECK(field.find(" v1,") != std::string::npos);
  CHECK(verdict_of(scheme, secrets({"ZGVm"}), *result) == Verdict::valid);
}

TEST_CASE("signing again replaces what was signed before, whatever its spelling") {
  const Scheme scheme = scheme_of(kGithub);
  http::Request request = with_body("{}");
  request.headers = {{"x-hub-signature-256", "sha256=00"}, {"X-Other", "1"}, {"X-HUB-SIGNATURE-256", "sha256=11"}};
  const auto once = sign(scheme, secrets({"a"}), request, {.now = kNow});
  REQUIRE(once);
  CHECK(once->request.headers.size() == 2);
  CHECK(once->request.headers.begin()->name == "X-Hub-Signature-256");
  const auto again = sign(scheme, secrets({"a"}), once->request, {.now = kNow});
  REQUIRE(again);
  CHECK(again->request.headers == once->request.headers);
}

TEST_CASE("without a list form the first secret signs") {
  const auto result = sign(scheme_of(kGithub), secrets({"a", "b"}), with_body("{}"), {.now = kNow});
  REQUIRE(result);
  CHECK(verdict_of(scheme_of(kGithub), secrets({"a"}), *result) == Verdict::valid);
  CHECK(verdict_of(scheme_of(kGithub), secrets({"b"}), *result) == Verdict::invalid);
}

TEST_CASE("signatures and timestamps in the body are set there, numbers as numbers") {
  const Scheme mailgun = scheme_of(R"({"kind": "hmac", "hash": "sha256", "key": {"encoding": "utf8"},
    "signed": "{json:signature.timestamp}{json:signature.token}", "signature": {"from": "json:signature.signature", "encoding": "hex"}})");
  const auto result =
      sign(mailgun, secrets({"k"}), with_body(R"({ "signature": {"timestamp": "1", "token": "t", "signature": "old"} })"), {.now = kNow});
  REQUIRE(result);
  CHECK(result->content == "1t");
  CHECK(result->request.body.starts_with(R"({ "signature": {"timestamp": "1", "token": "t", "signature": ")"));
  CHECK(result->request.body.find("old") == std::string::npos);
  CHECK(verdict_of(mailgun, secrets({"k"}), *result) == Verdict::valid);
  CHECK(sign(mailgun, secrets({"k"}), with_body("{}"), {.now = kNow}).error().message ==
        "there is no 'signature.timestamp' in the body, which is part of what is signed");

  const Scheme linear = scheme_of(R"({"kind": "hmac", "hash": "sha256", "signed": "{body}", "signature": {"from": "header:Linear-Signature",
    "encoding": "hex"}, "timestamp": {"from": "json:webhookTimestamp", "unit": "ms", "max_age": 60, "max_future": 60}})");
  const auto dated = sign(linear, secrets({"k"}), with_body(R"({"a":1,"webhookTimestamp":5})"), {.now = kNow});
  REQUIRE(dated);
  CHECK(dated->request.body == R"({"a":1,"webhookTimestamp":1760000000123})");
  CHECK(verdict_of(linear, secrets({"k"}), *dated) == Verdict::valid);
}

TEST_CASE("a part of a multipart body can hold the signature") {
  const Scheme scheme = scheme_of(R"({"kind": "hmac", "hash": "sha256", "json_source": "multipart:json",
    "signed": "{json:event.event_time}{json:event.event_type}", "signature": {"from": "json:event.event_hash", "encoding": "hex"}})");
  http::Request request;
  request.headers = {{"Content-Type", "multipart/form-data; boundary=b"}};
  request.body =
      "--b\r\nContent-Disposition: form-data; name=\"json\"\r\n\r\n{\"event\":{\"event_time\":\"7\",\"event_type\":\"x\"}}\r\n--b--\r\n";
  const auto result = sign(scheme, secrets({"k"}), request, {.now = kNow});
  REQUIRE(result);
  CHECK(result->content == "7x");
  CHECK(result->request.body.find("\"event_hash\":\"") != std::string::npos);
  CHECK(result->request.body.ends_with("}}\r\n--b--\r\n"));
  CHECK(verdict_of(scheme, secrets({"k"}), *result) == Verdict::valid);
}

TEST_CASE("key pairs sign with their private key") {
  const auto pair = crypto::PrivateKey::generate(crypto::KeyType::ed25519);
  REQUIRE(pair);
  const Scheme scheme = scheme_of(R"({"kind": "ed25519", "key": {"encoding": "hex"}, "signed": "{timestamp}{body}",
    "signature": {"from": "header:X-Signature-Ed25519", "encoding": "hex"}, "timestamp": {"from": "header:X-Signature-Timestamp", "unit": "s"}})");
  const auto result = sign(scheme, {.private_key = Secret(pair->pem())}, with_body("{}"), {.now = kNow});
  REQUIRE(result);
  CHECK(verdict_of(scheme, {.public_key = pair->public_key().pem()}, *result) == Verdict::valid);
  CHECK(sign(scheme, secrets({"x"}), with_body("{}"), {.now = kNow}).error().message == "no private key given");
}

TEST_CASE("the secret never shows in the content") {
  const Scheme scheme = scheme_of(R"({"kind": "hash", "hash": "sha256", "signed": "{secret}{method}{url}{body}",
    "signature": {"from": "header:X-HubSpot-Signature", "encoding": "hex"}})");
  const auto result = sign(scheme, secrets({"hunter2"}), with_body("{}"), {.now = kNow, .url = "https://a.example/x"});
  REQUIRE(result);
  CHECK(result->content == "{secret}POSThttps://a.example/x{}");
  CHECK(verdict_of(scheme, secrets({"hunter2"}), *result) == Verdict::valid);
}

TEST_CASE("Twilio signs the URL, and writes the body's hash into it for JSON") {
  const Scheme form = scheme_of(R"({"kind": "code", "code": "twilio_form"})");
  const auto result = sign(form, secrets({"12345"}),
                           with_body("CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212"),
                           {.now = kNow, .url = "https://mycompany.com/myapp.php?foo=1&bar=2"});
  REQUIRE(result);
  CHECK(header_of(*result, "X-Twilio-Signature") == "RSOYDt4T1cUTdK1PDd93/VVr8B8=");  // the example in Twilio's documentation

  const Scheme json = scheme_of(R"({"kind": "code", "code": "twilio_json"})");
  const auto hashed = sign(json, secrets({"12345"}), with_body("[]"), {.now = kNow, .url = "https://a.example/e?bodySHA256=old&a=1"});
  REQUIRE(hashed);
  CHECK(hashed->url == "https://a.example/e?a=1&bodySHA256=4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945");
  CHECK(hashed->request.target == "/e?a=1&bodySHA256=4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945");
  CHECK(verdict_of(json, secrets({"12345"}), *hashed) == Verdict::valid);
  CHECK(sign(form, secrets({"12345"}), {}, {.now = kNow}).error().kind == ErrorKind::usage);
}

TEST_CASE("a timestamp of one's own is signed letter for letter") {
  const char* const kInBody = R"({"kind": "hmac", "hash": "sha256", "signed": "{timestamp}.{body}", "signature": {"from": "header:X-Sig", "encoding": "hex"},
    "timestamp": {"from": "json:at", "unit": "s", "max_age": null, "max_future": null}})";
  const Keys key = secrets({"YWJj"});
  const auto with = [&](const char* scheme, const char* text, const char* body = "{}") {
    const auto result = sign(scheme_of(scheme), key, with_body(body), {.id = "msg_1", .now = kNow, .timestamp = text});
    REQUIRE(result);
    return *result;
  };
  CHECK(header_of(with(kStripe, "0x6"), "Stripe-Signature").starts_with("t=0x6,v1="));
  CHECK(with(kStripe, "0x6").content == "0x6.{}");
  CHECK(header_of(with(kStandard, ""), "webhook-timestamp").empty());
  CHECK(with(kStandard, "1 ").content == "msg_1.1 .{}");
  CHECK(verdict_of(scheme_of(kStripe), key, with(kStripe, "1760000000")) == Verdict::valid);

  // A number where it is one, for numbers only.
  CHECK(with(kInBody, "12", R"({"at": 5})").request.body == R"({"at": 12})");
  CHECK(with(kInBody, "1.5e3", R"({"at": 5})").request.body == R"({"at": 1.5e3})");
  CHECK(with(kInBody, "12", R"({"at": "5"})").request.body == R"({"at": "12"})");
  for (const char* odd : {"12 ", "012", "-", "1x", "1,2", "NaN", "1]", "12\n"}) {
    CAPTURE(odd);
    const Signed made = with(kInBody, odd, R"({"at": 5})");
    CHECK(nlohmann::json::parse(made.request.body)["at"] == odd);
    CHECK(verdict_of(scheme_of(kInBody), key, made) == Verdict::valid);
  }

  const auto no_place = sign(scheme_of(kGithub), key, with_body("{}"), {.now = kNow, .timestamp = "1"});
  REQUIRE_FALSE(no_place);
  CHECK(no_place.error().message == "the signature scheme has no timestamp");
  const auto token = sign(scheme_of(R"({"kind": "jwt", "token": "header:X-Token", "algs": ["HS256"], "key": {"encoding": "utf8"}, "claims": {}, "honor": []})"), key,
                          with_body("{}"), {.now = kNow, .timestamp = "1"});
  REQUIRE_FALSE(token);
  CHECK(token.error().message == "the timestamp is a claim inside the token");
  const auto broken = sign(scheme_of(kStandard), key, with_body("{}"), {.id = "msg_1", .now = kNow, .timestamp = "1\r\nX: 1"});
  REQUIRE_FALSE(broken);
  CHECK(broken.error().kind == ErrorKind::usage);
}

TEST_CASE("what cannot be signed is said") {
  CHECK(sign(scheme_of(kGithub), {}, {}, {}).error().message == "no secret given");
  CHECK(sign(scheme_of(kStandard), secrets({"YWJj"}), {}, {.now = kNow}).error().message ==
        "this provider signs a message id, and there is none");
  CHECK(sign(scheme_of(R"({"kind": "code", "code": "rot13"})"), {}, {}, {}).error().message.find("'rot13'") != std::string::npos);
  const auto untouched = sign(scheme_of(R"({"kind": "none"})"), {}, with_body("x"), {});
  REQUIRE(untouched);
  CHECK(untouched->request.headers.empty());
  CHECK(untouched->request.body == "x");
}
