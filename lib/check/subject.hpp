// What is checked: an endpoint, the provider whose events it gets, and the keys to sign them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "event/compose.hpp"
#include "http/url.hpp"
#include "provider/catalog.hpp"
#include "provider/provider.hpp"
#include "signing/keys.hpp"

namespace hookctl::check {

struct Subject {
  const provider::Provider* provider{nullptr};  // never null
  signing::Keys keys{};
  std::string audience{};
  http::Url url{};  // its target is "/" at least
  std::vector<provider::Fixture> samples{};  // one for each event type that may be sent; at least one
  std::map<std::string, provider::Fixture> challenge_samples{};  // the fixtures that the provider's challenges are made of, by event
  std::int64_t budget_ms{10'000};            // how long the provider waits for an answer
  std::string verify_token{};                // for challenges, "" when none was given
  std::vector<event::Edit> own_action{};     // what marks an event as caused by the agent itself; empty when it was not given

  // The sample of that event type, or null.
  const provider::Fixture* sample(const std::string& event) const noexcept;
};

// Does the provider put an event id anywhere?
bool has_event_id(const provider::Provider& provider) noexcept;
// The first way of its scheme; never one with alternatives.
const signing::Scheme& signing_way(const provider::Provider& provider) noexcept;

}  // namespace hookctl::check
