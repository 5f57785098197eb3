// The journal's file: making it privately, recognising it, and its tables. Only for the files of this room.
#pragma once

#include <string>

#include "base/result.hpp"
#include "store/sqlite.hpp"

namespace hookctl::store {

// A connection for writing: makes folder, file and tables where there are none. `usage` when the file is something else or newer.
Result<Connection> open_to_write(const std::string& path);

// A connection for reading an existing journal; also one in a folder that cannot be written.
Result<Connection> open_to_read(const std::string& path);

}  // namespace hookctl::store
