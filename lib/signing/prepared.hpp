// A scheme and its keys made ready for many requests: secrets decoded, Macs keyed. Verifier holds one for each alternative.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "crypto/asymmetric.hpp"
#include "crypto/mac.hpp"
#include "signing/canonical.hpp"
#include "signing/content.hpp"
#include "signing/jwk.hpp"
#include "signing/keys.hpp"
#include "signing/scheme.hpp"

namespace hookctl::signing {

// One reading of one secret.
struct ReadyKey {
  std::size_t secret_index{0};
  Secret text{};                     // as given
  std::string bytes{};               // decoded
  std::optional<crypto::Mac> mac{};  // of Kind::hmac, and of Kind::jwt by HS256
};

struct Prepared {
  Scheme scheme;  // in effect: never Kind::code of a known name
  const Canonicaliser* code{nullptr};
  std::vector<ReadyKey> keys{};
  std::optional<crypto::PublicKey> public_key{};
  std::vector<TokenKey> token_keys{};  // of Kind::jwt by a key pair
};

// `usage` when a secret or key is missing or malformed. `way` has no alternatives. Unsupported schemes need no keys.
Result<Prepared> prepare(const Scheme& way, const Keys& keys);

// The raw signature of the content by one key: an HMAC, a digest, or the shared word itself. Not for key pairs.
std::string raw_signature(const Scheme& scheme, ReadyKey& key, const Content& content);

// Makes the content as it is to be signed: of a canonicaliser with several signatures the first one's. Null, or the piece whose place the
// request does not have.
const Piece* build_content(const Prepared& way, const Material& material, Content& content);

// Does one of the signatures (raw bytes) hold over one of the contents that the material gives? Of a canonicaliser with several signatures
// each must hold.
struct Match {
  bool holds{false};
  std::optional<std::size_t> secret_index{};
  std::optional<Fault> fault{};  // of a canonicaliser: why nothing could be looked at
};
// Afterwards `content` is what was looked at last: with a hit, the content that was signed.
Match match(Prepared& way, const Material& material, const std::vector<std::string>& signatures, Content& content);

}  // namespace hookctl::signing
