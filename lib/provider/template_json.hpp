// Templates that are JSON documents: the strings in them are templates, everything else stands as it is. Pure, thread-safe.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace hookctl::provider {

// `json` with every string in it (not the keys) expanded by expand(), as compact JSON: a value can break no quotes. Nothing when a name has
// no value or when it is no JSON.
std::optional<std::string> expand_json(std::string_view json, const std::function<std::optional<std::string>(std::string_view name)>& value);

}  // namespace hookctl::provider
