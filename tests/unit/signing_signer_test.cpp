// One Signer for many requests: each is signed as sign() would.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "signing/scheme_json.hpp"
#include "signing/sign.hpp"
#include "signing/verify.hpp"

using namespace hookctl;
using namespace hookctl::signing;

namespace {

constexpr UnixMs kNow = 1'760'000'000'123;

Scheme scheme_of(const char* json) { return parse_scheme(nlohmann::ordered_json::parse(json), "scheme").value(); }

const char* const kStripe = R"({"kind": "hmac", "hash": "sha256", "key": {"encoding": "utf8"}, "signed": "{timestamp}.{body}",
  "signature": {"from": "header:Stripe-Signature", "encoding": "hex", "kv": {"sep": ",", "eq": "=", "key": "v1"}},
  "timestamp": {"from": "kv:t", "unit": "s", "max_age": 300, "max_future": null}})";
const char* const kGithub = R"({"kind": "hmac", "hash": "sha256", "key": {"encoding": "utf8"}, "signed": "{body}",
  "signature": {"from": "header:X-Hub-Signature-256", "encoding": "hex", "prefix": "sha256="}})";
const char* const kHash = R"({"kind": "hash", "hash": "sha256", "key": {"encoding": "utf8"}, "signed": "{body}{secret}",
  "signature": {"from": "header:X-Sign", "encoding": "hex"}})";
const char* const kToken = R"({"kind": "token", "signature": {"from": "header:X-Token"}})";

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

}  // namespace

TEST_CASE("signer: request after request is signed as by sign()") {
  for (const char* json : {kStripe, kGithub, kHash, kToken}) {
    CAPTURE(json);
    const Scheme scheme = scheme_of(json);
    const Keys keys = secrets({"one", "two"});
    Signer signer(scheme, keys);
    for (int i = 0; i < 5; ++i) {
      const http::Request request = with_body("{\"n\":" + std::to_string(i) + "}");
      const SignInputs inputs{.now = kNow + i * 1000};
      const auto by_signer = signer.sign(request, inputs);
      const auto alone = sign(scheme, keys, request, inputs);
      REQUIRE(by_signer);
      REQUIRE(alone);
      CHECK(by_signer->request.headers == alone->request.headers);
      CHECK(by_signer->request.headers.size() == 1);
      CHECK(by_signer->content == alone->content);
      CHECK(verify(scheme, keys, by_signer->request, {.now = inputs.now}).value().verdict == Verdict::valid);
    }
  }
}

TEST_CASE("signer: a request that cannot be signed is said, and the next one is signed") {
  const Scheme scheme = scheme_of(kStripe);
  Signer signer(scheme, secrets({"one"}));
  http::Request bad = with_body("{}");
  bad.headers.add("X-Bad", "a\r\nb");
  CHECK_FALSE(signer.sign(bad, {.now = kNow}));
  SignInputs inputs{.now = kNow};
  inputs.timestamp = "tomorrow";
  CHECK(std::string(signer.sign(with_body("{}"), inputs)->request.headers.find("Stripe-Signature").value_or(""))
            .starts_with("t=tomorrow,v1="));
  Signer moved(std::move(signer));
  CHECK(moved.sign(with_body("{}"), {.now = kNow}));
}

TEST_CASE("signer: what is wrong with the keys is said each time") {
  const Scheme scheme = scheme_of(kGithub);
  Signer signer(scheme, {});
  for (int i = 0; i < 2; ++i) {
    const auto done = signer.sign(with_body("{}"), {.now = kNow});
    REQUIRE_FALSE(done);
    CHECK(done.error().kind == ErrorKind::usage);
    CHECK(done.error().message == "no secret given");
  }
}
