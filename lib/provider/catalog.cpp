#include "provider/catalog.hpp"

#include <algorithm>
#include <filesystem>

#include "base/file.hpp"
#include "base/text.hpp"
#include "provider/embedded.hpp"

namespace hookctl::provider {

namespace {

constexpr std::string_view kFacts = "provider.json";
constexpr std::uint64_t kFactsLimit = 4 * 1024 * 1024;

bool is_path(const std::string& text) { return text.find('/') != std::string::npos || text.ends_with(".json"); }

std::vector<std::string> embedded_ids() {
  std::vector<std::string> ids;
  for (const EmbeddedFile& file : embedded_files()) {
    const std::size_t slash = file.path.find('/');
    if (slash != std::string_view::npos && file.path.substr(slash + 1) == kFacts) ids.emplace_back(file.path.substr(0, slash));
  }
  return ids;
}

bool is_embedded(const std::string& id) { return find_embedded(id + "/" + std::string(kFacts)) != nullptr; }

Result<ProviderFile> read_facts(const std::string& path) {
  auto text = read_file(path, kFactsLimit);
  if (!text) return text.error();
  return ProviderFile{path, path, *std::move(text)};
}

// Other providers with a fixture of this name, for a hint.
std::string other_homes(const Provider& provider, const std::string& event) {
  std::vector<std::string> homes;
  for (const EmbeddedFile& file : embedded_files()) {
    const std::size_t slash = file.path.find('/');
    const std::string_view home = file.path.substr(0, slash);
    if (slash != std::string_view::npos && home != provider.id && event_of(file.path.substr(slash + 1)) == event) homes.emplace_back(home);
  }
  return join(homes, ", ");
}

}  // namespace

Catalog::Catalog(OwnFolders own) : own_(std::move(own)) {}

void Catalog::use_fixtures(const std::string& folder) { own_.fixtures.insert(own_.fixtures.begin(), folder); }

std::vector<std::string> Catalog::ids() const {
  std::vector<std::string> ids = embedded_ids();
  for (const OwnProvider& own : own_providers(own_)) ids.push_back(own.id);
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

Result<ProviderFile> Catalog::file(const std::string& id_or_path) const {
  if (is_path(id_or_path)) {
    const std::filesystem::path path(id_or_path);
    std::error_code error;
    return read_facts(std::filesystem::is_directory(path, error) ? (path / kFacts).string() : id_or_path);
  }
  if (const auto own = own_provider(own_, id_or_path)) return read_facts(own->file);
  const std::string name = id_or_path + "/" + std::string(kFacts);
  if (const EmbeddedFile* file = find_embedded(name)) return ProviderFile{name, "", std::string(file->bytes)};
  const auto near = nearest(id_or_path, ids());
  return usage_error("no provider '" + printable(id_or_path) + "'", (near ? "did you mean '" + *near + "'? " : std::string()) +
                                                                       "'hookctl providers' lists all; a path to a provider.json works too");
}

Result<const Provider*> Catalog::find(const std::string& id_or_path) {
  if (const auto found = loaded_.find(id_or_path); found != loaded_.end()) return found->second.get();
  auto file = this->file(id_or_path);
  if (!file) return file.error();
  auto provider = parse_provider(file->text, file->name);
  if (!provider) return provider.error();
  if (!is_path(id_or_path) && provider->id != id_or_path) {
    return usage_error(to_text(file->name, remark_at(file->text, "id", "expected \"" + id_or_path + "\", as the file is called")), "a provider is found by the name of its file");
  }
  provider->file = file->path;
  if (!file->path.empty()) provider->folder = fixtures_beside(file->path);
  return (loaded_[id_or_path] = std::make_unique<Provider>(*std::move(provider))).get();
}

std::vector<Entry> Catalog::entries() {
  const std::vector<OwnProvider> own = own_providers(own_);
  std::vector<Entry> entries;
  for (const std::string& id : ids()) {
    const auto mine = std::find_if(own.begin(), own.end(), [&](const OwnProvider& each) { return each.id == id; });
    const bool is_own = mine != own.end();
    Entry entry{id, is_own ? mine->file : "", is_own && is_embedded(id), Error{}};
    if (is_own && !is_provider_id(id)) entry.found = usage_error(printable(mine->file) + ": its name must be small letters, digits and '-', as an id is");
    else entry.found = find(id);
    entries.push_back(std::move(entry));
  }
  return entries;
}

Result<std::vector<const Provider*>> Catalog::all() {
  std::vector<const Provider*> providers;
  for (const Entry& entry : entries()) {
    if (entry.found) providers.push_back(*entry.found);
    else if (entry.file.empty()) return bug_error("the embedded " + entry.found.error().message);
  }
  return providers;
}

const std::vector<const Provider*>& Catalog::candidates() {
  if (candidates_.empty()) {
    if (auto providers = all()) candidates_ = *std::move(providers);
    std::stable_partition(candidates_.begin(), candidates_.end(), [](const Provider* each) { return !each->file.empty(); });
  }
  return candidates_;
}

const Provider* Catalog::recognise(const http::Headers& headers) {
  const Provider* best = nullptr;
  std::size_t most = 0;
  for (const Provider* provider : candidates()) {
    const std::size_t conditions = recognition(*provider, headers);
    if (conditions > most) {
      best = provider;
      most = conditions;
    }
  }
  return best;
}

Recognition Catalog::identify(const http::Headers& headers) { return provider::recognise(candidates(), headers); }

std::vector<Shelf> Catalog::shelves(const Provider& provider) const {
  std::vector<Shelf> shelves;
  for (const std::string& folder : own_.fixtures) shelves.push_back({folder + "/" + provider.id, ""});
  if (!provider.folder.empty()) shelves.push_back({provider.folder, ""});
  if (is_embedded(provider.id)) shelves.push_back({"", provider.id});
  return shelves;
}

std::vector<FixtureFile> Catalog::fixtures(const Provider& provider) const { return fixtures_on(shelves(provider)); }

std::vector<std::string> Catalog::events(const Provider& provider) const {
  std::vector<std::string> events;
  for (FixtureFile& file : fixtures(provider)) events.push_back(std::move(file.event));
  return events;
}

Result<Fixture> Catalog::fixture(const Provider& provider, const std::string& event) const {
  auto fixture = fixture_on(shelves(provider), event);
  if (!fixture) return fixture.error();
  if (*fixture) return **std::move(fixture);
  return no_fixture(provider, event);
}

Error Catalog::no_fixture(const Provider& provider, const std::string& event) const {
  const auto known = events(provider);
  const bool by_path = !provider.file.empty() && !own_provider(own_, provider.id);
  const std::string all = "'hookctl events " + (by_path ? provider.file : provider.id) + "' lists all " + std::to_string(known.size());
  const std::string homes = other_homes(provider, event);
  const auto near = nearest(event, known);
  std::string hint = all;
  if (!homes.empty()) hint = "this event is in: " + homes + "; " + all;
  else if (near) hint = "did you mean '" + *near + "'? " + all;
  else hint += ", --body FILE sends your own";
  return usage_error("no fixture '" + printable(event) + "' for provider '" + provider.id + "'", hint);
}

}  // namespace hookctl::provider
