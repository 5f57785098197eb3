// What a value of an event is likely to mean (places.hpp). For this room.
#pragma once

#include "check/places.hpp"

namespace hookctl::check {

// Looks at kind, name and text of a scalar; Meaning::none for null and containers. Pure, thread-safe.
Meaning meaning_of(const Place& place);

}  // namespace hookctl::check
