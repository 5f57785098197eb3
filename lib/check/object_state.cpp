#include "check/object_state.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json.hpp"

namespace hookctl::check {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kObject = "<object>";
constexpr std::size_t kShortestName = 4;  // shorter ones are found in anything

class Reader {
 public:
  explicit Reader(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      if (name.size() >= kShortestName) names_.push_back(name);
    }
    // Longer ones first: one may be in another.
    std::stable_sort(names_.begin(), names_.end(), [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
  }

  // Looks for mentions; depth is bounded by the gate that parsed the value.
  void seek(const Json& value, const std::string& path, bool is_root) {
    if (value.is_array()) {
      for (const Json& item : value) seek(item, path + "[]", false);
      return;
    }
    if (!value.is_object()) return;
    const bool own = !is_root && std::any_of(value.begin(), value.end(), [&](const Json& member) { return mentions(member); });
    if (own) {
      take(value, path);
      return;
    }
    for (const auto& [key, member] : value.items()) {
      if (replaced(key) != key || mentions(member))
        take(member, path + "." + replaced(key));
      else
        seek(member, path + "." + key, false);
    }
  }

  ObjectValues values;

 private:
  std::string replaced(std::string text) const {
    for (const std::string& name : names_) {
      for (std::size_t at = 0; (at = text.find(name, at)) != std::string::npos; at += kObject.size())
        text.replace(at, name.size(), kObject);
    }
    return text;
  }

  bool mentions(const Json& value) const {
    if (value.is_string()) {
      const std::string& text = value.get_ref<const std::string&>();
      return replaced(text) != text;
    }
    const std::string number = value.is_number() ? to_text(value) : "";
    return std::find(names_.begin(), names_.end(), number) != names_.end();
  }

  void take(const Json& value, const std::string& path) {
    if (value.is_object()) {
      for (const auto& [key, member] : value.items()) take(member, path + "." + replaced(key));
    } else if (value.is_string()) {
      values[path] = to_text(Json(replaced(value.get<std::string>())));
    } else if (value.is_boolean()) {
      values[path] = to_text(value);
    }
  }

  std::vector<std::string> names_;
};

}  // namespace

ObjectValues values_of_object(std::string_view state, const std::vector<std::string>& names) {
  auto json = parse_json(state, "state", {.depth = 64, .duplicate_keys = true});
  if (!json) return {};
  Reader reader(names);
  reader.seek(*json, "", true);
  return std::move(reader.values);
}

}  // namespace hookctl::check
