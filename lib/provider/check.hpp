// A second look at a provider.json that can be read: what in it cannot work, or is doubtful. Pure, thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "provider/provider.hpp"

namespace hookctl::provider {

enum class Weight {
  fault,    // it cannot be used
  warning,  // it can, and something will not go as meant
  note,     // as it is meant, but worth knowing
};

struct Finding {
  Weight weight{Weight::warning};
  Remark remark;
};

// All faults of the file; where there are none, its doubts. `name` is the file's path: an id should be what the file is called. `events`:
// those there is a fixture of, sorted.
std::vector<Finding> check(std::string_view json, std::string_view name, const std::vector<std::string>& events);

// "error", "warning", "note".
std::string_view to_text(Weight weight) noexcept;

}  // namespace hookctl::provider
