// Reads `challenges` of a provider.json.
#pragma once

#include <vector>

#include "provider/challenge.hpp"
#include "provider/reader.hpp"

namespace hookctl::provider {

// The list under "challenges" of the document; what is wrong goes to `wrong`.
std::vector<Challenge> read_challenges(Reader& root, Complaints& wrong);

}  // namespace hookctl::provider
