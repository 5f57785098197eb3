// The files of fixtures/ as they were when the binary was built.
#pragma once

#include <span>
#include <string_view>

namespace hookctl::provider {

// `path` is relative to fixtures/ with '/' between folders ("stripe/invoice.paid.json"); `bytes` is the whole file.
struct EmbeddedFile {
  std::string_view path;
  std::string_view bytes;
};

// Sorted by path. Lives as long as the program.
std::span<const EmbeddedFile> embedded_files();

// The file at that path, or null.
const EmbeddedFile* find_embedded(std::string_view path) noexcept;

}  // namespace hookctl::provider
