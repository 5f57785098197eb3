// The keys of JSON Web Tokens: JSON Web Keys and key sets (RFC 7517), PEM, or SubjectPublicKeyInfo in base64.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "crypto/asymmetric.hpp"
#include "signing/keys.hpp"
#include "signing/scheme.hpp"

namespace hookctl::signing {

// The name of an algorithm in a token's header: "HS256".
std::string_view algorithm_name(JwtAlgorithm algorithm) noexcept;

struct TokenKey {
  std::string id{};  // "kid" of a key in a set; "" for a key that was given alone, which serves whatever key a token names
  JwtAlgorithm algorithm{JwtAlgorithm::es256};
  crypto::PublicKey key;
};
// The public keys that keys.public_key holds for the scheme's algorithms, or the public half of keys.private_key. Of a set, keys for
// other purposes or algorithms are passed over. `usage` when there is none, or the text is no key.
Result<std::vector<TokenKey>> read_token_keys(const Scheme& scheme, const Keys& keys);

struct TokenSigner {
  std::string id{};  // "kid" of a private JSON Web Key; "" when it has none
  JwtAlgorithm algorithm{JwtAlgorithm::es256};
  crypto::PrivateKey key;
};
// `usage` when there is none or it is malformed, never with a byte of it.
Result<TokenSigner> read_token_signer(const Scheme& scheme, const Keys& keys);

}  // namespace hookctl::signing
