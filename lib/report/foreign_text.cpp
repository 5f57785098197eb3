#include "report/foreign_text.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace hookctl::report {

namespace {

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out;
  for (auto at = text.find(from); at != std::string_view::npos; at = text.find(from)) {
    out.append(text.substr(0, at)).append(to);
    text.remove_prefix(at + from.size());
  }
  return out.append(text);
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

}  // namespace

std::string shown(std::string_view text, bool keep_lines) {
  std::string out = printable(keep_lines ? replaced(text, "\r\n", "\n") : std::string(text), keep_lines);
  if (out.find("\xEF\xBF") == std::string::npos) return out;
  return replaced(replaced(out, "\xEF\xBF\xBE", "\\u{fffe}"), "\xEF\xBF\xBF", "\\u{ffff}");
}

std::string one_line(std::string_view text) {
  std::string out(trim(text));
  for (char& c : out) c = c == '\r' || c == '\n' || c == '\t' ? ' ' : c;
  return shown(out);
}

std::string clipped(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return std::string(text);
  std::size_t end = limit;
  while (end > 0 && limit - end < 3 && is_continuation(text[end])) --end;
  return std::string(text.substr(0, end)) + "… (" + std::to_string(text.size() - end) + " more bytes)";
}

std::vector<std::string> lines_of(std::string_view text) {
  const std::string safe = shown(text, true);
  std::vector<std::string> lines;
  for (const std::string_view line : split(safe, "\n")) lines.emplace_back(line);
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

std::vector<std::string> first_lines(std::string_view text, std::size_t lines, std::size_t bytes) {
  std::size_t end = 0;
  for (std::size_t i = 0; i < lines && end < text.size(); ++i) end = std::min(text.find('\n', end), text.size() - 1) + 1;
  end = std::min(end, bytes);
  std::vector<std::string> out = lines_of(text.substr(0, end));
  if (end < text.size()) out.push_back("… (" + std::to_string(text.size() - end) + " more bytes)");
  return out;
}

std::string without_workflow_commands(std::string_view document) {
  std::string out;
  for (const std::string_view line : split(document, "\n")) {
    const auto start = line.find_first_not_of(" \t");
    if (start != std::string_view::npos && line.substr(start).starts_with("::"))
      out.append(line.substr(0, start)).append("\\").append(line.substr(start));
    else
      out.append(line);
    out += '\n';
  }
  out.pop_back();
  return out.find("##[") == std::string::npos ? out : replaced(out, "##[", "##\\[");
}

}  // namespace hookctl::report
