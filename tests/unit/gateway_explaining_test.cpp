// Diagnosing on the loop's thread: bounded, and told to this machine only.
#include <doctest/doctest.h>

#include "base/clock.hpp"
#include "gateway/explaining.hpp"
#include "http/codec.hpp"
#include "signing/sign.hpp"

using namespace hookctl;
using namespace hookctl::gateway;

namespace {

constexpr UnixMs kNow = 1'769'860'800'000;

http::Request from_host(const std::string& host) {
  http::Request request;
  if (!host.empty()) request.headers.set("Host", host);
  return request;
}

std::string zeros() {
  std::string out = "0";
  for (int i = 0; i < 100'000; ++i) out += ",0";
  return out;
}

// A Stripe event with a line end that was added after signing.
struct Changed {
  provider::Catalog catalog;
  const provider::Provider& stripe = **catalog.find("stripe");
  signing::Keys keys{.secrets = {Secret("whsec_test")}};
  http::Request request;
  signing::VerifyInputs inputs{.now = kNow};
  signing::Verification found;

  explicit Changed(std::string body) {
    request.body = std::move(body);
    request = signing::sign(stripe.scheme, keys, request, {.now = kNow})->request;
    request.body += "\n";
    found = *signing::verify(stripe.scheme, keys, request, inputs);
  }
  std::optional<signing::Diagnosis> ask(Explaining& explaining) { return explaining.explain(catalog, stripe, keys, request, inputs, found); }
};

}  // namespace

TEST_CASE("explaining: a flood of invalid requests costs a few diagnoses a second") {
  Changed changed("{}");
  Explaining explaining;
  int told = 0;
  for (int i = 0; i < 60; ++i) {
    const auto diagnosis = changed.ask(explaining);
    if (diagnosis) CHECK(diagnosis->code == "body_newline");
    told += diagnosis ? 1 : 0;
  }
  CHECK(told >= 1);
  CHECK(told < 60);
}

TEST_CASE("explaining: large bodies and valid requests are passed over") {
  Changed large("\"" + std::string(256 * 1024, 'x') + "\"");
  Explaining explaining;
  CHECK_FALSE(large.ask(explaining));
  Changed valid("{}");
  valid.found = {.verdict = signing::Verdict::valid};
  CHECK_FALSE(valid.ask(explaining));
}

TEST_CASE("explaining: a body of the largest size, made to be slow, does not hold the loop") {
  for (const std::string& body : {std::string(250 * 1024, '['), std::string(500, '[') + zeros() + std::string(500, ']')}) {
    Changed slow(body);
    slow.request.body.back() = 'x';
    Explaining explaining;
    REQUIRE(slow.catalog.all());
    const std::int64_t begun = steady_ms();
    for (int i = 0; i < 20; ++i) slow.ask(explaining);
    CHECK(steady_ms() - begun < 1500);  // a slow machine's share; unbounded it is minutes
  }
}

TEST_CASE("explaining: a shared word is not told by its parts") {
  provider::Provider sender;
  sender.scheme.kind = signing::Kind::token;
  sender.scheme.signature = {.from = {signing::Place::header, "X-Token"}, .encoding = signing::Encoding::plain};
  provider::Catalog catalog;
  const signing::Keys keys{.secrets = {Secret("whsec_abcdefghijkl")}};
  for (const char* sent : {"abcdefghijkl", "whsec_abcdefg", "whsec_abcdefghijk"}) {
    http::Request request;
    request.headers.set("X-Token", sent);
    const auto found = signing::verify(sender.scheme, keys, request, {.now = kNow});
    REQUIRE(found);
    Explaining explaining;
    const auto told = explaining.explain(catalog, sender, keys, request, {.now = kNow}, *found);
    INFO(sent);
    CHECK((!told || (told->code == "wrong_secret" && told->confidence == signing::Confidence::likely)));
  }
}

TEST_CASE("explaining: a sender is on this machine when nothing says otherwise") {
  CHECK(is_local("127.0.0.1:50000", from_host("127.0.0.1:4400")));
  CHECK(is_local("[::1]:50000", from_host("localhost:4400")));
  CHECK_FALSE(is_local("192.0.2.7:50000", from_host("localhost:4400")));
  CHECK_FALSE(is_local("127.0.0.1:50000", from_host("hooks.example")));
  CHECK_FALSE(is_local("127.0.0.1:50000", from_host("")));
  CHECK_FALSE(is_local("", from_host("localhost")));
  for (const char* name : {"Forwarded", "X-Forwarded-For", "Via"}) {
    http::Request passed_on = from_host("localhost:4400");
    passed_on.headers.add(name, "203.0.113.9");
    CHECK_FALSE(is_local("127.0.0.1:50000", passed_on));
  }
}

TEST_CASE("explaining: the answer tells a diagnosis, or the plain words") {
  const signing::Diagnosis diagnosis{"body_newline", "a \"line\" end", "", signing::Confidence::certain};
  const http::Response told = invalid_answer("signature_mismatch: no", &diagnosis, "req_1");
  CHECK(told.status == 401);
  CHECK(told.body == "{\"error\":\"invalid_signature\",\"message\":\"body_newline: a \\\"line\\\" end\",\"request\":\"req_1\",\"code\":\"body_newline\",\"cause\":\"a \\\"line\\\" end\","
                     "\"remedy\":\"\",\"confidence\":\"certain\"}\n");
  CHECK(told.headers.find("Content-Length") == std::to_string(told.body.size()));
  CHECK(invalid_answer("signature_mismatch: no", nullptr, "req_1").body == "{\"error\":\"invalid_signature\",\"message\":\"signature_mismatch: no\",\"request\":\"req_1\"}\n");
}
