// A case as the members of a JSON object (members.hpp). For this room only.
#pragma once

#include "fuzz/case.hpp"
#include "fuzz/members.hpp"

namespace hookctl::fuzz {

void describe(Members& io, Case& recipe);
const Words<report::Severity>& severity_words();

}  // namespace hookctl::fuzz
