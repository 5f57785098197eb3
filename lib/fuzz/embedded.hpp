// oracles.json as it was when the binary was built.
#pragma once

#include <span>

#include "provider/embedded.hpp"

namespace hookctl::fuzz {

using provider::EmbeddedFile;

// Sorted by path, which is relative to lib/fuzz. Lives as long as the program.
std::span<const EmbeddedFile> embedded_files();

}  // namespace hookctl::fuzz
