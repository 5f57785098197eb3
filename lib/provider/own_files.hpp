// A user's own providers and fixtures: where they are kept, and which providers there are. Reads the disk anew at every call.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace hookctl::provider {

// Folders that may hold a user's own; an earlier one stands in front of a later one. One that is not there holds nothing.
struct OwnFolders {
  std::vector<std::string> providers{};  // ID.json, or ID/provider.json with its fixtures beside it
  std::vector<std::string> fixtures{};   // ID/EVENT.json (.form, .multipart)
};

// A provider.json of a user's.
struct OwnProvider {
  std::string id;
  std::string file;
};

// Those in the folders, sorted by id, each id once: ID.json stands in front of ID/provider.json. A file whose name cannot be an id is there
// under that name, to be told about.
std::vector<OwnProvider> own_providers(const OwnFolders& folders);
std::optional<OwnProvider> own_provider(const OwnFolders& folders, const std::string& id);

// Where the fixtures beside a provider's file are: its folder for ID/provider.json, the folder ID beside it for ID.json. "" when there is none.
std::string fixtures_beside(const std::string& file);

}  // namespace hookctl::provider
