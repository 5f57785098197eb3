// Signs a request the way its provider does.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "http/message.hpp"
#include "signing/keys.hpp"
#include "signing/scheme.hpp"

namespace hookctl::signing {

struct SignInputs {
  std::string id{};        // message id, for schemes that sign one
  UnixMs now{0};           // becomes the timestamp, in the scheme's unit
  std::string url{};       // the public URL as the provider knows it, for schemes that sign it
  std::string audience{};  // whom a token is for ("{audience}"); "" is the URL
  // This text in the place of the timestamp, letter for letter, instead of `now`: how tests of receivers forge times.
  std::optional<std::string> timestamp{};
  bool wants_content{true};  // false: Signed::content may be left empty, which is faster
};

struct Signed {
  http::Request request;  // with the timestamp, id and signature in place
  std::string url{};      // inputs.url, or what became of it where the scheme writes into the URL (twilio-json adds bodySHA256)
  std::string content{};  // the exact bytes that were signed, "{secret}" where the secret is one of its parts; "" for shared words; of
                          // several signatures one after the other, with a line end between them
};

// The request with timestamp, id, required values and signature added, field names in the provider's spelling. A field that is already
// there is replaced in its place whatever its spelling, so signing again works. Signatures and timestamps that live in the body are set
// there. With several secrets the field carries one signature for each where the scheme has a list form (kv, list); otherwise the first
// secret signs. Of Kind::jwt a fresh token is made, of Adyen's notifications each item is signed. Content-Length is left to the sender. Of
// alternatives the first is used. Kind::none gives the request back as it is.
//
// `usage` when a key is missing or malformed, when the URL or id is needed and empty, when the body lacks a place that is signed, when
// the method or a field could not be written (http::check_writable), when the body is not of the provider's shape, when inputs.timestamp
// is given and the scheme has no timestamp (a token has none beside its claims), or when the scheme is not supported. Pure, thread-safe.
Result<Signed> sign(const Scheme& scheme, const Keys& keys, http::Request request, const SignInputs& inputs);

// The same for many requests: secrets are decoded and Macs keyed once, for the first request that needs them. One Signer belongs to one
// thread at a time; movable.
class Signer {
 public:
  // `scheme` outlives it. What is wrong with the keys sign() says, each time.
  Signer(const Scheme& scheme, Keys keys);
  Signer(Signer&&) noexcept;
  Signer& operator=(Signer&&) noexcept;
  ~Signer();

  Result<Signed> sign(http::Request request, const SignInputs& inputs);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hookctl::signing
