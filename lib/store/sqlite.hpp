// SQLite's C API with owners and Results: connections, statements, columns. Only for the files of this room.
//
// A connection is used by one thread at a time (they are opened without SQLite's own mutex) and never carried over a fork.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace hookctl::store {

struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

// Resets a kept statement at the end of its use, so that it holds no lock and no snapshot.
struct ResetStatement {
  void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_reset(statement); }
};
using StatementUse = std::unique_ptr<sqlite3_stmt, ResetStatement>;

enum class Access {
  read_write,  // the file must exist
  read_only,
  frozen,  // read-only and certain that nobody writes: needs no lock files, so it works in a folder without write permission
};

class Connection {
 public:
  // Opens an existing file; waits up to 5 s for other processes' locks; every commit is on disk when it returns.
  static Result<Connection> open(const std::string& path, Access access);

  sqlite3* get() const noexcept { return db_.get(); }
  const std::string& path() const noexcept { return path_; }

  Result<void> run(const char* sql);         // statements whose rows do not matter
  Result<std::string> ask(const char* sql);  // first column of the first row as text; "" when there is none
  Result<std::int64_t> ask_number(const char* sql);
  Result<Statement> prepare(const char* sql);

  // What just failed: "cannot write to journal 'x.db': database or disk is full". `doing`: "write to", "read", "open". `system_error` is
  // the system's number where SQLite does not keep it (it forgets that of a COMMIT).
  Error error(std::string_view doing, int system_error = 0) const;

 private:
  struct Close {
    void operator()(sqlite3* db) const noexcept { sqlite3_close_v2(db); }
  };
  Connection(sqlite3* db, std::string path) : db_(db), path_(std::move(path)) {}

  std::unique_ptr<sqlite3, Close> db_;
  std::string path_;
};

// "journal 'x.db'", safe to print, and the system's words for an error number, for messages.
std::string journal_name(const std::string& path);
std::string system_words(int error_number);

// Parameters count from 1. The bytes must live until the statement is reset or bound anew.
int bind_text(sqlite3_stmt* statement, int index, std::string_view text) noexcept;
int bind_bytes(sqlite3_stmt* statement, int index, std::string_view bytes) noexcept;

// The bytes of a column (from 0) of the current row, text or blob.
std::string column_bytes(sqlite3_stmt* statement, int column);

}  // namespace hookctl::store
