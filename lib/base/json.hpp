// The gate for foreign JSON: parsed with positions and limits, never trusted to be shaped.
//
// nlohmann/json copies and prints recursively (a deep document overflows the stack) and silently keeps the last of duplicate keys;
// the gate refuses both before a value exists. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace hookctl {

struct JsonLimits {
  std::size_t depth{64};         // nested arrays and objects
  bool duplicate_keys{false};    // true: allowed, the last one counts
};

// Parses UTF-8 JSON. `name` is the file or thing it came from, for the error: "name:line:column: expected …" (usage).
Result<nlohmann::ordered_json> parse_json(std::string_view text, std::string_view name, JsonLimits limits = {});

// Where byte `offset` of `text` is: "line:column", both from 1, columns in bytes.
std::string line_and_column(std::string_view text, std::size_t offset);

// The value as JSON text: compact, or indented by two. Invalid UTF-8 is replaced, never thrown.
std::string to_text(const nlohmann::ordered_json& value, bool indented = false);

}  // namespace hookctl
