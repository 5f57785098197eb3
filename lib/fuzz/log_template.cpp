// What is left of a log line when what differs from event to event is taken out: '#' for numbers, ids and times, empty quotes and brackets
// for texts and structures. Rules of thumb: the same code line gives the same template, of two code lines that look alike either may come
// out. Places in code (server.js:42:13) stay: they tell code lines apart better than any words.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/text.hpp"
#include "fuzz/novelty.hpp"

namespace hookctl::fuzz {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kTemplate = 160;  // bytes
constexpr std::size_t kLooked = 1024;   // bytes of a line of words: more cannot fill a template
constexpr std::size_t kPiece = 80;      // bytes that a text of a JSON line may take
constexpr std::array<std::string_view, 37> kCodeFiles{
    "c",  "cc", "cjs", "clj", "cpp", "cr",  "cs", "cxx", "dart", "erl", "ex", "exs", "fs", "go",    "groovy", "h",     "hpp", "hs", "java",
    "jl", "js", "jsx", "kt",  "lua", "mjs", "ml", "nim", "php",  "pl",  "py", "rb",  "rs", "scala", "svelte", "swift", "ts",  "tsx"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter(char c) { return is_upper(c) || (c >= 'a' && c <= 'z'); }
bool is_hex(char c) { return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f'); }
bool is_foreign(char c) { return static_cast<unsigned char>(c) >= 0x80U; }
bool is_word(char c) { return is_digit(c) || is_letter(c) || is_foreign(c); }
bool is_blank(char c) { return static_cast<unsigned char>(c) <= 0x20U || c == 0x7f; }
bool is_base64(char c) { return is_digit(c) || is_letter(c) || c == '+' || c == '/'; }
bool is_path(char c) { return is_word(c) || std::string_view("_./\\@$~-").find(c) != std::string_view::npos; }

template <typename Test>
std::size_t run_of(std::string_view text, Test test) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), test) - text.begin());
}

// "/srv/app/lib/server.js" as "lib/server.js": folders in front differ between machines, not between code lines.
std::string_view short_path(std::string_view path) {
  auto slash = path.find_last_of("/\\");
  if (slash == std::string_view::npos || slash == 0) return path;
  slash = path.find_last_of("/\\", slash - 1);
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool is_code_file(std::string_view path) {
  const auto dot = path.rfind('.');
  return dot != std::string_view::npos && std::find(kCodeFiles.begin(), kCodeFiles.end(), path.substr(dot + 1)) != kCodeFiles.end();
}

// How much of `text`, which stands behind a file's name, is the place in it: ":42:13", "(42)", ", line 42", ":line 42", " on line 42".
std::size_t place_size(std::string_view text) {
  for (const std::string_view begin : {":", "(", ", line ", ":line ", " on line "}) {
    if (!text.starts_with(begin)) continue;
    std::size_t end = begin.size() + run_of(text.substr(begin.size()), is_digit);
    if (end == begin.size()) continue;
    if (begin == "(") return end < text.size() && text[end] == ')' ? end + 1 : 0;
    if (begin != ":" || end >= text.size() || text[end] != ':') return end;
    const std::size_t column = run_of(text.substr(end + 1), is_digit);
    return column == 0 ? end : end + 1 + column;
  }
  return 0;
}

// "0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0"
bool begins_with_uuid(std::string_view text) {
  if (text.size() < 36 || (text.size() > 36 && is_word(text[36]))) return false;
  for (std::size_t i = 0; i < 36; ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

// The size of padded Base64 that `text` begins with, or 0. Without padding it looks like a path, and is left to the rules for words.
std::size_t base64_size(std::string_view text) {
  const std::size_t letters = run_of(text, is_base64);
  const std::size_t pads = letters < 16 ? 0 : run_of(text.substr(letters), [](char c) { return c == '='; });
  const std::size_t size = letters + pads;
  const bool ends = size == text.size() || !is_word(text[size]);
  return pads > 0 && pads < 3 && size % 4 == 0 && ends ? size : 0;
}

// The size of an IPv6 address or a time of day ("12:00:00", "::1", "fe80::1") that `text` begins with, or 0.
std::size_t colons_size(std::string_view text) {
  std::size_t size = run_of(text, [](char c) { return is_hex(c) || c == ':' || c == '.'; });
  if (size < text.size() && (is_word(text[size]) || text[size] == '_')) return 0;
  while (size > 2 && (text[size - 1] == ':' || text[size - 1] == '.')) --size;
  const std::string_view found = text.substr(0, size);
  const bool fits = std::count(found.begin(), found.end(), ':') >= 2 && std::any_of(found.begin(), found.end(), is_digit);
  return fits ? size : 0;
}

// Letters without a digit that no person has put together: long, and upper and lower case change all the time.
bool looks_random(std::string_view word) {
  std::size_t changes = 0;
  for (std::size_t i = 1; i < word.size(); ++i) changes += is_upper(word[i]) != is_upper(word[i - 1]);
  return word.size() >= 12 && changes * 5 >= word.size() * 2;
}

// How much of a word stays, from its begin; the rest is '#'. "sha256" keeps "sha", "1Nabc" nothing. `is_id`: it stands behind a '_'.
std::size_t kept_of(std::string_view word, bool is_id) {
  if (std::any_of(word.begin(), word.end(), is_foreign)) return 0;
  const auto digit = static_cast<std::size_t>(std::find_if(word.begin(), word.end(), is_digit) - word.begin());
  if (digit == word.size()) return looks_random(word) ? 0 : word.size();
  const bool digits_end_it = std::all_of(word.begin() + static_cast<std::ptrdiff_t>(digit), word.end(), is_digit);
  const bool small = std::none_of(word.begin(), word.end(), is_upper);
  return is_id || !small || !digits_end_it || word.size() >= 8 ? 0 : digit;
}

// A line of words, from left to right.
class Line {
 public:
  explicit Line(std::string_view text) : text_(text.substr(0, kLooked)) {}

  std::string made() {
    while (at_ < text_.size() && out_.size() < kTemplate) {
      if (!(colour() || blank() || quoted() || bracketed() || place() || opaque() || word())) out_ += text_[at_++];
    }
    out_.resize(std::min(out_.size(), kTemplate));
    return std::string(trim(out_));
  }
  bool has_place() const noexcept { return has_place_; }

 private:
  std::string_view rest() const { return text_.substr(at_); }
  char before() const { return at_ == 0 ? ' ' : text_[at_ - 1]; }

  // Something that differs. With its neighbours it is one: "2026-01-31", "127.0.0.1:3000", "-1".
  void gap(std::size_t size) {
    at_ += size;
    if (out_.ends_with('#')) return;
    const char last = out_.empty() ? ' ' : out_.back();
    const char second = out_.size() < 2 ? ' ' : out_[out_.size() - 2];
    if (second == '#' && std::string_view("-:.,/+_").find(last) != std::string_view::npos) {
      out_.pop_back();
      return;
    }
    if ((last == '-' || last == '+') && std::string_view(" =:([,").find(second) != std::string_view::npos) out_.pop_back();
    out_ += '#';
  }

  bool colour() {
    if (!rest().starts_with("\x1b[")) return false;
    at_ += 2 + run_of(rest().substr(2), [](char c) { return is_digit(c) || c == ';'; });
    at_ = std::min(at_ + 1, text_.size());
    return true;
  }

  bool blank() {
    if (!is_blank(text_[at_])) return false;
    if (!out_.empty() && out_.back() != ' ') out_ += ' ';
    ++at_;
    return true;
  }

  // Its end, or npos. An apostrophe begins no text within a word, and ends none there.
  std::size_t end_of_quoted(std::size_t begin) const {
    const char quote = text_[begin];
    for (std::size_t i = begin + 1; i < text_.size(); ++i) {
      if (text_[i] == '\\')
        ++i;
      else if (text_[i] == quote && (quote == '"' || i + 1 == text_.size() || !is_word(text_[i + 1])))
        return i;
    }
    return std::string_view::npos;
  }

  bool begins_text(std::size_t at) const {
    if (text_[at] == '"') return true;
    if (text_[at] != '\'') return false;
    const char last = at == 0 ? ' ' : text_[at - 1];
    const char second = at < 2 ? ' ' : text_[at - 2];
    if ((last == 'b' || last == 'u' || last == 'r') && !is_word(second)) return true;  // Python's b'…'
    return is_blank(last) || std::string_view("(=:[{,<").find(last) != std::string_view::npos;
  }

  bool quoted() {
    if (!begins_text(at_)) return false;
    const std::size_t end = end_of_quoted(at_);
    if (end == std::string_view::npos) return false;
    const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
    const std::size_t place = is_code_file(inside) ? place_size(text_.substr(end + 1)) : 0;
    has_place_ = has_place_ || place > 0;
    out_ += text_[end];
    if (place > 0) out_.append(short_path(inside));
    out_ += text_[end];
    out_.append(text_.substr(end + 1, place));
    at_ = end + 1 + place;
    return true;
  }

  // "{…}", and "[…]" around a list or texts: a printed structure has as many members as the event. "[info]" stays.
  bool bracketed() {
    const char open = text_[at_];
    if (open != '{' && open != '[') return false;
    const char close = open == '{' ? '}' : ']';
    bool structure = open == '{';
    std::size_t depth = 0;
    for (std::size_t i = at_; i < text_.size(); ++i) {
      const char c = text_[i];
      structure = structure || c == ',' || c == '{' || c == '"' || c == '\'';
      if (begins_text(i)) i = std::min(end_of_quoted(i), i + kLooked);  // an open text: the loop ends
      if (c == open) ++depth;
      if (c != close || --depth > 0) continue;
      if (!structure) return false;
      out_.append(1, open).append(1, close);
      at_ = i + 1;
      return true;
    }
    return false;
  }

  bool place() {
    if (!is_path(text_[at_]) || is_path(before())) return false;
    const std::size_t size = run_of(rest(), is_path);
    const std::string_view path = text_.substr(at_, size);
    if (!is_code_file(path) && !out_.ends_with("node:")) return false;
    const std::size_t more = place_size(text_.substr(at_ + size));
    if (more == 0) return false;
    out_.append(short_path(path)).append(text_.substr(at_ + size, more));
    at_ += size + more;
    has_place_ = true;
    return true;
  }

  // Values with characters of their own.
  bool opaque() {
    if (is_word(before())) return false;
    std::size_t size = begins_with_uuid(rest()) ? 36 : 0;
    if (size == 0 && before() != '+' && before() != '/') size = base64_size(rest());
    if (size == 0 && before() != ':' && before() != '.' && before() != '_') size = colons_size(rest());
    if (size == 0) return false;
    gap(size);
    return true;
  }

  bool word() {
    const std::size_t size = run_of(rest(), is_word);
    if (size == 0) return false;
    const std::size_t kept = kept_of(rest().substr(0, size), before() == '_');
    out_.append(rest().substr(0, kept));
    at_ += kept;
    if (kept < size) gap(size - kept);
    return true;
  }

  std::string_view text_;
  std::size_t at_{0};
  std::string out_;
  bool has_place_{false};
};

std::string of_words(std::string_view text) { return Line(text).made(); }

// A stack trace in one text: of its frames the one that was at work, which Python tells last and all others first.
std::string of_stack(std::string_view stack) {
  std::string found;
  for (const std::string_view line : split(stack, "\n")) {
    Line each(line);
    std::string words = each.made();
    if (!each.has_place()) continue;
    found = std::move(words);
    if (!stack.starts_with("Traceback")) break;
  }
  return found.empty() ? of_words(stack.substr(0, stack.find('\n'))) : found;
}

bool is_any(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// What a member of a JSON line says about the code that wrote it, or "". `inner`: of an error within the line.
std::string of_member(std::string_view name, const Json& value, bool inner) {
  const bool is_place =
      is_any(name, {"caller", "file", "filename", "pathname", "line", "lineno", "line_number", "function", "funcName", "func"});
  if (value.is_number()) {
    if (is_place || is_any(name, {"level", "severity", "lvl", "status", "statusCode", "status_code", "code"})) return value.dump();
    return "";
  }
  if (!value.is_string()) return "";
  const auto& text = value.get_ref<const std::string&>();
  if (is_any(name, {"stack", "stacktrace", "stack_trace", "exc_info", "traceback", "backtrace"})) return of_stack(text);
  if (is_place) return std::string(short_path(text));
  if (is_any(name, {"level", "severity", "lvl", "levelname", "msg", "message", "event", "error", "err", "exception", "reason", "logger"}))
    return of_words(text.substr(0, text.find('\n')));
  return inner && is_any(name, {"type", "name", "code", "class"}) ? of_words(text) : "";
}

// The telling members in the order in which they are worth their bytes: level and place first, words behind.
void put_members(const Json& object, bool inner, std::vector<std::string>& places, std::vector<std::string>& words) {
  const bool has_message = object.contains("msg") || object.contains("message");
  for (const auto& [name, value] : object.items()) {
    if (value.is_object()) {
      if (!inner && is_any(name, {"err", "error", "exception", "source", "res", "response"})) put_members(value, true, places, words);
      continue;
    }
    if (name == "event" && has_message) continue;  // an event of the program's, not structlog's message
    std::string text = of_member(name, value, inner);
    if (text.empty()) continue;
    text.resize(std::min(text.size(), kPiece));
    const bool is_words = is_any(name, {"msg", "message", "event", "error", "err", "exception", "reason"});
    (is_words ? words : places).push_back(std::move(text));
  }
}

std::string of_json(const Json& object) {
  std::vector<std::string> all;
  std::vector<std::string> words;
  put_members(object, false, all, words);
  all.insert(all.end(), words.begin(), words.end());
  if (all.empty()) {
    for (const auto& [name, value] : object.items()) all.push_back(of_words(name));
  }
  return "{" + join(all, "; ").substr(0, kTemplate - 2) + "}";
}

}  // namespace

std::string log_template(std::string_view line) {
  const std::string_view text = trim(line);
  if (text.starts_with('{') && text.ends_with('}')) {
    const auto json = parse_json(text, "line", {.depth = 64, .duplicate_keys = true});
    if (json && json->is_object()) return of_json(*json);
  }
  return of_words(text);
}

}  // namespace hookctl::fuzz
