// Walks the parts of a multipart body. Line ends may be CRLF or bare LF.
#include "signing/multipart.hpp"

#include <string>

#include "base/text.hpp"

namespace hookctl::signing {

namespace {

// The value of `name=…` among the parameters of a field, without its quotes.
std::optional<std::string_view> parameter(std::string_view field, std::string_view name) {
  for (std::string_view piece : split(field, ";")) {
    piece = trim_blanks(piece);
    const std::size_t equals = piece.find('=');
    if (equals == std::string_view::npos || !same_ignoring_case(trim_blanks(piece.substr(0, equals)), name)) continue;
    std::string_view value = trim_blanks(piece.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    return value;
  }
  return std::nullopt;
}

std::string_view next_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  std::string_view line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

std::string_view without_line_end(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::optional<std::string_view> multipart_part(std::string_view content_type, std::string_view body, std::string_view name) {
  const auto boundary = parameter(content_type, "boundary");
  if (!boundary || boundary->empty()) return std::nullopt;
  const std::string delimiter = "--" + std::string(*boundary);
  std::optional<std::string_view> found;
  std::size_t at = body.find(delimiter);
  while (at != std::string_view::npos) {
    std::string_view rest = body.substr(at + delimiter.size());
    if (rest.starts_with("--")) return found;
    next_line(rest);  // what is left of the delimiter's line
    bool wanted = false;
    for (std::string_view line = next_line(rest); !line.empty(); line = next_line(rest)) {
      const std::size_t colon = line.find(':');
      if (colon != std::string_view::npos && same_ignoring_case(line.substr(0, colon), "content-disposition"))
        wanted = parameter(line.substr(colon + 1), "name") == name;
    }
    const std::size_t end = rest.find(delimiter);
    if (end == std::string_view::npos) return std::nullopt;
    if (wanted && found) return std::nullopt;
    if (wanted) found = without_line_end(rest.substr(0, end));
    at = static_cast<std::size_t>(rest.data() - body.data()) + end;
  }
  return std::nullopt;
}

}  // namespace hookctl::signing
