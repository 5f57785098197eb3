#include "provider/reader.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace hookctl::provider {

std::string path_to(const std::string& where, const std::string& key) {
  if (key.empty()) return where;
  if (key.find_first_of(".[") != std::string::npos) return where + "[\"" + key + "\"]";
  return where.empty() ? key : where + "." + key;
}

Reader::Reader(const Json& object, std::string where, Complaints& wrong) : object_(object), where_(std::move(where)), wrong_(wrong) {
  if (!object_.is_object()) fail("", "an object");
}

void Reader::expect_keys(const std::vector<std::string>& known) {
  if (!object_.is_object()) return;
  for (const auto& [key, value] : object_.items()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    const auto near = nearest(key, known);
    fail(key, near ? "no such key (did you mean '" + *near + "'?)" : "no such key; known are " + join(known, ", "), false);
  }
}

const Json* Reader::member(const std::string& key, bool required) {
  if (!object_.is_object()) return nullptr;
  const auto found = object_.find(key);
  if (found != object_.end() && !found->is_null()) return &*found;
  if (required) fail(key, found == object_.end() ? "this key is missing" : "must not be null", false);
  return nullptr;
}

std::string Reader::text(const std::string& key, bool required) {
  const Json* value = member(key, required);
  if (value == nullptr) return "";
  if (!value->is_string()) return fail(key, "a string"), "";
  return value->get<std::string>();
}

std::optional<double> Reader::number(const std::string& key) {
  const Json* value = member(key, false);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number()) return fail(key, "a number"), std::nullopt;
  return value->get<double>();
}

std::optional<bool> Reader::flag(const std::string& key) {
  const Json* value = member(key, false);
  if (value == nullptr) return std::nullopt;
  if (!value->is_boolean()) return fail(key, "true or false"), std::nullopt;
  return value->get<bool>();
}

http::Headers Reader::headers(const std::string& key) {
  http::Headers fields;
  const Json* value = member(key, false);
  if (value == nullptr) return fields;
  if (!value->is_object()) return fail(key, "an object of header names and values"), fields;
  for (const auto& [name, text] : value->items()) {
    if (!text.is_string()) complain(path_to(path(key), name), "expected a string");
    else fields.add(name, text.get<std::string>());
  }
  return fields;
}

std::vector<std::string> Reader::texts(const std::string& key) {
  std::vector<std::string> list;
  each(key, [&](const Json& item, const std::string& where) {
    if (item.is_string()) list.push_back(item.get<std::string>());
    else complain(where, "expected a string");
  });
  return list;
}

void Reader::each(const std::string& key, const std::function<void(const Json& item, const std::string& where)>& item) {
  const Json* value = member(key, false);
  if (value == nullptr) return;
  if (!value->is_array()) return fail(key, "a list");
  for (std::size_t i = 0; i < value->size(); ++i) item((*value)[i], path(key) + "[" + std::to_string(i) + "]");
}

void Reader::fail(const std::string& key, const std::string& expected, bool is_type) {
  complain(path(key), (is_type ? "expected " : "") + expected);
}

void Reader::complain(std::string path, std::string words) {
  const bool known = std::any_of(wrong_.begin(), wrong_.end(), [&](const Complaint& each) { return each.path == path; });
  if (!known) wrong_.push_back({std::move(path), std::move(words)});
}

std::string Reader::path(const std::string& key) const { return path_to(where_, key); }

}  // namespace hookctl::provider
