// Fixtures as files: how an event's name becomes a file's, and in which folders it is sought. For this room; pure but for the disk.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace hookctl::provider {

// A stock payload: exactly the body that the provider sends.
struct Fixture {
  std::string event;       // event type
  std::string media_type;  // "application/json", "application/x-www-form-urlencoded" or "multipart/form-data; boundary=…"
  std::string body;
  std::string file{};  // where it is on disk; "" when it is embedded
};

// A fixture that is there, unread.
struct FixtureFile {
  std::string event;
  std::string file{};     // where it is on disk; "" when it is embedded
  bool overrides{false};  // a user's file stands in front of another fixture of this event
};

// A place where a provider's fixtures are: a folder on disk, or an embedded one ("stripe").
struct Shelf {
  std::string folder{};
  std::string embedded{};
};

// Everything on the shelves, sorted by event, each once: an earlier shelf stands in front of a later one.
std::vector<FixtureFile> fixtures_on(const std::vector<Shelf>& shelves);

// The fixture of an event from the first shelf that has it; nothing when none does, or when `event` would lead out of the folder.
// `usage` with "file:line:column: …" for a user's .json file that is no JSON, `unavailable` when it cannot be read.
Result<std::optional<Fixture>> fixture_on(const std::vector<Shelf>& shelves, const std::string& event);

// "issues:opened" as JSON -> "issues%3Aopened.json".
std::string file_name_of(const Fixture& fixture);

// "invoice.paid.json" -> "invoice.paid"; nothing when it is no fixture's name.
std::optional<std::string> event_of(std::string_view file);

}  // namespace hookctl::provider
