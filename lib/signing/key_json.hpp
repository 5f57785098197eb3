// Reads a scheme's "key": how the text of a secret or public key becomes bytes, and where public keys are published.
#pragma once

#include "signing/json_fields.hpp"

namespace hookctl::signing {

// Fills keys and key_source. Kind, and for a jwt the algorithms, are known by now: they tell secrets from public keys.
void read_key(const Fields& fields, Scheme& scheme);

}  // namespace hookctl::signing
