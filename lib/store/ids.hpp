// The ids people see: a request's row number in base 36, "req_7k2". Pure, thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace hookctl::store {

// "req_" and the number in base 36, lower case. `id` is at least 1, as the journal gives them.
std::string request_id_text(std::int64_t id);

// The number behind "req_7k2" or "7k2", letters in any case. `usage` when it is no such id.
Result<std::int64_t> parse_request_id(std::string_view text);

}  // namespace hookctl::store
