// Reading the journal on a connection of its own, so that it never waits for the writer. Only for the files of this room.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "store/journal.hpp"
#include "store/sqlite.hpp"

namespace hookctl::store {

// Thread-safe: one call at a time, others wait.
class Reader {
 public:
  // Takes over a connection from open_to_read().
  static Result<std::unique_ptr<Reader>> start(Connection connection);

  Result<std::optional<StoredRequest>> find(std::int64_t id);
  Result<std::vector<StoredRequest>> list(const Query& query);
  Result<std::int64_t> count();

 private:
  explicit Reader(Connection connection) : connection_(std::move(connection)) {}
  Result<std::vector<StoredRequest>> collect(sqlite3_stmt* rows, const Query& query);
  Result<std::optional<int>> status_of(std::int64_t id);
  Result<void> complete(StoredRequest& request, bool bodies);
  Result<void> read_bodies(StoredRequest& request);
  Result<void> read_attempts(StoredRequest& request, bool bodies);

  Connection connection_;
  Statement find_, bodies_, attempts_, status_;
  std::mutex mutex_;
};

}  // namespace hookctl::store
