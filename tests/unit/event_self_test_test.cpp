// The self test: a provider that works passes with a made-up key, and each way of not working is told.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "event/compose.hpp"
#include "event/self_test.hpp"
#include "provider/template.hpp"
#include "store_scratch.hpp"

using namespace hookctl;
using namespace hookctl::event;

namespace {

constexpr UnixMs kNow = 1'769'860'800'000;

void write(const std::string& path, const std::string& text) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

std::string facts(const std::string& scheme, const std::string& more = "") {
  return R"({"schema":"hookctl.provider.v1","id":"acme","scheme":)" + scheme + R"(,"event_type":["{json:type}"],"recognise":[[{"header":"X-Acme"}]])" + more + "}";
}

const char* const kHmac = R"({"kind":"hmac","hash":"sha256","signed":"{body}","signature":{"from":"header:X-Acme","encoding":"hex"}})";

// One fixture "a.b" of a provider with these facts.
Trial tried(const std::string& text, const std::string& body = R"({"type":"a.b"})") {
  const store::ScratchFolder folder;
  write(folder / "acme/provider.json", text);
  write(folder / "acme/a.b.json", body);
  provider::Catalog catalog;
  const auto acme = catalog.find(folder / "acme");
  REQUIRE_MESSAGE(acme.ok(), acme.error().message);
  SeededRandom random(1);
  const auto trials = self_test(catalog, **acme, kNow, random);
  REQUIRE(trials.size() == 1);
  CHECK(trials[0].event == "a.b");
  return trials[0];
}

}  // namespace

TEST_CASE("self test: every kind of scheme with a key of its form") {
  for (const char* scheme : {
           kHmac,
           R"({"kind":"hmac","hash":"sha1","key":{"encoding":"base64","strip_prefix":"whsec_"},"signed":"{body}","signature":{"from":"header:X-Acme","encoding":"base64"}})",
           R"({"kind":"hmac","hash":"sha512","key":{"encoding":"hex"},"signed":"{body}","signature":{"from":"header:X-Acme","encoding":"hex"}})",
           R"({"kind":"hash","hash":"sha256","signed":"{secret}{body}","signature":{"from":"header:X-Acme","encoding":"hex"}})",
           R"({"kind":"token","signature":{"from":"header:X-Acme"}})",
           R"({"kind":"ed25519","key":{"encoding":"hex"},"signed":"{body}","signature":{"from":"header:X-Acme","encoding":"hex"}})",
           R"({"kind":"ecdsa","key":{"encoding":"spki_base64"},"signed":"{body}","signature":{"from":"header:X-Acme","encoding":"base64"}})",
           R"({"kind":"rsa","key":{"encoding":"spki_base64"},"signed":"{body}","signature":{"from":"header:X-Acme","encoding":"base64"}})",
       }) {
    CAPTURE(std::string(scheme));
    const Trial trial = tried(facts(scheme));
    CHECK_MESSAGE(trial.fault.empty(), trial.fault);
    CHECK_MESSAGE(trial.doubt.empty(), trial.doubt);
  }
}

TEST_CASE("self test: what does not work is told") {
  CHECK(tried(facts(kHmac), "{").fault.find("a.b.json:1:") != std::string::npos);
  const std::string in_body = R"({"kind":"hmac","hash":"sha256","signed":"{json:data.id}","signature":{"from":"header:X-Acme","encoding":"hex"}})";
  CHECK(tried(facts(in_body)).fault.starts_with("cannot be signed: "));
}

TEST_CASE("self test: what works and is odd is told") {
  CHECK(tried(facts(kHmac), R"({"type":"c.d"})").doubt == "is received as 'c.d'");
  CHECK(tried(facts(kHmac), "{}").doubt.starts_with("is received without a name"));
  std::string text = facts(kHmac);
  text.replace(text.rfind("X-Acme"), 6, "X-Else");
  CHECK(tried(text).doubt.starts_with("is not recognised by its headers"));
}

TEST_CASE("self test: every placeholder that a provider file may use is filled") {
  for (const std::string& each : provider::placeholders(provider::TemplateUse::compose)) {
    std::string name = each;
    if (name.ends_with(":N")) name.back() = '8';
    provider::Provider acme = *provider::parse_provider(facts(kHmac, R"(,"request":{"headers":{"X-Value":"<{)" + name + R"(}>"}})"), "x");
    ComposeInputs inputs;
    inputs.now = kNow;
    SeededRandom random(1);
    const auto made = compose(acme, {"a.b", "application/json", "{}"}, inputs, random);
    REQUIRE(made);
    CAPTURE(name);
    const std::string value(*made->request.headers.find("X-Value"));
    CHECK_MESSAGE(value.find('{') == std::string::npos, value);
    CHECK(value.size() > 2);
  }
}
