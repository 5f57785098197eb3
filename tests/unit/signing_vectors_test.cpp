// The signature vectors of tests/vectors/ against the schemes of fixtures/<provider>/provider.json.
#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "signing/scheme_json.hpp"
#include "signing/sign.hpp"
#include "signing/verify.hpp"

using namespace hookctl;
using namespace hookctl::signing;
using Json = nlohmann::ordered_json;

namespace {

const std::string kSource = HOOKCTL_SOURCE_DIR;

Json read_json(const std::string& path) {
  const auto text = read_file(kSource + "/" + path);
  REQUIRE_MESSAGE(text, path);
  auto json = parse_json(*text, path);
  REQUIRE_MESSAGE(json, path);
  return *json;
}

const Scheme& scheme_of(const std::string& provider) {
  static std::map<std::string, Scheme> schemes;
  if (const auto known = schemes.find(provider); known != schemes.end()) return known->second;
  const Json facts = read_json("fixtures/" + provider + "/provider.json");
  auto scheme = parse_scheme(facts.at("scheme"), "scheme");
  REQUIRE_MESSAGE(scheme, provider);
  return schemes.emplace(provider, *scheme).first->second;
}

struct Vector {
  std::string id{}, provider{}, expect{}, url{};
  bool core{true};
  Keys keys{};
  http::Request request{};
  UnixMs now{0};
};

Vector read_vector(const Json& json) {
  Vector vector{.id = json.at("id"), .provider = json.at("provider"), .expect = json.at("expect"), .url = json.at("url")};
  vector.core = json.at("class") == "core";
  if (json.at("secret").is_string()) vector.keys.secrets.emplace_back(json.at("secret").get<std::string>());
  for (const Json& secret : json.at("additional_secrets")) vector.keys.secrets.emplace_back(secret.get<std::string>());
  if (json.at("public_key").is_string()) vector.keys.public_key = json.at("public_key").get<std::string>();
  vector.request.method = json.at("method").get<std::string>();
  for (const auto& field : json.at("headers").items()) vector.request.headers.add(field.key(), field.value());
  vector.request.body = from_base64(json.at("body_base64").get<std::string>()).value();
  vector.now = json.at("now").get<std::int64_t>() * 1000;
  return vector;
}

std::vector<Vector> read_vectors() {
  std::vector<Vector> vectors;
  for (const char* path : {"tests/vectors/signatures.json", "tests/vectors/more_signatures.json"}) {
    const Json file = read_json(path);
    for (const Json& json : file.at("vectors")) vectors.push_back(read_vector(json));
  }
  return vectors;
}

}  // namespace

TEST_CASE("every core vector is accepted or rejected as it says") {
  const std::vector<Vector> vectors = read_vectors();
  REQUIRE(vectors.size() > 1200);
  std::set<std::string> providers;
  for (const Vector& vector : vectors) providers.insert(vector.provider);
  CHECK(providers.size() == 80);  // all that sign
  for (const Vector& vector : vectors) {
    for (bool explain : {false, true}) {
      const auto found =
          verify(scheme_of(vector.provider), vector.keys, vector.request, {.url = vector.url, .now = vector.now, .explain = explain});
      REQUIRE_MESSAGE(found, vector.id);
      CHECK_MESSAGE(found->verdict != Verdict::unverified, vector.id);
      const std::string answer = found->verdict == Verdict::valid ? "accept" : "reject";
      if (vector.core) {
        CHECK_MESSAGE(answer == vector.expect, vector.id << ": " << found->code);
      } else if (!explain && answer != vector.expect) {
        MESSAGE(vector.id << ": the provider's library says " << vector.expect << ", we " << answer << " " << found->code);
      }
    }
  }
}

TEST_CASE("signing the valid vectors again verifies, and mostly gives the very same fields") {
  // Their own times are written in another spelling of the same format, or their tokens hold more claims.
  const std::set<std::string> differ{"box", "twitch", "contentful", "qstash", "netlify"};
  int seen = 0;
  for (const Vector& vector : read_vectors()) {
    const Scheme& scheme = scheme_of(vector.provider);
    const bool is_valid =
        vector.id.find("/valid") != std::string::npos && vector.core && vector.id.find("form_content") == std::string::npos;
    if (!is_valid || uses_key_pair(scheme)) continue;
    std::string id;
    for (const char* name : {"webhook-id", "svix-id", "twitch-eventsub-message-id"}) id += vector.request.headers.find(name).value_or("");
    const auto result = sign(scheme, vector.keys, vector.request, {.id = id, .now = vector.now, .url = vector.url});
    REQUIRE_MESSAGE(result, vector.id);
    const auto verified = verify(scheme, vector.keys, result->request, {.url = result->url, .now = vector.now});
    CHECK_MESSAGE(verified->verdict == Verdict::valid, vector.id << ": " << verified->message);
    CHECK_MESSAGE(result->request.body == vector.request.body, vector.id);
    CHECK_MESSAGE(result->url == vector.url, vector.id);
    if (differ.count(vector.provider) == 0) CHECK_MESSAGE(result->request.headers == vector.request.headers, vector.id);
    ++seen;
  }
  CHECK(seen > 100);
}
