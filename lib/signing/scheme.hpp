// A signature scheme as plain data: how a provider signs a request. Read from provider.json by scheme_json.hpp, run by sign.hpp and
// verify.hpp. fixtures/README.md describes the JSON form; the names here are the same. Values: copy, move, share by const.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "crypto/digest.hpp"

namespace hookctl::signing {

using crypto::Hash;

enum class Kind {
  hmac,
  hash,   // a plain digest over content that contains the secret
  token,  // a shared word, sent as it is
  ed25519,
  ecdsa,  // P-256, DER signatures
  rsa,    // PKCS #1 v1.5
  jwt,    // a JSON Web Token in compact form (RFC 7519), see JwtForm
  code,   // a named canonicaliser, see canonical.hpp
  none,   // the provider signs nothing
};

// Where something stands in a request.
enum class Place {
  header,  // a field, its name in the provider's spelling
  json,    // a path in the body (base/json_path.hpp)
  kv,      // an entry of the signature field ("t" in "t=1,v1=…")
};
struct Source {
  Place place{Place::header};
  std::string name;
  bool operator==(const Source&) const = default;
};

// How the text of a secret or key becomes bytes. latin1: of each character the low byte (JavaScript's char codes as bytes). jwk, jwks:
// JSON Web Keys (RFC 7517), of Kind::jwt only.
enum class KeyEncoding { utf8, latin1, base64, hex, spki_base64, pem_cert, jwk, jwks };
struct KeyForm {
  KeyEncoding encoding{KeyEncoding::utf8};
  std::string strip_prefix{};  // taken off first, if there
  bool prefixed_only{false};   // a text without the prefix is not of this form
  std::string separator{};     // of the first form: what stands between several secrets in one text; "" when there is only ever one
};

// Where the provider publishes its public keys. Nothing here goes to the network: key_source.hpp says which URL may be fetched.
struct KeySource {
  std::string url{};                 // fixed, or
  std::optional<Source> from{};      // where the request names it
  std::vector<std::string> hosts{};  // that the URL may be on: "sns.*.amazonaws.com" ('*' is one label), "*.paypal.com" (one or more)
};

// One part of the signed content.
enum class Part {
  text,        // `text` as it stands
  body,        // the raw body
  body_crc32,  // its CRC-32 as an unsigned decimal number
  timestamp,   // as in the request, letter for letter
  id,
  secret,  // a secret's text, as given
  method,
  url,             // the whole public URL
  form_sorted_kv,  // the form's keys and values, decoded, sorted by key, without separators
  json,            // the value at path `text`
  header,          // the field named `text`
};
struct Piece {
  Part part{Part::text};
  std::string text{};
  bool operator==(const Piece&) const = default;
};

enum class Encoding { plain, hex, base64, base64url };

struct KeyValueForm {  // "t=1,v1=…": sep ",", eq "=", key "v1"
  std::string sep;
  std::string eq;
  std::string key;
};
struct ListForm {  // "v1,… v1,…": sep " ", scheme_sep ",", scheme "v1"
  std::string sep;
  std::string scheme_sep;
  std::string scheme;
};
struct SignatureForm {
  Source from;
  Encoding encoding{Encoding::plain};
  std::string prefix{};
  bool any_case{false};  // hex in either case
  bool single{false};    // the field carries one signature only, though it is a kv or list: of several secrets the first signs
  std::optional<KeyValueForm> kv{};
  std::optional<ListForm> list{};
};

enum class TimeUnit { seconds, milliseconds, iso8601 };
struct TimestampForm {
  Source from;
  TimeUnit unit{TimeUnit::seconds};
  std::optional<std::int64_t> max_age_ms{};     // nothing: any age
  std::optional<std::int64_t> max_future_ms{};  // nothing: as far ahead as it likes
};

// Of Kind::jwt. Texts of claims may hold {url}, {audience} and (of issued ones) {id}.
enum class JwtAlgorithm { hs256, es256, rs256 };
struct BodyHash {
  std::string claim;
  Hash hash{Hash::sha256};
  Encoding encoding{Encoding::hex};
};
struct IssuedClaim {
  std::string name;
  std::string text;
  bool literal{false};  // `text` is JSON, not a text with placeholders
};
struct JwtForm {
  std::vector<JwtAlgorithm> algorithms{};  // those that are accepted, signing uses the first; never both of secrets and keys
  std::vector<std::pair<std::string, std::string>> claims{};  // each must have this value; aud may be a list that holds it
  std::optional<BodyHash> body_hash{};                        // the claim that holds a digest of the raw body
  bool honours_exp{false}, honours_nbf{false}, honours_iat{false};  // are these looked at when they are there? iat: may it lie ahead?
  std::optional<std::int64_t> max_iat_age_ms{};               // then iat must be there, and not be ahead
  std::int64_t leeway_ms{0};                                  // how far clocks may be apart
  std::vector<IssuedClaim> issued{};                          // further claims that the provider writes and a verifier need not read
  std::int64_t lifetime_s{300};                               // exp of a token that is signed here: this long after iat
};

// Either `alternatives` holds schemes, any of which may hold (signing uses the first), and the rest is unused; or it is empty.
struct Scheme {
  Kind kind{Kind::none};
  Hash hash{Hash::sha256};
  std::vector<KeyForm> keys{KeyForm{}};  // the ways to read a secret; all are tried
  std::vector<Piece> signed_content{};
  SignatureForm signature{};
  std::optional<TimestampForm> timestamp{};
  std::optional<Source> id{};
  std::optional<JwtForm> jwt{};
  std::optional<KeySource> key_source{};
  std::vector<std::pair<Source, std::string>> require{};  // values that must stand at a place; signing puts them there
  std::vector<std::string> require_headers{};             // fields the official SDK insists on
  std::optional<std::size_t> secret_index{};              // only this one of the secrets counts, from 0
  std::string multipart_part{};                           // json: places are in this part of a multipart body, not in the body itself
  bool trim{false};    // blanks around the parts of a signature field do not count; kv is written with one
  std::string code{};  // of Kind::code: the canonicaliser's name
  std::string note{};
  std::vector<Scheme> alternatives{};
};

// The scheme's alternatives, or the scheme itself when it has none. The view lives as long as `scheme`.
std::span<const Scheme> ways(const Scheme& scheme) noexcept;

// Is it a kind with a public and a private key?
bool is_key_pair(Kind kind) noexcept;
// Is this way (no alternatives looked at) signed with a private key? True for the kinds above and for a jwt by ES256 or RS256.
bool is_key_pair(const Scheme& way) noexcept;

// Does it need shared secrets / a public key (to verify) and a private key (to sign) / the public URL / an id of its own?
bool uses_secret(const Scheme& scheme) noexcept;
bool uses_key_pair(const Scheme& scheme) noexcept;
bool signs_url(const Scheme& scheme) noexcept;
bool signs_id(const Scheme& scheme) noexcept;

// Can this version sign and verify it (at least one alternative)? False for canonicalisers it does not know; true for none.
bool is_supported(const Scheme& scheme) noexcept;

}  // namespace hookctl::signing
