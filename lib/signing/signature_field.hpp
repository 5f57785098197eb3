// The value of a signature field: taken apart when verifying, put together when signing. Pure, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "signing/scheme.hpp"

namespace hookctl::signing {

// What a signature field holds. Views into the value.
struct SignatureField {
  std::vector<std::string_view> candidates{};  // of the version looked for, still encoded
  bool other_versions{false};                  // it holds well-formed entries of other versions or prefixes
};
SignatureField read_signature_field(const Scheme& scheme, std::string_view value);

// The entry KEY of a key-value signature field, the last of several; nothing when there is none.
std::optional<std::string_view> field_entry(const Scheme& scheme, std::string_view value, std::string_view key);

// One encoded signature as bytes; nothing when it is not of the scheme's encoding.
std::optional<std::string> decode_signature(const SignatureForm& form, std::string_view text);

// The other way: raw bytes in the scheme's encoding, without prefix and version.
std::string encode_signature(const SignatureForm& form, std::string_view bytes);

// The field's value: prefix, version and encoding around the raw signatures (at least one; all of them in the list forms, the first
// otherwise), behind the timestamp where that is an entry of the field.
std::string write_signature_field(const Scheme& scheme, const std::vector<std::string>& signatures, std::string_view timestamp);

}  // namespace hookctl::signing
