// Reading and editing single values of a JSON text by path, without parsing the rest into a tree and without rewriting it: an edit
// changes the bytes of that value and nothing else (numbers keep their spelling, keys their order, white space stays).
//
// A path is dotted names with [N] for array items: "data.object.id", "[0].sg_event_id", "a.b[2]". A name in double quotes in brackets
// (["a.b"]) may hold dots; it ends at the first "] and knows no escapes. A path has at most 32 steps.
//
// Keys are compared after decoding escapes. Where a key stands twice, the last one counts, as in every provider's parser. In text that is
// no JSON, or nested deeper than 512, nothing is found. Pure, thread-safe, safe on any bytes; looking up does not allocate.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace hookctl {

// A step is a key, or an index where `is_index`.
struct PathStep {
  std::string key;
  std::size_t index{0};
  bool is_index{false};
};

// `usage` with the column when it is malformed.
Result<std::vector<PathStep>> parse_path(std::string_view path);

// The raw bytes of the value at `path` (a view into `text`): a string with its quotes, an object with its braces.
std::optional<std::string_view> json_raw_at(std::string_view text, std::string_view path);

// The value at `path` as text: a string decoded, a number or true/false as spelt; nothing for null, objects, arrays or no such place.
std::optional<std::string> json_text_at(std::string_view text, std::string_view path);

// `text` with the value at `path` replaced by the JSON text `value`; an absent last key is added at the end of its object, spaced as its
// neighbours are; absent objects on the way are made, and arrays for [0]. `usage` when the way leads through something that is no object
// or array, when an index is past the end + 1, or when `text` or `value` is no JSON.
Result<std::string> json_set(std::string_view text, std::string_view path, std::string_view value);
// `text` without the member (each one of that key) or item at `path`. `usage` when there is none.
Result<std::string> json_unset(std::string_view text, std::string_view path);

// `text` as a JSON string, quoted and escaped (ASCII controls, quote, backslash).
std::string json_quote(std::string_view text);

}  // namespace hookctl
