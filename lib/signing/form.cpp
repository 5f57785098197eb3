// Form bodies: split, decode, sort.
#include "signing/form.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace hookctl::signing {

namespace {

std::string joined(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string out;
  for (const auto& [name, value] : fields) out.append(name).append(value);
  return out;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> parse_form(std::string_view body) {
  std::vector<std::pair<std::string, std::string>> fields;
  for (std::string_view pair : split(body, "&")) {
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view value = equals < pair.size() ? pair.substr(equals + 1) : std::string_view{};
    fields.emplace_back(percent_decode(pair.substr(0, equals), true), percent_decode(value, true));
  }
  return fields;
}

std::string sorted_form(std::string_view body) {
  auto fields = parse_form(body);
  std::ranges::stable_sort(fields, {}, [](const auto& field) -> const std::string& { return field.first; });
  return joined(fields);
}

std::string sorted_unique_form(std::string_view body) {
  auto fields = parse_form(body);
  std::ranges::sort(fields);
  fields.erase(std::unique(fields.begin(), fields.end()), fields.end());
  return joined(fields);
}

}  // namespace hookctl::signing
