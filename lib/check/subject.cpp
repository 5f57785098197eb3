// Looks things up in a subject and its provider.
#include "check/subject.hpp"

#include <algorithm>
#include <string_view>

#include "signing/canonical.hpp"

namespace hookctl::check {

namespace {

bool holds_id(std::string_view text) { return text.find("{event_id}") != std::string_view::npos; }

bool holds_id(const http::Headers& headers) {
  return std::any_of(headers.begin(), headers.end(), [](const http::Header& field) { return holds_id(field.value); });
}

}  // namespace

const provider::Fixture* Subject::sample(const std::string& event) const noexcept {
  const auto found = std::find_if(samples.begin(), samples.end(), [&](const provider::Fixture& fixture) { return fixture.event == event; });
  return found == samples.end() ? nullptr : &*found;
}

bool has_event_id(const provider::Provider& provider) noexcept {
  if (provider.event_id.empty()) return false;
  if (signing::in_effect(signing_way(provider)).id || holds_id(provider.headers)) return true;
  return std::any_of(provider.fresh.begin(), provider.fresh.end(), [](const provider::FreshPlace& place) { return holds_id(place.value); }) ||
         std::any_of(provider.events.begin(), provider.events.end(), [](const provider::EventFacts& facts) { return holds_id(facts.headers); });
}

const signing::Scheme& signing_way(const provider::Provider& provider) noexcept { return signing::ways(provider.scheme).front(); }

}  // namespace hookctl::check
