// Templates in provider files: text with {names} in it. Pure, thread-safe.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace hookctl::provider {

// The template with every {name} replaced by what `value` says, or nothing when it says nothing for one of them. A brace that opens no
// name ("{}", "{ ") stays as it is.
std::optional<std::string> expand(std::string_view text, const std::function<std::optional<std::string>(std::string_view name)>& value);

// The value of {json:PATH}, {header:NAME} or {form:KEY} in a request; nothing when there is none or the name is of another kind.
std::optional<std::string> request_value(const http::Request& request, std::string_view name);

// The first value of a key in a form-encoded body, decoded.
std::optional<std::string> form_value(std::string_view body, std::string_view key);

}  // namespace hookctl::provider
