// Reads `delivery` of a provider.json.
#pragma once

#include "provider/provider.hpp"
#include "provider/reader.hpp"

namespace hookctl::provider {

// What `root` says of how the provider delivers; complaints go to `root`'s `wrong`.
DeliveryFacts read_delivery(Reader& root, Complaints& wrong);

}  // namespace hookctl::provider
