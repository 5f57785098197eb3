#include "fuzz/members.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "provider/provider.hpp"

namespace hookctl::fuzz {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kEncoded = "_base64";
constexpr int kMostShown = 12;  // words of an enumeration in a message

// As base/json_path.hpp reads it, so that the place is found again in the text.
std::string joined(const std::string& where, const std::string& key) {
  if (key.empty()) return where;
  return where.empty() ? key : where + "." + key;
}

Json written(const Members::Describe& item, const Json* usual) {
  Json out = Json::object();
  Members io(out, usual);
  item(io);
  return out;
}

std::string range_words(const std::string& least, const std::string& most) {
  return "expected a whole number from " + least + " to " + most;
}

}  // namespace

Members::Members(const Json& from, std::string where, std::optional<Wrong>& wrong)
    : from_(&from), where_(std::move(where)), wrong_(&wrong) {
  if (!from.is_object()) fail("", "expected an object");
}

std::string Members::path(const std::string& key) const { return joined(where_, key); }

void Members::fail(const std::string& key, std::string words) {
  if (wrong_ != nullptr && !*wrong_) *wrong_ = Wrong{path(key), std::move(words)};
}

const Json* Members::find(const std::string& key) const {
  if (from_ == nullptr || !from_->is_object()) return nullptr;
  const auto found = from_->find(key);
  return found == from_->end() ? nullptr : &*found;
}

const Json* Members::take(const std::string& key) {
  known_.push_back(key);
  return failed() ? nullptr : find(key);
}

void Members::put(const std::string& key, Json value) {
  if (usual_ != nullptr) {
    const auto usual = usual_->find(key);
    if (usual != usual_->end() && *usual == value) return;
  }
  (*into_)[key] = std::move(value);
}

void Members::schema(std::string_view name) {
  if (writing()) {
    (*into_)["schema"] = name;
    return;
  }
  const Json* value = take("schema");
  if (value == nullptr) return fail("", "\"schema\" is missing; expected \"" + std::string(name) + "\"");
  if (!value->is_string() || value->get_ref<const std::string&>() != name) fail("schema", "expected \"" + std::string(name) + "\"");
}

void Members::put_text(const std::string& key, const std::string& value) {
  if (is_utf8(value))
    put(key, value);
  else
    put(key + kEncoded, to_base64(value));
}

std::optional<std::string> Members::read_text(const std::string& key) {
  const std::string other = key + kEncoded;
  const Json* plain = take(key);
  const Json* encoded = take(other);
  if (plain != nullptr && encoded != nullptr) return fail(other, "stands beside '" + key + "'; expected one of them"), std::nullopt;
  const Json* value = plain != nullptr ? plain : encoded;
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) return fail(plain != nullptr ? key : other, "expected a text"), std::nullopt;
  if (plain != nullptr) return value->get<std::string>();
  auto bytes = from_base64(value->get_ref<const std::string&>());
  if (!bytes) fail(other, "expected base64");
  return bytes;
}

void Members::text(const std::string& key, std::string& value) {
  if (writing()) return put_text(key, value);
  if (auto read = read_text(key)) value = *std::move(read);
}

void Members::text(const std::string& key, std::optional<std::string>& value) {
  if (!writing())
    value = read_text(key);
  else if (value)
    put_text(key, *value);
}

void Members::flag(const std::string& key, bool& value) {
  if (writing()) return put(key, value);
  const Json* read = take(key);
  if (read == nullptr) return;
  if (!read->is_boolean()) return fail(key, "expected true or false");
  value = read->get<bool>();
}

void Members::put_signed(const std::string& key, std::int64_t value) { put(key, value); }
void Members::put_unsigned(const std::string& key, std::uint64_t value) { put(key, value); }
void Members::put_word(const std::string& key, const std::string& word) { put(key, word); }

std::optional<std::int64_t> Members::read_signed(const std::string& key, std::int64_t least, std::int64_t most) {
  const Json* value = take(key);
  if (value == nullptr) return std::nullopt;
  const auto refuse = [&] { fail(key, range_words(std::to_string(least), std::to_string(most))); };
  if (!value->is_number_integer()) return refuse(), std::nullopt;
  const bool is_large =
      value->is_number_unsigned() && value->get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  const std::int64_t number = is_large ? 0 : value->get<std::int64_t>();
  if (is_large || number < least || number > most) return refuse(), std::nullopt;
  return number;
}

std::optional<std::uint64_t> Members::read_unsigned(const std::string& key, std::uint64_t least, std::uint64_t most) {
  const Json* value = take(key);
  if (value == nullptr) return std::nullopt;
  const auto refuse = [&] { fail(key, range_words(std::to_string(least), std::to_string(most))); };
  if (!value->is_number_integer() || (!value->is_number_unsigned() && value->get<std::int64_t>() < 0)) return refuse(), std::nullopt;
  const std::uint64_t number = value->get<std::uint64_t>();
  if (number < least || number > most) return refuse(), std::nullopt;
  return number;
}

std::optional<std::size_t> Members::read_word(const std::string& key, const std::vector<std::string>& words) {
  const Json* value = take(key);
  if (value == nullptr) return std::nullopt;
  const std::string* word = value->get_ptr<const std::string*>();
  const auto at = word == nullptr ? words.end() : std::find(words.begin(), words.end(), *word);
  if (at != words.end()) return static_cast<std::size_t>(at - words.begin());
  const auto near = word == nullptr ? std::nullopt : nearest(*word, words);
  if (near) return fail(key, "no such word (did you mean '" + *near + "'?)"), std::nullopt;
  std::vector<std::string> shown = words;
  if (shown.size() > kMostShown) shown = {words.begin(), words.begin() + kMostShown}, shown.emplace_back("…");
  return fail(key, "expected one of " + join(shown, ", ")), std::nullopt;
}

void Members::nested(const std::string& key, const Describe& item, const Describe& usual) {
  if (writing()) {
    const Json defaults = written(usual, nullptr);
    return put(key, written(item, &defaults));
  }
  const Json* value = take(key);
  if (value == nullptr) return;
  Members inner(*value, path(key), *wrong_);
  item(inner);
  inner.end();
}

void Members::list(const std::string& key, std::size_t count, const std::function<void(std::size_t)>& resize,
                   const std::function<void(Members&, std::size_t)>& each, const Describe& usual) {
  if (writing()) {
    Json out = Json::array();
    const Json defaults = count == 0 ? Json::object() : written(usual, nullptr);
    for (std::size_t i = 0; i < count; ++i) out.push_back(written([&](Members& io) { each(io, i); }, &defaults));
    return put(key, std::move(out));
  }
  const Json* value = take(key);
  if (value == nullptr) return;
  if (!value->is_array()) return fail(key, "expected a list");
  if (value->size() > kMostItems) return fail(key, "expected at most " + std::to_string(kMostItems) + " items");
  resize(value->size());
  for (std::size_t i = 0; i < value->size() && !failed(); ++i) {
    Members inner((*value)[i], path(key) + "[" + std::to_string(i) + "]", *wrong_);
    each(inner, i);
    inner.end();
  }
}

void Members::end() {
  if (from_ == nullptr || !from_->is_object() || failed()) return;
  for (const auto& item : from_->items()) {
    if (std::find(known_.begin(), known_.end(), item.key()) != known_.end()) continue;
    const bool is_plain = item.key().find_first_of(".[") == std::string::npos;
    const auto near = nearest(item.key(), known_);
    if (item.key().empty()) return fail("", "unknown member \"\"");
    *wrong_ = Wrong{is_plain ? path(item.key()) : where_ + "[\"" + item.key() + "\"]",
                    near ? "unknown member (did you mean '" + *near + "'?)" : "unknown member"};
    return;
  }
}

std::string write_document(const Members::Describe& item, const Members::Describe& usual) {
  const Json defaults = written(usual, nullptr);
  return written(item, &defaults).dump(2, ' ', true, Json::error_handler_t::replace) + "\n";
}

Result<void> read_document(std::string_view json, std::string_view name, const Members::Describe& item) {
  const auto parsed = parse_json(json, name);
  if (!parsed) return parsed.error();
  std::optional<Members::Wrong> wrong;
  Members root(*parsed, "", wrong);
  item(root);
  root.end();
  if (wrong) return usage_error(provider::to_text(name, provider::remark_at(json, wrong->path, wrong->words)));
  return {};
}

}  // namespace hookctl::fuzz
