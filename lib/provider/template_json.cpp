#include "provider/template_json.hpp"

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "provider/template.hpp"

namespace hookctl::provider {

namespace {

using Value = std::function<std::optional<std::string>(std::string_view)>;

// The gate for JSON has seen to it that this goes no deeper than 64.
bool fill(nlohmann::ordered_json& json, const Value& value) {
  if (json.is_string()) {
    auto text = expand(json.get<std::string>(), value);
    if (!text) return false;
    json = *std::move(text);
    return true;
  }
  if (!json.is_structured()) return true;
  for (auto& item : json) {
    if (!fill(item, value)) return false;
  }
  return true;
}

}  // namespace

std::optional<std::string> expand_json(std::string_view json, const Value& value) {
  auto parsed = parse_json(json, "template");
  if (!parsed || !fill(*parsed, value)) return std::nullopt;
  return to_text(*parsed);
}

}  // namespace hookctl::provider
