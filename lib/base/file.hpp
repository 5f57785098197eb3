// Whole files in and out. Errors name the path and the system's reason.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace hookctl {

inline constexpr std::uint64_t kFileLimit = std::uint64_t{1} << 30;

// All bytes of a file, or of standard input for "-". `unavailable` when it cannot be read or is larger than `limit` bytes
// (never more than kFileLimit).
Result<std::string> read_file(const std::string& path, std::uint64_t limit = kFileLimit);

// Replaces the file by `bytes`, atomically (a new file beside it, renamed); readable by its owner only. Into a pipe or device the bytes are
// written as they are.
Result<void> write_private_file(const std::string& path, std::string_view bytes);

// Makes the folder and those above it; 0700 where it is new.
Result<void> make_private_folder(const std::string& path);

// Anything but a folder stands at `path`.
bool file_exists(const std::string& path);

// A regular file stands at `path`, or a link to one: reading it ends. (Not so a pipe or a device.)
bool is_regular_file(const std::string& path);

}  // namespace hookctl
