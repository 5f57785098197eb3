// Reads a signature scheme from its JSON form (fixtures/README.md, "scheme").
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "signing/scheme.hpp"

namespace hookctl::signing {

// `where` is the path of `value` in its file and stands at the head of every error: "scheme.signature.encoding: expected one of hex,
// base64, base64url". `usage` for unknown keys (with the nearest known one), missing keys, wrong types, bad templates and combinations
// that cannot be run (a timestamp in the signature field of a scheme without kv). Never throws.
Result<Scheme> parse_scheme(const nlohmann::ordered_json& value, std::string_view where);

// The template of the signed content: "{timestamp}.{body}".
Result<std::vector<Piece>> parse_signed_content(std::string_view text, std::string_view where);

}  // namespace hookctl::signing
