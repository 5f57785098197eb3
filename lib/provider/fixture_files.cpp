#include "provider/fixture_files.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "provider/embedded.hpp"

namespace hookctl::provider {

namespace {

constexpr std::string_view kFacts = "provider.json";
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

std::vector<std::string> files_on_disk(const std::string& folder) {
  namespace fs = std::filesystem;
  std::vector<std::string> files;
  std::error_code error;
  for (auto entry = fs::recursive_directory_iterator(folder, error); !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    const bool hidden = entry->path().filename().generic_string().starts_with('.');
    if (hidden && entry->is_directory(error)) entry.disable_recursion_pending();
    if (!hidden && entry->is_regular_file(error)) files.push_back(entry->path().lexically_relative(folder).generic_string());
  }
  return files;
}

std::vector<std::string> files_on(const Shelf& shelf) {
  if (shelf.embedded.empty()) return files_on_disk(shelf.folder);
  std::vector<std::string> files;
  const std::string prefix = shelf.embedded + "/";
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.path.starts_with(prefix)) files.emplace_back(file.path.substr(prefix.size()));
  }
  return files;
}

// No event is called so: "..", "/etc/passwd", "a//b".
bool leads_elsewhere(const std::string& event) {
  const auto steps = split(event, "/");
  return event.find('\0') != std::string::npos || std::any_of(steps.begin(), steps.end(), [](std::string_view step) { return step.empty() || step.front() == '.'; });
}

Result<std::optional<Fixture>> read_fixture(const Shelf& shelf, const std::string& event, std::string_view ending) {
  const std::string name = file_name_of(event) + std::string(ending);
  if (!shelf.embedded.empty()) {
    const EmbeddedFile* found = find_embedded(shelf.embedded + "/" + name);
    if (found == nullptr) return std::optional<Fixture>();
    return std::optional(Fixture{event, media_type_of(ending, found->bytes), std::string(found->bytes)});
  }
  const std::string path = shelf.folder + "/" + name;
  if (!is_regular_file(path)) return std::optional<Fixture>();
  auto body = read_file(path);
  if (!body) return body.error();
  if (ending == ".json") {
    if (auto parsed = parse_json(*body, path); !parsed) return parsed.error();
  }
  std::string media_type = media_type_of(ending, *body);
  return std::optional(Fixture{event, std::move(media_type), *std::move(body), path});
}

}  // namespace

std::string file_name_of(const Fixture& fixture) {
  const bool form = fixture.media_type == "application/x-www-form-urlencoded";
  return file_name_of(fixture.event) + (form ? ".form" : fixture.media_type.starts_with("multipart/") ? ".multipart" : ".json");
}

std::optional<std::string> event_of(std::string_view file) {
  if (file == kFacts) return std::nullopt;
  for (const std::string_view ending : kEndings) {
    if (file.ends_with(ending) && file.size() > ending.size()) return respelled(file.substr(0, file.size() - ending.size()), "%3A", ":");
  }
  return std::nullopt;
}

std::vector<FixtureFile> fixtures_on(const std::vector<Shelf>& shelves) {
  std::map<std::string, FixtureFile> found;
  for (const Shelf& shelf : shelves) {
    std::map<std::string, FixtureFile> here;
    for (const std::string& name : files_on(shelf)) {
      if (const auto event = event_of(name)) here.try_emplace(*event, FixtureFile{*event, shelf.embedded.empty() ? shelf.folder + "/" + name : ""});
    }
    for (const auto& [event, file] : here) {
      const auto [place, is_new] = found.try_emplace(event, file);
      if (!is_new && place->second.file != file.file) place->second.overrides = true;
    }
  }
  std::vector<FixtureFile> files;
  for (auto& [event, file] : found) files.push_back(std::move(file));
  return files;
}

Result<std::optional<Fixture>> fixture_on(const std::vector<Shelf>& shelves, const std::string& event) {
  if (leads_elsewhere(event) || event + ".json" == kFacts) return std::optional<Fixture>();
  for (const Shelf& shelf : shelves) {
    for (const std::string_view ending : kEndings) {
      auto fixture = read_fixture(shelf, event, ending);
      if (!fixture || *fixture) return fixture;
    }
  }
  return std::optional<Fixture>();
}

}  // namespace hookctl::provider
