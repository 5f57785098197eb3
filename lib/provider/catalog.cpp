#include "provider/catalog.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "provider/embedded.hpp"

namespace hookctl::provider {

namespace {

constexpr std::string_view kFacts = "provider.json";

const EmbeddedFile* find_embedded(std::string_view path) {
  const auto files = embedded_files();
  const auto found = std::find_if(files.begin(), files.end(), [&](const EmbeddedFile& file) { return file.path == path; });
  return found == files.end() ? nullptr : &*found;
}

bool is_path(const std::string& text) { return text.find('/') != std::string::npos || text.ends_with(".json"); }

constexpr std::string_view kEndings[] = {".json", ".form", ".multipart"};

// A multipart body's boundary is its first line, without the two dashes before it (RFC 2046, 5.1.1).
std::string media_type_of(std::string_view ending, std::string_view body) {
  if (ending == ".form") return "application/x-www-form-urlencoded";
  if (ending == ".json") return "application/json";
  const std::string_view line = body.substr(0, body.find_first_of("\r\n"));
  return "multipart/form-data; boundary=" + std::string(line.substr(std::min<std::size_t>(2, line.size())));
}

std::string respelled(std::string_view text, std::string_view from, std::string_view to) {
  const auto pieces = split(text, from);
  return join({pieces.begin(), pieces.end()}, to);
}

// Not every file system takes a colon in a name: it is spelled %3A.
std::string file_name_of(const std::string& event) { return respelled(event, ":", "%3A"); }

// "invoice.paid.json" -> "invoice.paid"; nothing when it is no fixture's name.
std::optional<std::string> event_of(std::string_view file) {
  if (file == kFacts) return std::nullopt;
  for (const std::string_view ending : kEndings) {
    if (file.ends_with(ending)) return respelled(file.substr(0, file.size() - ending.size()), "%3A", ":");
  }
  return std::nullopt;
}

std::vector<std::string> files_on_disk(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (auto entry = std::filesystem::recursive_directory_iterator(folder, error); !error && entry != std::filesystem::recursive_directory_iterator();
       entry.increment(error)) {
    if (entry->is_regular_file(error)) files.push_back(std::filesystem::relative(entry->path(), folder, error).generic_string());
  }
  return files;
}

}  // namespace

std::vector<std::string> Catalog::ids() const {
  std::vector<std::string> ids;
  for (const EmbeddedFile& file : embedded_files()) {
    const std::size_t slash = file.path.find('/');
    if (slash != std::string_view::npos && file.path.substr(slash + 1) == kFacts) ids.emplace_back(file.path.substr(0, slash));
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

Result<const Provider*> Catalog::find(const std::string& id_or_path) {
  if (const auto found = loaded_.find(id_or_path); found != loaded_.end()) return found->second.get();
  std::string text;
  std::string name;
  std::string folder;
  if (is_path(id_or_path)) {
    const std::filesystem::path path(id_or_path);
    std::error_code error;
    name = std::filesystem::is_directory(path, error) ? (path / kFacts).string() : id_or_path;
    auto read = read_file(name, 4 * 1024 * 1024);
    if (!read) return read.error();
    text = *std::move(read);
    folder = std::filesystem::path(name).parent_path().string();
    if (folder.empty()) folder = ".";
  } else {
    name = id_or_path + "/" + std::string(kFacts);
    const EmbeddedFile* file = find_embedded(name);
    if (file == nullptr) {
      const auto near = nearest(id_or_path, ids());
      return usage_error("no provider '" + printable(id_or_path) + "'", (near ? "did you mean '" + *near + "'? " : std::string()) +
                                                                           "'hookctl providers' lists all; a path to a provider.json works too");
    }
    text = std::string(file->bytes);
  }
  auto provider = parse_provider(text, name);
  if (!provider) return provider.error();
  provider->folder = folder;
  if (!folder.empty()) provider->file = name;
  return (loaded_[id_or_path] = std::make_unique<Provider>(*std::move(provider))).get();
}

Result<std::string> Catalog::facts_file(const Provider& provider) const {
  if (!provider.file.empty()) return read_file(provider.file);
  const EmbeddedFile* file = find_embedded(provider.id + "/" + std::string(kFacts));
  if (file == nullptr) return bug_error("no embedded provider '" + provider.id + "'");
  return std::string(file->bytes);
}

Result<std::vector<const Provider*>> Catalog::all() {
  std::vector<const Provider*> providers;
  for (const std::string& id : ids()) {
    auto provider = find(id);
    if (!provider) return bug_error("the embedded " + provider.error().message);
    providers.push_back(*provider);
  }
  return providers;
}

const Provider* Catalog::recognise(const http::Headers& headers) {
  if (candidates_.empty()) {
    if (auto providers = all()) candidates_ = *std::move(providers);
  }
  const Provider* best = nullptr;
  std::size_t most = 0;
  for (const Provider* provider : candidates_) {
    const std::size_t conditions = recognition(*provider, headers);
    if (conditions > most) {
      best = provider;
      most = conditions;
    }
  }
  return best;
}

std::vector<std::string> Catalog::events(const Provider& provider) const {
  std::vector<std::string> events;
  const auto add = [&](std::string_view file) {
    if (auto event = event_of(file)) events.push_back(*std::move(event));
  };
  if (!provider.folder.empty()) {
    for (const std::string& file : files_on_disk(provider.folder)) add(file);
  } else {
    const std::string prefix = provider.id + "/";
    for (const EmbeddedFile& file : embedded_files()) {
      if (file.path.starts_with(prefix)) add(file.path.substr(prefix.size()));
    }
  }
  std::sort(events.begin(), events.end());
  return events;
}

std::string Catalog::other_homes(const Provider& provider, const std::string& event) const {
  std::vector<std::string> homes;
  for (const EmbeddedFile& file : embedded_files()) {
    const std::size_t slash = file.path.find('/');
    const std::string_view home = file.path.substr(0, slash);
    if (slash != std::string_view::npos && home != provider.id && event_of(file.path.substr(slash + 1)) == event) homes.emplace_back(home);
  }
  return join(homes, ", ");
}

Result<Fixture> Catalog::fixture(const Provider& provider, const std::string& event) {
  for (const std::string_view ending : kEndings) {
    const std::string file = file_name_of(event) + std::string(ending);
    if (file == kFacts || event.find("..") != std::string::npos) break;
    if (!provider.folder.empty()) {
      const std::string path = provider.folder + "/" + file;
      if (!file_exists(path)) continue;
      auto body = read_file(path);
      if (!body) return body.error();
      if (ending == ".json") {
        if (auto parsed = parse_json(*body, path); !parsed) return parsed.error();
      }
      std::string media_type = media_type_of(ending, *body);
      return Fixture{event, std::move(media_type), *std::move(body)};
    }
    if (const EmbeddedFile* found = find_embedded(provider.id + "/" + file)) return Fixture{event, media_type_of(ending, found->bytes), std::string(found->bytes)};
  }
  const auto known = events(provider);
  const std::string name = provider.folder.empty() ? provider.id : provider.folder + "/" + std::string(kFacts);  // one's own has no other name
  const std::string all = "'hookctl events " + name + "' lists all " + std::to_string(known.size());
  const std::string homes = other_homes(provider, event);
  const auto near = nearest(event, known);
  std::string hint = all;
  if (!homes.empty()) hint = "this event is in: " + homes + "; " + all;
  else if (near) hint = "did you mean '" + *near + "'? " + all;
  else hint += ", --body FILE sends your own";
  return usage_error("no fixture '" + printable(event) + "' for provider '" + provider.id + "'", hint);
}

}  // namespace hookctl::provider
