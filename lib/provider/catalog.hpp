// All providers there are: the embedded ones, and a user's own by the path of its provider.json. Files are parsed when they are asked for.
// Not thread-safe while it loads; a Provider once handed out is const and may be shared.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "http/message.hpp"
#include "provider/provider.hpp"

namespace hookctl::provider {

// A stock payload: exactly the body that the provider sends.
struct Fixture {
  std::string event;       // event type
  std::string media_type;  // "application/json", "application/x-www-form-urlencoded" or "multipart/form-data; boundary=…"
  std::string body;
};

class Catalog {
 public:
  // Ids of the embedded providers, sorted.
  std::vector<std::string> ids() const;

  // By id ("stripe") or by path (anything with a '/' or ending in .json). `usage` names the nearest id when there is none of that name;
  // `unavailable` when the file cannot be read. The provider lives as long as the catalog.
  Result<const Provider*> find(const std::string& id_or_path);

  // The provider whose recognise conditions hold best, or null.
  const Provider* recognise(const http::Headers& headers);

  // The fixture of an event type. `usage` names the nearest event, or the providers that have one of this name.
  Result<Fixture> fixture(const Provider& provider, const std::string& event);
  // The event types that have a fixture, sorted.
  std::vector<std::string> events(const Provider& provider) const;

  // A provider's provider.json, as it is.
  Result<std::string> facts_file(const Provider& provider) const;

  // All embedded providers, sorted by id. An embedded file that does not parse is a bug, and said so.
  Result<std::vector<const Provider*>> all();

 private:
  std::string other_homes(const Provider& provider, const std::string& event) const;

  std::map<std::string, std::unique_ptr<Provider>> loaded_;
  std::vector<const Provider*> candidates_;  // of recognise(), once it was asked
};

}  // namespace hookctl::provider
