// All providers there are: a user's own in front of the embedded ones, and any by the path of its provider.json. Files are parsed when they
// are asked for. Not thread-safe while it loads; a Provider once handed out is const and may be shared.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "http/message.hpp"
#include "provider/fixture_files.hpp"
#include "provider/own_files.hpp"
#include "provider/provider.hpp"
#include "provider/recognise.hpp"

namespace hookctl::provider {

// A provider.json before it is read.
struct ProviderFile {
  std::string name;    // for errors: the path, or "stripe/provider.json" for an embedded one
  std::string path{};  // on disk; "" when it is embedded
  std::string text{};
};

// A provider as a list shows it.
struct Entry {
  std::string id;
  std::string file{};             // a user's own; "" when it is embedded
  bool replaces{false};           // it stands in front of an embedded one
  Result<const Provider*> found;  // or what is wrong with the file
};

class Catalog {
 public:
  // Without folders: the embedded ones only.
  explicit Catalog(OwnFolders own = {});

  // Looks for fixtures in this folder first.
  void use_fixtures(const std::string& folder);

  // Ids of the user's own and the embedded providers, sorted, each once.
  std::vector<std::string> ids() const;

  // By id ("stripe"; a user's own first) or by path (anything with a '/' or ending in .json). `usage` names the nearest id when there is
  // none of that name, or says "file:line:column: …"; `unavailable` when the file cannot be read. The provider lives as long as the catalog.
  Result<const Provider*> find(const std::string& id_or_path);

  // The file that find() reads, as it is.
  Result<ProviderFile> file(const std::string& id_or_path) const;

  // One for each of ids(), with what is wrong where a user's own cannot be read.
  std::vector<Entry> entries();

  // Those that are sound, sorted by id. An embedded file that does not parse is a bug, and said so.
  Result<std::vector<const Provider*>> all();

  // The provider whose recognise conditions hold best, or null; a user's own wins ties.
  const Provider* recognise(const http::Headers& headers);
  // The same, with how sure that is and who else it could be.
  Recognition identify(const http::Headers& headers);

  // The fixture of an event type. `usage` names the nearest event, or the providers that have one of this name.
  Result<Fixture> fixture(const Provider& provider, const std::string& event) const;
  // The fixtures there are for it, sorted by event: --fixtures and the user's own folders first, then those beside its file, then embedded ones.
  std::vector<FixtureFile> fixtures(const Provider& provider) const;
  // Their events alone.
  std::vector<std::string> events(const Provider& provider) const;

 private:
  std::vector<Shelf> shelves(const Provider& provider) const;
  Error no_fixture(const Provider& provider, const std::string& event) const;
  const std::vector<const Provider*>& candidates();

  OwnFolders own_;
  std::map<std::string, std::unique_ptr<Provider>> loaded_;
  std::vector<const Provider*> candidates_;  // of recognise(), once it was asked: the user's own first
};

}  // namespace hookctl::provider
