// libFuzzer target of what comes from strangers around signatures. Input that begins with '{' is a provider file, with '#' the claims of
// a token that is signed right, with '@' a key or key set; anything else is a request ("Name: value" lines, an empty line, a body) that
// every embedded provider's verifier looks at. Nothing crashes, and no signature but one made with the key is ever right.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "crypto/asymmetric.hpp"
#include "crypto/mac.hpp"
#include "provider/catalog.hpp"
#include "signing/canonical.hpp"
#include "signing/jwk.hpp"
#include "signing/sign.hpp"
#include "signing/verify.hpp"

using namespace hookctl;

namespace {

constexpr UnixMs kNow = 1'769'860'800'000;
const char* const kUrl = "https://hooks.example/in?x=1";

signing::Keys keys_for(const signing::Scheme& scheme) {
  const signing::Scheme& way = signing::in_effect(signing::ways(scheme).front());
  signing::Keys keys;
  if (signing::is_key_pair(way)) {
    const bool p256 = way.kind == signing::Kind::ecdsa || (way.jwt && way.jwt->algorithms.front() == signing::JwtAlgorithm::es256);
    const auto type = way.kind == signing::Kind::ed25519 ? crypto::KeyType::ed25519 : p256 ? crypto::KeyType::p256 : crypto::KeyType::rsa;
    if (auto key = crypto::PrivateKey::generate(type)) keys.private_key = Secret(key->pem());
    if (signing::uses_secret(way)) keys.secrets.push_back(Secret("a word that is part of what is signed"));
    return keys;
  }
  const std::string bytes = "a secret that no input knows....";
  const signing::KeyForm& form = way.keys.front();
  std::string text = bytes;
  if (form.encoding == signing::KeyEncoding::base64) text = to_base64(bytes);
  if (form.encoding == signing::KeyEncoding::hex) text = to_hex(bytes);
  keys.secrets.push_back(Secret(form.strip_prefix + text));
  return keys;
}

struct Verifying {
  const provider::Provider* provider;
  signing::Keys keys;
  signing::Verifier verifier;
};

provider::Catalog& catalog() {
  static provider::Catalog catalog;
  return catalog;
}

std::vector<Verifying>& verifiers() {
  static std::vector<Verifying> all = [] {
    std::vector<Verifying> made;
    for (const provider::Provider* each : *catalog().all()) {
      signing::Keys keys = keys_for(each->scheme);
      auto verifier = signing::Verifier::create(each->scheme, keys);
      if (!verifier) std::abort();
      made.push_back({each, std::move(keys), *std::move(verifier)});
    }
    return made;
  }();
  return all;
}

http::Request request_from(std::string_view text) {
  http::Request request;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) break;
    const std::size_t colon = std::min(line.find(':'), line.size());
    request.headers.add(std::string(line.substr(0, colon)), std::string(trim_blanks(line.substr(std::min(colon + 1, line.size())))));
  }
  request.body = std::string(text);
  return request;
}

void look_at_request(const http::Request& request) {
  catalog().recognise(request.headers);
  for (Verifying& each : verifiers()) {
    provider::name_event(*each.provider, request);
    for (const bool explain : {false, true}) {
      signing::VerifyInputs inputs;
      inputs.url = kUrl;
      inputs.now = kNow;
      inputs.explain = explain;
      const signing::Verification seen = each.verifier.verify(request, inputs);
      if (seen.verdict != signing::Verdict::valid) continue;
      std::cerr << "a signature by nobody is valid for " << each.provider->id << "\n";
      std::abort();
    }
    // Signed over, it verifies (where the body has the shape to be signed).
    auto done = signing::sign(each.provider->scheme, each.keys, request, {"msg_1", kNow, kUrl});
    if (!done || each.provider->scheme.kind == signing::Kind::none) continue;
    signing::VerifyInputs inputs;
    inputs.url = done->url;
    inputs.now = kNow;
    const signing::Verification seen = each.verifier.verify(done->request, inputs);
    if (seen.verdict == signing::Verdict::valid || seen.code == "body_mismatch") continue;
    std::cerr << "what was signed does not verify for " << each.provider->id << ": " << seen.code << "\n";
    std::abort();
  }
}

void look_at_provider(std::string_view text) {
  auto parsed = provider::parse_provider(text, "fuzz/provider.json");
  if (!parsed) {
    const std::string& message = parsed.error().message;
    if (message.rfind("fuzz/provider.json:", 0) == 0 && printable(message) == message) return;
    std::cerr << "an error without a place, or with control bytes: " << printable(message) << "\n";
    std::abort();
  }
  http::Request request;
  request.headers = {{"X-Signature", "sha256=00"}, {"Stripe-Signature", "t=1,v1=00"}, {"webhook-signature", "v1,AAAA v1a,AAAA"}};
  request.body = "{\"id\":\"x\",\"type\":\"a.b\"}";
  provider::name_event(*parsed, request);
  provider::recognition(*parsed, request.headers);
  signing::Keys keys;
  keys.secrets.push_back(Secret("whsec_c2VjcmV0"));
  signing::VerifyInputs inputs;
  inputs.url = kUrl;
  inputs.now = kNow;
  inputs.explain = true;
  static_cast<void>(signing::verify(parsed->scheme, keys, request, inputs));
  static_cast<void>(signing::sign(parsed->scheme, keys, request, {"id", kNow, kUrl}));
}

// Claims that are signed right, whatever they say: the scheme has a rule for each claim that any provider has.
void look_at_claims(std::string_view payload) {
  static const signing::Scheme scheme = [] {
    signing::Scheme made{.kind = signing::Kind::jwt};
    made.signature.from = {signing::Place::header, "Token"};
    made.jwt = signing::JwtForm{.algorithms = {signing::JwtAlgorithm::hs256}, .claims = {{"aud", "{audience}"}, {"sub", "{url}"}}};
    made.jwt->body_hash = signing::BodyHash{"body", signing::Hash::sha256, signing::Encoding::base64url};
    made.jwt->honours_exp = made.jwt->honours_nbf = true;
    made.jwt->max_iat_age_ms = 300'000;
    return made;
  }();
  static const signing::Keys keys{.secrets = {Secret("k")}};
  const std::string input = "eyJhbGciOiJIUzI1NiJ9." + to_base64url(payload);
  auto mac = crypto::Mac::create(crypto::Hash::sha256, "k");
  if (!mac) std::abort();
  mac->add(input);
  http::Request request;
  request.headers = {{"Token", input + "." + to_base64url(mac->finish())}};
  signing::VerifyInputs inputs;
  inputs.url = kUrl;
  inputs.audience = "me";
  inputs.now = kNow;
  inputs.explain = true;
  const auto seen = signing::verify(scheme, keys, request, inputs);
  if (!seen || (seen->verdict == signing::Verdict::valid) != seen->code.empty() || seen->code == "signature_mismatch" || printable(seen->message) != seen->message) {
    std::cerr << "claims that are signed right are not looked at, or not told safely\n";
    std::abort();
  }
}

void look_at_key(std::string_view text) {
  signing::Scheme scheme{.kind = signing::Kind::jwt};
  scheme.jwt = signing::JwtForm{.algorithms = {signing::JwtAlgorithm::es256, signing::JwtAlgorithm::rs256}};
  static_cast<void>(signing::read_token_keys(scheme, {.public_key = std::string(text)}));
  static_cast<void>(signing::read_token_signer(scheme, {.private_key = Secret(std::string(text))}));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text.starts_with('{')) look_at_provider(text);
  else if (text.starts_with('#')) look_at_claims(text.substr(1));
  else if (text.starts_with('@')) look_at_key(text.substr(1));
  else look_at_request(request_from(text));
  return 0;
}
