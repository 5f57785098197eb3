// A provider: everything hookctl knows of one sender of webhooks, read from its provider.json (fixtures/README.md is the format).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "delivery/rules.hpp"
#include "http/message.hpp"
#include "provider/challenge.hpp"
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

// How the provider delivers: words for people, rules for `--retries provider`.
struct DeliveryFacts {
  std::optional<double> timeout_s;  // how long it waits for an answer; nothing when it is not published
  std::optional<double> max_body_bytes{};  // the largest body that it sends; nothing when it is not published
  std::string retry;                // in words
  std::string success;
  std::string auto_disable;
  delivery::Rules rules;
  bool schedule_known{false};      // rules.gaps_ms says what the provider does; otherwise it is empty for want of knowledge
  bool schedule_estimated{false};  // the gaps are not published: they fit what is ("exponential, up to 3 days")
  http::Headers retry_headers{};   // of every further try: templates that also know {retry} (1, 2, …) and {reason} of the failure
  std::string source{};
  std::string confidence;  // "documented", or "unverified" for what is remembered only
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
  std::vector<std::string> common_events;  // that endpoints most often handle, the most frequent first; check begins with these
  DeliveryFacts delivery;
  std::vector<Challenge> challenges;
  std::string challenge;  // in words
  std::string quirks;
  std::string source;
  std::string confidence;  // how sure `source` makes it, in words
  std::string file{};      // its provider.json on disk; "" when it is embedded
  std::string folder{};    // where its fixtures are beside that file; "" when there are none
};

// Is it a name that a provider can have: small letters, digits and '-', at most 64? (It becomes part of file names.)
bool is_provider_id(std::string_view text) noexcept;

// Something about a provider.json: "line:column" of the value at `path` or of what is nearest around it, the path ("" for the document or
// for malformed JSON), and what is to be said, safe to print.
struct Remark {
  std::string place;
  std::string path;
  std::string words;
};
Remark remark_at(std::string_view json, std::string_view path, std::string_view words);
// "name:line:column: path: words"
std::string to_text(std::string_view name, const Remark& remark);

// A provider.json as it was read, and all that is wrong with it. With faults, `provider` holds what was readable. Keys that begin with "//"
// are comments.
struct Reading {
  Provider provider;
  std::vector<Remark> faults;
};
Reading read_provider_file(std::string_view json);

// The provider, or (`usage`) the first of the faults: "name:line:column: expected …" for malformed JSON, "name:line:column: key.path:
// expected …" for the rest, at the value that is wrong or the object that lacks it. `name` is the file's name.
Result<Provider> parse_provider(std::string_view json, std::string_view name);

// What a received request says it is, by the provider's templates. Empty where nothing resolves.
struct EventName {
  std::string type;
  std::string id;
};
EventName name_event(const Provider& provider, const http::Request& request);

}  // namespace hookctl::provider
