// Templates in provider files: text with {names} in it. Pure, thread-safe.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace hookctl::provider {

// The template with every {name} replaced by what `value` says, or nothing when it says nothing for one of them. A brace that opens no
// name ("{}", "{ ") stays as it is.
std::optional<std::string> expand(std::string_view text, const std::function<std::optional<std::string>(std::string_view name)>& value);

// Where a template stands: it makes an event's id, the rest of an event, or reads a received request.
enum class TemplateUse { new_id, compose, read };

// What is wrong with a template: a placeholder that nothing will ever fill there, with the nearest that is known. Braces around something
// that is no name ({"a":1}) are text, as expand() leaves them; but not in TemplateUse::read.
std::optional<std::string> template_fault(std::string_view text, TemplateUse use);

// What such a template may name, each as it is written: "event_type", "alnum:N", "json:PATH".
std::vector<std::string> placeholders(TemplateUse use);

// The value of {json:PATH}, {header:NAME} or {form:KEY} in a request; nothing when there is none or the name is of another kind.
std::optional<std::string> request_value(const http::Request& request, std::string_view name);

// The first value of a key in a form-encoded body, decoded.
std::optional<std::string> form_value(std::string_view body, std::string_view key);

}  // namespace hookctl::provider
