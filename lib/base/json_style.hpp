// A JSON text written anew as other programs write it: the same values with other blanks, other escapes, keys in another order. That is
// what a framework does to a webhook's body when it parses it and writes it again.
//
// Numbers keep their spelling (but for JsonStyle::short_numbers) and a key that stands twice stands twice again. A tree holds views into
// the text it was read from, which outlives it. Pure, thread-safe; safe on any bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hookctl {

// The blanks between the parts.
struct JsonLayout {
  std::string_view comma{","};
  std::string_view colon{":"};
  std::string_view indent{};  // a step; with one, every member stands on a line of its own
  std::string_view newline{"\n"};
  bool blank_in_empty{false};  // "{ }" and "[ ]"
};

// How strings are spelt.
struct JsonSpelling {
  bool kept{true};                 // as in the text; what follows does not count
  bool ascii{false};               // everything above 0x7f as \uXXXX
  bool upper{false};               // with upper-case digits
  bool slash{false};               // "/" as "\/"
  bool quote{false};               // '"' as \u0022
  bool separators{false};          // U+2028 and U+2029 as \uXXXX
  std::string_view as_unicode{};  // ASCII letters written as \u00XX
};

enum class KeyOrder { kept, sorted, like_sample };

struct JsonStyle {
  JsonLayout layout{};
  JsonSpelling spelling{};
  KeyOrder order{KeyOrder::kept};
  bool short_numbers{false};  // 1.50 as 1.5 and 1.0 as 1
};

class JsonTree {
 public:
  // Nothing when `text` is no JSON or nested deeper than 512.
  static std::optional<JsonTree> read(std::string_view text);

  // `sample` is what KeyOrder::like_sample goes by: keys stand as in the object at the same place there (of arrays, in the item of that position or its last), those
  // it does not have behind them. Without a sample the order is kept.
  std::string write(const JsonStyle& style, const JsonTree* sample = nullptr) const;

  // Do the keys of every object stand in the order of their bytes, and are there so many that this is hardly chance (one in a hundred)?
  bool is_sorted() const;
  // The keys of the root object, or of the first item of a root array, inside their quotes.
  std::vector<std::string_view> root_keys() const;
  bool has_long_numbers() const noexcept { return long_numbers_; }  // some that short_numbers changes
  bool is_container() const noexcept { return nodes_.front().opener == '{' || nodes_.front().opener == '['; }
  std::optional<std::string> string_value() const;  // decoded, where the whole text is one string

 private:
  friend class JsonStyleWriter;
  using Index = std::uint32_t;
  static constexpr Index kNone = UINT32_MAX;

  struct Node {
    std::string_view key{};   // inside its quotes
    std::string_view text{};  // a scalar as it stands; of a string what is inside its quotes
    char opener{0};           // '{', '[', '"' for a string, 0 for the other scalars
    bool plain_key{true};     // the same in every spelling
    bool plain_text{true};
    Index first{kNone};  // child
    Index next{kNone};   // sibling
  };

  JsonTree() = default;
  bool read_value(class JsonScanner& scanner, std::string_view text, Index at);
  std::vector<Index> children(Index at) const;

  std::vector<Node> nodes_;
  bool long_numbers_{false};
};

// Where a JSON text ends before it is whole: the closing brackets that it lacks ("\"" first when a string is open). Nothing when it is
// whole, or is wrong in another way than by its end.
std::optional<std::string> missing_json_end(std::string_view text);

}  // namespace hookctl
