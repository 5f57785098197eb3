// Complains once, and goes on with harmless values.
#include "signing/json_fields.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/json_path.hpp"
#include "base/text.hpp"

namespace hookctl::signing {

using Json = nlohmann::ordered_json;

Fields::Fields(const Json& value, std::string where, std::optional<Error>& error, std::initializer_list<const char*> known)
    : value_(value), where_(std::move(where)), error_(error) {
  if (!value_.is_object()) fail("", "expected an object");
  if (failed()) return;
  const std::vector<std::string> names(known.begin(), known.end());
  for (const auto& item : value_.items()) {
    if (std::ranges::find(names, item.key()) != names.end()) continue;
    const auto close = nearest(item.key(), names);
    fail(printable(item.key()), "unknown key; " + (close ? "did you mean '" + *close + "'?" : "known are " + join(names, ", ")));
  }
}

const Json* Fields::get(const char* key) const {
  if (!value_.is_object()) return nullptr;
  const auto found = value_.find(key);
  return found == value_.end() ? nullptr : &*found;
}

void Fields::fail(const std::string& key, const std::string& words) const {
  if (!error_) error_ = usage_error(at(key) + ": " + words);
}

std::string Fields::text(const char* key, bool needed) const {
  const Json* member = get(key);
  if (member == nullptr) {
    if (needed) fail(key, "missing; expected a text");
    return {};
  }
  if (!member->is_string()) fail(key, "expected a text");
  return member->is_string() ? member->get<std::string>() : std::string{};
}

std::vector<std::string> Fields::texts(const char* key) const {
  const Json* member = get(key);
  std::vector<std::string> out;
  if (member == nullptr) return out;
  const auto is_text = [](const Json& item) { return item.is_string(); };
  if (!member->is_array() || !std::ranges::all_of(*member, is_text)) {
    fail(key, "expected a list of texts");
    return out;
  }
  for (const Json& item : *member) out.push_back(item.get<std::string>());
  return out;
}

bool Fields::flag(const char* key) const {
  const Json* member = get(key);
  if (member != nullptr && !member->is_boolean()) fail(key, "expected true or false");
  return member != nullptr && member->is_boolean() && member->get<bool>();
}

std::optional<std::int64_t> Fields::seconds(const char* key) const {
  const Json* member = get(key);
  if (member == nullptr || member->is_null()) return std::nullopt;
  const double number = member->is_number() ? member->get<double>() : -1;
  if (!(number >= 0 && number <= 1e12)) {
    fail(key, "expected a number of seconds, or null");
    return std::nullopt;
  }
  return std::llround(number * 1000);
}

Source Fields::source(const char* key, bool kv_allowed) const { return source(key, text(key, true), kv_allowed); }

Source Fields::source(const char* key, std::string_view text, bool kv_allowed) const {
  const std::size_t colon = text.find(':');
  const std::string_view place = text.substr(0, colon);
  const std::string name(colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1));
  if (place == "header" && !name.empty()) return {Place::header, name};
  if (place == "kv" && kv_allowed && !name.empty()) return {Place::kv, name};
  if (place == "json" && !name.empty()) {
    if (const auto path = parse_path(name); !path) fail(key, path.error().message);
    return {Place::json, name};
  }
  fail(key, std::string("expected 'header:NAME' or 'json:PATH'") + (kv_allowed ? " or 'kv:KEY'" : ""));
  return {};
}

std::size_t Fields::word_index(const char* key, const std::vector<std::string>& words) const {
  const Json* member = get(key);
  if (member != nullptr && member->is_string()) {
    const auto found = std::ranges::find(words, member->get_ref<const std::string&>());
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  }
  fail(key, std::string(member == nullptr ? "missing; " : "") + "expected one of " + join(words, ", "));
  return 0;
}

}  // namespace hookctl::signing
