// A provider: everything hookctl knows of one sender of webhooks, read from its provider.json (fixtures/README.md is the format).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "http/message.hpp"
#include "signing/scheme.hpp"

namespace hookctl::provider {

// A place in a body that is new with every event.
struct FreshPlace {
  bool form{false};   // a form key; otherwise a JSON path
  std::string path;
  std::string value;  // template
};

struct HeaderCondition {
  std::string name;
  std::string prefix;  // "" when its presence is enough
};

// What is known of one event type. `headers` adds to or replaces the provider's.
struct EventFacts {
  std::string type;
  std::string summary;
  http::Headers headers;
};

// How the provider delivers, for people and for `--retries provider`.
struct DeliveryFacts {
  std::optional<double> timeout_s;                     // how long it waits for an answer; nothing when it is not published
  std::string retry;                                   // in words
  std::optional<std::vector<double>> retry_after_s{};  // gaps between tries in seconds; nothing when unknown
  std::string success;
  std::string auto_disable;
  std::string confidence;
};

struct Provider {
  std::string id;
  std::string title;
  std::string summary;
  std::string secret_form;  // one sentence: what the secret looks like
  signing::Scheme scheme;
  std::vector<std::string> event_type;  // templates over a received request
  std::vector<std::string> event_id;
  std::string new_event_id;
  std::string method{"POST"};
  http::Headers headers;  // values are templates
  std::vector<FreshPlace> fresh;
  std::vector<std::vector<HeaderCondition>> recognise;
  std::vector<EventFacts> events;
  DeliveryFacts delivery;
  std::string challenge;
  std::string quirks;
  std::string source;
  std::string folder{};  // where its fixtures are on disk; "" when they are embedded
  std::string file{};    // its provider.json there
};

// Reads a provider.json. `name` is the file's name for errors (usage): "name:line:column: expected …" for malformed JSON,
// "name:line:column: key.path: expected …" for the rest, at the value that is wrong or the object that lacks it.
Result<Provider> parse_provider(std::string_view json, std::string_view name);

// What a received request says it is, by the provider's templates. Empty where nothing resolves.
struct EventName {
  std::string type;
  std::string id;
};
EventName name_event(const Provider& provider, const http::Request& request);

// How many conditions of the best alternative hold; 0 when none holds whole.
std::size_t recognition(const Provider& provider, const http::Headers& headers);

}  // namespace hookctl::provider
