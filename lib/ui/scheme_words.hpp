// A signature scheme in words, for someone who has never seen one. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "signing/scheme.hpp"

namespace hookctl::ui {

// The scheme in a word or two: "hmac-sha256", "ed25519", "shared token".
std::string scheme_name(const signing::Scheme& scheme);

// One line of a description: "signed", "{timestamp}.{body}".
struct Fact {
  std::string name;
  std::string text;
};

// One way of signing (no alternatives are looked at): signature, signed, timestamp, message id, key, rotation, and what else it asks for. What is
// not part of it has no fact.
std::vector<Fact> describe(const signing::Scheme& way);

// The signed content as a template: "{timestamp}.{body}".
std::string signed_template(const std::vector<signing::Piece>& pieces);

// "5 minutes", exactly; duration_text() is for measured times.
std::string span_words(std::int64_t ms);

// "the header Stripe-Signature", "data.id in the body".
std::string place_words(const signing::Source& source);

// A template over a received request, in words where it is one place: "type in the body", "the header X-Topic"; otherwise as it is.
std::string template_words(std::string_view text);

}  // namespace hookctl::ui
