#include "commands/records.hpp"

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "commands/options.hpp"
#include "signing/verify.hpp"
#include "ui/records.hpp"

namespace hookctl {

namespace {

using Json = nlohmann::ordered_json;
constexpr std::int64_t kProgressMs = 3'000;

// One line of input, checked.
struct Record {
  const provider::Provider* provider{nullptr};
  signing::Keys keys;
  http::Request request;
  std::string url;
  std::optional<UnixMs> now;
};

Result<std::string> text_of(const Json& line, const char* name) {
  const auto found = line.find(name);
  if (found == line.end() || found->is_null()) return std::string();
  if (!found->is_string()) return usage_error(std::string(name) + ": expected a string");
  return found->get<std::string>();
}

// "x", or ["x", "y"].
Result<void> add_secrets(const Json& line, const char* name, signing::Keys& keys) {
  const auto found = line.find(name);
  if (found == line.end() || found->is_null()) return {};
  const Json list = found->is_array() ? *found : Json::array({*found});
  for (const Json& item : list) {
    if (!item.is_string()) return usage_error(std::string(name) + ": expected a string or a list of strings");
    keys.secrets.emplace_back(item.get<std::string>());
  }
  return {};
}

Result<http::Headers> headers_of(const Json& line) {
  http::Headers headers;
  const auto found = line.find("headers");
  if (found == line.end() || found->is_null()) return headers;
  const auto bad = [] { return usage_error("headers: expected an object of names and values, or a list of [name, value]"); };
  if (found->is_array()) {
    for (const Json& pair : *found) {
      if (!pair.is_array() || pair.size() != 2 || !pair[0].is_string() || !pair[1].is_string()) return bad();
      headers.add(pair[0].get<std::string>(), pair[1].get<std::string>());
    }
    return headers;
  }
  if (!found->is_object()) return bad();
  for (const auto& [name, value] : found->items()) {
    const Json list = value.is_array() ? value : Json::array({value});
    for (const Json& item : list) {
      if (!item.is_string()) return bad();
      headers.add(name, item.get<std::string>());
    }
  }
  return headers;
}

Result<std::string> body_of(const Json& line) {
  auto encoded = text_of(line, "body_base64");
  if (!encoded) return encoded.error();
  if (line.contains("body_base64") && !line["body_base64"].is_null()) {
    auto body = from_base64(*encoded);
    if (!body) return usage_error("body_base64: expected padded base64");
    return *std::move(body);
  }
  return text_of(line, "body");
}

Result<void> read_now_of(const Json& line, Record& record) {
  const auto now = line.find("now");
  if (now == line.end() || now->is_null()) return {};
  if (!now->is_number()) return usage_error("now: expected Unix seconds");
  const double seconds = now->get<double>();
  if (!(seconds > -1e11 && seconds < 1e11)) return usage_error("now: expected Unix seconds");
  record.now = static_cast<UnixMs>(seconds * 1000);
  return {};
}

Result<Record> read_record(Session& session, const Json& line, const std::string& default_provider) {
  if (!line.is_object()) return usage_error("expected a JSON object");
  Record record;
  for (auto [name, place] : {std::pair{"method", &record.request.method}, std::pair{"url", &record.url}}) {
    auto text = text_of(line, name);
    if (!text) return text.error();
    if (!text->empty()) *place = *std::move(text);
  }
  auto headers = headers_of(line);
  if (!headers) return headers.error();
  record.request.headers = *std::move(headers);
  auto body = body_of(line);
  if (!body) return body.error();
  record.request.body = *std::move(body);
  for (const char* name : {"secret", "secrets", "additional_secrets"}) {
    if (auto added = add_secrets(line, name, record.keys); !added) return added.error();
  }
  auto key = text_of(line, "public_key");
  if (!key) return key.error();
  if (!key->empty()) record.keys.public_key = *std::move(key);
  if (auto read = read_now_of(line, record); !read) return read.error();
  auto id = text_of(line, "provider");
  if (!id) return id.error();
  if (id->empty()) *id = default_provider;
  if (id->empty()) {
    record.provider = session.catalog.recognise(record.request.headers);
    if (record.provider == nullptr) return usage_error("provider: none is named and none recognised by the headers");
    return record;
  }
  auto provider = session.catalog.find(*id);
  if (!provider) return provider.error();
  record.provider = *provider;
  return record;
}

Json error_record(const Error& error) {
  Json record;
  record["schema"] = "hookctl.verification.v1";
  record["valid"] = false;
  record["verdict"] = "error";
  record["code"] = "bad_record";
  record["message"] = error.message;
  if (!error.hint.empty()) record["remedy"] = error.hint;
  return record;
}

// The answer for one line; `valid` tells the verdict.
Json judge(Session& session, const Arguments& arguments, const signing::Keys& keys, const std::string& line, bool& valid) {
  valid = false;
  auto json = parse_json(line, "column");
  if (!json) {
    Error error = json.error();  // "column:1:15: …": every record is a line of its own
    if (error.message.starts_with("column:1:")) error.message.replace(0, 9, "column ");
    return error_record(error);
  }
  auto record = read_record(session, *json, arguments.text("provider", ""));
  if (!record) return error_record(record.error());
  if (record->keys.secrets.empty()) record->keys.secrets = keys.secrets;
  if (!record->keys.public_key) record->keys.public_key = keys.public_key;
  auto now = read_now(session, arguments);
  if (!now) return error_record(now.error());
  signing::VerifyInputs inputs;
  inputs.url = record->url;
  inputs.now = record->now.value_or(*now);
  inputs.tolerance_s = tolerance_s(arguments);
  auto verification = signing::verify(record->provider->scheme, record->keys, record->request, inputs);
  if (!verification) return error_record(verification.error());
  valid = verification->verdict == signing::Verdict::valid;
  Json answer = ui::verification_record(record->provider->id, *verification);
  if (json->contains("id")) answer["record_id"] = (*json)["id"];
  return answer;
}

}  // namespace

Result<ExitCode> verify_records(Session& session, const Arguments& arguments, const std::string& path) {
  std::ifstream file;
  if (path != "-") {
    file.open(path, std::ios::binary);
    file.peek();  // a folder can be opened, but not read
    if (!file.is_open() || file.bad()) {
      const auto why = read_file(path);
      return why ? unavailable_error("cannot read '" + printable(path) + "'") : why.error();
    }
  }
  std::istream& in = path == "-" ? std::cin : file;
  auto keys = read_keys(arguments);
  if (!keys) return keys.error();
  std::uint64_t count = 0;
  std::uint64_t good = 0;
  std::int64_t told = steady_ms();
  std::string line;
  while (std::getline(in, line)) {
    ++count;
    bool valid = false;
    Json answer = judge(session, arguments, *keys, line, valid);
    answer["line"] = count;
    session.out << to_text(answer) << "\n";
    good += valid ? 1 : 0;
    if (steady_ms() - told > kProgressMs) {
      told = steady_ms();
      session.err << count << " records so far, " << count - good << " not valid\n";
    }
  }
  if (count == 0) return usage_error("no records in " + (path == "-" ? std::string("standard input") : path), "each line is one JSON object: {\"provider\": …, \"secret\": …, \"headers\": …, \"body_base64\": …}");
  return good == count ? ExitCode::yes : ExitCode::no;
}

}  // namespace hookctl
