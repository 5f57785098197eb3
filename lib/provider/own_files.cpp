#include "provider/own_files.hpp"

#include <filesystem>
#include <map>

#include "base/file.hpp"
#include "provider/provider.hpp"

namespace hookctl::provider {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFacts = "provider.json";
constexpr std::string_view kEnding = ".json";

// Of one folder: id -> file.
std::map<std::string, std::string> providers_in(const std::string& folder) {
  std::map<std::string, std::string> found;
  std::error_code error;
  for (auto entry = fs::directory_iterator(folder, error); !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().generic_string();
    if (name.starts_with('.')) continue;
    if (is_regular_file(folder + "/" + name) && name.ends_with(kEnding)) found[name.substr(0, name.size() - kEnding.size())] = folder + "/" + name;
    else if (const std::string facts = folder + "/" + name + "/" + std::string(kFacts); is_regular_file(facts)) found.try_emplace(name, facts);
  }
  return found;
}

}  // namespace

std::vector<OwnProvider> own_providers(const OwnFolders& folders) {
  std::map<std::string, std::string> found;
  for (const std::string& folder : folders.providers) found.merge(providers_in(folder));
  std::vector<OwnProvider> all;
  for (auto& [id, file] : found) all.push_back({id, file});
  return all;
}

std::optional<OwnProvider> own_provider(const OwnFolders& folders, const std::string& id) {
  if (!is_provider_id(id)) return std::nullopt;
  for (const std::string& folder : folders.providers) {
    for (const std::string& name : {id + std::string(kEnding), id + "/" + std::string(kFacts)}) {
      if (is_regular_file(folder + "/" + name)) return OwnProvider{id, folder + "/" + name};
    }
  }
  return std::nullopt;
}

std::string fixtures_beside(const std::string& file) {
  const fs::path path(file);
  const std::string folder = path.parent_path().empty() ? "." : path.parent_path().string();
  if (path.filename() == kFacts) return folder;
  const std::string own = folder + "/" + path.stem().string();
  std::error_code error;
  return fs::is_directory(own, error) ? own : "";
}

}  // namespace hookctl::provider
