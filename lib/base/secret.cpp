// Where a secret comes from, and what may be shown of it. No message of this file ever holds the secret itself.
#include "base/secret.hpp"

#include <cstdlib>

#include "base/file.hpp"
#include "base/text.hpp"

namespace hookctl {
namespace {

constexpr std::size_t kShown = 12;       // bytes of a prefix that may be seen
constexpr std::size_t kLongestWord = 6;  // "whsec", "ntfset", "secret", "live": a longer word may be a part of a passphrase
constexpr std::size_t kHiddenAtLeast = 16;
constexpr std::uint64_t kFileSize = 64 * 1024;

std::size_t word_length(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() && text[length] >= 'a' && text[length] <= 'z') ++length;
  return length;
}

// How many bytes of leading lower-case words, each with its '_', name the kind of the secret.
std::size_t kind_length(std::string_view text) {
  std::size_t shown = 0;
  for (;;) {
    const auto length = word_length(text.substr(shown));
    const auto end = shown + length;
    if (length == 0 || length > kLongestWord || end >= text.size() || text[end] != '_' || end + 1 > kShown) break;
    shown = end + 1;
  }
  return text.size() - shown >= kHiddenAtLeast ? shown : 0;
}

std::string without_line_end(std::string text) {
  if (!text.ends_with('\n')) return text;
  text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

Result<Secret> not_empty(std::string text, const std::string& source, std::string file = {}) {
  if (text.empty()) return usage_error(source + " is empty", "give the secret as env:NAME, file:PATH, - or the value itself");
  return Secret(std::move(text), std::move(file));
}

Result<Secret> from_environment(const std::string& name) {
  const auto source = "environment variable '" + printable(name) + "'";
  const char* value = name.empty() ? nullptr : std::getenv(name.c_str());
  if (value == nullptr) return usage_error(source + " is not set", "export it, or use file:PATH");
  return not_empty(value, source);
}

Result<Secret> from_file(const std::string& path) {
  auto text = read_file(path, kFileSize);
  if (!text) return text.error();
  return not_empty(without_line_end(std::move(*text)), path == "-" ? "standard input" : "file '" + printable(path) + "'",
                   path == "-" ? "standard input" : path);
}

}  // namespace

std::string Secret::redacted() const {
  const auto text = reveal();
  return std::string(text.substr(0, kind_length(text))) + "… (" + std::to_string(text.size()) + " bytes)";
}

Result<Secret> read_secret(const std::string& words) {
  if (words.starts_with("env:")) return from_environment(words.substr(4));
  if (words.starts_with("file:")) return from_file(words.substr(5));
  if (words == "-") return from_file(words);
  return not_empty(words, "the value");
}

}  // namespace hookctl
