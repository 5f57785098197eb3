#include "check/event_object.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/json_path.hpp"
#include "base/text.hpp"
#include "check/event_type.hpp"
#include "event/fields.hpp"
#include "provider/template.hpp"
#include "signing/canonical.hpp"

namespace hookctl::check {

namespace {

using event::Field;

constexpr std::size_t kShortestTail = 8;    // letters of a name that are new
constexpr std::size_t kLongestNumber = 15;  // digits that every JSON reader keeps

constexpr std::array<std::string_view, 8> kNames{"id", "number", "node_id", "gid", "uuid", "key", "iid", "sid"};
constexpr std::array<std::string_view, 5> kStates{"status", "state", "stage", "phase", "priority"};
constexpr std::array<std::string_view, 5> kTexts{"title", "subject", "summary", "description", "name"};
constexpr std::array<std::string_view, 8> kVersions{"version",        "seq",      "sequence", "sequence_number",
                                                    "sequencenumber", "revision", "rev",      "lock_version"};
constexpr std::array<std::string_view, 16> kTimes{
    "updated_at",  "updatedat",    "updated",    "modified_at", "modifiedat", "last_modified", "lastmodified", "lastupdated",
    "update_time", "date_updated", "updated_on", "occurred_at", "occurredat", "timestamp",     "event_time",   "date_modified"};
// Things that are in many events and are not what they are about.
constexpr std::array<std::string_view, 16> kBystanders{"sender", "user",         "repository", "organization", "organisation", "account",
                                                       "actor",  "installation", "author",     "owner",        "merchant",     "workspace",
                                                       "team",   "app",          "project",    "request"};

// What may come after or before a state in the same field. Found by either word; the first is the older.
constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kPairs{{{"active", "past_due"},
                                                                                {"trialing", "active"},
                                                                                {"open", "closed"},
                                                                                {"in_progress", "resolved"},
                                                                                {"processing", "shipped"},
                                                                                {"pending", "processing"},
                                                                                {"shipped", "delivered"},
                                                                                {"new", "open"},
                                                                                {"todo", "done"},
                                                                                {"queued", "in_progress"},
                                                                                {"draft", "published"},
                                                                                {"enabled", "disabled"},
                                                                                {"low", "high"},
                                                                                {"medium", "high"},
                                                                                {"backlog", "todo"},
                                                                                {"confirmed", "completed"}}};

template <typename Words>
bool is_one_of(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

struct Spot {
  const Field* field;
  std::string parent;
  std::string key;  // lower case
  std::size_t depth;
};

// The path without its last step; nothing for items of arrays.
std::optional<Spot> spot_of(const Field& field) {
  auto steps = parse_path(field.path);
  if (!steps || steps->empty() || steps->back().is_index) return std::nullopt;
  const std::size_t last = steps->back().key.size();
  const bool quoted = field.path.ends_with("\"]");
  const std::size_t tail = last + (quoted ? 4 : 0);
  std::string parent = field.path.substr(0, field.path.size() - std::min(field.path.size(), tail));
  if (parent.ends_with('.')) parent.pop_back();
  return Spot{&field, std::move(parent), lower(std::string_view(steps->back().key)), steps->size()};
}

bool is_scalar(const Field& field) { return field.type == "string" || field.type == "number"; }

std::string decoded(const std::string& json) { return json_text_at("[" + json + "]", "[0]").value_or(""); }

std::string last_key(const std::string& path) {
  auto steps = parse_path(path);
  return steps && !steps->empty() ? lower(std::string_view(steps->back().key)) : "";
}

// --- event types ---------------------------------------------------------------------------------------------------------------------

// The last word group of a type: "customer.subscription.updated" -> "updated", "jira:issue_updated" -> "issue_updated".
std::string last_segment(std::string_view type) {
  const std::size_t at = type.find_last_of(".:/ ");
  return lower(at == std::string_view::npos ? type : type.substr(at + 1));
}

std::string_view family(std::string_view type) {
  const std::size_t at = type.find_last_of(".:/ ");
  return at == std::string_view::npos ? "" : type.substr(0, at);
}

bool holds_any(const std::string& text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

// --- states --------------------------------------------------------------------------------------------------------------------------

std::string in_case_of(std::string_view word, std::string_view like) {
  std::string out(word);
  const bool upper = std::none_of(like.begin(), like.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  const bool first = !like.empty() && like.front() >= 'A' && like.front() <= 'Z';
  for (std::size_t i = 0; i < out.size(); ++i) {
    if ((upper || (first && i == 0)) && out[i] >= 'a' && out[i] <= 'z') out[i] = static_cast<char>(out[i] - 32);
  }
  return out;
}

// Two words that may stand there: one of them is the sample's.
std::optional<ObjectState> word_pair(const Subject& subject, const std::string& event, const Field& field) {
  const std::string own = decoded(field.value);
  for (const auto& [older, newer] : kPairs) {
    if (lower(std::string_view(own)) == older) return ObjectState{field.path, field.value, json_quote(in_case_of(newer, own))};
    if (lower(std::string_view(own)) == newer) return ObjectState{field.path, json_quote(in_case_of(older, own)), field.value};
  }
  for (const provider::Fixture& other : subject.samples) {
    if (family(event).empty() || family(other.event) != family(event)) continue;
    const auto raw = json_raw_at(other.body, field.path);
    if (raw && raw->starts_with('"') && decoded(std::string(*raw)) != own) return ObjectState{field.path, field.value, std::string(*raw)};
  }
  return std::nullopt;
}

std::optional<ObjectState> state_of(const Subject& subject, const std::string& event, const Spot& spot) {
  const Field& field = *spot.field;
  if (field.type != "string" || !field.fresh.empty() || is_structural(subject, field.path)) return std::nullopt;
  if (is_one_of(kStates, spot.key)) return word_pair(subject, event, field);
  const std::string own = decoded(field.value);
  if (!is_one_of(kTexts, spot.key) || own.empty() || own.size() > 200) return std::nullopt;
  return ObjectState{field.path, json_quote(own + ", first"), json_quote(own + ", then")};
}

// --- times ---------------------------------------------------------------------------------------------------------------------------

bool has_time(std::string_view form) { return form.find("{unix") != std::string_view::npos || form.find("{iso") != std::string_view::npos; }

bool names_time(const std::string& key) {
  return holds_any(key, {"time", "date", "creat", "stamp", "_at", "occurred", "sent"}) || key == "ts" || key == "at";
}

// The template that such a value was made by; "" when it is no time.
std::string form_of(const Field& field) {
  const std::string text = decoded(field.value);
  const bool digits = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (digits && text.size() == 13) return "{unix_ms}";
  if (digits && text.size() == 10) return "{unix}";
  if (field.type == "string" && parse_iso8601(text)) return text.find('.') == std::string::npos ? "{iso}" : "{iso_ms}";
  return "";
}

std::string expanded(const std::string& form, UnixMs at) {
  const auto value = [&](std::string_view name) -> std::optional<std::string> {
    if (name == "unix") return std::to_string(at / 1000);
    if (name == "unix_ms") return std::to_string(at);
    if (name == "iso") return iso8601(at);
    if (name == "iso_ms") return iso8601_ms(at);
    if (name.starts_with("digits:")) return std::string(std::min<std::size_t>(parse_unsigned(name.substr(7)).value_or(1), 20), '0');
    return std::nullopt;
  };
  return provider::expand(form, value).value_or("");
}

bool is_signed_time(const Subject& subject, bool in_header, const std::string& name) {
  const auto& stamp = signing::in_effect(signing_way(*subject.provider)).timestamp;
  if (!stamp) return false;
  if (in_header) return stamp->from.place == signing::Place::header && same_ignoring_case(stamp->from.name, name);
  return stamp->from.place == signing::Place::json && stamp->from.name == name;
}

void add_headers(const Subject& subject, const http::Headers& headers, EventObject& object) {
  for (const http::Header& field : headers) {
    if (!has_time(field.value) || is_signed_time(subject, true, field.name) || expanded(field.value, 0).empty()) continue;
    object.times.push_back({true, field.name, field.value, false, false});
  }
}

// Is `path` that of the object itself, or of something that it stands in? All of them may say how new the event is.
bool stands_around(const std::string& parent, const std::string& object) {
  return parent.empty() || parent == object ||
         (object.starts_with(parent) && (object[parent.size()] == '.' || object[parent.size()] == '['));
}

void add_times(const Subject& subject, const std::vector<Spot>& spots, const std::string& parent, EventObject& object) {
  for (const Spot& spot : spots) {
    const Field& field = *spot.field;
    if (is_signed_time(subject, false, field.path) || is_structural(subject, field.path)) continue;
    const bool made_fresh = has_time(field.fresh);
    const bool around = stands_around(spot.parent, parent);
    if (!made_fresh && !around) continue;
    if (around && field.type == "number" && is_one_of(kVersions, spot.key)) object.versions.push_back(field.path);
    // Around the object every time is the event's; of its own (a due date, the end of a period) only those that are known to be about
    // changes.
    const bool tells = spot.parent == parent ? is_one_of(kTimes, spot.key) : names_time(spot.key);
    const std::string form = made_fresh ? field.fresh : tells ? form_of(field) : "";
    if (form.empty() || expanded(form, 0).empty()) continue;
    const bool begin = spot.parent == parent && spot.key.find("creat") != std::string::npos;
    object.times.push_back({false, field.path, form, field.type == "number", begin});
  }
  add_headers(subject, subject.provider->headers, object);
  for (const provider::EventFacts& facts : subject.provider->events) {
    if (facts.type == object.event) add_headers(subject, facts.headers, object);
  }
}

// --- the object ----------------------------------------------------------------------------------------------------------------------

// Does "ticket_id" or "ticketId" name what a "ticket.updated" is about?
bool names_subject(const std::string& key, const std::string& event) {
  if (!key.ends_with("id") || key.size() < 4) return false;
  const std::string stem = key.substr(0, key.size() - (key.ends_with("_id") ? 3 : 2));
  return stem.size() > 2 && lower(std::string_view(event)).find(stem) != std::string::npos;
}

bool is_bystander(const std::string& parent) { return !parent.empty() && is_one_of(kBystanders, last_key(parent)); }

// In a list of things; a list that is the whole body is none.
bool is_item(const std::string& parent) { return parent.find('[', 1) != std::string::npos; }

// Is what stands at `parent` only a part of something with a name of its own?
bool is_part(const Subject& subject, const std::vector<Spot>& spots, const std::string& parent, const std::vector<ObjectName>& names) {
  return std::any_of(spots.begin(), spots.end(), [&](const Spot& spot) {
    const bool outside = spot.parent != parent && stands_around(spot.parent, parent) && spot.key == "id" && is_scalar(*spot.field);
    const bool same = std::any_of(names.begin(), names.end(), [&](const ObjectName& name) { return name.value == spot.field->value; });
    return outside && !same && !is_structural(subject, spot.field->path);
  });
}

// A name that may become another: no place that is made anew anyway, and no link.
bool is_name(const Subject& subject, const Spot& spot) {
  const Field& field = *spot.field;
  return is_scalar(field) && field.fresh.empty() && !is_structural(subject, field.path) && !decoded(field.value).empty() &&
         decoded(field.value).size() <= 100 && decoded(field.value).find("://") == std::string::npos;
}

// What is in the object at `parent`: its names and its states.
EventObject object_at(const Subject& subject, const std::vector<Spot>& spots, const std::string& event, const std::string& parent) {
  EventObject object;
  object.event = event;
  for (const Spot& spot : spots) {
    if (spot.parent == parent && is_one_of(kNames, spot.key) && is_name(subject, spot))
      object.names.push_back({spot.field->path, spot.field->value});
  }
  for (const Spot& spot : spots) {
    if (object.names.empty() && spot.parent == parent && names_subject(spot.key, event) && is_name(subject, spot))
      object.names.push_back({spot.field->path, spot.field->value});
    if (spot.parent != parent) continue;
    if (auto state = state_of(subject, event, spot)) object.states.push_back(*std::move(state));
  }
  return object;
}

// Texts elsewhere that are the object's name, too. The event's own id and type stay as they are.
void add_mentions(const Subject& subject, const std::vector<Field>& fields, EventObject& object) {
  const std::vector<ObjectName> own = object.names;
  for (const Field& field : fields) {
    if (field.type != "string" || !field.fresh.empty() || is_structural(subject, field.path)) continue;
    const bool known = std::any_of(own.begin(), own.end(), [&](const ObjectName& name) { return name.path == field.path; });
    const auto same = std::find_if(own.begin(), own.end(), [&](const ObjectName& name) { return name.value == field.value; });
    if (!known && same != own.end() && field.value.size() > kShortestTail) object.names.push_back({field.path, field.value});
  }
}

std::string new_letter(char c, std::string_view like, Random& random) {
  const bool hex = std::all_of(like.begin(), like.end(), [](char each) {
    return std::isxdigit(static_cast<unsigned char>(each)) != 0 && !(each >= 'A' && each <= 'F');
  });
  if (c >= '0' && c <= '9') return random_text(random, "0123456789", 1);
  if (hex) return random_text(random, "0123456789abcdef", 1);
  if (c >= 'a' && c <= 'z') return random_text(random, "abcdefghijklmnopqrstuvwxyz", 1);
  return random_text(random, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1);
}

bool is_uuid(std::string_view text) { return text.size() == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-'; }

// Another text of the same look: its last letters and digits are new, at least eight.
std::string text_like(const std::string& old, Random& random) {
  if (is_uuid(old)) return random_uuid(random);
  std::size_t begin = old.size();
  while (begin > 0 && old.size() - begin < 12 && std::isalnum(static_cast<unsigned char>(old[begin - 1])) != 0) --begin;
  std::string tail;
  const std::string like = old.substr(begin);
  for (const char c : like) tail += new_letter(c, like, random);
  while (tail.size() < kShortestTail) tail += random_text(random, "0123456789", 1);
  return old.substr(0, begin) + tail;
}

// Smaller than 2^31 where the sample's could be.
std::string number_like(const std::string& old, Random& random) {
  const std::size_t digits = std::clamp(old.size(), kShortestTail, kLongestNumber);
  return (digits <= 10 ? "1" : random_text(random, "123456789", 1)) + random_text(random, "0123456789", digits - 1);
}

}  // namespace

bool EventObject::is_ordered() const noexcept {
  return !versions.empty() || std::any_of(times.begin(), times.end(), [](const ObjectTime& time) { return !time.created; });
}

bool is_update(std::string_view event_type) {
  const std::string last = last_segment(event_type);
  return holds_any(last, {"updat", "edit", "chang", "modif", "synchroni"}) && !is_removal(event_type);
}

bool is_removal(std::string_view event_type) { return holds_any(last_segment(event_type), {"delet", "remov", "destroy"}); }

std::optional<EventObject> object_of(const Subject& subject, const std::string& event, bool with_state) {
  const provider::Fixture* sample = subject.sample(event);
  if (sample == nullptr || !sample->media_type.starts_with("application/json")) return std::nullopt;
  auto fields = event::fields(*subject.provider, *sample);
  if (!fields) return std::nullopt;
  std::vector<Spot> spots;
  for (const Field& field : *fields) {
    if (auto spot = spot_of(field)) spots.push_back(*std::move(spot));
  }
  std::stable_sort(spots.begin(), spots.end(), [](const Spot& a, const Spot& b) { return a.depth < b.depth; });
  for (const Spot& spot : spots) {
    if (!is_scalar(*spot.field) || is_bystander(spot.parent) || is_item(spot.parent)) continue;
    EventObject object = object_at(subject, spots, event, spot.parent);
    if (object.names.empty() || (with_state && object.states.empty()) || is_part(subject, spots, spot.parent, object.names)) continue;
    object.is_update = is_update(event);
    add_times(subject, spots, spot.parent, object);
    add_mentions(subject, *fields, object);
    return object;
  }
  return std::nullopt;
}

std::vector<std::string> other_names(const EventObject& object, Random& random) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < object.names.size(); ++i) {
    const std::string& old = object.names[i].value;
    std::string made = old.starts_with('"') ? json_quote(text_like(decoded(old), random)) : number_like(old, random);
    for (std::size_t k = 0; k < i; ++k) {
      if (object.names[k].value == old) made = names[k];
    }
    names.push_back(std::move(made));
  }
  return names;
}

Step step_about(const EventObject& object, const std::vector<std::string>& names) {
  Step step;
  step.event = object.event;
  for (std::size_t i = 0; i < object.names.size() && i < names.size(); ++i)
    step.edits.push_back(event::SetValue{object.names[i].path, names[i]});
  return step;
}

Step update_step(const EventObject& object, const std::vector<std::string>& names, const Update& update) {
  Step step = step_about(object, names);
  for (const ObjectState& state : object.states)
    step.edits.push_back(event::SetValue{state.path, update.newer ? state.newer : state.older});
  for (const ObjectTime& time : object.times) {
    const std::string text = expanded(time.form, time.created ? update.created : update.at);
    if (time.in_header)
      step.headers.add(time.path, text);
    else
      step.edits.push_back(event::SetValue{time.path, time.number ? text : json_quote(text)});
  }
  for (const std::string& path : object.versions) step.edits.push_back(event::SetValue{path, std::to_string(update.version)});
  return step;
}

}  // namespace hookctl::check
