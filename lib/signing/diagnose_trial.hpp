// Trying a supposition out: does the received signature match over a request that is a little different, or with another key?
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "http/message.hpp"
#include "signing/content.hpp"
#include "signing/diagnose_signature.hpp"
#include "signing/prepared.hpp"
#include "signing/scheme.hpp"
#include "signing/verify.hpp"

namespace hookctl::signing {

// What may still be hashed and written, in bytes, and until when. Ask before the work is done and before a text is built.
class Effort {
 public:
  Effort(std::size_t bytes, std::int64_t milliseconds) : left_(bytes), end_(steady_ms() + milliseconds) {}
  // False, and nothing from then on, when it is more than what is left or the time is over.
  bool take(std::size_t bytes) {
    left_ = bytes <= left_ && steady_ms() <= end_ ? left_ - bytes : 0;
    return left_ > 0;
  }
  bool is_spent() const noexcept { return left_ == 0; }

 private:
  std::size_t left_;
  std::int64_t end_;
};

// One of the signatures that stand inside the body, each for an item of its own.
struct ItemSignature {
  std::string place;
  std::optional<SignatureReading> right{};  // how it has to be read; nothing when it does not match
};

// Parts of the request as the sender may have had them; what is not named is as received.
struct Guess {
  std::optional<std::string> body{};
  std::optional<std::string> url{};
  std::optional<std::string> timestamp{};
  std::optional<std::string> id{};
  std::optional<std::vector<Piece>> content{};  // other parts were signed
};

// One way of a scheme with what a request claims in it.
class Trial {
 public:
  // Nothing when this kind of scheme cannot be tried, or the request has nothing at the signature's place.
  static std::optional<Trial> create(const Scheme& way, const http::Request& request, const VerifyInputs& inputs);

  // The signature over the guess by one of the keys: how it has to be read, or null when it does not match or `effort` is used up.
  const SignatureReading* match(Prepared& keys, Guess guess, Effort& effort);
  // Is what was received a cut of the right signature? At least eight bytes must be there and agree. Never of a shared word: that its
  // beginning is right would give it away piece by piece.
  bool is_cut(Prepared& keys, Effort& effort);
  // The items' own signatures, read loosely; empty where the scheme has none inside the body.
  std::vector<ItemSignature> items(Prepared& keys, Effort& effort);

  const Scheme& way() const noexcept { return *way_; }
  const Scheme& scheme() const noexcept { return in_effect(*way_); }
  const http::Request& request() const noexcept { return request_; }
  std::string_view timestamp() const noexcept { return timestamp_; }
  std::string_view id() const noexcept { return id_; }
  const std::string& url() const noexcept { return url_; }
  const std::string& field() const noexcept { return field_; }
  bool signs_body() const;

 private:
  Trial() = default;
  template <typename Look>
  auto with(Prepared& keys, Guess guess, Look look);

  const Scheme* way_{nullptr};
  http::Request request_;
  std::string url_;
  std::string field_;  // the signature's, as received
  std::string timestamp_;
  std::string id_;
  std::vector<SignatureReading> readings_;
  std::vector<std::string> bytes_;  // theirs
  Content content_;
};

}  // namespace hookctl::signing
