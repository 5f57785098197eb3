// The names of the canonicalisers.
#include "signing/canonical.hpp"

#include <array>
#include <utility>

#include "signing/canonical_families.hpp"

namespace hookctl::signing {

const Canonicaliser* find_canonicaliser(std::string_view name) noexcept {
  static const std::array<std::pair<std::string_view, Canonicaliser>, 5> kKnown{{{"twilio_form", twilio_form_canonicaliser()},
                                                                                 {"twilio_json", twilio_json_canonicaliser()},
                                                                                 {"adyen_items", adyen_canonicaliser()},
                                                                                 {"aws_sns", sns_canonicaliser()},
                                                                                 {"contentful", contentful_canonicaliser()}}};
  for (const auto& [known, canonicaliser] : kKnown) {
    if (known == name) return &canonicaliser;
  }
  return nullptr;
}

const Scheme& in_effect(const Scheme& way) noexcept {
  const Canonicaliser* code = way.kind == Kind::code ? find_canonicaliser(way.code) : nullptr;
  return code != nullptr ? code->base : way;
}

}  // namespace hookctl::signing
