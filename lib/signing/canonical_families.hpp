// The canonicalisers there are, for canonical.cpp, which knows their names.
#pragma once

#include "signing/canonical.hpp"

namespace hookctl::signing {

Canonicaliser twilio_form_canonicaliser();
Canonicaliser twilio_json_canonicaliser();
Canonicaliser adyen_canonicaliser();
Canonicaliser sns_canonicaliser();
Canonicaliser contentful_canonicaliser();

}  // namespace hookctl::signing
