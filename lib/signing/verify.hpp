// Is the signature of a request right, and if not, what is wrong with it? The answer is a value; only unusable keys are errors.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "http/message.hpp"
#include "signing/keys.hpp"
#include "signing/scheme.hpp"

namespace hookctl::signing {

enum class Verdict {
  valid,
  invalid,
  unverified,  // nothing to check, or nothing that this version can check
};

// What the request says of itself, as received.
struct Claim {
  std::string id{};
  std::string timestamp{};               // letter for letter; of a token iat, once its signature holds
  std::optional<UnixMs> timestamp_ms{};  // where the text is one of the scheme's unit
  // The candidates, encoded as they came, without prefix and version; empty for shared words, which are secrets; of a JSON Web Token its
  // last part.
  std::vector<std::string> signatures{};
};

// Codes of an invalid request:
//   malformed_signature         not of the scheme's form: empty, or another prefix, encoding, length, or without its timestamp
//   unsupported_scheme          well formed, but only of other versions or schemes than the one looked for
//   malformed_timestamp         it is not of the scheme's unit (only where its age counts)
//   missing_header              a field is not there or empty: the signature's, the timestamp's, the id's, or one the official SDK insists on
//   wrong_header                a field must have one value and has another
//   missing_field               a place in the body is not there: of the signature, the timestamp, the id, or a part that is signed
//   body_mismatch               what is signed is a digest of the body (twilio-json: in the URL; tokens: in a claim), and not this body's
//   signature_mismatch          well formed, and made with another secret, over other bytes, or for another URL
//   timestamp_too_old           the signature is right, the timestamp is too far back (of a token: exp or iat)
//   timestamp_in_future         the signature is right, the timestamp is too far ahead (of a token: nbf or iat)
//   untrusted_key_url           the message names its certificate, and that is not the provider's
// and of tokens (Kind::jwt):
//   missing_timestamp           the age counts, and there is no iat
//   wrong_algorithm             the token's header names an algorithm that the provider does not sign by, or none
//   unknown_key                 it names a key that is not in the key set
//   url_mismatch                the signature is right, and for another URL
//   wrong_claim                 the signature is right, and a claim is missing or not what it must be
// Codes of an unverified one:
//   unsigned_provider           the provider signs nothing
//   unsupported_scheme          this version does not know the scheme
//   missing_url                 the scheme signs the public URL and it was not given
struct Verification {
  Verdict verdict{Verdict::unverified};
  std::string code{};     // "" when valid
  std::string message{};  // what is wrong, in plain words, without secrets; "" when valid
  std::string remedy{};   // the next step, or ""
  Claim claim{};
  std::optional<std::int64_t> age_ms{};       // now minus timestamp, whole seconds where the unit is seconds; negative: ahead
  std::optional<std::size_t> secret_index{};  // which of Keys::secrets matched
  // Only when asked for (VerifyInputs::explain):
  std::string signed_content{};  // the exact bytes that the signature should be over; "{secret}" where the secret is one of its parts
  std::string expected{};        // the field value that would have been right, by the first secret. As good as a secret: show it only to
                                 // who asked for it. "" for tokens of any kind and key pairs, and without the timestamp or id that is signed
};

struct VerifyInputs {
  std::string url{};  // the public URL as the provider knows it, for schemes that sign it
  // Whom a token must be for ("{audience}"); "" is the URL, and without one of them that claim is not compared.
  std::string audience{};
  UnixMs now{0};
  // Seconds; replaces the scheme's max_age, and its max_future where it has one.
  std::optional<double> tolerance_s{};
  // Fill signed_content and expected: for one request that someone asks about. Why it is invalid, diagnose.hpp tells.
  bool explain{false};
};

// Keys and scheme made ready for many requests: secrets decoded, Macs keyed. Header-based schemes read no JSON and do not copy the body.
// One Verifier belongs to one thread at a time; movable.
class Verifier {
 public:
  // `usage` when a secret or key is missing or malformed. Alternatives whose secret_index is beyond the secrets are passed over.
  static Result<Verifier> create(const Scheme& scheme, const Keys& keys);

  Verifier(Verifier&&) noexcept;
  Verifier& operator=(Verifier&&) noexcept;
  ~Verifier();

  // The signature is looked at before the age: a stale request with a right signature is timestamp_too_old. Of alternatives any may hold;
  // when none does, the answer is that of the one that came farthest. Never fails on any bytes.
  Verification verify(const http::Request& request, const VerifyInputs& inputs);

 private:
  struct State;
  explicit Verifier(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// One request: a Verifier made for it.
Result<Verification> verify(const Scheme& scheme, const Keys& keys, const http::Request& request, const VerifyInputs& inputs);

// "valid", "invalid", "unverified".
std::string_view to_text(Verdict verdict) noexcept;

}  // namespace hookctl::signing
