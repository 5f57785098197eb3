// Reads a scheme of kind "jwt" from its JSON form.
#pragma once

#include "signing/json_fields.hpp"

namespace hookctl::signing {

// `value` has "kind": "jwt".
Scheme read_jwt_scheme(const nlohmann::ordered_json& value, const std::string& where, std::optional<Error>& error);

}  // namespace hookctl::signing
