// Opening a journal file, and its tables.
#include "store/schema.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <thread>

#include "base/file.hpp"
#include "base/text.hpp"

namespace hookctl::store {
namespace {

constexpr std::int64_t kApplicationId = 0x686f6f6b;  // "hook": tells a journal from other SQLite files
constexpr std::int64_t kSchemaVersion = 1;

// Bodies stand last in their rows: what is before them can then be read without following a body's overflow pages.
constexpr const char* kTables = R"(
CREATE TABLE requests (
  id INTEGER PRIMARY KEY AUTOINCREMENT, received_at INTEGER NOT NULL, remote TEXT NOT NULL, listener TEXT NOT NULL,
  method TEXT NOT NULL, target TEXT NOT NULL, provider TEXT NOT NULL, event_type TEXT NOT NULL, event_id TEXT NOT NULL,
  verdict TEXT NOT NULL, code TEXT NOT NULL, raw_head BLOB NOT NULL, raw_body BLOB NOT NULL, body BLOB NOT NULL);
CREATE INDEX requests_by_time ON requests (received_at);
CREATE TABLE attempts (
  id INTEGER PRIMARY KEY AUTOINCREMENT, request INTEGER NOT NULL REFERENCES requests (id), started_at INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL, url TEXT NOT NULL, status INTEGER, error TEXT NOT NULL, truncated INTEGER NOT NULL,
  response_head BLOB NOT NULL, response_body BLOB NOT NULL);
CREATE INDEX attempts_by_request ON attempts (request);
)";

// The file is made before SQLite sees it, so that it is private from the first moment; SQLite gives -wal and -shm the same mode.
// An existing file is not opened here: closing it would drop the locks this process may hold on it through SQLite.
Result<void> make_file(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path().string();
  if (!folder.empty()) {
    auto made = make_private_folder(folder);
    if (!made) return made.error();
  }
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file >= 0) {
    ::close(file);
  } else if (errno != EEXIST) {
    return unavailable_error("cannot make " + journal_name(path) + ": " + system_words(errno));
  }
  return {};
}

enum class Contents { nothing, journal };

// In one statement, so in one snapshot: another process may be making the tables just now.
Result<Contents> look_into(Connection& connection) {
  auto look = connection.prepare(
      "SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version), "
      "(SELECT count(*) FROM sqlite_master)");
  if (!look) return look.error();
  if (sqlite3_step(look->get()) != SQLITE_ROW) return connection.error("open");
  const auto application = sqlite3_column_int64(look->get(), 0);
  const auto version = sqlite3_column_int64(look->get(), 1);
  const auto tables = sqlite3_column_int64(look->get(), 2);
  if (application == 0 && version == 0 && tables == 0) return Contents::nothing;
  if (application != kApplicationId || version < 1) {
    return usage_error("'" + printable(connection.path()) + "' is not a journal but another program's database", "choose another file");
  }
  if (version > kSchemaVersion) {
    return usage_error(journal_name(connection.path()) + " is of a newer hookctl (its version is " + std::to_string(version) +
                           ", this one knows " + std::to_string(kSchemaVersion) + ")",
                       "update hookctl, or choose another file");
  }
  return Contents::journal;
}

// Turning a file to write-ahead logging needs it for oneself, and SQLite does not always wait for that as it does for other locks.
Result<void> turn_on_log(Connection& connection) {
  constexpr auto kPause = std::chrono::milliseconds(10);
  for (int tries = 0;; ++tries) {
    auto mode = connection.ask("PRAGMA journal_mode=WAL");
    if (mode && *mode == "wal") return {};
    if (mode) return unavailable_error("cannot open " + journal_name(connection.path()) + ": its file system lacks shared memory");
    if ((sqlite3_errcode(connection.get()) & 0xff) != SQLITE_BUSY || tries == 500) return mode.error();
    std::this_thread::sleep_for(kPause);
  }
}

// Two processes may come here at once: the second one finds the first one's tables once it has the lock.
Result<void> make_tables(Connection& connection) {
  auto begun = connection.run("BEGIN IMMEDIATE");
  if (!begun) return begun.error();
  auto contents = look_into(connection);
  Result<void> made;
  if (!contents) {
    made = contents.error();
  } else if (*contents == Contents::nothing) {
    const auto marks =
        "PRAGMA application_id=" + std::to_string(kApplicationId) + "; PRAGMA user_version=" + std::to_string(kSchemaVersion) + "; COMMIT;";
    made = connection.run((kTables + marks).c_str());
  }
  if (sqlite3_get_autocommit(connection.get()) == 0) static_cast<void>(connection.run("ROLLBACK"));
  return made;
}

Result<Connection> open_checked(const std::string& path, Access access) {
  auto connection = Connection::open(path, access);
  if (!connection) return connection.error();
  auto contents = look_into(*connection);
  if (!contents) return contents.error();
  if (*contents == Contents::nothing) return unavailable_error(journal_name(path) + " is empty: nothing was ever kept in it");
  return connection;
}

// Reading needs a -shm file beside the journal. Where none can be made and there is no log (it goes when the last writer closes), the
// file is all there is and can be read as it lies.
Access access_to_read(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path().string();
  const bool can_make_files = ::access(folder.empty() ? "." : folder.c_str(), W_OK) == 0;
  return can_make_files || file_exists(path + "-wal") ? Access::read_only : Access::frozen;
}

}  // namespace

Result<Connection> open_to_write(const std::string& path) {
  auto made = make_file(path);
  if (!made) return made.error();
  auto connection = Connection::open(path, Access::read_write);
  if (!connection) return connection.error();
  auto contents = look_into(*connection);
  if (!contents) return contents.error();
  auto sized = connection->run("PRAGMA page_size=8192");  // counts only while the file is empty
  if (!sized) return sized.error();
  auto logging = turn_on_log(*connection);
  if (!logging) return logging.error();
  auto ready = make_tables(*connection);
  if (!ready) return ready.error();
  return connection;
}

Result<Connection> open_to_read(const std::string& path) {
  if (!file_exists(path)) return unavailable_error("no journal at '" + printable(path) + "'", "'hookctl listen' makes one");
  return open_checked(path, access_to_read(path));
}

}  // namespace hookctl::store
