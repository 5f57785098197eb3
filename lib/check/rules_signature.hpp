// The rules about signatures, in the parts they are written in. For this room.
#pragma once

#include <vector>

#include "check/rule.hpp"

namespace hookctl::check {

std::vector<RuleCode> forged_signature_rules();     // rules_signature.cpp: keys, the signature field, the body
std::vector<RuleCode> unsigned_request_rules();     // rules_signature_unsigned.cpp: other content types, methods, paths, bodies
std::vector<RuleCode> signature_variation_rules();  // rules_signature_variations.cpp: what is right and looks unusual

}  // namespace hookctl::check
