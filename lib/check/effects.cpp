// Readings of the effects probe: the JSON, and the two ways to it.
#include "check/effects.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <variant>

#include "base/json.hpp"
#include "base/json_path.hpp"
#include "base/json_scan.hpp"
#include "base/text.hpp"
#include "http/outgoing.hpp"
#include "process/child.hpp"

namespace hookctl::check {

namespace {

using Json = nlohmann::ordered_json;

constexpr JsonLimits kLimits{.depth = JsonScanner::kDepth, .duplicate_keys = true};
constexpr std::int64_t kPatienceMs = 10'000;
constexpr std::size_t kLargestReading = 64 * 1024 * 1024;
constexpr const char* kShape = R"(it gives {"count": N, "ids": ["…"]}, one or both of them)";

// A member that is there and not null.
const Json* member(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

// A whole number from 0 on; some languages write 3.0.
std::optional<std::int64_t> count_of(const Json& value) {
  constexpr double kLargestExact = 9'007'199'254'740'992;  // 2^53
  if (!value.is_number()) return std::nullopt;
  const double number = value.get<double>();
  if (number < 0 || number > kLargestExact || std::trunc(number) != number) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

// Counts the ids of a JSON array as they are spelt; false when one is neither a string nor a number.
bool count_ids(std::string_view array, Effects& out) {
  JsonScanner scanner(array);
  std::string memory;
  return scanner.members([&](const JsonMember&) {
    const std::size_t start = scanner.at();
    if (!scanner.skip_value()) return false;
    std::string_view id = array.substr(start, scanner.at() - start);
    if (id.front() == '"') {
      std::size_t at = 0;
      const auto text = read_json_string(id, at, memory);
      if (!text) return false;
      id = *text;
    } else if (id.front() != '-' && (id.front() < '0' || id.front() > '9')) {
      return false;
    }
    ++out.by_id[std::string(id)];
    return true;
  });
}

std::optional<unsigned> hex4(std::string_view digits) {
  if (digits.size() < 4) return std::nullopt;
  unsigned value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + 4, value, 16);
  return error == std::errc{} && end == digits.data() + 4 ? std::optional(value) : std::nullopt;
}

// The number of an escape "\uXXXX" that begins at `at`.
std::optional<unsigned> escape_at(std::string_view json, std::size_t at) {
  return at + 6 <= json.size() && json[at] == '\\' && json[at + 1] == 'u' ? hex4(json.substr(at + 2)) : std::nullopt;
}

// Endpoints show what they were sent, and we send halves of characters: escapes of lone surrogates and bytes that are no UTF-8 become U+FFFD and
// '?', so that the reading can be read.
std::string readable(std::string_view json) {
  std::string out(json);
  if (!is_utf8(out)) std::replace_if(out.begin(), out.end(), [](char c) { return (static_cast<unsigned char>(c) & 0x80U) != 0; }, '?');
  for (std::size_t at = 0; at + 1 < out.size(); ++at) {
    if (out[at] != '\\') continue;
    const auto first = escape_at(out, at);
    const auto second = first ? escape_at(out, at + 6) : std::nullopt;
    const bool is_pair = first && second && (*first >> 10U) == 0x36 && (*second >> 10U) == 0x37;
    if (is_pair) at += 11;
    else if (first && (*first >> 11U) == 0x1B) out.replace(at, 6, "\\uFFFD");
    else ++at;  // whatever is escaped is no backslash of its own
  }
  return out;
}

Result<Effects> reading_of(const std::string& probe, std::string_view text) {
  auto effects = parse_effects(text);
  if (!effects) return usage_error("the effects probe " + probe + " gives no reading: " + effects.error().message, effects.error().hint);
  return effects;
}

class UrlProbe final : public EffectsProbe {
 public:
  UrlProbe(http::Client& client, http::Url url) : client_(client), url_(std::move(url)) {}

  Result<Effects> read() override {
    const std::string name = "'" + url_.text() + "'";
    http::Request request{.method = "GET", .target = url_.origin_form()};
    request.headers.add("Accept", "application/json");
    const http::SendResult result = client_.send(http::outgoing_message(url_, std::move(request)), kPatienceMs);
    if (const auto* failure = std::get_if<http::SendFailure>(&result)) return unavailable_error("the effects probe " + name + " cannot be read: " + failure->message);
    const auto& answer = std::get<http::Response>(result);
    if (!http::is_success(answer.status)) return unavailable_error("the effects probe " + name + " answered " + std::to_string(answer.status), "it must answer a GET with 200");
    return reading_of(name, answer.body);
  }

 private:
  http::Client& client_;
  http::Url url_;
};

class CommandProbe final : public EffectsProbe {
 public:
  explicit CommandProbe(std::vector<std::string> words) : words_(std::move(words)) {}

  Result<Effects> read() override {
    const std::string name = "'" + printable(join(words_, " ")) + "'";
    auto output = process::run(words_, kPatienceMs, kLargestReading);
    if (!output) return unavailable_error("the effects probe " + name + " cannot be run: " + output.error().message, output.error().hint);
    if (output->ended.code != 0) return unavailable_error("the effects probe " + name + " ended with " + output->ended.text());
    if (output->cut) return unavailable_error("the effects probe " + name + " wrote more than 64 MiB");
    return reading_of(name, output->out);
  }

 private:
  std::vector<std::string> words_;
};

}  // namespace

std::int64_t Effects::of(std::string_view id) const {
  const auto found = by_id.find(id);
  return found == by_id.end() ? 0 : found->second;
}

Result<Effects> parse_effects(std::string_view text) {
  const std::string json = readable(text);
  auto document = parse_json(json, "effects", kLimits);
  if (!document) return usage_error(document.error().message, kShape);
  if (!document->is_object()) return usage_error("it is JSON, but no object", kShape);
  Effects out;
  out.text = json;
  const Json* count = member(*document, "count");
  const Json* ids = member(*document, "ids");
  if (count == nullptr && ids == nullptr) return usage_error("there is neither 'count' nor 'ids'", kShape);
  if (ids != nullptr) {
    if (!ids->is_array() || !count_ids(json_raw_at(json, "ids").value_or(""), out)) return usage_error("'ids' is no list of strings or numbers", kShape);
    out.has_ids = true;
    out.count = static_cast<std::int64_t>(ids->size());
  }
  if (count != nullptr) {
    const auto number = count_of(*count);
    if (!number) return usage_error("'count' is no whole number from 0 on", kShape);
    out.count = *number;
  }
  if (member(*document, "state") != nullptr) out.state = json_raw_at(json, "state").value_or("");
  return out;
}

std::unique_ptr<EffectsProbe> url_probe(http::Client& client, http::Url url) { return std::make_unique<UrlProbe>(client, std::move(url)); }

std::unique_ptr<EffectsProbe> command_probe(std::vector<std::string> words) { return std::make_unique<CommandProbe>(std::move(words)); }

}  // namespace hookctl::check
