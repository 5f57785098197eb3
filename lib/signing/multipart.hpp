// One part of a multipart/form-data body, found without copying (RFC 7578; Dropbox Sign puts its JSON in one).
#pragma once

#include <optional>
#include <string_view>

namespace hookctl::signing {

// The content of the part named `name`, a view into `body`. Nothing when the Content-Type names no boundary, when
// there is no such part or more than one (which of them counts, each reader decides for itself), or when the body is cut.
std::optional<std::string_view> multipart_part(std::string_view content_type, std::string_view body, std::string_view name);

}  // namespace hookctl::signing
