// Writing rows: BEGIN IMMEDIATE, INSERT …, COMMIT.
#include "store/insert.hpp"

#include <algorithm>
#include <cerrno>

namespace hookctl::store {
namespace {

constexpr const char* kInsertRequest =
    "INSERT INTO requests (received_at, remote, listener, method, target, provider, event_type, event_id, verdict, code, raw_head, "
    "raw_body, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
constexpr const char* kInsertAttempt =
    "INSERT INTO attempts (request, started_at, duration_ms, url, status, error, truncated, response_head, response_body) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

// Codes of a row that cannot be kept, or that just does not fit any more while a smaller one may. Others (locked, read-only, …) would
// hold for every row.
bool is_about_a_row(int code) {
  switch (code & 0xff) {
    case SQLITE_TOOBIG:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_NOMEM:
    case SQLITE_FULL:
    case SQLITE_IOERR:
      return true;
    default:
      return false;
  }
}

}  // namespace

Result<Inserter> Inserter::prepare(Connection& connection) {
  Inserter inserter;
  inserter.connection_ = &connection;
  struct {
    const char* sql;
    Statement& statement;
  } const all[] = {{"BEGIN IMMEDIATE", inserter.begin_},
                   {"COMMIT", inserter.commit_},
                   {"ROLLBACK", inserter.rollback_},
                   {kInsertRequest, inserter.request_},
                   {kInsertAttempt, inserter.attempt_}};
  for (const auto& each : all) {
    auto prepared = connection.prepare(each.sql);
    if (!prepared) return prepared.error();
    each.statement = std::move(*prepared);
  }
  return inserter;
}

Result<std::vector<std::int64_t>> Inserter::insert(std::span<const Entry> group) {
  may_be_one_row_ = false;
  auto begun = begin();
  if (!begun) return begun.error();
  std::vector<std::int64_t> ids;
  ids.reserve(group.size());
  for (const auto& entry : group) {
    const int code = std::visit([this](const auto& row) { return add(row); }, entry.row);
    if (code != SQLITE_DONE) return give_up(code);
    ids.push_back(sqlite3_last_insert_rowid(connection_->get()));
  }
  const int code = step(commit_.get());
  if (code != SQLITE_DONE) return give_up(code);
  return ids;
}

Result<void> Inserter::begin() {
  // A file that was removed or replaced still takes writes, which nobody would ever read.
  int moved = 0;
  sqlite3_file_control(connection_->get(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  if (moved != 0) return unavailable_error("cannot write to " + journal_name(connection_->path()) + ": the file was removed or replaced");
  if (step(begin_.get()) != SQLITE_DONE) return connection_->error("write to", system_error_);
  return {};
}

// The reason must be taken before the rollback, which has an outcome of its own.
Error Inserter::give_up(int code) {
  auto reason = connection_->error("write to", system_error_);
  may_be_one_row_ = is_about_a_row(code);
  if (sqlite3_get_autocommit(connection_->get()) == 0) step(rollback_.get());
  return reason;
}

int Inserter::step(sqlite3_stmt* statement) {
  errno = 0;
  const int code = sqlite3_step(statement);
  system_error_ = errno;
  const int reset = sqlite3_reset(statement);  // repeats the step's error, and may itself be the first to tell of one
  return reset == SQLITE_OK ? code : reset;
}

int Inserter::add(const Received& received) {
  auto* const row = request_.get();
  int code = sqlite3_bind_int64(row, 1, received.received_at);
  int index = 2;
  for (const auto* text : {&received.remote, &received.listener, &received.method, &received.target, &received.provider,
                           &received.event_type, &received.event_id, &received.verdict, &received.code}) {
    code = std::max(code, bind_text(row, index++, *text));
  }
  for (const auto* bytes : {&received.raw_head, &received.raw_body, &received.body}) {
    code = std::max(code, bind_bytes(row, index++, *bytes));
  }
  return code == SQLITE_OK ? step(row) : code;
}

int Inserter::add(const Attempt& attempt) {
  auto* const row = attempt_.get();
  int code = sqlite3_bind_int64(row, 1, attempt.request);
  code = std::max(code, sqlite3_bind_int64(row, 2, attempt.started_at));
  code = std::max(code, sqlite3_bind_int64(row, 3, attempt.duration_ms));
  code = std::max(code, bind_text(row, 4, attempt.url));
  code = std::max(code, attempt.status ? sqlite3_bind_int(row, 5, *attempt.status) : sqlite3_bind_null(row, 5));
  code = std::max(code, bind_text(row, 6, attempt.error));
  code = std::max(code, sqlite3_bind_int(row, 7, attempt.truncated ? 1 : 0));
  code = std::max(code, bind_bytes(row, 8, attempt.response_head));
  code = std::max(code, bind_bytes(row, 9, attempt.response_body));
  return code == SQLITE_OK ? step(row) : code;
}

}  // namespace hookctl::store
