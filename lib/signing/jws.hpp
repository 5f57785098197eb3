// A JSON Web Signature in compact form (RFC 7515): "header.payload.signature", each in base64url without padding. Foreign bytes: nothing
// is decoded before its size is known to be small, and JSON is read through the gate. Pure, thread-safe.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "signing/fault.hpp"

namespace hookctl::signing {

struct CompactToken {
  std::string_view signing_input{};    // "header.payload", as it came; a view into the token
  std::string_view encoded_payload{};  // likewise
  std::string_view encoded_signature{};
  std::string algorithm{};  // "alg" of the header, not yet believed
  std::string key_id{};     // "kid", "" when it has none
  std::string signature{};  // bytes
};

// Takes a token apart and reads its header; the payload stays closed. malformed_signature for anything that is not exactly the compact
// form, for a header that is no object with a text "alg", names a key twice or asks for extensions ("crit").
std::optional<Fault> read_token(std::string_view text, CompactToken& token);

// The payload as an object. Call it once the signature holds. Nothing when it is no JSON object.
std::optional<nlohmann::ordered_json> read_payload(const CompactToken& token);

// "header.payload": what is to be signed. `key_id` is left out when empty.
std::string signing_input(std::string_view algorithm, std::string_view key_id, const nlohmann::ordered_json& payload);

}  // namespace hookctl::signing
