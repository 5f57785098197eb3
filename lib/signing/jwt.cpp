// The header's "alg" only says whether the scheme accepts the token; which key is tried, and how, the keys say themselves.
#include "signing/jwt.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "crypto/equal.hpp"
#include "crypto/number_keys.hpp"
#include "signing/jws.hpp"
#include "signing/jwt_claims.hpp"
#include "signing/place.hpp"

namespace hookctl::signing {

namespace {

using Json = nlohmann::ordered_json;

std::optional<Fault> check_algorithm(const Scheme& scheme, const CompactToken& token) {
  const auto is_named = [&](JwtAlgorithm algorithm) { return token.algorithm == algorithm_name(algorithm); };
  if (std::ranges::any_of(scheme.jwt->algorithms, is_named)) return std::nullopt;
  return Fault{"wrong_algorithm",
               "the token says it is signed by '" + printable(token.algorithm) + "'; this provider signs by " +
                   std::string(algorithm_name(scheme.jwt->algorithms.front())),
               "whoever made it wants another key to be used, or none: do not accept it"};
}

Fault mismatch(std::string_view key) {
  return {"signature_mismatch", "the token is not signed with the given " + std::string(key), "compare the " + std::string(key)};
}

std::optional<Fault> match_secret(Prepared& way, const CompactToken& token, Verification& out) {
  Content content;
  content.set(std::string(token.signing_input));
  for (ReadyKey& key : way.keys) {
    const std::string expected = raw_signature(way.scheme, key, content);
    if (expected.empty() || !crypto::equal(expected, token.signature)) continue;
    out.secret_index = key.secret_index;
    return std::nullopt;
  }
  return mismatch("secret");
}

bool verifies(const TokenKey& key, const CompactToken& token) {
  if (key.algorithm != JwtAlgorithm::es256) return key.key.verify(Hash::sha256, token.signing_input, token.signature);
  const auto der = crypto::p256_signature_to_der(token.signature);
  return der && key.key.verify(Hash::sha256, token.signing_input, *der);
}

std::optional<Fault> match_key(const Prepared& way, const CompactToken& token) {
  bool known = false;
  for (const TokenKey& key : way.token_keys) {
    if (token.algorithm != algorithm_name(key.algorithm)) continue;
    if (!key.id.empty() && !token.key_id.empty() && key.id != token.key_id) continue;
    known = true;
    if (verifies(key, token)) return std::nullopt;
  }
  if (known) return mismatch("key");
  return Fault{"unknown_key",
               "the token is signed with the key '" + printable(token.key_id) + "' by " + printable(token.algorithm) +
                   ", and there is no such key among those given",
               "the provider may have changed its keys: fetch them again"};
}

// Why read_payload() gave nothing.
Fault unreadable(const CompactToken& token) {
  const auto text = from_base64url(token.encoded_payload);
  const auto payload = parse_json(text.value_or(""), "claims", {.depth = 16});
  return {"malformed_signature", payload ? "the token is signed, but its claims are not a JSON object"
                                         : "the token is signed, but its claims cannot be read: " + payload.error().message};
}

Result<std::pair<std::string, std::string>> signed_with_key(const Scheme& scheme, const Keys& keys, const Json& claims) {
  auto signer = read_token_signer(scheme, keys);
  if (!signer) return signer.error();
  std::string input = signing_input(algorithm_name(signer->algorithm), signer->id, claims);
  auto signature = signer->key.sign(Hash::sha256, input);
  if (!signature) return signature.error();
  if (signer->algorithm == JwtAlgorithm::es256) *signature = crypto::p256_signature_from_der(*signature).value_or("");
  return std::pair{std::move(input), std::move(*signature)};
}

Result<std::pair<std::string, std::string>> signed_with_secret(const Scheme& scheme, const Keys& keys, const Json& claims) {
  auto prepared = prepare(scheme, keys);
  if (!prepared) return prepared.error();
  std::string input = signing_input("HS256", "", claims);
  Content content;
  content.set(input);
  return std::pair{std::move(input), raw_signature(scheme, prepared->keys.front(), content)};
}

}  // namespace

std::optional<Fault> check_jwt(Prepared& way, const std::string& token_text, const http::Request& request, const VerifyInputs& inputs,
                               const AgeLimits& limits, Verification& out) {
  CompactToken token;
  auto fault = read_token(token_text, token);
  out.claim.signatures.assign(1, std::string(token.encoded_signature));
  if (inputs.explain) out.signed_content = token.signing_input;
  if (!fault) fault = check_algorithm(way.scheme, token);
  if (!fault) fault = is_key_pair(way.scheme) ? match_key(way, token) : match_secret(way, token, out);
  if (fault) return fault;
  const auto payload = read_payload(token);
  if (!payload) return unreadable(token);
  out.claim.timestamp_ms = issued_at(*payload);
  if (out.claim.timestamp_ms) out.claim.timestamp = std::to_string(*out.claim.timestamp_ms / 1000);
  const TokenSubject subject{inputs.url, audience_of(inputs.audience, inputs.url), {}, request.body};
  return check_claims(*way.scheme.jwt, *payload, subject, limits, out.age_ms);
}

Result<Signed> sign_jwt(const Scheme& scheme, const Keys& keys, http::Request request, const SignInputs& inputs) {
  const TokenSubject subject{inputs.url, audience_of(inputs.audience, inputs.url), inputs.id, request.body};
  const Json claims = make_claims(*scheme.jwt, subject, inputs.now);
  auto made = is_key_pair(scheme) ? signed_with_key(scheme, keys, claims) : signed_with_secret(scheme, keys, claims);
  if (!made) return made.error();
  const auto& [input, signature] = *made;
  Signed out{std::move(request), inputs.url, input};
  const std::string field = scheme.signature.prefix + input + "." + to_base64url(signature);
  if (auto done = put(scheme.signature.from, scheme, out.request, field, false); !done) return done.error();
  return out;
}

}  // namespace hookctl::signing
