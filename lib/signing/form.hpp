// application/x-www-form-urlencoded bodies, read as the providers' own verifiers read them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hookctl::signing {

// Names and values in order, '+' and %XX decoded, empty pairs left out; a name without '=' has an empty value. Any bytes are accepted.
std::vector<std::pair<std::string, std::string>> parse_form(std::string_view body);

// All names and values, sorted by name (values in their order), one after the other without separators.
std::string sorted_form(std::string_view body);

// As above with the values of a repeated name sorted too and each counted once (Twilio).
std::string sorted_unique_form(std::string_view body);

}  // namespace hookctl::signing
