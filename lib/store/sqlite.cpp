// The thin layer over SQLite's C API.
#include "store/sqlite.hpp"

#include <chrono>
#include <system_error>
#include <thread>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace hookctl::store {
namespace {

// Waits for another process's lock: short steps, because SQLite's own ever longer ones starve one of two busy writers.
int wait_for_lock(void*, int times) {
  constexpr int kTimes = 5000;
  if (times >= kTimes) return 0;
  std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return 1;
}

int open_flags(Access access) {
  if (access == Access::read_write) return SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE;
  return SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READONLY | (access == Access::frozen ? SQLITE_OPEN_URI : 0);
}

std::string file_name(const std::string& path, Access access) {
  if (access == Access::frozen) return "file:" + percent_encode(path) + "?immutable=1";
  return path.starts_with(':') ? "./" + path : path;  // ":memory:" would be no file
}

}  // namespace

Result<Connection> Connection::open(const std::string& path, Access access) {
  sqlite3* db = nullptr;
  const int code = sqlite3_open_v2(file_name(path, access).c_str(), &db, open_flags(access), nullptr);
  Connection connection(db, path);  // owns what there is also when opening failed
  if (db == nullptr) return unavailable_error("cannot open " + journal_name(path) + ": out of memory");
  if (code != SQLITE_OK) return connection.error("open");
  if (access == Access::read_write && sqlite3_db_readonly(db, "main") == 1) {  // SQLite opens what it cannot write for reading
    return unavailable_error("cannot write to " + journal_name(path) + ": no permission");
  }
  sqlite3_busy_handler(db, wait_for_lock, nullptr);
  auto set = connection.run("PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;");
  if (!set) return set.error();
  return connection;
}

Result<void> Connection::run(const char* sql) {
  if (sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) return error("open");
  return {};
}

Result<std::string> Connection::ask(const char* sql) {
  auto statement = prepare(sql);
  if (!statement) return statement.error();
  const int code = sqlite3_step(statement->get());
  if (code == SQLITE_DONE) return std::string();
  if (code != SQLITE_ROW) return error("read");
  return column_bytes(statement->get(), 0);
}

Result<std::int64_t> Connection::ask_number(const char* sql) {
  auto statement = prepare(sql);
  if (!statement) return statement.error();
  if (sqlite3_step(statement->get()) != SQLITE_ROW) return error("read");
  return std::int64_t{sqlite3_column_int64(statement->get(), 0)};
}

Result<Statement> Connection::prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(db_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) return error("read");
  return Statement(statement);
}

Error Connection::error(std::string_view doing, int system_error) const {
  const int code = sqlite3_errcode(db_.get()) & 0xff;  // the primary code, without its detail
  const std::string said = sqlite3_errmsg(db_.get());
  if (code == SQLITE_NOTADB) return usage_error("'" + printable(path_) + "' is not a journal: " + said, "choose another file");
  auto message = "cannot " + std::string(doing) + " " + journal_name(path_) + ": " + said;
  if (code == SQLITE_CANTOPEN || code == SQLITE_IOERR) {
    const int reason = system_error != 0 ? system_error : sqlite3_system_errno(db_.get());
    if (reason != 0) message += " (" + system_words(reason) + ")";
  }
  return unavailable_error(std::move(message));
}

std::string journal_name(const std::string& path) { return "journal '" + printable(path) + "'"; }

std::string system_words(int error_number) {
  auto words = std::generic_category().message(error_number);
  if (!words.empty()) words[0] = lower(words[0]);
  return words;
}

int bind_text(sqlite3_stmt* statement, int index, std::string_view text) noexcept {
  return sqlite3_bind_text64(statement, index, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

int bind_bytes(sqlite3_stmt* statement, int index, std::string_view bytes) noexcept {
  return sqlite3_bind_blob64(statement, index, bytes.data(), bytes.size(), SQLITE_STATIC);
}

std::string column_bytes(sqlite3_stmt* statement, int column) {
  const auto* const bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
  const auto size = sqlite3_column_bytes(statement, column);
  return bytes == nullptr ? std::string() : std::string(bytes, static_cast<std::size_t>(size));
}

}  // namespace hookctl::store
