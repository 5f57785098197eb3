// The scanner under json_path: steps over JSON text without allocating and without recursing into what it skips. It checks the grammar
// (RFC 8259) as it goes, except that strings are not checked to be UTF-8. For this room only; a Scanner belongs to one thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace hookctl {

// One member of an object or item of an array, when the scanner stands at its value.
struct JsonMember {
  std::size_t lead{0};     // the '{', '[' or ',' before it
  std::size_t begin{0};    // where it begins: its key, or the item itself
  std::size_t key_end{0};  // behind the key's closing quote; `begin` in an array
  std::size_t index{0};    // counted from 0
  bool has_key{false};
};

class JsonScanner {
 public:
  static constexpr std::size_t kDepth = 512;  // nested objects and arrays

  explicit JsonScanner(std::string_view text, std::size_t at = 0) : text_(text), at_(at) {}

  std::size_t at() const { return at_; }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) ++at_;
  }

  // Moves behind the value that begins here; false when it is malformed or too deep (the position means nothing then).
  bool skip_value();

  // At '{' or '[': calls visit(JsonMember) at each value, which must move behind it as skip_value does, and ends behind the container.
  template <typename Visit>
  bool members(Visit visit) {
    const bool is_object = peek() == '{';
    const char closer = is_object ? '}' : ']';
    if (++depth_ > kDepth) return false;
    JsonMember member{at_, 0, 0, 0, is_object};
    ++at_;
    skip_space();
    for (bool more = peek() != closer; more; ++member.index) {
      skip_space();
      member.begin = member.key_end = at_;
      if (is_object && !skip_key(member.key_end)) return false;
      if (!visit(static_cast<const JsonMember&>(member))) return false;
      skip_space();
      member.lead = at_;
      more = peek() == ',';
      if (more) ++at_;
    }
    --depth_;
    return skip_letter(closer);
  }

 private:
  bool skip_letter(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  // A key, its colon and the white space up to its value; `end` is behind the key.
  bool skip_key(std::size_t& end);
  bool skip_string();
  bool skip_escape();
  bool skip_digits();
  bool skip_number();
  bool skip_word(std::string_view word);
  bool skip_scalar();

  std::string_view text_;
  std::size_t at_;
  std::size_t depth_{0};  // open containers above this place
};

// Decodes the piece of a JSON string at `at`: one escape (a surrogate pair counts as one; half a pair is U+FFFD) or one byte as it is.
// Moves `at` behind it and returns the piece, at most 4 bytes held in `buffer`. `inside` has no quotes and was scanned before.
std::string_view decode_json_piece(std::string_view inside, std::size_t& at, char (&buffer)[4]);

// At a string's opening quote: the string decoded, with everything checked that RFC 8259 asks for (escapes, whole surrogate pairs, no
// control characters, UTF-8), and `at` moved behind the closing quote. Nothing when it is no such string. The view is into `text` where
// nothing is escaped, else into `memory`, which only grows and may be used again for the next string once the view is done with.
std::optional<std::string_view> read_json_string(std::string_view text, std::size_t& at, std::string& memory);

// Does the string `inside` the quotes, decoded, equal `plain`?
bool json_string_equals(std::string_view inside, std::string_view plain);

}  // namespace hookctl
