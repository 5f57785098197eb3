// A key's type decides its algorithm, and a token's header never does: no key serves two algorithms.
#include "signing/jwk.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "crypto/number_keys.hpp"

namespace hookctl::signing {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kLargest = 256 * 1024;  // a key set's text
constexpr JsonLimits kLimits{.depth = 8};

bool accepts(const Scheme& scheme, JwtAlgorithm algorithm) {
  return std::ranges::find(scheme.jwt->algorithms, algorithm) != scheme.jwt->algorithms.end();
}

std::string algorithm_names(const Scheme& scheme) {
  std::vector<std::string> names;
  for (JwtAlgorithm algorithm : scheme.jwt->algorithms) names.emplace_back(algorithm_name(algorithm));
  return join(names, ", ");
}

std::string text_at(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

// A number of a key. "" when it is not there or no base64url, which is no number of any key.
std::string number_at(const Json& jwk, const char* name) { return from_base64url(text_at(jwk, name)).value_or(""); }

// The algorithm that a JSON Web Key is for; nothing for keys that cannot be used here.
std::optional<JwtAlgorithm> algorithm_of(const Json& jwk) {
  if (!jwk.is_object()) return std::nullopt;
  const std::string type = text_at(jwk, "kty");
  std::optional<JwtAlgorithm> algorithm;
  if (type == "EC" && text_at(jwk, "crv") == "P-256") algorithm = JwtAlgorithm::es256;
  if (type == "RSA") algorithm = JwtAlgorithm::rs256;
  const std::string wanted = text_at(jwk, "alg"), use = text_at(jwk, "use");
  if (!algorithm || (!wanted.empty() && wanted != algorithm_name(*algorithm)) || (!use.empty() && use != "sig")) return std::nullopt;
  return algorithm;
}

Result<crypto::PublicKey> public_key_of(const Json& jwk, JwtAlgorithm algorithm) {
  if (algorithm == JwtAlgorithm::es256) return crypto::p256_public_key(number_at(jwk, "x"), number_at(jwk, "y"));
  return crypto::rsa_public_key({number_at(jwk, "n"), number_at(jwk, "e")});
}

Result<crypto::PrivateKey> private_key_of(const Json& jwk, JwtAlgorithm algorithm) {
  if (algorithm == JwtAlgorithm::es256) return crypto::p256_private_key(number_at(jwk, "d"), number_at(jwk, "x"), number_at(jwk, "y"));
  return crypto::rsa_private_key({number_at(jwk, "n"), number_at(jwk, "e"), number_at(jwk, "d"), number_at(jwk, "p"), number_at(jwk, "q"),
                                  number_at(jwk, "dp"), number_at(jwk, "dq"), number_at(jwk, "qi")});
}

Error unusable(const Scheme& scheme, const std::string& what) {
  return usage_error(what + " for " + algorithm_names(scheme), "expected a JSON Web Key, a key set or PEM");
}

Result<std::vector<TokenKey>> from_json(const Scheme& scheme, std::string_view text) {
  if (text.size() > kLargest) return usage_error("the key set is larger than 256 KiB");
  auto document = parse_json(text, "public key", kLimits);
  if (!document) return document.error();
  const bool is_set = document->is_object() && document->contains("keys") && (*document)["keys"].is_array();
  const Json list = is_set ? (*document)["keys"] : Json::array({*document});
  std::vector<TokenKey> keys;
  for (const Json& jwk : list) {
    const auto algorithm = algorithm_of(jwk);
    if (!algorithm || !accepts(scheme, *algorithm)) continue;
    auto key = public_key_of(jwk, *algorithm);
    if (key)
      keys.push_back({is_set ? text_at(jwk, "kid") : "", *algorithm, std::move(*key)});
    else if (!is_set)
      return key.error();
  }
  if (keys.empty()) return unusable(scheme, is_set ? "the key set has no key" : "the JSON Web Key is not one");
  return keys;
}

crypto::KeyType type_of(JwtAlgorithm algorithm) { return algorithm == JwtAlgorithm::es256 ? crypto::KeyType::p256 : crypto::KeyType::rsa; }

// PEM as it is; anything else is DER in base64.
std::string key_bytes(std::string_view text) {
  if (text.find("-----BEGIN ") != std::string_view::npos) return std::string(text);
  return from_base64_lenient(trim(text)).value_or("");
}

Result<std::vector<TokenKey>> from_bytes(const Scheme& scheme, std::string_view text) {
  const std::string bytes = key_bytes(text);
  for (JwtAlgorithm algorithm : scheme.jwt->algorithms) {
    if (auto key = crypto::PublicKey::read(type_of(algorithm), bytes)) return std::vector<TokenKey>{{"", algorithm, std::move(*key)}};
  }
  return unusable(scheme, "not a public key");
}

}  // namespace

std::string_view algorithm_name(JwtAlgorithm algorithm) noexcept {
  switch (algorithm) {
    case JwtAlgorithm::hs256:
      return "HS256";
    case JwtAlgorithm::es256:
      return "ES256";
    case JwtAlgorithm::rs256:
      return "RS256";
  }
  return "";
}

Result<std::vector<TokenKey>> read_token_keys(const Scheme& scheme, const Keys& keys) {
  if (keys.public_key) {
    const bool is_json = trim(*keys.public_key).starts_with('{');
    return is_json ? from_json(scheme, *keys.public_key) : from_bytes(scheme, *keys.public_key);
  }
  if (!keys.private_key)
    return usage_error("no public key given", "this provider signs with a key pair: verifying needs its public key or key set");
  auto signer = read_token_signer(scheme, keys);
  if (!signer) return signer.error();
  return std::vector<TokenKey>{{"", signer->algorithm, signer->key.public_key()}};
}

Result<TokenSigner> read_token_signer(const Scheme& scheme, const Keys& keys) {
  if (!keys.private_key) return usage_error("no private key given", "this provider signs with a key pair: signing needs its private key");
  const std::string_view text = keys.private_key->reveal();
  const Error refusal =
      usage_error("not a private key for " + algorithm_names(scheme), "expected unencrypted PEM or a private JSON Web Key");
  if (trim(text).starts_with('{')) {
    const auto jwk = text.size() > kLargest ? Result<Json>(refusal) : parse_json(text, "private key", kLimits);
    const auto algorithm = jwk ? algorithm_of(*jwk) : std::nullopt;
    if (!algorithm || !accepts(scheme, *algorithm)) return refusal;  // what the JSON gate says could hold letters of the key
    auto key = private_key_of(*jwk, *algorithm);
    if (!key) return refusal;
    return TokenSigner{text_at(*jwk, "kid"), *algorithm, std::move(*key)};
  }
  const std::string bytes = key_bytes(text);
  for (JwtAlgorithm algorithm : scheme.jwt->algorithms) {
    if (auto key = crypto::PrivateKey::read(type_of(algorithm), bytes)) return TokenSigner{"", algorithm, std::move(*key)};
  }
  return refusal;
}

}  // namespace hookctl::signing
