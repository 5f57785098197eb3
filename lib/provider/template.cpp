#include "provider/template.hpp"

#include "base/encoding.hpp"
#include "base/json_path.hpp"
#include "base/text.hpp"

namespace hookctl::provider {

std::optional<std::string> expand(std::string_view text, const std::function<std::optional<std::string>(std::string_view)>& value) {
  std::string out;
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    out.append(text.substr(0, open));
    if (open == std::string_view::npos) break;
    text.remove_prefix(open);
    const std::size_t close = text.find('}');
    if (close == std::string_view::npos || close == 1 || text[1] == ' ') {
      out += '{';
      text.remove_prefix(1);
      continue;
    }
    const auto found = value(text.substr(1, close - 1));
    if (!found) return std::nullopt;
    out.append(*found);
    text.remove_prefix(close + 1);
  }
  return out;
}

std::optional<std::string> form_value(std::string_view body, std::string_view key) {
  for (const std::string_view pair : split(body, "&")) {
    const std::size_t equals = pair.find('=');
    if (percent_decode(pair.substr(0, equals), true) != key) continue;
    return equals == std::string_view::npos ? std::string() : percent_decode(pair.substr(equals + 1), true);
  }
  return std::nullopt;
}

std::optional<std::string> request_value(const http::Request& request, std::string_view name) {
  if (name.starts_with("json:")) return json_text_at(request.body, name.substr(5));
  if (name.starts_with("form:")) return form_value(request.body, name.substr(5));
  if (name.starts_with("header:")) {
    if (const auto value = request.headers.find(name.substr(7))) return std::string(*value);
  }
  return std::nullopt;
}

}  // namespace hookctl::provider
