// The careful reader of a line: a whole JSON value first, then each field with its own words for what can be wrong.
#include <nlohmann/json.hpp>
#include <utility>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "bulk/record.hpp"

namespace hookctl::bulk {

namespace {

using Json = nlohmann::ordered_json;

// A field that is there and not null.
const Json* field(const Json& line, const char* name) {
  const auto found = line.find(name);
  return found == line.end() || found->is_null() ? nullptr : &*found;
}

Result<void> read_text(const Json& line, const char* name, std::string& text) {
  const Json* found = field(line, name);
  if (found == nullptr) return {};
  if (!found->is_string()) return usage_error(std::string(name) + ": expected a string");
  if (const auto& given = found->get_ref<const std::string&>(); !given.empty()) text = given;
  return {};
}

// "x", or ["x", "y"].
Result<void> add_secrets(const Json& line, const char* name, signing::Keys& keys) {
  const Json* found = field(line, name);
  if (found == nullptr) return {};
  const Json list = found->is_array() ? *found : Json::array({*found});
  for (const Json& item : list) {
    if (!item.is_string()) return usage_error(std::string(name) + ": expected a string or a list of strings");
    keys.secrets.emplace_back(item.get<std::string>());
  }
  return {};
}

Result<void> read_headers(const Json& line, http::Headers& headers) {
  const Json* found = field(line, "headers");
  if (found == nullptr) return {};
  const auto bad = [] { return usage_error("headers: expected an object of names and values, or a list of [name, value]"); };
  if (found->is_array()) {
    for (const Json& pair : *found) {
      if (!pair.is_array() || pair.size() != 2 || !pair[0].is_string() || !pair[1].is_string()) return bad();
      headers.add(pair[0].get<std::string>(), pair[1].get<std::string>());
    }
    return {};
  }
  if (!found->is_object()) return bad();
  for (const auto& [name, value] : found->items()) {
    const Json list = value.is_array() ? value : Json::array({value});
    for (const Json& item : list) {
      if (!item.is_string()) return bad();
      headers.add(name, item.get<std::string>());
    }
  }
  return {};
}

Result<void> read_body(const Json& line, std::string& body) {
  if (field(line, "body_base64") == nullptr) return read_text(line, "body", body);
  std::string encoded;
  if (auto read = read_text(line, "body_base64", encoded); !read) return read;
  if (!from_base64(encoded, body)) return usage_error("body_base64: expected padded base64");
  return {};
}

Result<void> read_now(const Json& line, std::optional<UnixMs>& now) {
  const Json* found = field(line, "now");
  if (found == nullptr) return {};
  const double seconds = found->is_number() ? found->get<double>() : 1e300;
  if (!(seconds > -1e11 && seconds < 1e11)) return usage_error("now: expected Unix seconds");
  now = static_cast<UnixMs>(seconds * 1000);
  return {};
}

Result<void> read_fields(const Json& line, Record& record) {
  if (auto read = read_text(line, "method", record.request.method); !read) return read;
  if (auto read = read_text(line, "url", record.url); !read) return read;
  if (auto read = read_headers(line, record.request.headers); !read) return read;
  if (auto read = read_body(line, record.request.body); !read) return read;
  for (const char* name : {"secret", "secrets", "additional_secrets"}) {
    if (auto added = add_secrets(line, name, record.keys); !added) return added;
  }
  std::string key;
  if (auto read = read_text(line, "public_key", key); !read) return read;
  if (!key.empty()) record.keys.public_key = std::move(key);
  if (auto read = read_now(line, record.now); !read) return read;
  return read_text(line, "provider", record.provider);
}

}  // namespace

Result<Record> read_carefully(std::string_view line) {
  auto json = parse_json(line, "column");
  if (!json) {
    Error error = json.error();  // "column:1:15: …": every record is a line of its own
    if (error.message.starts_with("column:1:")) error.message.replace(0, 9, "column ");
    return error;
  }
  if (!json->is_object()) return usage_error("expected a JSON object");
  Record record;
  if (auto read = read_fields(*json, record); !read) return read.error();
  if (json->contains("id")) record.id = to_text((*json)["id"]);
  return record;
}

}  // namespace hookctl::bulk
