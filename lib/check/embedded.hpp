// rules.json and remedies.json as they were when the binary was built.
#pragma once

#include <span>

#include "provider/embedded.hpp"

namespace hookctl::check {

using provider::EmbeddedFile;

// Sorted by path, which is relative to lib/check. Lives as long as the program.
std::span<const EmbeddedFile> embedded_files();

}  // namespace hookctl::check
