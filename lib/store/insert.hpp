// Writing rows: one group, one transaction. Only for the files of this room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "store/journal.hpp"
#include "store/record.hpp"
#include "store/sqlite.hpp"

namespace hookctl::store {

// One row to be written, and who wants to know.
struct Entry {
  std::variant<Received, Attempt> row;
  Completion completion;
  std::size_t bytes{0};  // about what it takes in memory
};

// Keeps its statements prepared. For one thread.
class Inserter {
 public:
  // `connection` must outlive it.
  static Result<Inserter> prepare(Connection& connection);

  // Writes the rows in one transaction and gives their ids in the same order. On an error nothing of the group is kept.
  Result<std::vector<std::int64_t>> insert(std::span<const Entry> group);

  // After insert() failed for a group: can it have been one of its rows, so that trying them one by one makes sense?
  bool may_be_one_row() const noexcept { return may_be_one_row_; }

 private:
  Inserter() = default;
  Result<void> begin();
  Error give_up(int code);
  int step(sqlite3_stmt* statement);
  int add(const Received& received);
  int add(const Attempt& attempt);

  Connection* connection_{nullptr};
  Statement begin_, commit_, rollback_, request_, attempt_;
  int system_error_{0};  // of the last step
  bool may_be_one_row_{false};
};

}  // namespace hookctl::store
