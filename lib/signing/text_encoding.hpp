// Text in other character sets than UTF-8, for bodies that were read as one and written as another. Pure, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hookctl::signing {

// Nothing when the text is no UTF-8, or holds a character that the set does not have.
std::optional<std::string> utf8_to_latin1(std::string_view text);       // ISO 8859-1
std::optional<std::string> utf8_to_windows1252(std::string_view text);  // with the five unused bytes as the C1 controls, as browsers do
std::optional<std::string> utf8_to_utf16(std::string_view text, bool big_endian);

std::string latin1_to_utf8(std::string_view bytes);
// Nothing when it is not well formed. A byte order mark is left out.
std::optional<std::string> utf16_to_utf8(std::string_view bytes, bool big_endian);

}  // namespace hookctl::signing
