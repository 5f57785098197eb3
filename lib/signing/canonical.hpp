// Schemes that are no data: named canonicalisers, each of which says what bytes were signed. The rest of such a scheme (field, encoding,
// hash) is data all the same and stands in `base`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"
#include "signing/scheme.hpp"

namespace hookctl::signing {

struct Canonicaliser {
  Scheme base;  // what the generic engine does; its signed_content only tells which parts are signed
  // The contents that may have been signed, the one to sign first.
  std::vector<std::string> (*contents)(const http::Request& request, std::string_view url);
  // What is wrong beside the signature, in plain words, or nothing. Looked at once the signature holds.
  std::optional<std::string> (*fault)(const http::Request& request, std::string_view url);
  // The URL a request with this body is sent to.
  std::string (*url_to_sign)(const http::Request& request, std::string_view url);
};

// Known: "twilio_form", "twilio_json". Null for any other name. Lives as long as the program; thread-safe.
const Canonicaliser* find_canonicaliser(std::string_view name) noexcept;

// The scheme that the generic engine runs: a known canonicaliser's base for Kind::code, otherwise the scheme itself.
const Scheme& in_effect(const Scheme& way) noexcept;

}  // namespace hookctl::signing
