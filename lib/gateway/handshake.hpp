// The provider's challenges on their way through the gateway: seen, answered, and what they hand over kept. Loop thread only.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gateway/observer.hpp"
#include "http/transport.hpp"
#include "provider/catalog.hpp"
#include "provider/challenge.hpp"
#include "signing/keys.hpp"

namespace hookctl::gateway {

struct HandshakeOptions {
  bool answer{true};                          // false: an endpoint does
  std::optional<std::string> verify_token{};  // that a challenge's must be; nothing: any
  bool visit{false};                          // fetch the URL that confirms a subscription (only of a valid request, only to the provider's hosts)
  std::string secrets_folder{};               // secrets that are handed over are kept here, a file each; "" keeps none
};

class Handshakes {
 public:
  // All parts outlive it.
  Handshakes(HandshakeOptions options, provider::Catalog& catalog, http::AsyncClient& client, const Clock& clock, Observer& observer);

  // Whose challenge it is, of those that tell it by themselves; or null.
  const provider::Provider* recognise(const http::Request& request);

  // The challenge that the request is, or null. A signed one with a wrong signature is none. What is not signed cannot be invalid: its
  // verification becomes unverified ("unsigned_challenge"); but what carries a signature is none when that is wrong. `public_url` is the one
  // that the provider was given, or "": see seen_url().
  const provider::Challenge* begin(const provider::Provider* provider, const http::Request& request, signing::Verification& verification,
                                   const std::string& public_url = {}) const;

  // The secret that a challenge handed over, or null: the first of this run, or the one kept from an earlier run once another comes; never a
  // later one, which any stranger can send. Only used when there are no other keys.
  const signing::Keys* received_keys(const provider::Provider& provider) const;

  bool answers() const noexcept { return options_.answer; }

  // Sees to a kept challenge and tells the observer. Where answers(), `give` gets the answer, once, now or later; otherwise it is not called.
  // `keys` are those that verified it. `arrival` lives for the call only.
  void settle(const Arrival& arrival, const provider::Provider& provider, const provider::Challenge& challenge, const signing::Keys& keys,
              std::function<void(http::Response)> give);

 private:
  void see_to_secret(const provider::Provider& provider, const provider::Challenge& challenge, const std::string& text, const signing::Keys& keys, Handshake& note);
  void take_secret(const provider::Provider& provider, const std::string& text, Handshake& note);
  bool may_visit(const Arrival& arrival, const provider::Provider& provider, const provider::Challenge& challenge, Handshake& note) const;
  void visit(Handshake note, std::function<void()> then);

  HandshakeOptions options_;
  provider::Catalog& catalog_;
  http::AsyncClient& client_;
  const Clock& clock_;
  Observer& observer_;
  std::vector<const provider::Provider*> candidates_{};  // of recognise(), once it was asked
  bool has_candidates_{false};
  std::map<const provider::Provider*, signing::Keys> received_{};
};

// What the provider demands as the answer to an accepted delivery, or to one that it signed wrongly to try us; nothing when anything will do.
std::optional<http::Response> demanded_answer(const provider::Provider* provider, const http::Request& request);
std::optional<http::Response> demanded_refusal(const provider::Provider* provider, const http::Request& request);

// May a URL on `host` be fetched when hosts of this form may be ("sns.*.amazonaws.com")? '*' is one label of at least three letters, digits
// and dashes.
bool is_host_of(std::string_view host, std::string_view form);

}  // namespace hookctl::gateway
