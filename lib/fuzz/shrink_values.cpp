// Plainer values: each is smaller than the one it comes from (fewer letters, digits or items; of numbers 0, 1, -1 before all others).
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/text.hpp"
#include "fuzz/shrink_trial.hpp"

namespace hookctl::fuzz {

namespace {

using Json = nlohmann::ordered_json;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Where the characters of UTF-8 begin, and its end.
std::vector<std::size_t> borders(std::string_view text) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_continuation(text[i])) out.push_back(i);
  }
  out.push_back(text.size());
  return out;
}

std::vector<std::string> plainer_text(const std::string& text) {
  const std::vector<std::size_t> at = borders(text);
  const std::size_t letters = at.size() - 1;
  std::vector<std::string> out;
  const auto add = [&](std::size_t from, std::size_t to) { out.push_back(to_text(Json(text.substr(at[from], at[to] - at[from])))); };
  if (letters > 0) add(0, 0);
  if (letters > 1) add(0, 1);
  if (letters > 2) add(0, letters / 2), add(letters / 2, letters);
  return out;
}

// `number` as it is spelt: it may be one that no type of ours holds.
std::vector<std::string> plainer_number(const std::string& number) {
  std::vector<std::string> out;
  for (const char* plain : {"0", "1", "-1"}) {
    if (number == plain) return out;
    out.emplace_back(plain);
  }
  if (const std::size_t fraction = number.find_first_of(".eE"); fraction != std::string::npos) {
    out.push_back(number.substr(0, fraction));
  } else if (const auto value = parse_signed(number)) {
    out.push_back(std::to_string(*value / 2));
  } else {
    out.push_back(number.substr(0, number.size() / 2));
  }
  return out;
}

std::vector<std::string> plainer_list(const Json& list) {
  std::vector<std::string> out;
  const auto add = [&](std::size_t count) {
    out.push_back(to_text(Json(Json::array_t(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(count)))));
  };
  if (!list.empty()) add(0);
  if (list.size() > 1) add(1);
  if (list.size() > 3) add(list.size() / 2);
  return out;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789+-.eE") == std::string_view::npos && text.find_first_of("0123456789") <= 1;
}

}  // namespace

std::vector<std::string> plainer(const std::string& json) {
  if (is_number(json)) return plainer_number(json);
  const auto value = parse_json(json, "value");
  if (!value) return {};
  if (value->is_string()) return plainer_text(value->get_ref<const std::string&>());
  if (value->is_array()) return plainer_list(*value);
  if (value->is_object() && !value->empty()) return {"{}"};
  return {};
}

}  // namespace hookctl::fuzz
