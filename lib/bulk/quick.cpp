// The quick reader of a line: one pass over its bytes, no tree of values. It goes on only while it is sure; a key with an escape, a second
// key of one name, a type or number out of the ordinary, and every mistake are left to the careful reader.
#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/encoding.hpp"
#include "base/json_scan.hpp"
#include "bulk/record.hpp"

namespace hookctl::bulk {

namespace {

enum Field : std::size_t {
  provider,
  method,
  url,
  headers,
  body,
  body_base64,
  secret,
  secrets,
  additional_secrets,
  public_key,
  now,
  id,
  other
};
constexpr std::array<std::string_view, other> kFields{
    "provider", "method", "url", "headers", "body", "body_base64", "secret", "secrets", "additional_secrets", "public_key", "now", "id"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Distinct keys of one object, as far as there is room: an object with more of them is not for this reader.
class Keys {
 public:
  bool add(std::string_view key) {
    if (count_ == known_.size() || std::find(known_.begin(), known_.begin() + count_, key) != known_.begin() + count_) return false;
    known_[count_++] = key;
    return true;
  }

 private:
  std::array<std::string_view, 32> known_;
  std::size_t count_{0};
};

class Scan {
 public:
  Scan(std::string_view line, std::string& memory, Record& record) : line_(line), memory_(memory), record_(record) {}

  bool read() {
    skip_space();
    const bool whole = object([this](std::string_view key) { return member(key); });
    skip_space();
    return whole && at_ == line_.size();
  }

 private:
  char peek() const { return at_ < line_.size() ? line_[at_] : '\0'; }
  void skip_space() {
    while (at_ < line_.size() && (line_[at_] == ' ' || line_[at_] == '\t' || line_[at_] == '\r' || line_[at_] == '\n')) ++at_;
  }
  bool take(char c) {
    skip_space();
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  bool take_word(std::string_view word) {
    if (line_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }

  // `item` takes each value between the brackets.
  template <typename Item>
  bool list(char closer, Item item) {
    ++at_;
    if (take(closer)) return true;
    do {
      skip_space();
      if (!item()) return false;
    } while (take(','));
    return take(closer);
  }

  // `member` takes the value of each key; keys are as they stand, without escapes.
  template <typename Member>
  bool object(Member member) {
    if (peek() != '{') return false;
    Keys keys;
    return list('}', [&] {
      const std::size_t begin = at_ + 1;
      const auto key = read_json_string(line_, at_, memory_);
      if (!key || key->data() != line_.data() + begin || !keys.add(*key) || !take(':')) return false;
      skip_space();
      return member(*key);
    });
  }

  bool text(std::string& into) {
    const auto value = read_json_string(line_, at_, memory_);
    if (!value) return false;
    into.assign(*value);
    return true;
  }

  // What is empty or null leaves the field as it was.
  bool text_unless_empty(std::string& into) {
    if (take_word("null")) return true;
    const auto value = read_json_string(line_, at_, memory_);
    if (value && !value->empty()) into.assign(*value);
    return value.has_value();
  }

  // The alphabet has no quote, so the next one ends it, and decoding checks all the rest.
  bool read_base64() {
    if (take_word("null")) return true;
    const std::size_t end = peek() == '"' ? line_.find('"', at_ + 1) : std::string_view::npos;
    if (end == std::string_view::npos || !from_base64(line_.substr(at_ + 1, end - at_ - 1), record_.request.body)) return false;
    at_ = end + 1;
    has_base64_ = true;
    return true;
  }

  bool read_body() { return text_unless_empty(has_base64_ ? passed_over_ : record_.request.body); }

  bool add_secret() {
    std::string value;
    if (!text(value)) return false;
    record_.keys.secrets.emplace_back(std::move(value));
    return true;
  }

  // Secrets count in the order of these fields, however the line has them.
  bool add_secrets(Field field) {
    if (field < last_secret_) return false;
    last_secret_ = field;
    if (take_word("null")) return true;
    return peek() == '[' ? list(']', [this] { return add_secret(); }) : add_secret();
  }

  bool add_header(std::string_view name) {
    std::string value;
    if (!text(value)) return false;
    record_.request.headers.add(std::string(name), std::move(value));
    return true;
  }

  bool add_pair() {
    std::string name;
    return take('[') && (skip_space(), text(name)) && take(',') && (skip_space(), add_header(name)) && take(']');
  }

  bool read_headers() {
    if (take_word("null")) return true;
    if (peek() == '[') return list(']', [this] { return add_pair(); });
    return object([this](std::string_view name) { return peek() == '[' ? list(']', [&] { return add_header(name); }) : add_header(name); });
  }

  // Digits that a double and nlohmann hold exactly, and nothing to round: no sign, no exponent.
  bool take_digits() {
    const std::size_t begin = at_;
    while (is_digit(peek())) ++at_;
    const std::size_t count = at_ - begin;
    return count > 0 && count <= 15 && (count == 1 || line_[begin] != '0');
  }
  bool number_ends() const { return peek() != '.' && peek() != 'e' && peek() != 'E'; }

  bool read_now() {
    if (take_word("null")) return true;
    const char* begin = line_.data() + at_;
    if (!take_digits()) return false;
    if (peek() == '.') {
      const std::size_t point = at_++;
      while (is_digit(peek())) ++at_;
      if (at_ == point + 1) return false;
    }
    double seconds = 0;
    const auto [end, error] = std::from_chars(begin, line_.data() + at_, seconds);
    if (error != std::errc() || end != line_.data() + at_ || !number_ends() || !(seconds < 1e11)) return false;
    record_.now = static_cast<UnixMs>(seconds * 1000);
    return true;
  }

  // A value that comes out as it went in: a text without escapes, a small whole number, a word.
  bool scalar() {
    if (take_word("null") || take_word("true") || take_word("false")) return true;
    if (peek() != '"') return take_digits() && number_ends();
    const std::size_t begin = at_ + 1;
    const auto value = read_json_string(line_, at_, memory_);
    return value && value->data() == line_.data() + begin;
  }

  bool read_id() {
    const std::size_t begin = at_;
    if (!scalar()) return false;
    record_.id.assign(line_.substr(begin, at_ - begin));
    return true;
  }

  bool read_public_key() {
    std::string key;
    if (!text_unless_empty(key)) return false;
    if (!key.empty()) record_.keys.public_key = std::move(key);
    return true;
  }

  bool pass_over() { return peek() == '"' ? read_json_string(line_, at_, memory_).has_value() : scalar(); }

  bool member(std::string_view key) {
    const auto field = static_cast<Field>(std::find(kFields.begin(), kFields.end(), key) - kFields.begin());
    switch (field) {
      case provider:
        return text_unless_empty(record_.provider);
      case method:
        return text_unless_empty(record_.request.method);
      case url:
        return text_unless_empty(record_.url);
      case headers:
        return read_headers();
      case body:
        return read_body();
      case body_base64:
        return read_base64();
      case secret:
      case secrets:
      case additional_secrets:
        return add_secrets(field);
      case public_key:
        return read_public_key();
      case now:
        return read_now();
      case id:
        return read_id();
      case other:
        return pass_over();
    }
    return false;
  }

  std::string_view line_;
  std::string& memory_;
  Record& record_;
  std::size_t at_{0};
  bool has_base64_{false};
  Field last_secret_{secret};
  std::string passed_over_{};
};

// Every field that a line can set, as in a new Record; their memory is used again.
void reset(Record& record) {
  record.provider.clear();
  record.keys.secrets.clear();
  record.keys.public_key.reset();
  record.request.method = "POST";
  record.request.headers = {};
  record.request.body.clear();
  record.url.clear();
  record.now.reset();
  record.id.clear();
}

}  // namespace

bool QuickReader::read(std::string_view line, Record& record) {
  reset(record);
  return Scan(line, memory_, record).read();
}

}  // namespace hookctl::bulk
