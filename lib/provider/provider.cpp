#include "provider/provider.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/json_path.hpp"
#include "base/text.hpp"
#include "provider/delivery_json.hpp"
#include "provider/challenge_json.hpp"
#include "provider/reader.hpp"
#include "provider/template.hpp"
#include "signing/place.hpp"
#include "signing/scheme_json.hpp"

namespace hookctl::provider {

namespace {

// Complains about a placeholder in the template at `key` that nothing would ever fill.
void check_template(Reader& reader, const std::string& key, std::string_view text, TemplateUse use) {
  if (const auto fault = template_fault(text, use)) reader.fail(key, *fault, false);
}

void check_templates(Reader& reader, const std::string& key, const http::Headers& headers) {
  for (const http::Header& field : headers) {
    if (const auto fault = template_fault(field.value, TemplateUse::compose)) reader.complain(path_to(reader.path(key), field.name), *fault);
  }
}

// A list of templates over a received request.
std::vector<std::string> read_names(Reader& root, const std::string& key) {
  std::vector<std::string> names = root.texts(key);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (const auto fault = template_fault(names[i], TemplateUse::read)) root.complain(root.path(key) + "[" + std::to_string(i) + "]", *fault);
  }
  return names;
}

FreshPlace read_fresh(const Json& item, const std::string& where, Complaints& wrong) {
  Reader reader(item, where, wrong);
  reader.expect_keys({"at", "value"});
  const std::string at = reader.text("at", true);
  FreshPlace place{at.starts_with("form:"), at.substr(std::min<std::size_t>(5, at.size())), reader.text("value", true)};
  check_template(reader, "value", place.value, TemplateUse::compose);
  if (!at.starts_with("form:") && !at.starts_with("json:")) reader.fail("at", "json:PATH or form:KEY");
  if (!place.form && !at.empty() && !parse_path(place.path)) reader.fail("at", "json: and a path such as data.object.id");
  return place;
}

std::vector<HeaderCondition> read_conditions(const Json& list, const std::string& where, Complaints& wrong) {
  std::vector<HeaderCondition> conditions;
  if (!list.is_array() || list.empty()) {
    wrong.push_back({where, "expected a list of conditions"});
    return conditions;
  }
  for (std::size_t i = 0; i < list.size(); ++i) {
    Reader reader(list[i], where + "[" + std::to_string(i) + "]", wrong);
    reader.expect_keys({"header", "prefix"});
    conditions.push_back({reader.text("header", true), reader.text("prefix")});
  }
  return conditions;
}

std::vector<EventFacts> read_events(Reader& root, Complaints& wrong) {
  std::vector<EventFacts> events;
  const Json* table = root.member("events", false);
  if (table == nullptr) return events;
  if (!table->is_object()) return root.fail("events", "an object with one entry an event type"), events;
  const Reader events_path(*table, root.path("events"), wrong);
  for (const auto& [type, facts] : table->items()) {
    Reader reader(facts, events_path.path(type), wrong);
    reader.expect_keys({"summary", "headers"});
    events.push_back({type, reader.text("summary", true), reader.headers("headers")});
    check_templates(reader, "headers", events.back().headers);
  }
  return events;
}

void read_request(Reader& root, Provider& provider, Complaints& wrong) {
  const Json* object = root.member("request", false);
  if (object == nullptr) return;
  Reader reader(*object, root.path("request"), wrong);
  reader.expect_keys({"method", "headers"});
  if (const std::string method = reader.text("method"); !method.empty()) provider.method = method;
  provider.headers = reader.headers("headers");
  check_templates(reader, "headers", provider.headers);
}

void read_scheme(Reader& root, Provider& provider) {
  const Json* scheme = root.member("scheme", true);
  if (scheme == nullptr) return;
  auto parsed = signing::parse_scheme(*scheme, "scheme");
  if (parsed) {
    provider.scheme = *std::move(parsed);
    return;
  }
  const std::string& words = parsed.error().message;  // "path: words"
  const std::size_t colon = std::min(words.find(": "), words.size());
  root.complain(words.substr(0, colon), words.substr(std::min(colon + 2, words.size())));
}

Provider read_provider(const Json& json, Complaints& wrong) {
  Provider provider;
  Reader root(json, "", wrong);
  root.expect_keys({"schema", "id", "title", "summary", "secret", "scheme", "event_type", "event_id", "new_event_id", "request", "fresh",
                    "recognise", "events", "common_events", "delivery", "challenges", "challenge", "quirks", "source", "confidence"});
  if (root.text("schema", true) != "hookctl.provider.v1") root.fail("schema", "\"hookctl.provider.v1\"");
  provider.id = root.text("id", true);
  if (!is_provider_id(provider.id)) root.fail("id", "a name of small letters, digits and '-'");
  provider.title = root.text("title");
  if (provider.title.empty()) provider.title = provider.id;
  provider.summary = root.text("summary");
  provider.secret_form = root.text("secret");
  read_scheme(root, provider);
  provider.event_type = read_names(root, "event_type");
  provider.event_id = read_names(root, "event_id");
  provider.new_event_id = root.text("new_event_id");
  check_template(root, "new_event_id", provider.new_event_id, TemplateUse::new_id);
  read_request(root, provider, wrong);
  root.each("fresh", [&](const Json& item, const std::string& where) { provider.fresh.push_back(read_fresh(item, where, wrong)); });
  root.each("recognise", [&](const Json& item, const std::string& where) { provider.recognise.push_back(read_conditions(item, where, wrong)); });
  provider.events = read_events(root, wrong);
  provider.common_events = root.texts("common_events");
  provider.delivery = read_delivery(root, wrong);
  provider.challenges = read_challenges(root, wrong);
  provider.challenge = root.text("challenge");
  provider.quirks = root.text("quirks");
  provider.source = root.text("source");
  provider.confidence = root.text("confidence");
  return provider;
}

// Where the value at `path` begins, or what is nearest around it.
std::size_t offset_of(std::string_view json, std::string_view path) {
  while (!path.empty()) {
    if (const auto value = json_raw_at(json, path)) return static_cast<std::size_t>(value->data() - json.data());
    const std::size_t step = path.find_last_of(".[");
    path = path.substr(0, step == std::string_view::npos ? 0 : step);
  }
  return std::min(json.find_first_not_of(" \t\r\n"), json.size());
}

// Keys that begin with "//" are comments, wherever they stand. The gate has bounded the depth.
void drop_comments(Json& json) {
  if (json.is_object()) {
    std::vector<std::string> comments;
    for (const auto& [key, value] : json.items()) {
      if (key.starts_with("//")) comments.push_back(key);
    }
    for (const std::string& key : comments) json.erase(key);
  }
  if (!json.is_structured()) return;
  for (Json& inner : json) drop_comments(inner);
}

// json: places are in the document that the scheme reads: the body, or its part of a multipart body.
std::string first_resolved(const std::vector<std::string>& templates, const http::Request& request, std::string_view document) {
  const auto value_of = [&](std::string_view name) { return name.starts_with("json:") ? json_text_at(document, name.substr(5)) : request_value(request, name); };
  for (const std::string& text : templates) {
    auto value = expand(text, value_of);
    if (value && !value->empty()) return *std::move(value);
  }
  return "";
}

}  // namespace

bool is_provider_id(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 64 && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

Remark remark_at(std::string_view json, std::string_view path, std::string_view words) {
  return {line_and_column(json, offset_of(json, path)), printable(path), printable(words)};
}

std::string to_text(std::string_view name, const Remark& remark) {
  return printable(name) + ":" + remark.place + ": " + remark.path + (remark.path.empty() ? "" : ": ") + remark.words;
}

Reading read_provider_file(std::string_view json) {
  Reading reading;
  auto parsed = parse_json(json, "");
  if (!parsed) {  // ":line:column: words"
    const std::string& message = parsed.error().message;
    const std::size_t end = std::min(message.find(": ", 1), message.size());
    reading.faults.push_back({message.substr(std::min<std::size_t>(1, end), end - std::min<std::size_t>(1, end)), "", message.substr(std::min(end + 2, message.size()))});
    return reading;
  }
  drop_comments(*parsed);
  Complaints wrong;
  reading.provider = read_provider(*parsed, wrong);
  for (const Complaint& each : wrong) reading.faults.push_back(remark_at(json, each.path, each.words));
  return reading;
}

Result<Provider> parse_provider(std::string_view json, std::string_view name) {
  Reading reading = read_provider_file(json);
  if (reading.faults.empty()) return std::move(reading.provider);
  return usage_error(to_text(name, reading.faults.front()), "'hookctl providers validate " + printable(name) + "' tells all that is wrong");
}

EventName name_event(const Provider& provider, const http::Request& request) {
  const std::string_view document = signing::document_of(signing::ways(provider.scheme).front(), request);
  return {first_resolved(provider.event_type, request, document), first_resolved(provider.event_id, request, document)};
}

}  // namespace hookctl::provider
