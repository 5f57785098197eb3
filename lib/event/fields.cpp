#include "event/fields.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "base/json_path.hpp"
#include "base/text.hpp"

namespace hookctl::event {

namespace {

using Json = nlohmann::ordered_json;
using Steps = std::vector<PathStep>;

bool same(const Steps& a, const Steps& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const PathStep& one, const PathStep& other) {
    return one.is_index == other.is_index && one.index == other.index && one.key == other.key;
  });
}

// A path with one more step. What it really says is asked of parse_path: a key may look like something else.
std::string step_to(const std::string& path, const std::string& key) {
  const bool plain = !key.empty() && key.find_first_of(".[]\"") == std::string::npos;
  if (plain) return path.empty() ? key : path + "." + key;
  return path + "[\"" + key + "\"]";
}

std::string_view type_of(const Json& value) {
  if (value.is_object()) return "object";
  if (value.is_array()) return "array";
  if (value.is_string()) return "string";
  if (value.is_boolean()) return "boolean";
  return value.is_null() ? "null" : "number";
}

class Walk {
 public:
  explicit Walk(const provider::Provider& provider) {
    for (const provider::FreshPlace& place : provider.fresh) {
      if (place.form) continue;
      if (auto steps = parse_path(place.path)) fresh_.emplace_back(*std::move(steps), place.value);
    }
  }

  // Depth is bounded by the gate that parsed the value.
  void into(const Json& value, const std::string& path, Steps& steps) {
    if (value.is_array()) {
      for (std::size_t i = 0; i < value.size(); ++i) visit(value[i], path + "[" + std::to_string(i) + "]", {"", i, true}, steps);
    } else if (value.is_object()) {
      for (const auto& [key, inner] : value.items()) visit(inner, step_to(path, key), {key, 0, false}, steps);
    }
  }

  std::vector<Field> take() { return std::move(found_); }

 private:
  void visit(const Json& value, const std::string& path, PathStep step, Steps& steps) {
    steps.push_back(std::move(step));
    if (const auto read = parse_path(path); read && same(*read, steps)) {
      Field field{path, std::string(type_of(value))};
      if (value.is_structured()) field.size = value.size();
      else field.value = to_text(value);
      field.fresh = fresh_at(steps, value);
      found_.push_back(std::move(field));
      into(value, path, steps);
    }
    steps.pop_back();
  }

  std::string fresh_at(const Steps& steps, const Json& value) const {
    if (value.is_null()) return "";  // compose() leaves it
    for (const auto& [place, text] : fresh_) {
      if (same(place, steps)) return text;
    }
    return "";
  }

  std::vector<std::pair<Steps, std::string>> fresh_;
  std::vector<Field> found_;
};

std::vector<Field> form_fields(const provider::Provider& provider, std::string_view body) {
  std::vector<Field> found;
  for (const std::string_view pair : split(body, "&")) {
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    Field field{percent_decode(pair.substr(0, equals), true), "text", equals == std::string_view::npos ? "" : percent_decode(pair.substr(equals + 1), true)};
    for (const provider::FreshPlace& place : provider.fresh) {
      if (place.form && place.path == field.path) field.fresh = place.value;
    }
    const bool known = std::any_of(found.begin(), found.end(), [&](const Field& each) { return each.path == field.path; });
    if (!known) found.push_back(std::move(field));  // of a repeated key, --set reaches the first
  }
  return found;
}

}  // namespace

Result<std::vector<Field>> fields(const provider::Provider& provider, const provider::Fixture& fixture) {
  if (fixture.media_type == "application/x-www-form-urlencoded") return form_fields(provider, fixture.body);
  if (!fixture.media_type.starts_with("application/json")) {
    return usage_error("the body of '" + printable(fixture.event) + "' is " + fixture.media_type + ", and --set reaches into JSON and forms", "--copy writes it out to edit; --body FILE sends the copy");
  }
  auto body = parse_json(fixture.body, fixture.file.empty() ? fixture.event : fixture.file);
  if (!body) return body.error();
  Walk walk(provider);
  Steps steps;
  walk.into(*body, "", steps);
  return walk.take();
}

}  // namespace hookctl::event
