// Strict encodings: hex, base64, base64url, percent. Decoders refuse anything that is not exactly the canonical form's alphabet and
// length (OpenSSL's do not), because a signature that decodes two ways is a hole. Pure, thread-safe. Bytes travel in std::string.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hookctl {

std::string to_hex(std::string_view bytes);     // lower case
std::string to_base64(std::string_view bytes);  // RFC 4648 section 4, padded
std::string to_base64url(std::string_view bytes);  // RFC 4648 section 5, no padding

enum class HexCase { lower_only, any };
std::optional<std::string> from_hex(std::string_view text, HexCase letters = HexCase::any);
// Padding must be complete and trailing bits zero; no white space.
std::optional<std::string> from_base64(std::string_view text);
// The same into memory that is used again and again; false leaves anything in `out`.
bool from_base64(std::string_view text, std::string& out);
// As above without padding; complete padding is tolerated.
std::optional<std::string> from_base64url(std::string_view text);
// A secret as people paste it: base64 or base64url letters, padded or not, trailing bits ignored (as the providers' SDKs do).
std::optional<std::string> from_base64_lenient(std::string_view text);

// %XX and, where `plus_is_space`, '+'. A '%' without two hex digits stays as it is (as URLSearchParams does).
std::string percent_decode(std::string_view text, bool plus_is_space);
// Every byte but unreserved ones (RFC 3986) as %XX.
std::string percent_encode(std::string_view text);

}  // namespace hookctl
