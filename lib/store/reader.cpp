// Reading requests and their attempts.
#include "store/reader.hpp"

#include <string>
#include <utility>

namespace hookctl::store {
namespace {

// Without the bodies: length() of a blob needs none of its bytes. Order as in read_row().
const std::string kSelectRow =
    "SELECT id, received_at, remote, listener, method, target, provider, event_type, event_id, verdict, code, raw_head, length(body) "
    "FROM requests WHERE ";

StoredRequest read_row(sqlite3_stmt* row) {
  StoredRequest request;
  request.id = sqlite3_column_int64(row, 0);
  auto& received = request.received;
  received.received_at = sqlite3_column_int64(row, 1);
  int column = 2;
  for (auto* text : {&received.remote, &received.listener, &received.method, &received.target, &received.provider, &received.event_type,
                     &received.event_id, &received.verdict, &received.code, &received.raw_head}) {
    *text = column_bytes(row, column++);
  }
  request.body_size = static_cast<std::uint64_t>(sqlite3_column_int64(row, column));
  return request;
}

Attempt read_attempt(sqlite3_stmt* row, std::int64_t request) {
  Attempt attempt;
  attempt.request = request;
  attempt.started_at = sqlite3_column_int64(row, 0);
  attempt.duration_ms = sqlite3_column_int64(row, 1);
  attempt.url = column_bytes(row, 2);
  if (sqlite3_column_type(row, 3) != SQLITE_NULL) attempt.status = sqlite3_column_int(row, 3);
  attempt.error = column_bytes(row, 4);
  attempt.truncated = sqlite3_column_int(row, 5) != 0;
  attempt.response_head = column_bytes(row, 6);
  attempt.response_body = column_bytes(row, 7);
  return attempt;
}

// Ids follow commits, not times, but nearly so: the first id of that time bounds the rows to look at, the time itself decides. (A '+' keeps
// SQLite from its own idea of the way: min() by the index on times, the rows in the order of their ids, not the other way round.)
std::string select_for(const Query& query) {
  std::string sql = kSelectRow;
  sql += query.after_id == 0 ? "1" : query.newest_first ? "id < ?1" : "id > ?1";
  if (query.since) sql += " AND id >= (SELECT min(+id) FROM requests WHERE received_at >= ?2) AND +received_at >= ?2";
  if (query.until) sql += " AND +received_at <= ?3";
  return sql + (query.newest_first ? " ORDER BY id DESC" : " ORDER BY id");
}

}  // namespace

Result<std::unique_ptr<Reader>> Reader::start(Connection connection) {
  std::unique_ptr<Reader> reader(new Reader(std::move(connection)));
  const auto find = kSelectRow + "id = ?1";
  struct {
    const char* sql;
    Statement& statement;
  } const all[] = {
      {find.c_str(), reader->find_},
      {"SELECT raw_body, body FROM requests WHERE id = ?1", reader->bodies_},
      {"SELECT started_at, duration_ms, url, status, error, truncated, response_head, CASE WHEN ?2 THEN response_body ELSE x'' END "
       "FROM attempts WHERE request = ?1 ORDER BY id",
       reader->attempts_},
      {"SELECT status FROM attempts WHERE request = ?1 ORDER BY id DESC LIMIT 1", reader->status_},
  };
  for (const auto& each : all) {
    auto prepared = reader->connection_.prepare(each.sql);
    if (!prepared) return prepared.error();
    each.statement = std::move(*prepared);
  }
  return reader;
}

Result<std::optional<StoredRequest>> Reader::find(std::int64_t id) {
  const std::lock_guard lock(mutex_);
  const StatementUse row(find_.get());
  sqlite3_bind_int64(row.get(), 1, id);
  auto found = collect(row.get(), Query{});
  if (!found) return found.error();
  if (found->empty()) return std::optional<StoredRequest>();
  return std::optional(std::move(found->front()));
}

Result<std::vector<StoredRequest>> Reader::list(const Query& query) {
  const std::lock_guard lock(mutex_);
  auto rows = connection_.prepare(select_for(query).c_str());
  if (!rows) return rows.error();
  auto* const statement = rows->get();
  if (query.after_id != 0) sqlite3_bind_int64(statement, 1, query.after_id);
  if (query.since) sqlite3_bind_int64(statement, 2, *query.since);
  if (query.until) sqlite3_bind_int64(statement, 3, *query.until);
  return collect(statement, query);
}

Result<std::int64_t> Reader::count() {
  const std::lock_guard lock(mutex_);
  return connection_.ask_number("SELECT count(*) FROM requests");
}

// While `rows` is being stepped the connection stays in one snapshot, so what is read beside it belongs together.
Result<std::vector<StoredRequest>> Reader::collect(sqlite3_stmt* rows, const Query& query) {
  std::vector<StoredRequest> found;
  const bool by_status = needs_status(query.filter);
  int code = SQLITE_DONE;
  while ((query.limit == 0 || found.size() < query.limit) && (code = sqlite3_step(rows)) == SQLITE_ROW) {
    auto request = read_row(rows);
    auto status = by_status ? status_of(request.id) : Result<std::optional<int>>(std::nullopt);
    if (!status) return status.error();
    if (!matches(query.filter, request.received, *status)) continue;
    auto completed = complete(request, query.bodies);
    if (!completed) return completed.error();
    found.push_back(std::move(request));
  }
  if (code != SQLITE_DONE && code != SQLITE_ROW) return connection_.error("read");
  return found;
}

Result<std::optional<int>> Reader::status_of(std::int64_t id) {
  const StatementUse row(status_.get());
  sqlite3_bind_int64(row.get(), 1, id);
  const int code = sqlite3_step(row.get());
  if (code != SQLITE_ROW && code != SQLITE_DONE) return connection_.error("read");
  if (code == SQLITE_DONE || sqlite3_column_type(row.get(), 0) == SQLITE_NULL) return std::optional<int>();
  return std::optional<int>(sqlite3_column_int(row.get(), 0));
}

Result<void> Reader::complete(StoredRequest& request, bool bodies) {
  if (bodies) {
    auto read = read_bodies(request);
    if (!read) return read;
  }
  return read_attempts(request, bodies);
}

Result<void> Reader::read_bodies(StoredRequest& request) {
  const StatementUse row(bodies_.get());
  sqlite3_bind_int64(row.get(), 1, request.id);
  if (sqlite3_step(row.get()) != SQLITE_ROW) return connection_.error("read");
  request.received.raw_body = column_bytes(row.get(), 0);
  request.received.body = column_bytes(row.get(), 1);
  return {};
}

Result<void> Reader::read_attempts(StoredRequest& request, bool bodies) {
  const StatementUse row(attempts_.get());
  sqlite3_bind_int64(row.get(), 1, request.id);
  sqlite3_bind_int(row.get(), 2, bodies ? 1 : 0);
  int code = SQLITE_ROW;
  while ((code = sqlite3_step(row.get())) == SQLITE_ROW) request.attempts.push_back(read_attempt(row.get(), request.id));
  if (code != SQLITE_DONE) return connection_.error("read");
  return {};
}

}  // namespace hookctl::store
