// Where an event says its type, and events of types that nobody knows.
#pragma once

#include <optional>
#include <string>

#include "check/step.hpp"
#include "check/subject.hpp"

namespace hookctl::check {

// A step whose event says that it is of type `type`, made from the sample `event`; nothing where the provider's events name no type in a header
// or a JSON body. The provider's first template counts ("{header:X-GitHub-Event}.{json:action}": the header).
std::optional<Step> with_type(const Subject& subject, const std::string& event, const std::string& type);

// The JSON path of an event's type, action or id: places that rules about bodies leave alone.
bool is_structural(const Subject& subject, const std::string& path);

}  // namespace hookctl::check
