// Comparison of secrets and signatures that takes as long for a near miss as for a far one.
#pragma once

#include <string_view>

namespace hookctl::crypto {

// Are the bytes the same? The time depends on the lengths only. Thread-safe.
bool equal(std::string_view a, std::string_view b) noexcept;

}  // namespace hookctl::crypto
