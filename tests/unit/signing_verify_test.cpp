// Verification: every code, what is explained, and that nothing a request holds can upset it.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "base/random.hpp"
#include "signing/scheme_json.hpp"
#include "signing/sign.hpp"
#include "signing/verify.hpp"

using namespace hookctl;
using namespace hookctl::signing;

namespace {

constexpr UnixMs kNow = 1'760'000'000'999;

Scheme scheme_of(const char* json) { return parse_scheme(nlohmann::ordered_json::parse(json), "scheme").value(); }

const char* const kStandard = R"({"kind": "hmac", "hash": "sha256", "key": {"encoding": "base64", "strip_prefix": "whsec_"},
  "signed": "{id}.{timestamp}.{body}", "signature": {"from": "header:webhook-signature", "encoding": "base64",
  "list": {"sep": " ", "scheme_sep": ",", "scheme": "v1"}}, "id": {"from": "header:webhook-id"},
  "timestamp": {"from": "header:webhook-timestamp", "unit": "s", "max_age": 300, "max_future": 300}})";
const char* const kBox = R"({"alternatives": [
  {"kind": "hmac", "hash": "sha256", "signed": "{body}{timestamp}", "signature": {"from": "header:BOX-SIGNATURE-PRIMARY", "encoding": "base64"},
   "secret_index": 0, "require": {"BOX-SIGNATURE-VERSION": "1"}, "timestamp": {"from": "header:BOX-DELIVERY-TIMESTAMP", "unit": "iso8601", "max_age": 600, "max_future": 0}},
  {"kind": "hmac", "hash": "sha256", "signed": "{body}{timestamp}", "signature": {"from": "header:BOX-SIGNATURE-SECONDARY", "encoding": "base64"},
   "secret_index": 1, "require": {"BOX-SIGNATURE-VERSION": "1"}, "timestamp": {"from": "header:BOX-DELIVERY-TIMESTAMP", "unit": "iso8601", "max_age": 600, "max_future": 0}}]})";

Keys secrets(std::initializer_list<const char*> texts) {
  Keys keys;
  for (const char* text : texts) keys.secrets.emplace_back(text);
  return keys;
}

http::Request with_body(std::string body) {
  http::Request request;
  request.body = std::move(body);
  return request;
}

http::Request signed_request(const Scheme& scheme, const Keys& keys, UnixMs at = kNow, std::string body = "{\"a\":1}") {
  return sign(scheme, keys, with_body(std::move(body)), {.id = "msg_1", .now = at, .url = "https://a.example/"}).value().request;
}

// A Standard Webhooks request with one field changed (taken away, for an empty name's value of nothing).
std::string code_with(std::string_view name, std::optional<std::string> value) {
  const Scheme scheme = scheme_of(kStandard);
  const Keys keys = secrets({"whsec_YWJj"});
  http::Request request = signed_request(scheme, keys);
  if (value) {
    request.headers.set(name, *value);
  } else {
    request.headers.remove(name);
  }
  return verify(scheme, keys, request, {.now = kNow}).value().code;
}

}  // namespace

TEST_CASE("a right request is valid and tells its claim") {
  const Scheme scheme = scheme_of(kStandard);
  const http::Request request = signed_request(scheme, secrets({"whsec_YWJj"}));
  const auto found = verify(scheme, secrets({"whsec_ZGVm", "whsec_YWJj"}), request, {.now = kNow + 5000, .explain = true});
  REQUIRE(found);
  CHECK(found->verdict == Verdict::valid);
  CHECK(found->code.empty());
  CHECK(found->claim.id == "msg_1");
  CHECK(found->claim.timestamp == "1760000000");
  CHECK(found->claim.timestamp_ms == 1'760'000'000'000);
  CHECK(found->claim.signatures.size() == 1);
  CHECK(found->age_ms == 5000);
  CHECK(found->secret_index == 1);
  CHECK(found->signed_content == "msg_1.1760000000.{\"a\":1}");
  // What should have been there is by the first secret held.
  const auto again = verify(scheme, secrets({"whsec_YWJj"}), request, {.now = kNow, .explain = true});
  CHECK(again.value().expected == request.headers.find("webhook-signature"));
  CHECK(verify(scheme, secrets({"whsec_YWJj"}), request, {.now = kNow}).value().expected.empty());
}

TEST_CASE("each thing that can be wrong has its code") {
  CHECK(code_with("x-unrelated", "1").empty());
  CHECK(code_with("webhook-signature", std::nullopt) == "missing_header");
  CHECK(code_with("webhook-signature", "") == "malformed_signature");
  CHECK(code_with("webhook-signature", "v1,") == "malformed_signature");
  CHECK(code_with("webhook-signature", "nonsense") == "malformed_signature");
  CHECK(code_with("webhook-signature", "v1,****") == "malformed_signature");
  CHECK(code_with("webhook-signature", "v1,YWJj") == "malformed_signature");
  CHECK(code_with("webhook-signature", "v2,YWJj") == "unsupported_scheme");
  CHECK(code_with("webhook-signature", "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=") == "signature_mismatch");
  CHECK(code_with("webhook-timestamp", std::nullopt) == "missing_header");
  CHECK(code_with("webhook-timestamp", "") == "missing_header");
  CHECK(code_with("webhook-timestamp", "yesterday") == "malformed_timestamp");
  CHECK(code_with("webhook-timestamp", "99999999999999999999") == "malformed_timestamp");
  CHECK(code_with("webhook-timestamp", "1760000001") == "signature_mismatch");
  CHECK(code_with("webhook-id", std::nullopt) == "missing_header");
  CHECK(code_with("webhook-id", "msg_2") == "signature_mismatch");
}

TEST_CASE("age counts after the signature, in whole seconds, with both ends included") {
  const Scheme scheme = scheme_of(kStandard);
  const Keys keys = secrets({"YWJj"});
  const auto code_at = [&](UnixMs signed_at, std::optional<double> tolerance_s) {
    return verify(scheme, keys, signed_request(scheme, keys, signed_at), {.now = kNow, .tolerance_s = tolerance_s}).value().code;
  };
  CHECK(code_at(kNow - 300'000, {}).empty());
  CHECK(code_at(kNow - 301'000, {}) == "timestamp_too_old");
  CHECK(code_at(kNow + 300'000, {}).empty());
  CHECK(code_at(kNow + 301'000, {}) == "timestamp_in_future");
  CHECK(code_at(kNow - 301'000, 600.0).empty());
  CHECK(code_at(kNow - 11'000, 10.0) == "timestamp_too_old");
  CHECK(code_at(kNow + 11'000, 10.0) == "timestamp_in_future");
  CHECK(code_at(kNow - 1000, 0.0) == "timestamp_too_old");
  // Stale and wrong is wrong.
  http::Request stale = signed_request(scheme, keys, kNow - 301'000);
  stale.body += " ";
  CHECK(verify(scheme, keys, stale, {.now = kNow}).value().code == "signature_mismatch");
}

TEST_CASE("a timestamp in another unit is told") {
  const Scheme scheme = scheme_of(kStandard);
  const Keys keys = secrets({"YWJj"});
  http::Request request = signed_request(scheme, keys, kNow * 1000);
  const auto found = verify(scheme, keys, request, {.now = kNow}).value();
  CHECK(found.code == "malformed_timestamp");
  CHECK(found.remedy == "the timestamp is in milliseconds since 1970, this provider sends seconds since 1970");
  Scheme in_ms = scheme;
  in_ms.timestamp->unit = TimeUnit::milliseconds;
  const auto other = verify(in_ms, keys, signed_request(scheme, keys), {.now = kNow}).value();
  CHECK(other.code == "timestamp_too_old");
  CHECK(other.remedy == "the timestamp is in seconds since 1970, this provider sends milliseconds since 1970");
}

TEST_CASE("of alternatives any may hold, and the one that came farthest is reported") {
  const Scheme scheme = scheme_of(kBox);
  Scheme second = scheme.alternatives[1];
  second.secret_index.reset();
  const http::Request request = signed_request(second, secrets({"two"}));
  const auto found = verify(scheme, secrets({"one", "two"}), request, {.now = kNow}).value();
  CHECK(found.verdict == Verdict::valid);
  CHECK(found.secret_index == 1);
  CHECK(verify(scheme, secrets({"two", "one"}), request, {.now = kNow}).value().code == "signature_mismatch");
  // Only the first secret is held: the second alternative is passed over.
  CHECK(verify(scheme, secrets({"two"}), request, {.now = kNow}).value().code == "missing_header");
  http::Request other = request;
  other.headers.set("BOX-SIGNATURE-VERSION", "2");
  CHECK(verify(scheme, secrets({"one", "two"}), other, {.now = kNow}).value().code == "wrong_header");
  other.headers.remove("BOX-SIGNATURE-VERSION");
  CHECK(verify(scheme, secrets({"one", "two"}), other, {.now = kNow}).value().code == "missing_header");
  CHECK(verify(scheme, secrets({"one", "two"}), request, {.now = kNow - 5000}).value().code == "timestamp_in_future");
}

TEST_CASE("what a signature rests on stands once") {
  const Scheme scheme = scheme_of(kStandard);
  const Keys keys = secrets({"whsec_YWJj"});
  const http::Request good = signed_request(scheme, keys);
  for (const char* name : {"Webhook-Signature", "webhook-id", "WEBHOOK-TIMESTAMP"}) {
    for (const std::string& value : {std::string(good.headers.find(name).value()), std::string("other")}) {
      http::Request twice = good;
      twice.headers.add(name, value);
      const auto found = verify(scheme, keys, twice, {.now = kNow}).value();
      CHECK_MESSAGE(found.code == "malformed_signature", name);
      CHECK(found.message.find("stands more than once") != std::string::npos);
    }
  }
  http::Request other = good;
  other.headers.add("X-Other", "1");
  other.headers.add("X-Other", "2");
  CHECK(verify(scheme, keys, other, {.now = kNow})->verdict == Verdict::valid);
}

TEST_CASE("a multipart type has its JSON in one part, never in the body itself") {
  const Scheme scheme = scheme_of(R"({"kind": "hmac", "hash": "sha256", "json_source": "multipart:json", "signed": "{json:a}", "signature": {"from": "json:h", "encoding": "hex"}})");
  const Keys keys = secrets({"key"});
  const std::string json = signed_request(scheme, keys, kNow, R"({"a":1})").body;
  const std::string part = "--X\r\nContent-Disposition: form-data; name=\"json\"\r\n\r\n" + json + "\r\n";
  const auto code_of = [&](const std::string& body, const char* type) {
    http::Request request = with_body(body);
    request.headers.add("Content-Type", type);
    return verify(scheme, keys, request, {.now = kNow})->code;
  };
  CHECK(code_of(part + "--X--", "multipart/form-data; boundary=X").empty());
  CHECK(code_of(json, "application/json").empty());
  CHECK(code_of(json, "Multipart/Form-Data; boundary=X") == "missing_field");
  CHECK(code_of(json, "multipart/form-data") == "missing_field");
  CHECK(code_of(part + part + "--X--", "multipart/form-data; boundary=X") == "missing_field");
}

TEST_CASE("places in the body that are signed must be there") {
  const Scheme scheme = scheme_of(R"({"kind": "hmac", "hash": "sha256", "signed": "{json:t}{header:X-Extra}",
    "signature": {"from": "header:X-Sig", "encoding": "hex"}})");
  http::Request request = with_body(R"({"t":"1"})");
  request.headers = {{"X-Sig", std::string(64, '0')}};
  const auto found = verify(scheme, secrets({"k"}), request, {.now = kNow}).value();
  CHECK(found.code == "missing_field");
  CHECK(found.message == "there is no header 'X-Extra', which is part of what is signed");
  request.body = "not json";
  CHECK(verify(scheme, secrets({"k"}), request, {.now = kNow}).value().code == "missing_field");
}

TEST_CASE("what cannot be verified is unverified, not invalid") {
  CHECK(verify(scheme_of(R"({"kind": "none"})"), {}, {}, {}).value().code == "unsigned_provider");
  CHECK(verify(scheme_of(R"({"kind": "code", "code": "rot13"})"), {}, {}, {}).value().code == "unsupported_scheme");
  const auto found = verify(scheme_of(R"({"kind": "code", "code": "twilio_form"})"), secrets({"x"}), {}, {}).value();
  CHECK(found.verdict == Verdict::unverified);
  CHECK(found.code == "missing_url");
}

TEST_CASE("unusable keys are errors") {
  CHECK(verify(scheme_of(kStandard), {}, {}, {}).error().message == "no secret given");
  CHECK(verify(scheme_of(kStandard), secrets({"whsec_!"}), {}, {}).error().kind == ErrorKind::usage);
}

TEST_CASE("no message holds the secret") {
  const Scheme scheme = scheme_of(R"({"kind": "token", "signature": {"from": "header:X-Gitlab-Token"}})");
  http::Request request;
  request.headers = {{"X-Gitlab-Token", "swordfish"}};
  const auto found = verify(scheme, secrets({"hunter2"}), request, {.now = kNow, .explain = true}).value();
  CHECK(found.code == "signature_mismatch");
  const std::string all = found.message + found.remedy + found.expected + found.signed_content;
  CHECK(all.find("hunter2") == std::string::npos);
  CHECK(all.find("swordfish") == std::string::npos);
  CHECK(found.claim.signatures.empty());
  CHECK(verify(scheme, secrets({"swordfish"}), request, {.now = kNow}).value().verdict == Verdict::valid);
}

TEST_CASE("a Verifier serves many requests, good and bad in turn") {
  const Scheme scheme = scheme_of(kStandard);
  const Keys keys = secrets({"YWJj"});
  auto verifier = Verifier::create(scheme, keys);
  REQUIRE(verifier);
  Verifier moved = std::move(*verifier);
  const http::Request good = signed_request(scheme, keys);
  http::Request bad = good;
  bad.body = "{}";
  for (int round = 0; round < 3; ++round) {
    CHECK(moved.verify(good, {.now = kNow}).verdict == Verdict::valid);
    CHECK(moved.verify(bad, {.now = kNow, .explain = true}).code == "signature_mismatch");
  }
}

TEST_CASE("no bytes of a request upset it") {
  SeededRandom random(7);
  constexpr char kLetters[] = ",= v1at\x00\xff\"{}[]:.%&0123456789+/\r\n-";
  const std::string_view letters(kLetters, sizeof kLetters - 1);
  for (const char* json : {kStandard, kBox, R"({"kind": "code", "code": "twilio_json"})",
                           R"({"kind": "hmac", "hash": "sha256", "json_source": "multipart:j", "signed": "{json:a[0].b}{form:sorted_kv}",
                               "signature": {"from": "json:s", "encoding": "hex"}, "timestamp": {"from": "json:t", "unit": "ms", "max_age": 5}})"}) {
    const Scheme scheme = scheme_of(json);
    for (int round = 0; round < 300; ++round) {
      http::Request request = with_body(random_text(random, letters, random.next() % 60));
      for (const char* name :
           {"webhook-signature", "webhook-id", "webhook-timestamp", "BOX-SIGNATURE-PRIMARY", "X-Twilio-Signature", "Content-Type"})
        request.headers.add(name, random_text(random, letters, random.next() % 50));
      const auto found =
          verify(scheme, secrets({"YWJj", "ZGVm"}), request, {.url = random_text(random, letters, 20), .now = kNow, .explain = true});
      REQUIRE(found);
      CHECK(found->verdict == Verdict::invalid);
    }
  }
}
