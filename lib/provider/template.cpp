#include "provider/template.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/json_path.hpp"
#include "base/text.hpp"

namespace hookctl::provider {

namespace {

constexpr std::uint64_t kLongest = 1024;  // characters of {alnum:N} and its kin

// Could it be the name of a placeholder: a word, and perhaps more behind a colon?
bool looks_like_name(std::string_view name) {
  const std::string_view word = name.substr(0, name.find(':'));
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) { return lower(c) == '_' || (lower(c) >= 'a' && lower(c) <= 'z'); });
}

// Does `known` ("alnum:N") stand for `name` ("alnum:24")?
bool is_meant(const std::string& known, std::string_view name) {
  const std::string_view head = std::string_view(known).substr(0, known.find(':') + 1);
  const std::string_view rest = name.substr(std::min(head.size(), name.size()));
  if (known.ends_with(":N")) {
    const auto count = parse_unsigned(rest);
    return name.starts_with(head) && count && *count >= 1 && *count <= kLongest;
  }
  if (known == "json:PATH") return name.starts_with(head) && parse_path(rest).ok();
  if (known == "header:NAME" || known == "form:KEY") return name.starts_with(head) && !rest.empty();
  return name == known;
}

std::string unknown_placeholder(std::string_view name, const std::vector<std::string>& known) {
  std::vector<std::string> written;
  for (const std::string& each : known) written.push_back("{" + each + "}");
  const auto near = nearest("{" + std::string(name) + "}", written);
  return "'{" + printable(name) + "}' is not known" + (near ? " (did you mean '" + *near + "'?)" : "; expected " + join(written, ", "));
}

}  // namespace

std::vector<std::string> placeholders(TemplateUse use) {
  if (use == TemplateUse::read) return {"json:PATH", "header:NAME", "form:KEY"};
  std::vector<std::string> known{"event_type", "event_type:head", "event_type:tail", "unix", "unix_ms", "iso", "iso_ms", "uuid", "alnum:N", "hex:N", "digits:N"};
  if (use == TemplateUse::compose) known.insert(known.begin() + 3, "event_id");
  return known;
}

std::optional<std::string> template_fault(std::string_view text, TemplateUse use) {
  const std::vector<std::string> known = placeholders(use);
  std::optional<std::string> fault;
  static_cast<void>(expand(text, [&](std::string_view name) -> std::optional<std::string> {
    const bool counts = use == TemplateUse::read || looks_like_name(name);
    const bool is_known = std::any_of(known.begin(), known.end(), [&](const std::string& each) { return is_meant(each, name); });
    if (counts && !is_known && !fault) fault = unknown_placeholder(name, known);
    return "";
  }));
  return fault;
}

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
