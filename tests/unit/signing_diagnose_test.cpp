// What a diagnosis says: one case of each kind in its words, what it must not say, and how it is bounded. tests/house/diagnosis_test.cpp holds
// it against every provider.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "base/clock.hpp"
#include "base/encoding.hpp"
#include "base/random.hpp"
#include "signing/diagnose.hpp"
#include "signing/scheme_json.hpp"
#include "signing/sign.hpp"

using namespace hookctl;
using namespace hookctl::signing;

namespace {

constexpr UnixMs kNow = 1'760'000'000'000;
const std::string kBody = R"({"type":"paid","id":"evt_7","by":"Zo\u00eb","url":"https://a.example/b"})";

Scheme scheme_of(const char* json) { return parse_scheme(nlohmann::ordered_json::parse(json), "scheme").value(); }

const char* const kStripe = R"({"kind": "hmac", "hash": "sha256", "signed": "{timestamp}.{body}",
  "signature": {"from": "header:Stripe-Signature", "encoding": "hex", "kv": {"sep": ",", "eq": "=", "key": "v1"}},
  "timestamp": {"from": "kv:t", "unit": "s", "max_age": 300}})";
const char* const kStandard = R"({"kind": "hmac", "hash": "sha256", "key": {"encoding": "base64", "strip_prefix": "whsec_"},
  "signed": "{id}.{timestamp}.{body}", "signature": {"from": "header:webhook-signature", "encoding": "base64",
  "list": {"sep": " ", "scheme_sep": ",", "scheme": "v1"}}, "id": {"from": "header:webhook-id"},
  "timestamp": {"from": "header:webhook-timestamp", "unit": "s", "max_age": 300, "max_future": 300}})";
const char* const kSquare = R"({"kind": "hmac", "hash": "sha256", "signed": "{url}{body}",
  "signature": {"from": "header:x-square", "encoding": "base64"}})";
const char* const kToken = R"({"kind": "token", "signature": {"from": "header:X-Token"}})";

Keys secret(const std::string& text) {
  Keys keys;
  keys.secrets.emplace_back(text);
  return keys;
}

http::Request signed_by(const Scheme& scheme, const Keys& keys, std::string body = kBody, UnixMs at = kNow, const std::string& url = "https://a.example/in?x=1") {
  http::Request request;
  request.body = std::move(body);
  return sign(scheme, keys, request, {.id = "msg_1", .now = at, .url = url}).value().request;
}

struct Asked {
  std::string url{"https://a.example/in?x=1"};
  std::string secret_form{};
  std::vector<OtherSecret> other_secrets{};
  std::vector<OtherProvider> other_providers{};
  std::vector<std::string> samples{};
  std::size_t effort{DiagnoseInputs::kFullEffort};
};

std::vector<Diagnosis> ask(const Scheme& scheme, const Keys& keys, const http::Request& request, const Asked& asked = {}) {
  const VerifyInputs inputs{.url = asked.url, .now = kNow};
  auto found = verify(scheme, keys, request, inputs);
  Verification said;
  said.verdict = Verdict::invalid;
  said.code = "secret_form";
  if (found) said = *found;
  else said.message = found.error().message;
  return diagnose({scheme, keys, request, inputs, said, "Acme", asked.secret_form, asked.other_secrets, asked.other_providers, asked.samples, asked.effort});
}

// "code confidence: cause" of the first.
std::string first(const std::vector<Diagnosis>& all) {
  if (all.empty()) return "";
  return all.front().code + " " + std::string(to_text(all.front().confidence)) + ": " + all.front().cause;
}

}  // namespace

TEST_CASE("a valid request has no diagnosis, an unverified one verify()'s words") {
  const Scheme scheme = scheme_of(kStripe);
  CHECK(ask(scheme, secret("k"), signed_by(scheme, secret("k"))).empty());
  const auto none = ask(scheme_of(R"({"kind": "none"})"), {}, {});
  CHECK(first(none) == "unsigned_provider certain: this provider signs nothing");
}

TEST_CASE("the secret read in another way is named by the way") {
  const Scheme standard = scheme_of(kStandard);
  const Keys keys = secret("whsec_" + to_base64("0123456789abcdef"));
  Scheme as_text = standard;
  as_text.keys = {KeyForm{}};
  const auto text = ask(standard, keys, signed_by(as_text, keys), {.secret_form = "whsec_ and the base64 of the key."});
  CHECK(first(text) == "secret_form certain: the signature is right when the given secret is taken as text; Acme decodes it from base64 behind 'whsec_'");
  CHECK(text.front().remedy == "make both sides turn the secret into key bytes in the same way; as the provider has it: whsec_ and the base64 of the key");
  CHECK(first(ask(standard, secret("\"whsec_" + to_base64("0123456789abcdef") + "\"\n"), signed_by(standard, keys))) ==
        "secret_form certain: the signature is right when the given secret is taken without the quotes and blanks around it");
  const Scheme stripe = scheme_of(kStripe);
  CHECK(first(ask(stripe, secret("abc"), signed_by(stripe, secret("whsec_abc")))) == "secret_form certain: the signature is right when the given secret is taken with the prefix 'whsec_' before it");
  CHECK(first(ask(stripe, secret("whsec_abc"), signed_by(stripe, secret("abc")))) ==
        "secret_form certain: the signature is right when the given secret is taken without its prefix 'whsec_'");
}

TEST_CASE("a body that was written again is named by its writer") {
  const Scheme scheme = scheme_of(kStripe);
  const auto received = [&](const std::string& body) {
    http::Request request = signed_by(scheme, secret("k"));
    request.body = body;
    return first(ask(scheme, secret("k"), request));
  };
  const std::string pretty = "{\n  \"type\": \"paid\",\n  \"id\": \"evt_7\",\n  \"by\": \"Zo\xC3\xAB\",\n  \"url\": \"https://a.example/b\"\n}";
  CHECK(received(pretty).starts_with("body_reserialized certain: the signature is over the JSON written compact (as JavaScript's JSON.stringify), unicode as \\uXXXX (as Python writes it)"));
  CHECK(received(kBody + "\n") == "body_newline certain: the signature is over the body without its last line end: it was added after signing");
  CHECK(received("\xEF\xBB\xBF" + kBody) == "body_encoding certain: the signature is over the body without the byte order mark before it");
  CHECK(received(kBody.substr(0, kBody.size() - 1)) == "body_truncated certain: the signature is over the body with '}' at its end: it was cut off");
  CHECK(received(kBody.substr(0, 20)) == "body_truncated likely: the body ends in the middle of its JSON");
  CHECK(received("") == "body_truncated likely: the body is empty");
}

TEST_CASE("sorted keys are put back by a sample's order, and are likely where there is none of that shape") {
  const Scheme scheme = scheme_of(kStripe);
  http::Request request = signed_by(scheme, secret("k"));
  request.body = R"({"by":"Zo\u00eb","id":"evt_7","type":"paid","url":"https://a.example/b"})";
  const std::string sample = R"({"type":"x","id":"evt_0","by":"y","url":"z"})";
  CHECK(first(ask(scheme, secret("k"), request, {.samples = {sample}})).starts_with("body_reserialized certain: the signature is over the JSON written compact (as JavaScript's JSON.stringify), with the keys in this provider's order"));
  const std::string other = R"({"type":"x","by":"y","id":"evt_0","more":{"c":1,"b":2}})";
  request.body = R"({"a":0,"by":"Zo\u00eb","id":"evt_7","type":"paid","url":"https://a.example/b"})";
  CHECK(first(ask(scheme, secret("k"), request, {.samples = {other}})).starts_with("body_reserialized likely: the body does not look as Acme writes it: its keys are sorted"));
  request.body = R"({"id":1,"t":2})";  // made up by hand
  CHECK(first(ask(scheme, secret("k"), request, {.samples = {"{\n  \"type\": 1,\n  \"id\": 2,\n  \"data\": {},\n  \"more\": 0\n}"}})).starts_with("wrong_secret likely"));
  CHECK(first(ask(scheme, secret("k"), request)).starts_with("wrong_secret likely"));
}

TEST_CASE("the signature in another writing, cut, or under another name") {
  const Scheme scheme = scheme_of(kStripe);
  const http::Request good = signed_by(scheme, secret("k"));
  const std::string field(*good.headers.find("Stripe-Signature"));
  const std::string mac = field.substr(field.find("v1=") + 3);
  const auto received = [&](const std::string& value) {
    http::Request request = good;
    request.headers.set("Stripe-Signature", value);
    return first(ask(scheme, secret("k"), request));
  };
  CHECK(received("t=1760000000,v1=" + to_base64(from_hex(mac).value())) == "signature_encoding certain: the signature is right, but it is written in base64 instead of hex");
  CHECK(received("\"" + field + "\"").starts_with("signature_encoding certain"));
  CHECK(received("t=1760000000, v1=" + mac).starts_with("signature_encoding certain"));
  CHECK(received(field.substr(0, field.size() - 7)).starts_with("signature_truncated certain"));
  CHECK(received("t=1760000000,v9=" + mac) == "unsupported_scheme certain: the signature is right, but it is written behind 'v9=' instead of 'v1='");
  CHECK(received("t=1760000000,v1=" + mac.substr(0, 14)).starts_with("malformed_signature certain"));  // seven bytes agree: that may be chance
  CHECK(received("").starts_with("malformed_signature certain"));
}

TEST_CASE("timestamps in another unit win over the future they would lie in") {
  Scheme in_ms = scheme_of(kStandard);
  in_ms.timestamp->unit = TimeUnit::milliseconds;
  const Scheme scheme = scheme_of(kStandard);
  CHECK(first(ask(scheme, secret("a2V5"), signed_by(in_ms, secret("a2V5")))) ==
        "timestamp_unit certain: the signature is right, and the timestamp is in milliseconds since 1970; this provider sends seconds since 1970");
  http::Request both = signed_by(in_ms, secret("a2V5"));
  both.headers.set("webhook-timestamp", "1760000000");
  CHECK(first(ask(scheme, secret("a2V5"), both)).starts_with("timestamp_unit certain: the signature is over the timestamp in milliseconds since 1970"));
  CHECK(first(ask(scheme, secret("a2V5"), signed_by(scheme, secret("a2V5"), kBody, kNow - 400'000))).starts_with("timestamp_too_old certain"));
}

TEST_CASE("ids, URLs and missing fields") {
  const Scheme standard = scheme_of(kStandard);
  http::Request request = signed_by(standard, secret("a2V5"));
  request.headers.set("webhook-id", "other");
  CHECK(first(ask(standard, secret("a2V5"), request)).starts_with("wrong_secret likely"));
  request.headers.add("svix-id", "msg_1");
  CHECK(first(ask(standard, secret("a2V5"), request)) == "id_mismatch certain: the signature is over another message id than the one in header 'webhook-id': the one in header 'svix-id'");
  request.headers.remove("webhook-id");
  CHECK(first(ask(standard, secret("a2V5"), request)).starts_with("missing_header certain: there is no header 'webhook-id'"));
  const Scheme square = scheme_of(kSquare);
  CHECK(first(ask(square, secret("k"), signed_by(square, secret("k")), {.url = "http://a.example/in/?x=1"})) ==
        "url_mismatch certain: the signature is for the URL 'https://a.example/in?x=1', and 'http://a.example/in/?x=1' was checked: scheme and path differ");
  CHECK(first(ask(square, secret("k"), signed_by(square, secret("k")), {.url = "http://localhost/in?x=1"})).starts_with("url_mismatch likely"));
}

TEST_CASE("other secrets, other providers, other ways to sign") {
  const Scheme stripe = scheme_of(kStripe);
  const Scheme square = scheme_of(kSquare);
  CHECK(first(ask(stripe, secret("k"), signed_by(stripe, secret("o")), {.other_secrets = {{"the secret of env:OLD", Secret("o")}}})) ==
        "other_secret_matches certain: the signature was made with the secret of env:OLD");
  CHECK(first(ask(stripe, secret("k"), signed_by(square, secret("k")), {.other_providers = {{"Square", &square, false}}})) ==
        "other_provider_matches certain: the signature is right as one of Square's");
  Scheme other = stripe;
  other.hash = Hash::sha512;
  CHECK(first(ask(stripe, secret("k"), signed_by(other, secret("k")))).starts_with("unsupported_scheme certain: the signature was made with SHA-512"));
  other = stripe;
  other.signed_content = {{Part::body}};
  CHECK(first(ask(stripe, secret("k"), signed_by(other, secret("k")))).starts_with("unsupported_scheme certain: the signature is over '{body}', and this scheme signs '{timestamp}.{body}'"));
}

TEST_CASE("two causes at once are both told") {
  const Scheme scheme = scheme_of(kStripe);
  http::Request request = signed_by(scheme, secret("whsec_abc"));
  request.body += "\r\n";
  const auto both = ask(scheme, secret("abc"), request);
  REQUIRE(both.size() == 2);
  CHECK(both[0].code == "secret_form");
  CHECK(both[1].code == "body_newline");
  CHECK(both[1].confidence == Confidence::certain);
  std::string field(*request.headers.find("Stripe-Signature"));
  request.headers.set("Stripe-Signature", field.substr(0, 16) + to_base64(from_hex(field.substr(16)).value()));
  CHECK(ask(scheme, secret("whsec_abc"), request).size() == 2);
}

TEST_CASE("what no repair helps is likely or possible, the secret among it, with where it is from") {
  const Scheme scheme = scheme_of(kStripe);
  const auto all = ask(scheme, secret("whsec_other"), signed_by(scheme, secret("whsec_k")), {.secret_form = "The signing secret of the endpoint (whsec_...)."});
  REQUIRE(all.size() >= 2);
  CHECK(all[0].code == "wrong_secret");
  CHECK(all[0].confidence == Confidence::likely);
  CHECK(all[0].remedy == "copy the secret again from Acme: The signing secret of the endpoint (whsec_...)");
  CHECK(all[1].code == "body_reserialized");
  CHECK(all[1].confidence == Confidence::possible);
  CHECK(first(ask(scheme, secret("sk_test_123"), signed_by(scheme, secret("k")))).starts_with("wrong_secret likely: the secret given is an API key"));
}

TEST_CASE("nothing secret is told, and a word that only begins right is no match") {
  const Scheme scheme = scheme_of(kToken);
  http::Request request;
  request.headers = {{"X-Token", "swordfish-1"}};
  for (const char* held : {"hunter2-hunter2", "swordfish-12", "swordfish"}) {
    for (const Diagnosis& each : ask(scheme, secret(held), request)) {
      CHECK((each.cause + each.remedy).find("swordfish") == std::string::npos);
      CHECK((each.cause + each.remedy).find(held) == std::string::npos);
    }
  }
  CHECK(first(ask(scheme, secret("swordfish"), request)).starts_with("wrong_secret likely"));
  CHECK(first(ask(scheme, secret("\"swordfish-1\""), request)).starts_with("secret_form certain"));
}

TEST_CASE("the search is bounded, and no bytes upset it") {
  const Scheme scheme = scheme_of(kStripe);
  http::Request request = signed_by(scheme, secret("k"), "{\"a\":\"" + std::string(200'000, 'x') + "\"}");
  request.body += "\n";
  CHECK(first(ask(scheme, secret("k"), request, {.effort = 4'000'000})).starts_with("body_newline certain"));
  CHECK(first(ask(scheme, secret("k"), request, {.effort = 1000})).find("certain") == std::string::npos);
  SeededRandom random(5);
  constexpr std::string_view kLetters = ",= v1at\xff\"{}[]:.%&0123456789+/\r\n-\\u";
  for (const char* json : {kStripe, kStandard, kSquare, kToken, R"({"kind": "code", "code": "twilio_json"})", R"({"kind": "code", "code": "twilio_form"})"}) {
    const Scheme each = scheme_of(json);
    for (int round = 0; round < 40; ++round) {
      const auto some = [&](std::size_t most) {
        std::string text;
        for (std::size_t i = random.next() % most; i > 0; --i) text += kLetters[random.next() % kLetters.size()];
        return text;
      };
      http::Request made;
      made.body = some(60);
      made.target = some(20);
      for (const char* name : {"Stripe-Signature", "webhook-signature", "webhook-id", "webhook-timestamp", "x-square", "X-Token", "X-Twilio-Signature", "Content-Type", "Forwarded"}) made.headers.add(name, some(50));
      const auto all = ask(each, secret("YWJjZGVm"), made, {.url = "https://" + some(30), .samples = {some(40)}, .effort = 2'000'000});
      CHECK_FALSE(all.empty());
    }
  }
}

TEST_CASE("a body that is made to be slow or large costs no more than its share") {
  const Scheme scheme = scheme_of(kStripe);
  const auto timed = [&](const std::string& body, std::size_t effort) {
    http::Request request = signed_by(scheme, secret("o"), body);
    const std::int64_t begun = steady_ms();
    CHECK(first(ask(scheme, secret("k"), request, {.effort = effort})).find("certain") == std::string::npos);
    return steady_ms() - begun;
  };
  std::string deep = std::string(500, '[') + "0";
  for (int i = 0; i < 100'000; ++i) deep += ",0";
  deep += std::string(500, ']');
  CHECK(timed(std::string(1'000'000, '['), DiagnoseInputs::kQuickEffort) < 1500);
  CHECK(timed(deep, DiagnoseInputs::kQuickEffort) < 1500);
  CHECK(timed(std::string(1'000'000, '['), DiagnoseInputs::kFullEffort) < 5000);
  CHECK(timed(deep, DiagnoseInputs::kFullEffort) < 5000);
  http::Request cut = signed_by(scheme, secret("k"), R"({"a":[{"b":1}]})");
  cut.body.resize(cut.body.size() - 3);
  CHECK(first(ask(scheme, secret("k"), cut)) == "body_truncated certain: the signature is over the body with '}]}' at its end: it was cut off");
}

TEST_CASE("of a body above 8 MiB the cheap causes are told") {
  const Scheme scheme = scheme_of(kStripe);
  http::Request request = signed_by(scheme, secret("k"), "{\"a\":\"" + std::string(9 * 1024 * 1024, 'x') + "\"}");
  CHECK(first(ask(scheme, secret(" k"), request)).starts_with("secret_form certain"));
  request.body += "\n";
  CHECK(first(ask(scheme, secret("k"), request)).starts_with("body_newline certain"));
  request.headers.set("Content-Type", "application/json");
  request.body[8] = 'y';
  CHECK(first(ask(scheme, secret("k"), request)).starts_with("wrong_secret likely"));
}

TEST_CASE("the beginning of a shared word is no cut signature") {
  const Scheme scheme = scheme_of(kToken);
  http::Request request;
  for (const char* sent : {"swordfish-1234", "swordfish-12345"}) {
    request.headers.set("X-Token", sent);
    for (const Diagnosis& each : ask(scheme, secret("swordfish-123456"), request)) {
      CHECK(each.code != "signature_truncated");
      CHECK(each.confidence != Confidence::certain);
    }
  }
}

TEST_CASE("signatures inside items: written otherwise, cut, and one item changed") {
  const Scheme scheme = scheme_of(R"({"kind": "code", "code": "adyen_items"})");
  const auto with_item = [&](const std::string& psp) {
    http::Request request;
    request.body = R"({"notificationItems":[{"NotificationRequestItem":{"pspReference":")" + psp + R"(","eventCode":"AUTHORISATION","success":"true","amount":{"value":1130,"currency":"EUR"},"additionalData":{"hmacSignature":""}}}]})";
    return sign(scheme, secret("44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"), request, {.now = kNow}).value().request;
  };
  const Keys keys = secret("44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056");
  const http::Request good = with_item("1");
  http::Request request = good;
  const std::size_t padding = request.body.find("=\"");
  REQUIRE(padding != std::string::npos);
  request.body.erase(padding, 1);
  CHECK(first(ask(scheme, keys, request)) == "signature_encoding certain: the signature is right, but it is written without its padding");
  request.body.erase(padding - 6, 6);
  CHECK(first(ask(scheme, keys, request)).starts_with("signature_truncated certain"));
  // Two items, the second one changed.
  const std::string item = good.body.substr(22, good.body.size() - 24);
  std::string changed = item;
  changed.replace(changed.find("1130"), 4, "9999");
  request.body = "{\"notificationItems\":[" + item + "," + changed + "]}";
  const auto all = ask(scheme, keys, request);
  CHECK(first(all).starts_with("body_reserialized likely: the signature at "));
  CHECK(first(all).find("notificationItems[1]") != std::string::npos);
}
