// The gate for foreign JSON: nlohmann's event parser (which does not recurse) drives a builder that knows the limits and says where.
#include "base/json.hpp"

#include <algorithm>
#include <exception>
#include <iterator>
#include <new>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/text.hpp"

namespace hookctl {
namespace {

using nlohmann::ordered_json;

// What is wrong, and at which byte.
struct Complaint {
  std::size_t offset{0};
  std::string words;
};

// Walks the text for nlohmann's lexer and tells how far it has come.
class Cursor {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  Cursor(const char* at, const char** seen) : at_(at), seen_(seen) {}
  reference operator*() const { return *at_; }
  Cursor& operator++() {
    *seen_ = ++at_;
    return *this;
  }
  Cursor operator++(int) {
    const Cursor before = *this;
    ++*this;
    return before;
  }
  bool operator==(const Cursor& other) const { return at_ == other.at_; }
  bool operator!=(const Cursor& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  const char** seen_;
};

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

// Where the word around `at` begins, and the word; a single byte where it is none.
std::pair<std::size_t, std::string_view> word_around(std::string_view text, std::size_t at) {
  constexpr std::size_t kShown = 40;
  auto begin = std::min(at, text.size());
  auto end = begin;
  while (begin > 0 && is_word(text[begin - 1])) --begin;
  while (end < text.size() && is_word(text[end])) ++end;
  return {begin, text.substr(begin, std::clamp<std::size_t>(end - begin, 1, kShown))};
}

// Where the string whose closing quote is text[end] begins: at the nearest quote before that no backslash escapes.
std::size_t string_start(std::string_view text, std::size_t end) {
  for (std::size_t at = end; at-- > 0;) {
    if (text[at] != '"') continue;
    std::size_t slashes = 0;
    while (slashes < at && text[at - 1 - slashes] == '\\') ++slashes;
    if (slashes % 2 == 0) return at;
  }
  return end;
}

bool cut_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// nlohmann's name of what it wanted, in the words of someone who writes the file.
std::string_view plain_expectation(std::string_view wanted, std::string_view place) {
  constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"string literal", "a key in double quotes"}, {"']'", "',' or ']'"}, {"'}'", "',' or '}'"}, {"':'", "':' after the key"},
      {"end of input", "the end after the value"},
  };
  for (const auto& [theirs, ours] : kWords) {
    if (wanted == theirs) return ours;
  }
  return place == "object key" ? "a key in double quotes" : "a value";
}

std::string plain_token(std::string_view token) {
  if (token == "string literal") return "a string";
  if (token == "number literal") return "a number";
  if (token.ends_with(" literal")) return "'" + std::string(token.substr(0, token.find(' '))) + "'";
  return std::string(token);
}

// What nlohmann says after its number and the place: "syntax error while parsing <place> - <found>; expected <wanted>".
struct Noise {
  std::string_view place, found, wanted;
  bool knows_token{false};  // the token is sound, but not here
};

Noise take_apart(std::string_view text) {
  constexpr std::string_view kPlace = "syntax error while parsing ";
  constexpr std::string_view kWanted = "; expected ";
  Noise noise;
  const auto at = text.find(kPlace);
  const auto dash = text.find(" - ", at);
  if (at == std::string_view::npos || dash == std::string_view::npos) return noise;
  noise.place = text.substr(at + kPlace.size(), dash - at - kPlace.size());
  noise.found = text.substr(dash + 3);
  noise.knows_token = cut_prefix(noise.found, "unexpected ");
  // A message about a bad token quotes the text, so what it says behind that can only be sought from the end.
  const auto quoted = std::min(noise.found.find("; last read: '"), noise.found.size());
  const auto wanted = noise.found.rfind(kWanted);
  const bool is_wanted = wanted != std::string_view::npos && (noise.knows_token || wanted > quoted);
  if (is_wanted) noise.wanted = noise.found.substr(wanted + kWanted.size());
  noise.found = noise.found.substr(0, is_wanted ? std::min(wanted, quoted) : quoted);
  return noise;
}

// The length of a sound token that nlohmann names `found`; `token`, what was read last, holds no more than it only for strings and numbers.
std::size_t token_length(std::string_view found, std::string_view token) {
  constexpr std::string_view kLiteral = " literal";
  if (found.starts_with('\'')) return 1;
  if (found == "string literal" || found == "number literal" || !found.ends_with(kLiteral)) return token.size();
  return found.size() - kLiteral.size();
}

// "[json.exception.parse_error.101] parse error at line 1, column 3: syntax error while parsing object key - unexpected '}'; expected
// string literal" becomes "expected a key in double quotes, found '}'". `end` is behind the last byte read, `token` what was read last.
Complaint plain_complaint(std::string_view text, std::size_t end, std::string_view token, std::string_view message) {
  const auto last = std::min(end - std::min<std::size_t>(end, 1), text.size());
  const auto noise = take_apart(message);
  const std::string expected = "expected " + std::string(plain_expectation(noise.wanted, noise.place));
  if (noise.found.empty()) {  // no syntax error: a number too large
    return {end - std::min(end, token.size()), "expected a number in the range of a double, found '" + std::string(token) + "'"};
  }
  if (noise.found == "end of input") return {text.size(), expected + ", found the end of the text"};
  if (noise.knows_token) return {end - std::min(end, token_length(noise.found, token)), expected + ", found " + plain_token(noise.found)};
  if (noise.found != "invalid literal") return {last, expected + ": " + std::string(noise.found)};
  const auto [begin, word] = word_around(text, last);
  return {begin, expected + ", found '" + std::string(word) + "'"};
}

// Takes the parser's events and builds the value. Linear, unlike nlohmann's own way into an ordered object, which looks every key up by
// walking; the pointers hold because a container does not grow while one inside it is open.
class Builder {
 public:
  Builder(std::string_view text, JsonLimits limits) : text_(text), seen_(text.data()), limits_(limits) {}

  bool parse() {
    const char* end = text_.data() + text_.size();
    return ordered_json::sax_parse(Cursor(text_.data(), &seen_), Cursor(end, &seen_), this);
  }
  ordered_json& root() { return root_; }
  const Complaint& complaint() const { return complaint_; }

  bool null() { return add(nullptr); }
  bool boolean(bool value) { return add(value); }
  bool number_integer(std::int64_t value) { return add(value); }
  bool number_unsigned(std::uint64_t value) { return add(value); }
  bool number_float(double value, const std::string& /*spelling*/) { return add(value); }
  bool string(std::string& value) { return add(std::move(value)); }
  bool binary(ordered_json::binary_t& /*value*/) { return complain(0, "expected text, found binary"); }

  bool start_object(std::size_t /*count*/) { return open(ordered_json::object()); }
  bool start_array(std::size_t /*count*/) { return open(ordered_json::array()); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(std::string& name) {
    auto& frame = open_.back();
    auto& members = frame.container->get_ref<ordered_json::object_t&>();
    const auto [known, is_new] = frame.places.emplace(name, members.size());
    if (!is_new && !limits_.duplicate_keys)
      return complain(string_start(text_, consumed() - 1), "expected each key once, found '" + name + "' again");
    if (is_new) members.emplace_back(std::move(name), nullptr);
    slot_ = &(members.begin() + static_cast<std::ptrdiff_t>(known->second))->second;
    return true;
  }

  bool parse_error(std::size_t end, const std::string& token, const ordered_json::exception& error) {
    complaint_ = plain_complaint(text_, end, token, error.what());
    return false;
  }

 private:
  struct Frame {
    ordered_json* container;
    std::unordered_map<std::string, std::size_t> places;  // of an object: where each key stands
  };

  std::size_t consumed() const { return static_cast<std::size_t>(seen_ - text_.data()); }

  bool complain(std::size_t offset, std::string words) {
    complaint_ = {offset, std::move(words)};
    return false;
  }

  ordered_json* place(ordered_json value) {
    if (open_.empty()) return &(root_ = std::move(value));
    if (open_.back().container->is_object()) return &(*slot_ = std::move(value));
    auto& items = open_.back().container->get_ref<ordered_json::array_t&>();
    return &items.emplace_back(std::move(value));
  }

  bool add(ordered_json value) { return place(std::move(value)) != nullptr; }

  bool open(ordered_json container) {
    if (open_.size() >= limits_.depth) {
      return complain(consumed() - 1, "expected at most " + std::to_string(limits_.depth) + " nested objects and arrays");
    }
    auto* placed = place(std::move(container));
    open_.push_back({placed, {}});
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  std::string_view text_;
  const char* seen_;  // the first byte the lexer has not read
  JsonLimits limits_;
  ordered_json root_;
  std::vector<Frame> open_;
  ordered_json* slot_{nullptr};  // where the value of the last key goes
  Complaint complaint_;
};

Error refused(std::string_view text, std::string_view name, const Complaint& complaint) {
  const auto place = std::string(name) + ":" + line_and_column(text, complaint.offset);
  return usage_error(printable(place + ": " + complaint.words));
}

}  // namespace

Result<ordered_json> parse_json(std::string_view text, std::string_view name, JsonLimits limits) {
  // nlohmann takes a NUL byte for the end of the text and would not look at what follows.
  if (const auto nul = text.find('\0'); nul != std::string_view::npos) return refused(text, name, {nul, "expected JSON, found a NUL byte"});
  // What nlohmann says of this depends on its version.
  if (text.empty()) return refused(text, name, {0, "expected a value, found the end of the text"});
  try {
    Builder builder(text, limits);
    if (!builder.parse()) return refused(text, name, builder.complaint());
    return std::move(builder.root());
  } catch (const std::bad_alloc&) {
    return unavailable_error(printable(name) + ": not enough memory for this JSON");
  } catch (const std::exception& error) {
    return refused(text, name, {0, error.what()});
  }
}

std::string line_and_column(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, std::min(offset, text.size()));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto column = before.size() - (before.rfind('\n') + 1) + 1;  // npos + 1 is 0: the first line
  return std::to_string(line) + ":" + std::to_string(column);
}

std::string to_text(const ordered_json& value, bool indented) {
  return value.dump(indented ? 2 : -1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace hookctl
