// What people hold to sign and verify, and how its text becomes the bytes that a scheme uses.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "crypto/asymmetric.hpp"
#include "signing/scheme.hpp"

namespace hookctl::signing {

struct Keys {
  std::vector<Secret> secrets{};            // several while a secret is being rotated; any may hold, in this order
  std::optional<std::string> public_key{};  // as the provider shows it: hex, base64, SPKI, PEM, certificate, JSON Web Key or key set
  // To sign with a key pair: PEM, the seed in the public key's encoding ("whsk_…"), or a private JSON Web Key.
  std::optional<Secret> private_key{};

  // Is there something to verify with?
  bool any() const noexcept { return !secrets.empty() || public_key || private_key; }
};

// The bytes a secret stands for in this form. `usage` says what was expected and at which byte it went wrong, never what stands there:
// "secret is not base64 after 'whsec_' (at byte 7)".
Result<std::string> decode_secret(const Secret& secret, const KeyForm& form);

// Every reading of the secret (of each of several that are joined by the form's separator), in the scheme's order; `usage` (that of the
// first form) when none applies. A secret of several readings is "any may hold".
Result<std::vector<std::string>> decode_secret(const Secret& secret, const Scheme& scheme);

// The public key to verify a key-pair scheme with: keys.public_key, or the public half of keys.private_key. `usage` when neither is there
// or it is malformed. Not of Kind::jwt, see jwk.hpp.
Result<crypto::PublicKey> read_public_key(const Scheme& scheme, const Keys& keys);
// The private key to sign with. `usage` as above.
Result<crypto::PrivateKey> read_private_key(const Scheme& scheme, const Keys& keys);  // not of Kind::jwt, see jwk.hpp

}  // namespace hookctl::signing
