#include "provider/check.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "provider/reader.hpp"
#include "signing/canonical.hpp"

namespace hookctl::provider {

namespace {

using signing::Kind;
using signing::Part;
using signing::Scheme;

constexpr std::size_t kNamed = 5;  // fixtures, in one warning

// What is being looked at, and what was found.
class Look {
 public:
  Look(std::string_view json, const Provider& provider) : json_(json), provider_(provider) {}

  const Provider& provider() const { return provider_; }
  void warn(const std::string& path, std::string_view words) { add(Weight::warning, path, words); }
  void note(const std::string& path, std::string_view words) { add(Weight::note, path, words); }
  std::vector<Finding> take() { return std::move(found_); }

 private:
  void add(Weight weight, const std::string& path, std::string_view words) { found_.push_back({weight, remark_at(json_, path, words)}); }

  std::string_view json_;
  const Provider& provider_;
  std::vector<Finding> found_;
};

// Is there a template that writes the event's id somewhere?
bool carries_id(const Provider& provider) {
  const auto holds = [](const std::string& text) { return text.find("{event_id}") != std::string::npos; };
  const auto in_headers = [&](const http::Headers& headers) { return std::any_of(headers.begin(), headers.end(), [&](const http::Header& field) { return holds(field.value); }); };
  return signing::signs_id(provider.scheme) || in_headers(provider.headers) ||
         std::any_of(provider.fresh.begin(), provider.fresh.end(), [&](const FreshPlace& place) { return holds(place.value); }) ||
         std::any_of(provider.events.begin(), provider.events.end(), [&](const EventFacts& event) { return in_headers(event.headers); });
}

void look_at_names(Look& look) {
  const Provider& provider = look.provider();
  if (provider.event_type.empty()) look.warn("event_type", "there is none: received events will have no name");
  if (!provider.event_id.empty() && provider.new_event_id.empty()) look.warn("event_id", "there is no 'new_event_id': fresh events get ids such as evt_…");
  if (!provider.event_id.empty() && !carries_id(provider)) {
    look.warn("event_id", "fresh events keep the fixture's id: nothing writes {event_id}, neither 'fresh' nor a header");
  }
  if (provider.recognise.empty()) look.warn("recognise", "there is none: its requests are never recognised by their headers, only --provider names them");
}

void look_at_scheme(Look& look, const Scheme& way, const std::string& path) {
  const Scheme& scheme = signing::in_effect(way);
  const auto is_signed = [&](Part part) { return std::ranges::find(scheme.signed_content, part, &signing::Piece::part) != scheme.signed_content.end(); };
  if (scheme.kind == Kind::none) look.note(path, "nothing is signed: anyone who knows the URL can send");
  if (scheme.kind == Kind::token) look.note(path, "a token does not protect the body: who has seen one request can send any other");
  if (scheme.kind == Kind::code) look.warn(path + ".code", "this version has no canonicaliser of that name: it can neither sign nor verify");
  const bool engine = scheme.kind == Kind::hmac || scheme.kind == Kind::hash || signing::is_key_pair(scheme.kind);
  const bool whole = is_signed(Part::body) || is_signed(Part::body_crc32) || is_signed(Part::json) || is_signed(Part::form_sorted_kv) || way.kind == Kind::code;
  if (engine && !whole) look.warn(path + ".signed", "{body} is not in it: the body could be changed");
  if (!scheme.timestamp || !engine || way.kind == Kind::code) return;
  const bool body_holds_it = scheme.timestamp->from.place == signing::Place::json && is_signed(Part::body);
  if (!is_signed(Part::timestamp) && !body_holds_it) look.warn(path + ".timestamp", "{timestamp} is not in 'signed': it could be changed");
  if (!scheme.timestamp->max_age_ms) look.warn(path + ".timestamp.max_age", "no age is too old: a recorded request would be taken again at any time");
}

void look_at_events(Look& look, const std::vector<std::string>& fixtures) {
  const Provider& provider = look.provider();
  for (const EventFacts& event : provider.events) {
    if (!std::binary_search(fixtures.begin(), fixtures.end(), event.type)) look.warn(path_to("events", event.type), "there is no fixture of it, so 'hookctl send' cannot make it");
  }
  std::vector<std::string> unknown;
  for (const std::string& fixture : fixtures) {
    const bool known = std::any_of(provider.events.begin(), provider.events.end(), [&](const EventFacts& event) { return event.type == fixture; });
    if (!known) unknown.push_back("'" + fixture + "'");
  }
  if (unknown.empty()) return;
  const std::size_t more = unknown.size() - std::min(unknown.size(), kNamed);
  unknown.resize(unknown.size() - more);
  look.warn("events", "no entry for the fixture" + std::string(unknown.size() > 1 ? "s " : " ") + join(unknown, ", ") + (more > 0 ? " and " + std::to_string(more) + " more" : ""));
}

// What a file is called: ID.json, or provider.json in the folder ID.
std::string_view called(std::string_view name) {
  constexpr std::string_view kFacts = "/provider.json";
  constexpr std::string_view kEnding = ".json";
  if (name.ends_with(kFacts)) name.remove_suffix(kFacts.size());
  else if (name.ends_with(kEnding)) name.remove_suffix(kEnding.size());
  return name.substr(name.rfind('/') + 1);
}

}  // namespace

std::vector<Finding> check(std::string_view json, std::string_view name, const std::vector<std::string>& events) {
  Reading reading = read_provider_file(json);
  if (!reading.faults.empty()) {
    std::vector<Finding> faults;
    for (Remark& fault : reading.faults) faults.push_back({Weight::fault, std::move(fault)});
    return faults;
  }
  Look look(json, reading.provider);
  const std::string_view file = called(name);
  if (file != reading.provider.id && name != "provider.json") look.warn("id", "the file is called '" + std::string(file) + "': as a provider of your own it is found only when both are the same");
  const bool several = !reading.provider.scheme.alternatives.empty();
  const auto ways = signing::ways(reading.provider.scheme);
  for (std::size_t i = 0; i < ways.size(); ++i) look_at_scheme(look, ways[i], several ? "scheme.alternatives[" + std::to_string(i) + "]" : "scheme");
  look_at_names(look);
  look_at_events(look, events);
  return look.take();
}

std::string_view to_text(Weight weight) noexcept {
  switch (weight) {
    case Weight::fault: return "error";
    case Weight::warning: return "warning";
    case Weight::note: return "note";
  }
  return "";
}

}  // namespace hookctl::provider
