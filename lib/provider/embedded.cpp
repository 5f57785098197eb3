#include "provider/embedded.hpp"

#include <algorithm>

namespace hookctl::provider {

const EmbeddedFile* find_embedded(std::string_view path) noexcept {
  const auto files = embedded_files();
  const auto found = std::find_if(files.begin(), files.end(), [&](const EmbeddedFile& file) { return file.path == path; });
  return found == files.end() ? nullptr : &*found;
}

}  // namespace hookctl::provider
