// The usual accidents behind a signature mismatch, tried one after the other.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "signing/claim.hpp"
#include "signing/content.hpp"
#include "signing/prepared.hpp"

namespace hookctl::signing {

// A mismatch that has a cause: a line end added to or taken from the body, or the secret's text read in another way. Nothing otherwise.
// A handful of MACs over the body. `material` is that of the mismatch.
std::optional<Fault> find_near_miss(Prepared& way, const Material& material, const std::vector<std::string>& signatures);

}  // namespace hookctl::signing
