// Schemes that are no data: Adyen, Amazon SNS, Contentful (Twilio's are in the vectors): what they sign, and what they must not take.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "base/encoding.hpp"
#include "base/json_path.hpp"
#include "crypto/asymmetric.hpp"
#include "signing/canonical.hpp"
#include "signing/scheme_json.hpp"
#include "signing/sign.hpp"
#include "signing/verify.hpp"

using namespace hookctl;
using namespace hookctl::signing;
using Json = nlohmann::ordered_json;

namespace {

constexpr UnixMs kNow = 1'760'000'000'123;

Scheme code(const char* name) { return parse_scheme(Json{{"kind", "code"}, {"code", name}}, "scheme").value(); }

http::Request with_body(std::string body) {
  http::Request request;
  request.body = std::move(body);
  return request;
}

std::string edited(const std::string& body, const char* path, const char* value) { return json_set(body, path, value).value(); }

// --- Adyen ---
const Keys kAdyenKey{.secrets = {Secret("44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056")}};
// The item of Adyen's documentation; the second one has other values and no reference.
const char* const kAdyen = R"({"live":"false","notificationItems":[
  {"NotificationRequestItem":{"additionalData":{"hmacSignature":"x"},"amount":{"value":1130,"currency":"EUR"},"pspReference":"7914073381342284",
    "eventCode":"AUTHORISATION","merchantAccountCode":"TestMerchant","merchantReference":"TestPayment-1407325143704","success":"true"}},
  {"NotificationRequestItem":{"pspReference":"a:b\\c","success":true, "amount":{"value":0}}}]})";

std::string adyen_code(const std::string& body) {
  return verify(code("adyen_items"), kAdyenKey, with_body(body), {.now = kNow, .explain = true}).value().code;
}

}  // namespace

TEST_CASE("Adyen signs each item in its place, and touches nothing else") {
  const auto done = sign(code("adyen_items"), kAdyenKey, with_body(kAdyen), {.now = kNow});
  REQUIRE(done);
  CHECK(done->content == "7914073381342284::TestMerchant:TestPayment-1407325143704:1130:EUR:AUTHORISATION:true\na:b\\c::::0:::true");
  // The signature of Adyen's documentation.
  CHECK(json_text_at(done->request.body, "notificationItems[0].NotificationRequestItem.additionalData.hmacSignature") == "coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0=");
  CHECK(adyen_code(done->request.body).empty());
  std::string without = json_unset(done->request.body, "notificationItems[1].NotificationRequestItem.additionalData").value();
  CHECK(edited(without, "notificationItems[0].NotificationRequestItem.additionalData.hmacSignature", "\"x\"") == kAdyen);
}

TEST_CASE("every item of Adyen's must hold") {
  const std::string good = sign(code("adyen_items"), kAdyenKey, with_body(kAdyen), {.now = kNow})->request.body;
  const std::string second = "notificationItems[1].NotificationRequestItem";
  CHECK(adyen_code(edited(good, (second + ".success").c_str(), "false")) == "signature_mismatch");
  CHECK(adyen_code(edited(good, (second + ".amount.value").c_str(), "1")) == "signature_mismatch");
  CHECK(adyen_code(edited(good, (second + ".additionalData.hmacSignature").c_str(), "\"!\"")) == "malformed_signature");
  CHECK(adyen_code(json_unset(good, second + ".additionalData").value()) == "missing_field");
  CHECK(adyen_code(edited(good, "notificationItems[2]", "{}")) == "missing_field");
  CHECK(adyen_code(edited(good, "notificationItems[2]", "7")) == "missing_field");
  CHECK(adyen_code(edited(good, "notificationItems[0].NotificationRequestItem.eventDate", "\"not signed\"")).empty());
  CHECK(adyen_code(R"({"notificationItems":[]})") == "missing_field");
  CHECK(adyen_code("[]") == "missing_field");
  CHECK(adyen_code("not json") == "missing_field");
  CHECK(adyen_code("") == "missing_field");
  CHECK_FALSE(sign(code("adyen_items"), kAdyenKey, with_body("{}"), {.now = kNow}));
  CHECK_FALSE(sign(code("adyen_items"), {.secrets = {Secret("not hex")}}, with_body(kAdyen), {.now = kNow}));
}

TEST_CASE("Adyen's values are texts and numbers, as JavaScript prints them") {
  const std::string good = sign(code("adyen_items"), kAdyenKey, with_body(kAdyen), {.now = kNow})->request.body;
  const std::string item = "notificationItems[0].NotificationRequestItem";
  const auto with = [&](const char* member, const char* value) { return adyen_code(edited(good, (item + member).c_str(), value)); };
  CHECK(with(".originalReference", "null").empty());
  CHECK(with(".originalReference", R"(["PSP1"])") == "missing_field");
  CHECK(with(".originalReference", R"({"x":1})") == "missing_field");
  CHECK(with(".amount.value", R"(["1130"])") == "missing_field");
  CHECK(with(".amount", "[1130]") == "missing_field");
  CHECK(with(".additionalData.hmacSignature", "1") == "malformed_signature");
  CHECK(adyen_code(edited(good, "notificationItems[1].NotificationRequestItem.additionalData.hmacSignature", "1")) == "missing_field");
  for (const char* same : {"1130.0", "1.13e3", "\"1130\""}) CHECK_MESSAGE(with(".amount.value", same).empty(), same);
  for (const char* other : {"1130.5", "1e400", "-1130"}) CHECK_MESSAGE(!with(".amount.value", other).empty(), other);
}

TEST_CASE("a great many items are no trouble") {
  std::string body = R"({"notificationItems":[)";
  for (int i = 0; i < 20'000; ++i) body += std::string(i == 0 ? "" : ",") + R"({"NotificationRequestItem":{"additionalData":{"hmacSignature":")" + to_base64(std::string(32, 'x')) + "\"}}}";
  CHECK(adyen_code(body + "]}") == "signature_mismatch");
}

// --- Amazon SNS ---
namespace {

const char* const kSns = R"({"Type":"Notification","MessageId":"22b80b92","TopicArn":"arn:aws:sns:us-west-2:123456789012:MyTopic","Subject":"Tea",
 "Message":"Hello\n\u00fc","Timestamp":"2012-05-02T00:54:06.655Z","SignatureVersion":"2","Signature":"","SigningCertURL":"https://sns.us-west-2.amazonaws.com/a.pem"})";

const Keys& sns_keys() {
  static const auto pair = crypto::PrivateKey::generate(crypto::KeyType::rsa).value();
  static const Keys keys{.public_key = pair.public_key().pem(), .private_key = Secret(pair.pem())};
  return keys;
}

std::string signed_sns(const std::string& body) { return sign(code("aws_sns"), sns_keys(), with_body(body), {.now = kNow}).value().request.body; }
std::string sns_code(const std::string& body) { return verify(code("aws_sns"), sns_keys(), with_body(body), {.now = kNow, .explain = true}).value().code; }

}  // namespace

TEST_CASE("SNS signs the members that a message of its type has") {
  const auto done = sign(code("aws_sns"), sns_keys(), with_body(kSns), {.now = kNow});
  REQUIRE(done);
  CHECK(done->content == "Message\nHello\nü\nMessageId\n22b80b92\nSubject\nTea\nTimestamp\n2012-05-02T00:54:06.655Z\nTopicArn\narn:aws:sns:us-west-2:123456789012:MyTopic\nType\nNotification\n");
  const std::string good = done->request.body;
  CHECK(sns_code(good).empty());
  for (const char* path : {"Message", "MessageId", "Subject", "Timestamp", "TopicArn"}) CHECK(sns_code(edited(good, path, "\"other\"")) == "signature_mismatch");
  CHECK(sns_code(json_unset(good, "Subject").value()) == "signature_mismatch");
  CHECK(sns_code(signed_sns(json_unset(kSns, "Subject").value())).empty());
  CHECK(sns_code(edited(good, "UnsubscribeURL", "\"x\"")).empty());  // not signed
  for (const char* path : {"Message", "MessageId", "Timestamp", "TopicArn", "Type", "SignatureVersion", "SigningCertURL", "Signature"}) {
    CHECK_MESSAGE(sns_code(json_unset(good, path).value()) == "missing_field", path);
  }
}

TEST_CASE("SNS: the version is the hash, the type is the list") {
  const std::string one = signed_sns(edited(kSns, "SignatureVersion", "\"1\""));
  CHECK(sns_code(one).empty());
  CHECK(sns_code(edited(one, "SignatureVersion", "\"2\"")) == "signature_mismatch");
  CHECK(sns_code(edited(one, "SignatureVersion", "\"3\"")) == "unsupported_scheme");
  CHECK(json_text_at(signed_sns(json_unset(kSns, "SignatureVersion").value()), "SignatureVersion") == "1");
  CHECK_FALSE(sign(code("aws_sns"), sns_keys(), with_body(edited(kSns, "Type", "\"SubscriptionConfirmation\"")), {.now = kNow}));
  std::string handshake = edited(edited(edited(kSns, "Type", "\"SubscriptionConfirmation\""), "Token", "\"t\""), "SubscribeURL", "\"https://sns.us-west-2.amazonaws.com/?x\"");
  handshake = signed_sns(handshake);
  CHECK(sns_code(handshake).empty());
  CHECK(sns_code(edited(handshake, "Token", "\"u\"")) == "signature_mismatch");
  CHECK(sns_code(edited(handshake, "SubscribeURL", "\"https://evil.example/\"")) == "signature_mismatch");
  CHECK(sns_code(edited(handshake, "Subject", "\"signed where it is there\"")) == "signature_mismatch");
}

TEST_CASE("SNS: nothing can be added to a signed message that sns-validator would sign or not read as a text") {
  const std::string good = signed_sns(json_unset(kSns, "Subject").value());
  REQUIRE(sns_code(good).empty());
  CHECK(sns_code(edited(good, "Subject", "null")).empty());
  for (const char* value : {R"({"a":1})", R"(["evil"])", "1", "true"}) CHECK_MESSAGE(sns_code(edited(good, "Subject", value)) == "missing_field", value);
  CHECK(sns_code(edited(good, "SubscribeURL", "\"https://evil.example\"")) == "signature_mismatch");
  CHECK(sns_code(edited(good, "SubscribeURL", "null")) == "missing_field");
  CHECK(sns_code(edited(good, "SignatureVersion", "2")) == "missing_field");
  CHECK(sns_code(edited(good, "SigningCertUrl", "\"https://evil.example/a.pem\"")) == "untrusted_key_url");
  CHECK(sns_code(edited(good, "SigningCertUrl", "7")) == "missing_field");
  CHECK(sns_code(edited(good, "SigningCertUrl", "\"https://sns.us-west-2.amazonaws.com/a.pem\"")).empty());
  for (const char* port : {"443", "0443"}) {
    const std::string url = "\"https://sns.us-west-2.amazonaws.com:" + std::string(port) + "/a.pem\"";
    CHECK_MESSAGE(sns_code(edited(good, "SigningCertURL", url.c_str())) == "untrusted_key_url", port);
  }
}

TEST_CASE("SNS: a certificate of someone else's is never taken, though the key was given by hand") {
  const std::string good = signed_sns(kSns);
  for (const char* url : {"http://sns.us-west-2.amazonaws.com/a.pem", "https://sns.us-west-2.amazonaws.com/a.txt", "https://sns.us-west-2.amazonaws.com.evil.example/a.pem",
                          "https://evil.example/sns.us-west-2.amazonaws.com/a.pem", "https://sns.us-west-2.amazonaws.com@evil.example/a.pem", "https://sns.a.b.amazonaws.com/a.pem",
                          "https://sns.us.amazonaws.com/a.pem", "https://sns.us-west-2.amazonaws.com:8443/a.pem", "https://xsns.us-west-2.amazonaws.com/a.pem", "", "sns.us-west-2.amazonaws.com/a.pem",
                          "https://sns.us_west_2.amazonaws.com/a.pem", "https://sns..amazonaws.com/a.pem", "file:///etc/passwd", "https://sns.us-west-2.amazonaws.com/a.pem#x.pem", "https://sns.us-west-2.amazonaws.com"}) {
    const std::string quoted = json_quote(url);
    const std::string found = sns_code(edited(good, "SigningCertURL", quoted.c_str()));
    if (std::string(url).find('#') == std::string::npos) CHECK_MESSAGE(found == "untrusted_key_url", url);
  }
  CHECK(sns_code(edited(good, "SigningCertURL", "\"https://sns.cn-north-1.amazonaws.com.cn/x.pem\"")).empty());
}

// --- Contentful ---
namespace {

const Keys kContentfulKey{.secrets = {Secret(std::string(63, 'a') + "b")}};
const std::string kContentfulUrl = "https://example.com/hooks/contentful?space=x%20y&q=1";

http::Request contentful_request() {
  http::Request request = with_body(R"({"type":"order.created","data":{"title":"Bug"}})");
  request.headers = {{"Content-Type", "application/vnd.contentful.management.v1+json"}, {"X-Contentful-Topic", "ContentManagement.Entry.publish"}, {"X-Extra", "not signed"}};
  return request;
}

std::string contentful_code(const http::Request& request, const std::string& url = kContentfulUrl, std::int64_t later_ms = 0) {
  return verify(code("contentful"), kContentfulKey, request, {.url = url, .now = kNow + later_ms, .explain = true}).value().code;
}

}  // namespace

TEST_CASE("Contentful signs method, path, listed fields and body") {
  const auto done = sign(code("contentful"), kContentfulKey, contentful_request(), {.now = kNow, .url = kContentfulUrl});
  REQUIRE(done);
  CHECK(done->content ==
        "POST\n/hooks/contentful?space%253Dx%252520y%2526q%253D1\n"
        "content-type:application/vnd.contentful.management.v1+json;x-contentful-signed-headers:content-type,x-contentful-signed-headers,x-contentful-timestamp,x-contentful-topic;"
        "x-contentful-timestamp:1760000000123;x-contentful-topic:ContentManagement.Entry.publish\n"
        R"({"type":"order.created","data":{"title":"Bug"}})");
  // By @contentful/node-apps-toolkit's signRequest over the same request.
  CHECK(done->request.headers.find("x-contentful-signature") == "30c4f421a22758c9597ebb57efdd616f4f5a79ebfea207c0585a6cfe84cb71c4");
  CHECK(contentful_code(done->request).empty());
  const auto with = [&](const char* name, std::optional<std::string> value) {
    http::Request request = done->request;
    if (value) request.headers.set(name, *value);
    else request.headers.remove(name);
    return contentful_code(request);
  };
  CHECK(with("X-Extra", "other").empty());
  CHECK(with("X-Contentful-Topic", " ContentManagement.Entry.publish ").empty());
  CHECK(with("X-Contentful-Topic", "other") == "signature_mismatch");
  CHECK(with("X-Contentful-Topic", {}) == "signature_mismatch");
  CHECK(with("x-contentful-timestamp", "1760000000124") == "signature_mismatch");
  CHECK(with("x-contentful-timestamp", {}) == "missing_header");
  CHECK(with("x-contentful-signed-headers", {}) == "missing_header");
  CHECK(with("x-contentful-signed-headers", "content-type") == "wrong_header");
  CHECK(with("x-contentful-signed-headers", "x-contentful-timestamp,x-extra") == "signature_mismatch");
  CHECK(with("x-contentful-signed-headers", "x-contentful-topic,x-none,x-contentful-timestamp,x-contentful-signed-headers,content-type").empty());
  CHECK(contentful_code(done->request, "https://example.com/hooks/other") == "signature_mismatch");
}

TEST_CASE("Contentful's thirty seconds are exclusive, and the future is open") {
  const auto request = sign(code("contentful"), kContentfulKey, contentful_request(), {.now = kNow, .url = kContentfulUrl})->request;
  CHECK(contentful_code(request, kContentfulUrl, 29'999).empty());
  CHECK(contentful_code(request, kContentfulUrl, 30'000) == "timestamp_too_old");
  CHECK(contentful_code(request, kContentfulUrl, -86'400'000).empty());
  CHECK(verify(code("contentful"), kContentfulKey, request, {.now = kNow})->code == "missing_url");
}
