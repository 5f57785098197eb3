#include "check/traces.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include "base/text.hpp"

namespace hookctl::check {

namespace {

constexpr std::string_view kNone{};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return lower(c) >= 'a' && lower(c) <= 'z'; }
bool contains(std::string_view text, std::string_view part) { return text.find(part) != kNone.npos; }

// --- lines ---------------------------------------------------------------------------------------------------------------------------

// A line of a stack without what may stand behind it in JSON or HTML.
std::string_view text_of(std::string_view line) {
  if (!line.starts_with("at ")) return line;
  line = line.substr(0, std::min(line.find("\","), line.find("\"}")));
  return trim(line.substr(0, line.find("</")));
}

// Does it end with ":12:34", perhaps in brackets?
bool ends_with_line_and_column(std::string_view line) {
  if (line.ends_with(')')) line.remove_suffix(1);
  for (int number = 0; number < 2; ++number) {
    const std::size_t size = line.size();
    while (!line.empty() && is_digit(line.back())) line.remove_suffix(1);
    if (line.size() == size || !line.ends_with(':')) return false;
    line.remove_suffix(1);
  }
  return !line.empty();
}

bool is_node_line(std::string_view line) { return line.starts_with("at ") && ends_with_line_and_column(line); }

bool is_java_line(std::string_view line) {
  if (!line.starts_with("at ") || !line.ends_with(')')) return false;
  return contains(line, ".java:") || contains(line, ".kt:") || contains(line, ".scala:") || line.ends_with("(Native Method)") ||
         line.ends_with("(Unknown Source)");
}

// "at Shop.Hooks.Take(String body) in C:\shop\Hooks.cs:line 12", "at System.Text.Json.JsonDocument.Parse(…)"
bool is_dotnet_line(std::string_view line) {
  if (!line.starts_with("at ")) return false;
  if (contains(line, ".cs:line ")) return true;
  const std::string_view name = line.substr(3, line.find('(') - 3);
  return line.ends_with(')') && (name.starts_with("System.") || name.starts_with("Microsoft.AspNetCore.")) &&
         std::count(name.begin(), name.end(), '.') > 1;
}

bool is_python_line(std::string_view line) { return line.starts_with("File \"") && contains(line, "\", line "); }

// "app.rb:12:in `call'", from 3.4 on with a plain quote.
bool is_ruby_line(std::string_view line) {
  const std::size_t at = line.find(".rb:");
  if (at == kNone.npos || at + 4 >= line.size() || !is_digit(line[at + 4])) return false;
  return contains(line.substr(at), ":in `") || contains(line.substr(at), ":in '");
}

bool is_go_line(std::string_view line) {
  return line.starts_with("goroutine ") && line.size() > 10 && is_digit(line[10]) && contains(line, " [running");
}

bool is_php_line(std::string_view line) {
  return line.starts_with('#') && line.size() > 2 && is_digit(line[1]) && contains(line, ".php(") && contains(line, "): ");
}

bool is_php_error(std::string_view line) { return contains(line, "Fatal error") && contains(line, ".php") && contains(line, " on line "); }

bool is_rust_line(std::string_view line) { return line.starts_with("thread '") && contains(line, "' panicked at "); }

struct LineForm {
  std::string_view name;
  bool (*fits)(std::string_view);
  std::size_t least;  // so many lines of it make a trace
};
constexpr LineForm kLineForms[] = {
    {"a stack trace of Node.js", is_node_line, 2}, {"a stack trace of the JVM", is_java_line, 2},
    {"a stack trace of .NET", is_dotnet_line, 2},  {"a stack trace of Ruby", is_ruby_line, 1},
    {"a stack trace of Go", is_go_line, 1},        {"a stack trace of PHP", is_php_line, 2},
    {"an error message of PHP", is_php_error, 1},  {"a panic of Rust", is_rust_line, 1},
};

// --- pages ---------------------------------------------------------------------------------------------------------------------------

// All of these texts stand in it.
struct Page {
  std::string_view name;
  std::array<std::string_view, 2> texts;
};
constexpr Page kPages[] = {
    {"a debug page of Django", {"DEBUG = True", "Django"}},
    {"the Werkzeug debugger", {"Werkzeug", "Traceback"}},
    {"the Werkzeug debugger", {"EVALEX", "Werkzeug"}},
    {"a debug page of Rails", {"Action Controller: Exception caught", ""}},
    {"a debug page of Rails", {"Rails.root:", "Trace"}},
    {"a debug page of Laravel", {"vendor/laravel/framework/", "Illuminate\\"}},
    {"a debug page of Symfony", {"Symfony Exception", "vendor/symfony/"}},
    {"a debug page of Spring", {"Whitelabel Error Page", "Exception:"}},
    {"a debug page of ASP.NET", {"An unhandled exception occurred while processing the request.", "Stack"}},
    {"a debug page of ASP.NET", {"Server Error in '", "Stack Trace:"}},
};

// --- paths ---------------------------------------------------------------------------------------------------------------------------

// Where files of programs lie, and how many components a path there has at least, with this one. "/app/" alone is as likely a URL.
struct Root {
  std::string_view text;
  int components;
};
constexpr Root kRoots[] = {
    {"/ho" "me/", 3},     {"/ro" "ot/", 2},      {"/usr/", 3},       {"/var/www/", 3},
    {"/var/task/", 3}, {"/var/lib/", 3},   {"/var/app/", 3},   {"/opt/", 3},
    {"/srv/", 3},      {"/Users/", 3},     {"/etc/", 2},       {"/private/", 3},
    {"/tmp/", 2},      {"/workspace/", 2}, {"/app/src/", 3},   {"/app/node_modules/", 3},
    {"/app/dist/", 3}, {"/layers/", 3},    {"/nix/store/", 3},
};
constexpr std::string_view kFileEndings[] = {"js",   "mjs", "cjs", "ts",     "tsx",  "jsx", "py",    "pyc",     "rb",   "php",
                                             "java", "kt",  "go",  "rs",     "cs",   "ex",  "exs",   "cpp",     "jar",  "war",
                                             "dll",  "so",  "db",  "sqlite", "log",  "env", "yml",   "yaml",    "toml", "ini",
                                             "conf", "cfg", "pem", "key",    "sock", "sh",  "scala", "sqlite3", "json"};

bool is_file_letter(char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.' || c == '@' || c == '+' || c == '~'; }

bool names_file(std::string_view component) {
  const std::size_t dot = component.rfind('.');
  if (dot == kNone.npos || dot + 1 == component.size()) return false;
  return std::find(std::begin(kFileEndings), std::end(kFileEndings), component.substr(dot + 1)) != std::end(kFileEndings);
}

// The path that begins at `at`, without full stops at its end.
std::string_view path_at(std::string_view text, std::size_t at, std::size_t head, char separator) {
  std::size_t end = at + head;
  while (end < text.size() && (is_file_letter(text[end]) || text[end] == separator)) ++end;
  std::string_view path = text.substr(at, end - at);
  while (path.ends_with('.') || path.ends_with('-')) path.remove_suffix(1);
  return path;
}

bool is_file_path(std::string_view path, char separator, int components) {
  return std::count(path.begin(), path.end(), separator) >= components && names_file(path.substr(path.rfind(separator) + 1));
}

// Is what begins at `at` the rest of a longer word, of a URL or of a link?
bool is_part_of_more(std::string_view text, std::size_t at) {
  const std::string_view before = text.substr(0, at);
  if (before.ends_with("file://")) return false;
  if (before.empty()) return false;
  const char last = before.back();
  if (is_letter(last) || is_digit(last) || contains("/._-~%\\@?&=", std::string_view(&last, 1)) || static_cast<unsigned char>(last) >= 0x80)
    return true;
  return before.ends_with("href=\"") || before.ends_with("src=\"") || before.ends_with("action=\"") || before.ends_with("href='") ||
         before.ends_with("src='");
}

std::optional<std::string> windows_path_in(std::string_view text, const IsEcho& is_echo) {
  for (std::size_t at = text.find(":\\"); at != kNone.npos; at = text.find(":\\", at + 1)) {
    if (at == 0 || !is_letter(text[at - 1]) || is_part_of_more(text, at - 1)) continue;
    const std::string_view path = path_at(text, at - 1, 2, '\\');
    if (is_file_path(path, '\\', 2) && !is_echo(path)) return std::string(path);
  }
  return std::nullopt;
}

constexpr std::pair<std::string_view, std::string_view> kEscapes[] = {
    {"\\n", "\n"},    {"\\r", ""},      {"\\t", "\t"},     {"\\\"", "\""},  {"\\/", "/"},    {"\\\\", "\\"},   {"\\u0027", "'"},
    {"\\u003c", "<"}, {"\\u003e", ">"}, {"\\u0022", "\""}, {"<br>", "\n"},  {"<br/>", "\n"}, {"<br />", "\n"}, {"&nbsp;", " "},
    {"&quot;", "\""}, {"&#34;", "\""},  {"&#39;", "'"},    {"&#x27;", "'"}, {"&lt;", "<"},   {"&gt;", ">"},    {"&amp;", "&"},
};

}  // namespace

std::string without_escapes(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const bool opens = text[at] == '\\' || text[at] == '<' || text[at] == '&';
    const auto found = !opens ? std::end(kEscapes) : std::find_if(std::begin(kEscapes), std::end(kEscapes), [&](const auto& escape) {
      return text.substr(at).starts_with(escape.first);
    });
    if (found == std::end(kEscapes)) {
      out += text[at++];
    } else {
      out += found->second;
      at += found->first.size();
    }
  }
  return out;
}

std::optional<std::string> trace_in(std::string_view text, const IsEcho& is_echo) {
  for (const Page& page : kPages) {
    if (contains(text, page.texts[0]) && contains(text, page.texts[1]) && !is_echo(page.texts[0])) return std::string(page.name);
  }
  std::array<std::size_t, std::size(kLineForms)> counts{};
  std::size_t python = 0;
  for (const std::string_view piece : split(text, "\n")) {
    const std::string_view line = text_of(trim(piece));
    if (is_python_line(line) && !is_echo(line)) ++python;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (kLineForms[i].fits(line) && !is_echo(line) && ++counts[i] >= kLineForms[i].least) return std::string(kLineForms[i].name);
    }
  }
  if (python > 0 && contains(text, "Traceback (most recent call last)")) return "a stack trace of Python";
  return std::nullopt;
}

std::optional<std::string> disk_path_in(std::string_view text, const IsEcho& is_echo) {
  for (const Root& root : kRoots) {
    for (std::size_t at = text.find(root.text); at != kNone.npos; at = text.find(root.text, at + 1)) {
      if (is_part_of_more(text, at)) continue;
      const std::string_view path = path_at(text, at, root.text.size(), '/');
      if (is_file_path(path, '/', root.components) && !is_echo(path)) return std::string(path);
    }
  }
  return windows_path_in(text, is_echo);
}

}  // namespace hookctl::check
