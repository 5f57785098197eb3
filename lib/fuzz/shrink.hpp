// Makes a failing case smaller: as few steps, changes and bytes as still show it. Knows nothing of endpoints: whether a smaller case still
// shows the failure is asked of the caller, who plays it.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "base/result.hpp"
#include "fuzz/case.hpp"

namespace hookctl::fuzz {

struct Shrunk {
  Case smallest{};
  std::size_t tries{0};  // how often `shows` was asked
  // Of a repeated text or splice whose size decides: "from 65537 repeats on", the exact limit where the tries were enough; else "".
  std::string limit{};
};

// Asks about at most `most` smaller cases, about none of them twice. First steps go (those that others replay stay; of a group that goes
// out together at least two stay, unless one does it, too), then patches (halves, then one by one), splices, edits, tampers and headers,
// then the way it is sent (the default style, or parts of it), then values get plainer (a text: "", one character, half; a number: 0, 1,
// -1, half; a list: none, one, half; a repeat: once, half), as long as anything does; last the exact limit of a repeat by bisection. Each
// candidate is smaller than the one before in an order that has no circle, so it ends. The answer has shown the failure whenever it was
// played; when nothing smaller does, it is `failing`. Deterministic; errors are those of `shows`.
//
// A smaller case claims no more than the first did: of a step that must be refused nothing goes that may be why (its signature, tampers,
// wire); of one that must be accepted changes go, but values do not become others; effects of events that are no longer sent are no longer
// expected; lures of places that are no longer changed go with them.
Result<Shrunk> shrink(const Case& failing, const std::function<Result<bool>(const Case&)>& shows, std::size_t most);

}  // namespace hookctl::fuzz
