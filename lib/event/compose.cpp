#include "event/compose.hpp"

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "base/json_path.hpp"
#include "base/text.hpp"
#include "provider/template.hpp"
#include "provider/template_json.hpp"

#include <nlohmann/json.hpp>

namespace hookctl::event {

namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kAlnum = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

// The values of {event_type}, {unix}, {alnum:24} and their kin.
class Values {
 public:
  Values(std::string type, std::string id, UnixMs now, Random& random) : type_(std::move(type)), id_(std::move(id)), now_(now), random_(random) {}

  std::optional<std::string> operator()(std::string_view name) const {
    if (name == "event_type") return type_;
    if (name == "event_type:head") return type_.substr(0, type_.find('.'));
    if (name == "event_type:tail") return type_.find('.') == std::string::npos ? "" : type_.substr(type_.find('.') + 1);
    if (name == "event_id") return id_;
    if (name == "unix") return std::to_string(now_ / 1000);
    if (name == "unix_ms") return std::to_string(now_);
    if (name == "iso") return iso8601(now_);
    if (name == "iso_ms") return iso8601_ms(now_);
    if (name == "uuid") return random_uuid(random_);
    const std::size_t colon = name.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto count = parse_unsigned(name.substr(colon + 1));
    if (!count || *count > 1024) return std::nullopt;
    const auto length = static_cast<std::size_t>(*count);
    const std::string_view alphabet = name.substr(0, colon);
    if (alphabet == "alnum") return random_text(random_, kAlnum, length);
    if (alphabet == "hex") return random_text(random_, kHex, length);
    if (alphabet == "digits") return random_text(random_, kDigits.substr(1), std::min<std::size_t>(length, 1)) + random_text(random_, kDigits, length - (length > 0 ? 1 : 0));
    return std::nullopt;
  }

 private:
  std::string type_;
  std::string id_;
  UnixMs now_;
  Random& random_;
};

std::string expand_or_keep(const std::string& text, const Values& values) {
  return provider::expand(text, values).value_or(text);
}

bool is_form(const provider::Fixture& fixture) { return fixture.media_type == "application/x-www-form-urlencoded"; }

// The form with the first value of `key` replaced, or removed when there is no value. Adds the pair at the end when there is none.
std::string edit_form(std::string_view body, std::string_view key, const std::optional<std::string>& value, bool add) {
  std::vector<std::string> pairs;
  bool found = false;
  for (const std::string_view pair : split(body, "&")) {
    if (!found && percent_decode(pair.substr(0, pair.find('=')), true) == key) {
      found = true;
      if (value) pairs.push_back(std::string(pair.substr(0, pair.find('='))) + "=" + percent_encode(*value));
    } else if (!pair.empty()) {
      pairs.emplace_back(pair);
    }
  }
  if (!found && add && value) pairs.push_back(percent_encode(key) + "=" + percent_encode(*value));
  return join(pairs, "&");
}

// A place that the body does not have is passed over.
void freshen(const provider::FreshPlace& place, const Values& values, std::string& body) {
  const std::string value = expand_or_keep(place.value, values);
  if (place.form) {
    body = edit_form(body, place.path, value, false);
    return;
  }
  const auto old = json_raw_at(body, place.path);
  if (!old || old->empty() || *old == "null") return;
  const bool number = (old->front() >= '0' && old->front() <= '9') || old->front() == '-';
  if (auto edited = json_set(body, place.path, number && parse_decimal(value) ? value : json_quote(value))) body = *std::move(edited);
}

Result<void> apply(const Edit& edit, bool form, std::string& body) {
  if (form) {
    if (const auto* set = std::get_if<SetValue>(&edit)) {
      body = edit_form(body, set->path, set->value, true);
    } else {
      const std::string& key = std::get<UnsetValue>(edit).path;
      if (!provider::form_value(body, key)) return usage_error("--unset " + key + ": the form has no such key");
      body = edit_form(body, key, std::nullopt, false);
    }
    return {};
  }
  Result<std::string> edited = std::string();
  if (const auto* set = std::get_if<SetValue>(&edit)) {
    edited = json_set(body, set->path, parse_json(set->value, "value") ? set->value : json_quote(set->value));
    if (!edited) return usage_error("--set " + set->path + ": " + edited.error().message, edited.error().hint);
  } else {
    const std::string& path = std::get<UnsetValue>(edit).path;
    edited = json_unset(body, path);
    if (!edited) return usage_error("--unset " + path + ": " + edited.error().message, edited.error().hint);
  }
  body = *std::move(edited);
  return {};
}

const provider::EventFacts* facts_of(const provider::Provider& provider, const std::string& type) {
  for (const provider::EventFacts& facts : provider.events) {
    if (facts.type == type) return &facts;
  }
  return nullptr;
}

// Does this body (a sample of the user's, say) hold a number where the provider's fixtures hold an id as text?
bool has_number_for_id(const provider::Provider& provider, const provider::Fixture& fixture) {
  for (const provider::FreshPlace& place : provider.fresh) {
    if (place.form || place.value != "{event_id}") continue;
    const auto old = json_raw_at(fixture.body, place.path);
    if (old && !old->empty() && old->front() >= '0' && old->front() <= '9') return true;
  }
  return false;
}

http::Headers headers_of(const provider::Provider& provider, const provider::Fixture& fixture, const Values& values) {
  http::Headers headers;
  for (const http::Header& field : provider.headers) headers.add(field.name, expand_or_keep(field.value, values));
  if (!headers.has("Content-Type")) headers.add("Content-Type", fixture.media_type);
  if (const auto* facts = facts_of(provider, fixture.event)) {
    for (const http::Header& field : facts->headers) headers.set(field.name, expand_or_keep(field.value, values));
  }
  return headers;
}

}  // namespace

Result<Event> compose(const provider::Provider& provider, const provider::Fixture& fixture, const ComposeInputs& inputs, Random& random) {
  const Values nameless(fixture.event, "", inputs.now, random);
  std::string id = inputs.id;
  if (id.empty()) id = expand_or_keep(provider.new_event_id.empty() ? "evt_{alnum:24}" : provider.new_event_id, nameless);
  if (inputs.id.empty() && !parse_decimal(id) && has_number_for_id(provider, fixture)) id = *nameless("digits:15");
  const Values values(fixture.event, id, inputs.now, random);
  Event event;
  event.type = fixture.event;
  event.request.method = provider.method;
  event.request.body = fixture.body;
  if (inputs.fresh || !inputs.id.empty()) {
    for (const provider::FreshPlace& place : provider.fresh) {
      if (inputs.fresh || place.value == "{event_id}") freshen(place, values, event.request.body);
    }
  }
  for (const Edit& edit : inputs.edits) {
    if (auto applied = apply(edit, is_form(fixture), event.request.body); !applied) return applied.error();
  }
  event.request.headers = headers_of(provider, fixture, values);
  for (const http::Header& field : inputs.headers) event.request.headers.set(field.name, field.value);
  // What the receiver will read off the request is what it is: an edit or a header may have changed it.
  const provider::EventName name = provider::name_event(provider, event.request);
  event.id = name.id.empty() ? id : name.id;
  if (!name.type.empty()) event.type = name.type;
  return event;
}

Result<Event> compose_challenge(const provider::Provider& provider, const provider::Challenge& challenge, const provider::Fixture* fixture,
                                const ChallengeInputs& inputs, Random& random) {
  const provider::ChallengeRequest& send = challenge.send;
  const std::string id = provider::expand(provider.new_event_id, Values(challenge.name, "", inputs.now, random)).value_or(random_uuid(random));
  const Values values(challenge.name, id, inputs.now, random);
  std::string missing;
  const auto value = [&](std::string_view name) -> std::optional<std::string> {
    if (name != "secret" && name != "verify_token") return values(name);
    const std::string& given = name == "secret" ? inputs.secret : inputs.verify_token;
    if (given.empty()) missing = name == "secret" ? "--secret S: the secret that is handed over" : "--verify-token T: the word agreed on with the endpoint";
    return given;
  };
  const auto fill = [&](const std::string& text) { return provider::expand(text, value).value_or(text); };

  Event event;
  if (fixture != nullptr) {
    ComposeInputs plain;
    plain.now = inputs.now;
    auto composed = compose(provider, *fixture, plain, random);
    if (!composed) return composed.error();
    event = *std::move(composed);
  } else {
    event.id = id;
    if (send.body) event.request.body = send.body_is_json ? provider::expand_json(*send.body, value).value_or(*send.body) : fill(*send.body);
    for (const http::Header& field : provider.headers) {
      // What is not signed is mostly sent by another part of the provider, and has nothing of an event.
      const bool plain = same_ignoring_case(field.name, "User-Agent") || (send.body && same_ignoring_case(field.name, "Content-Type"));
      if (plain || challenge.is_signed || !send.secret.empty()) event.request.headers.add(field.name, expand_or_keep(field.value, values));
    }
    if (send.body && !event.request.headers.has("Content-Type")) event.request.headers.add("Content-Type", "application/json");
  }
  event.type = challenge.name;
  event.request.method = send.method;
  for (const http::Header& field : send.headers) event.request.headers.set(field.name, fill(field.value));
  for (const http::Header& field : inputs.headers) event.request.headers.set(field.name, field.value);
  std::string query;
  for (const auto& [name, text] : send.query) query += (query.empty() ? "?" : "&") + percent_encode(name) + "=" + percent_encode(fill(text));
  event.request.target = "/" + query;
  if (!missing.empty()) return usage_error("the challenge " + challenge.name + " of " + provider.title + " needs " + missing);
  return event;
}

}  // namespace hookctl::event
