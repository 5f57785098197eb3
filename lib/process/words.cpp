// A command line's words, by the quoting rules of a POSIX shell (XCU 2.2) and none of its expansions.
#include "base/text.hpp"
#include "process/child.hpp"

namespace hookctl::process {
namespace {

constexpr std::string_view kBlanks = " \t\n";
constexpr std::string_view kEscapedInQuotes = "\"\\$`";

class Splitter {
 public:
  explicit Splitter(std::string_view line) : line_(line) {}

  Result<std::vector<std::string>> split() {
    while (at_ < line_.size()) {
      const char c = line_[at_++];
      if (kBlanks.find(c) != std::string_view::npos) {
        end_word();
      } else if (c == '\'') {
        if (!single_quoted()) return open_quote('\'');
      } else if (c == '"') {
        if (!double_quoted()) return open_quote('"');
      } else if (c == '\\' && at_ < line_.size()) {
        if (line_[at_] != '\n') add(line_[at_]);  // a line goes on behind a backslash
        ++at_;
      } else {
        add(c);
      }
    }
    end_word();
    if (words_.empty()) return usage_error("a command without words", "name a program and its arguments");
    return std::move(words_);
  }

 private:
  Error open_quote(char quote) const {
    return usage_error(std::string("the quote ") + quote + " is not closed in: " + printable(line_),
                       "quotes work as in a shell: '…', \"…\", \\c");
  }

  void add(char c) {
    word_ += c;
    in_word_ = true;
  }
  void end_word() {
    if (in_word_) words_.push_back(std::move(word_));
    word_.clear();
    in_word_ = false;
  }

  // Both begin behind the opening quote and end behind the closing one; false when there is none.
  bool single_quoted() {
    const std::size_t end = line_.find('\'', at_);
    if (end == std::string_view::npos) return false;
    word_.append(line_.substr(at_, end - at_));
    in_word_ = true;
    at_ = end + 1;
    return true;
  }
  bool double_quoted() {
    in_word_ = true;
    while (at_ < line_.size()) {
      const char c = line_[at_++];
      if (c == '"') return true;
      const char next = at_ < line_.size() ? line_[at_] : '\0';
      if (c != '\\' || (next != '\n' && kEscapedInQuotes.find(next) == std::string_view::npos)) {
        word_ += c;
        continue;
      }
      if (next != '\n') word_ += next;
      ++at_;
    }
    return false;
  }

  std::string_view line_;
  std::size_t at_{0};
  std::string word_;
  bool in_word_{false};  // "" is a word, too
  std::vector<std::string> words_;
};

}  // namespace

Result<std::vector<std::string>> split_words(std::string_view line) { return Splitter(line).split(); }

}  // namespace hookctl::process
