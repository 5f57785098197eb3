// A case in words, and its places as a key. For this room. Pure, thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "fuzz/case.hpp"

namespace hookctl::fuzz {

// A path with its indices taken out: "items[3].price" is "items[].price".
std::string general_path(std::string_view path);
// Completes "…: the endpoint failed": "invoice.paid with customer = null"; a case that changes no body keeps its name.
std::string describe(const Case& wanted);
// The changed places without indices, sorted, "*" of changed bytes; "" when no body is changed. Equal for cases that differ in values alone.
std::string place_key(const Case& wanted);

}  // namespace hookctl::fuzz
