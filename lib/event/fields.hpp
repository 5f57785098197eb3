// What of an event can be edited: the places that --set reaches.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "provider/fixture_files.hpp"
#include "provider/provider.hpp"

namespace hookctl::event {

// `path` is what --set takes. `type` is string, number, boolean, null, object, array, or text for a form's value. `value` is JSON (a form's
// value decoded), "" for an object or array. `fresh` is the template that makes it new with every event, or "".
struct Field {
  std::string path;
  std::string type;
  std::string value{};
  std::size_t size{0};  // of an object or array: how many are in it
  std::string fresh{};
};

// Every place in the fixture's body that an edit can reach, in its order; containers stand before what they hold. Places whose name a path
// cannot spell, or deeper than a path can go, are left out. `usage` for a body that edits cannot reach into (multipart). Pure, thread-safe.
Result<std::vector<Field>> fields(const provider::Provider& provider, const provider::Fixture& fixture);

}  // namespace hookctl::event
