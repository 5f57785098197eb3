// The members of one object of a scheme file. Every refusal says where, what was found and what would do. For this room's readers only.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "signing/scheme.hpp"

namespace hookctl::signing {

// A table of words and what they mean.
template <typename Value, std::size_t size>
using Words = std::array<std::pair<const char*, Value>, size>;

inline constexpr Words<Hash, 3> kHashes{{{"sha256", Hash::sha256}, {"sha1", Hash::sha1}, {"sha512", Hash::sha512}}};
inline constexpr Words<Encoding, 3> kEncodings{{{"hex", Encoding::hex}, {"base64", Encoding::base64}, {"base64url", Encoding::base64url}}};

// The first error of a whole document is kept, `error` is shared by all its Fields; what is read after it is not used. Lives no longer
// than the value it reads.
class Fields {
 public:
  // `where` is the object's path. Complains when it is no object or has a key that is not `known`.
  Fields(const nlohmann::ordered_json& value, std::string where, std::optional<Error>& error, std::initializer_list<const char*> known);

  const nlohmann::ordered_json* get(const char* key) const;  // null when it is not there
  bool has(const char* key) const { return get(key) != nullptr; }
  std::string at(const std::string& key) const { return key.empty() ? where_ : where_ + "." + key; }
  void fail(const std::string& key, const std::string& words) const;
  bool failed() const { return error_.has_value(); }

  std::string text(const char* key, bool needed) const;        // "" when it is not there
  std::vector<std::string> texts(const char* key) const;       // a list of texts; empty when it is not there
  bool flag(const char* key) const;                            // false when it is not there
  std::optional<std::int64_t> seconds(const char* key) const;  // as milliseconds; nothing when it is not there or null
  // One of a table's words as its value; `fallback` when the key is not there and that is allowed.
  template <typename Value, std::size_t size>
  Value choice(const char* key, const Words<Value, size>& table, std::optional<Value> fallback) const {
    if (!has(key) && fallback) return *fallback;
    std::vector<std::string> words;
    for (const auto& entry : table) words.emplace_back(entry.first);
    return table[word_index(key, words)].second;
  }
  // "header:NAME", "json:PATH" or, where that is allowed, "kv:KEY".
  Source source(const char* key, bool kv_allowed) const;
  Source source(const char* key, std::string_view text, bool kv_allowed) const;
  // Another object inside. It must be there.
  Fields object(const char* key, std::initializer_list<const char*> known) const { return {*get(key), at(key), error_, known}; }

  std::optional<Error>& error() const { return error_; }

 private:
  std::size_t word_index(const char* key, const std::vector<std::string>& words) const;  // 0 after a complaint

  const nlohmann::ordered_json& value_;
  std::string where_;
  std::optional<Error>& error_;
};

}  // namespace hookctl::signing
