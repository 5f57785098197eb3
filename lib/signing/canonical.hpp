// Schemes that are no data: named canonicalisers, each of which says what bytes were signed. The rest of such a scheme (field, encoding,
// hash, keys) is data all the same and stands in `base`. One file a family: canonical_<family>.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "http/message.hpp"
#include "signing/fault.hpp"
#include "signing/scheme.hpp"

namespace hookctl::signing {

// What one signature must be over.
struct Demand {
  std::vector<std::string> contents;  // any of them may have been signed, the one to sign first; never empty
  std::optional<Hash> hash{};         // where it is not the base's; of key pairs only
  std::optional<Source> place{};      // where the signature stands if not at base.signature.from, and then
  std::string found{};                // what stands there
};

// All of a request must hold; a request that demands nothing is not valid. With a fault nothing can be demanded.
struct Demands {
  std::vector<Demand> all{};
  std::optional<Fault> fault{};
};

struct Canonicaliser {
  Scheme base;  // what the generic engine does; its signed_content only tells which parts are signed
  Demands (*demands)(const http::Request& request, std::string_view url);
  // What is wrong beside the signature, or nothing. Looked at once the signature holds.
  std::optional<Fault> (*fault)(const http::Request& request, std::string_view url);
  // Before signing: puts into the request what is signed beside the claim, and gives the URL it is then sent to. `usage` when it cannot.
  Result<std::string> (*dress)(http::Request& request, std::string_view url);
};

// Known: "twilio_form", "twilio_json", "adyen_items", "aws_sns", "contentful". Null for any other name. Lives as long as the program;
// thread-safe.
const Canonicaliser* find_canonicaliser(std::string_view name) noexcept;

// The scheme that the generic engine runs: a known canonicaliser's base for Kind::code, otherwise the scheme itself.
const Scheme& in_effect(const Scheme& way) noexcept;

}  // namespace hookctl::signing
