#include "provider/provider.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/json_path.hpp"
#include "base/text.hpp"
#include "provider/reader.hpp"
#include "provider/template.hpp"
#include "signing/scheme_json.hpp"

namespace hookctl::provider {

namespace {

FreshPlace read_fresh(const Json& item, const std::string& where, std::string& wrong) {
  Reader reader(item, where, wrong);
  reader.expect_keys({"at", "value"});
  const std::string at = reader.text("at", true);
  FreshPlace place{at.starts_with("form:"), at.substr(std::min<std::size_t>(5, at.size())), reader.text("value", true)};
  if (!at.starts_with("form:") && !at.starts_with("json:")) reader.fail("at", "json:PATH or form:KEY");
  if (!place.form && !at.empty() && !parse_path(place.path)) reader.fail("at", "json: and a path such as data.object.id");
  return place;
}

std::vector<HeaderCondition> read_conditions(const Json& list, const std::string& where, std::string& wrong) {
  std::vector<HeaderCondition> conditions;
  if (!list.is_array() || list.empty()) {
    if (wrong.empty()) wrong = where + ": expected a list of conditions";
    return conditions;
  }
  for (std::size_t i = 0; i < list.size(); ++i) {
    Reader reader(list[i], where + "[" + std::to_string(i) + "]", wrong);
    reader.expect_keys({"header", "prefix"});
    conditions.push_back({reader.text("header", true), reader.text("prefix")});
  }
  return conditions;
}

std::vector<EventFacts> read_events(Reader& root, std::string& wrong) {
  std::vector<EventFacts> events;
  const Json* table = root.member("events", false);
  if (table == nullptr) return events;
  if (!table->is_object()) return root.fail("events", "an object with one entry an event type"), events;
  const Reader events_path(*table, root.path("events"), wrong);
  for (const auto& [type, facts] : table->items()) {
    Reader reader(facts, events_path.path(type), wrong);
    reader.expect_keys({"summary", "headers"});
    events.push_back({type, reader.text("summary", true), reader.headers("headers")});
  }
  return events;
}

DeliveryFacts read_delivery(Reader& root, std::string& wrong) {
  DeliveryFacts delivery;
  const Json* object = root.member("delivery", false);
  if (object == nullptr) return delivery;
  Reader reader(*object, root.path("delivery"), wrong);
  reader.expect_keys({"timeout_s", "retry", "retry_after_s", "success", "auto_disable", "confidence"});
  delivery.timeout_s = reader.number("timeout_s");
  delivery.retry = reader.text("retry");
  delivery.success = reader.text("success");
  delivery.auto_disable = reader.text("auto_disable");
  delivery.confidence = reader.text("confidence");
  if (reader.member("retry_after_s", false) != nullptr) delivery.retry_after_s.emplace();
  reader.each("retry_after_s", [&](const Json& item, const std::string& where) {
    if (item.is_number() && item.get<double>() >= 0) delivery.retry_after_s->push_back(item.get<double>());
    else reader.set_wrong(where + ": expected a number of seconds");
  });
  return delivery;
}

void read_request(Reader& root, Provider& provider, std::string& wrong) {
  const Json* object = root.member("request", false);
  if (object == nullptr) return;
  Reader reader(*object, root.path("request"), wrong);
  reader.expect_keys({"method", "headers"});
  if (const std::string method = reader.text("method"); !method.empty()) provider.method = method;
  provider.headers = reader.headers("headers");
}

Provider read_provider(const Json& json, std::string& wrong) {
  Provider provider;
  Reader root(json, "", wrong);
  root.expect_keys({"schema", "id", "title", "summary", "secret", "scheme", "event_type", "event_id", "new_event_id", "request", "fresh",
                    "recognise", "events", "delivery", "challenge", "quirks", "source", "confidence"});
  if (root.text("schema", true) != "hookctl.provider.v1") root.fail("schema", "\"hookctl.provider.v1\"");
  provider.id = root.text("id", true);
  provider.title = root.text("title");
  if (provider.title.empty()) provider.title = provider.id;
  provider.summary = root.text("summary");
  provider.secret_form = root.text("secret");
  if (const Json* scheme = root.member("scheme", true)) {
    auto parsed = signing::parse_scheme(*scheme, "scheme");
    if (parsed) provider.scheme = *std::move(parsed);
    else root.set_wrong(parsed.error().message);
  }
  provider.event_type = root.texts("event_type");
  provider.event_id = root.texts("event_id");
  provider.new_event_id = root.text("new_event_id");
  read_request(root, provider, wrong);
  root.each("fresh", [&](const Json& item, const std::string& where) { provider.fresh.push_back(read_fresh(item, where, wrong)); });
  root.each("recognise", [&](const Json& item, const std::string& where) { provider.recognise.push_back(read_conditions(item, where, wrong)); });
  provider.events = read_events(root, wrong);
  provider.delivery = read_delivery(root, wrong);
  provider.challenge = root.text("challenge");
  provider.quirks = root.text("quirks");
  provider.source = root.text("source");
  return provider;
}

// "line:column" of the value that a complaint "path: …" is about, or of what is nearest around it.
std::string place_of(std::string_view json, std::string_view complaint) {
  std::string_view path = complaint.substr(0, complaint.find(": "));
  while (!path.empty()) {
    if (const auto value = json_raw_at(json, path)) return line_and_column(json, static_cast<std::size_t>(value->data() - json.data()));
    const std::size_t step = path.find_last_of(".[");
    path = path.substr(0, step == std::string_view::npos ? 0 : step);
  }
  return line_and_column(json, std::min(json.find_first_not_of(" \t\r\n"), json.size()));
}

std::string first_resolved(const std::vector<std::string>& templates, const http::Request& request) {
  for (const std::string& text : templates) {
    auto value = expand(text, [&](std::string_view name) { return request_value(request, name); });
    if (value && !value->empty()) return *std::move(value);
  }
  return "";
}

}  // namespace

Result<Provider> parse_provider(std::string_view json, std::string_view name) {
  auto parsed = parse_json(json, name);
  if (!parsed) return parsed.error();
  std::string wrong;
  Provider provider = read_provider(*parsed, wrong);
  if (!wrong.empty()) return usage_error(std::string(name) + ":" + place_of(json, wrong) + ": " + printable(wrong), "'hookctl providers show generic --file' prints one that works");
  return provider;
}

EventName name_event(const Provider& provider, const http::Request& request) {
  return {first_resolved(provider.event_type, request), first_resolved(provider.event_id, request)};
}

std::size_t recognition(const Provider& provider, const http::Headers& headers) {
  std::size_t best = 0;
  for (const auto& alternative : provider.recognise) {
    const bool holds = std::all_of(alternative.begin(), alternative.end(), [&](const HeaderCondition& condition) {
      const auto value = headers.find(condition.name);
      return value && value->starts_with(condition.prefix);
    });
    if (holds) best = std::max(best, alternative.size());
  }
  return best;
}

}  // namespace hookctl::provider
