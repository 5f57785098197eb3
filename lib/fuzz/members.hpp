// One JSON object of a file, member by member: one description of a type reads it and writes it, one line a member. For this room only.
//
// A type takes part by a function `void describe(Members&, T&)`. Members that are as they are by default are left out when written; when
// read, unknown members, wrong kinds, words that are none of an enumeration and numbers out of range are refused, with the path. Texts that
// are no UTF-8 stand in base64 under "KEY_base64".
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace hookctl::fuzz {

inline constexpr std::size_t kMostItems = 10'000;  // of one list

// The words of an enumeration.
template <typename Value>
using Words = std::vector<std::pair<const char*, Value>>;

class Members {
 public:
  using Json = nlohmann::ordered_json;
  using Describe = std::function<void(Members&)>;

  // What is wrong first with a document, and where: a JSON path.
  struct Wrong {
    std::string path;
    std::string words;
  };

  // Writes to `into`, but for members that are the same in `usual` (which may be null).
  Members(Json& into, const Json* usual) : into_(&into), usual_(usual) {}
  // Reads `from`, the value at the path `where`. Complains when it is no object.
  Members(const Json& from, std::string where, std::optional<Wrong>& wrong);

  bool writing() const noexcept { return into_ != nullptr; }
  bool failed() const noexcept { return wrong_ != nullptr && wrong_->has_value(); }
  bool has(const std::string& key) const { return find(key) != nullptr; }
  // Only the first complaint of a document is kept; what is read after it is not used. `key` may be a path from here on; "" is the object.
  void fail(const std::string& key, std::string words);

  // From here on members are written even where they are as by default.
  void leave_nothing_out() noexcept { usual_ = nullptr; }
  // The form's name, never left out.
  void schema(std::string_view name);
  void text(const std::string& key, std::string& value);
  void text(const std::string& key, std::optional<std::string>& value);
  void flag(const std::string& key, bool& value);

  template <typename Number>
  void number(const std::string& key, Number& value, std::type_identity_t<Number> least = std::numeric_limits<Number>::min(),
              std::type_identity_t<Number> most = std::numeric_limits<Number>::max()) {
    if constexpr (std::is_signed_v<Number>) {
      if (writing())
        put_signed(key, value);
      else if (const auto read = read_signed(key, least, most))
        value = static_cast<Number>(*read);
    } else {
      if (writing())
        put_unsigned(key, value);
      else if (const auto read = read_unsigned(key, least, most))
        value = static_cast<Number>(*read);
    }
  }
  template <typename Number>
  void number(const std::string& key, std::optional<Number>& value, std::type_identity_t<Number> least = std::numeric_limits<Number>::min(),
              std::type_identity_t<Number> most = std::numeric_limits<Number>::max()) {
    if (writing() ? value.has_value() : has(key)) number(key, value ? *value : value.emplace(), least, most);
  }

  template <typename Value>
  void word(const std::string& key, Value& value, const Words<Value>& words) {
    std::vector<std::string> names;
    std::size_t at = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
      names.emplace_back(words[i].first);
      if (words[i].second == value) at = i;
    }
    if (writing())
      put_word(key, names[at]);
    else if (const auto read = read_word(key, names))
      value = words[*read].second;
  }
  template <typename Value>
  void word(const std::string& key, std::optional<Value>& value, const Words<Value>& words) {
    if (writing() ? value.has_value() : has(key)) word(key, value ? *value : value.emplace(), words);
  }

  template <typename Item>
  void object(const std::string& key, Item& item) {
    nested(
        key, [&](Members& io) { describe(io, item); },
        [](Members& io) {
          Item usual{};
          describe(io, usual);
        });
  }
  template <typename Item>
  void object(const std::string& key, std::optional<Item>& item) {
    if (writing() ? !item : !has(key)) return;
    if (!item) item = Item{};  // clang 14 knows no emplace() of a nested class with default members
    object(key, *item);
  }

  // A list of objects, at most kMostItems.
  template <typename Item>
  void items(const std::string& key, std::vector<Item>& all) {
    const auto resize = [&](std::size_t count) { all = std::vector<Item>(count); };
    const auto each = [&](Members& io, std::size_t index) { describe(io, all[index]); };
    list(key, all.size(), resize, each, [](Members& io) {
      Item usual{};
      describe(io, usual);
    });
  }

  // When all members were named: complains about others.
  void end();

 private:
  const Json* find(const std::string& key) const;
  const Json* take(const std::string& key);  // finds, and remembers that it is known
  std::string path(const std::string& key) const;
  void put(const std::string& key, Json value);
  void put_text(const std::string& key, const std::string& value);
  std::optional<std::string> read_text(const std::string& key);
  void put_signed(const std::string& key, std::int64_t value);
  void put_unsigned(const std::string& key, std::uint64_t value);
  void put_word(const std::string& key, const std::string& word);
  std::optional<std::int64_t> read_signed(const std::string& key, std::int64_t least, std::int64_t most);
  std::optional<std::uint64_t> read_unsigned(const std::string& key, std::uint64_t least, std::uint64_t most);
  std::optional<std::size_t> read_word(const std::string& key, const std::vector<std::string>& words);
  void nested(const std::string& key, const Describe& item, const Describe& usual);
  void list(const std::string& key, std::size_t count, const std::function<void(std::size_t)>& resize,
            const std::function<void(Members&, std::size_t)>& each, const Describe& usual);

  Json* into_{nullptr};
  const Json* usual_{nullptr};
  const Json* from_{nullptr};
  std::string where_{};
  std::optional<Wrong>* wrong_{nullptr};
  std::vector<std::string> known_{};
};

// The whole document, indented, in ASCII (what cannot be seen is as plain as what can).
std::string write_document(const Members::Describe& item, const Members::Describe& usual);
// `usage` names file, line, column and path. What was read before an error is not to be used.
Result<void> read_document(std::string_view json, std::string_view name, const Members::Describe& item);

}  // namespace hookctl::fuzz
