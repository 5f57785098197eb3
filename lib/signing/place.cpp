// Places in a request, read without parsing the JSON around them and set without rewriting it.
#include "signing/place.hpp"

#include "base/json_path.hpp"
#include "base/text.hpp"
#include "signing/multipart.hpp"

namespace hookctl::signing {

namespace {

constexpr std::string_view kMultipart = "multipart/";

bool is_number(std::string_view json) { return !json.empty() && (json.front() == '-' || (json.front() >= '0' && json.front() <= '9')); }

// Is the whole text a JSON number?
bool spells_number(const std::string& text) {
  return is_number(text) && text.back() >= '0' && text.back() <= '9' && json_raw_at("[" + text + "]", "[0]") == std::string_view(text);
}

void replace_document(const Scheme& scheme, http::Request& request, const std::string& document) {
  const std::string_view old = document_of(scheme, request);
  request.body.replace(static_cast<std::size_t>(old.data() - request.body.data()), old.size(), document);
}

}  // namespace

std::string_view document_of(const Scheme& scheme, const http::Request& request) {
  if (scheme.multipart_part.empty()) return request.body;
  const std::string_view body = request.body;
  const std::string_view type = request.headers.find("content-type").value_or("");
  if (!same_ignoring_case(type.substr(0, kMultipart.size()), kMultipart)) return body;
  return multipart_part(type, body, scheme.multipart_part).value_or(body.substr(0, 0));
}

std::optional<std::string_view> find(const Source& source, const http::Request& request, std::string_view document,
                                     std::list<std::string>& keep) {
  if (source.place == Place::header) return request.headers.find(source.name);
  auto text = json_text_at(document, source.name);
  if (!text) return std::nullopt;
  return keep.emplace_back(std::move(*text));
}

Result<void> put(const Source& source, const Scheme& scheme, http::Request& request, const std::string& value, bool as_number) {
  if (source.place == Place::header) {
    request.headers.set(source.name, value);
    return {};
  }
  const std::string_view document = document_of(scheme, request);
  const auto old = json_raw_at(document, source.name);
  const bool number = old && !old->empty() && *old != "null" ? is_number(*old) : as_number;
  auto changed = json_set(document, source.name, number && spells_number(value) ? value : json_quote(value));
  if (!changed) return changed.error();
  replace_document(scheme, request, *changed);
  return {};
}

Result<void> take_out(const Source& source, const Scheme& scheme, http::Request& request) {
  if (source.place == Place::header) {
    if (!request.headers.has(source.name)) return usage_error("there is no " + describe(source));
    request.headers.remove(source.name);
    return {};
  }
  auto changed = json_unset(document_of(scheme, request), source.name);
  if (!changed) return changed.error();
  replace_document(scheme, request, *changed);
  return {};
}

std::string describe(const Source& source) {
  if (source.place == Place::header) return "header '" + source.name + "'";
  return "'" + source.name + "' in the body";
}

}  // namespace hookctl::signing
