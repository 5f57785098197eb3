// Group commit.
#include "store/writer.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace hookctl::store {

Result<std::unique_ptr<Writer>> Writer::start(Connection connection, JournalOptions options) {
  std::unique_ptr<Writer> writer(new Writer(std::move(connection), std::move(options)));
  auto ready = writer->prepare();
  if (!ready) return ready.error();
  writer->thread_ = std::thread([self = writer.get()] { self->run(); });
  return writer;
}

Writer::Writer(Connection connection, JournalOptions options) : connection_(std::move(connection)), options_(std::move(options)) {}

Result<void> Writer::prepare() {
  // A log that one large body made long is cut when it is next started anew; the cache holds a whole group before its commit.
  auto set = connection_.run("PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-16384;");
  if (!set) return set.error();
  auto inserter = Inserter::prepare(connection_);
  if (!inserter) return inserter.error();
  inserter_ = std::make_unique<Inserter>(std::move(*inserter));
  auto checkpointer = Checkpointer::start(connection_, [this] {
    { const std::lock_guard lock(mutex_); }  // so that the thread is either before its test or already waiting
    arrived_.notify_one();
  });
  if (!checkpointer) return checkpointer.error();
  checkpointer_ = std::move(*checkpointer);
  return {};
}

Writer::~Writer() {
  if (thread_.joinable()) {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    arrived_.notify_one();
    thread_.join();
  }
  checkpointer_.reset();
  constexpr int kClosingTimeoutMs = 200;  // other processes may be reading or writing; they will checkpoint, too
  sqlite3_busy_timeout(connection_.get(), kClosingTimeoutMs);
  sqlite3_wal_checkpoint_v2(connection_.get(), "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
}

Result<void> Writer::queue(Entry entry) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_bytes_ > 0 && waiting_bytes_ + entry.bytes > options_.queue_bytes) {
      return unavailable_error(journal_name(connection_.path()) + " cannot keep up: " + std::to_string(waiting_bytes_ >> 20) +
                               " MiB wait to be written");
    }
    waiting_bytes_ += entry.bytes;
    ++queued_count_;
    queue_.push_back(std::move(entry));
  }
  arrived_.notify_one();
  return {};
}

void Writer::flush() {
  std::unique_lock lock(mutex_);
  settled_.wait(lock, [this, target = queued_count_] { return settled_count_ >= target; });
}

void Writer::run() {
  std::vector<Entry> taken;  // its memory and the queue's change places
  while (take(taken)) {
    write_all(taken);
    taken.clear();
    if (checkpointer_->tail_due()) checkpointer_->finish_round();
  }
}

// Waits for work. False when there is none and none will come.
bool Writer::take(std::vector<Entry>& taken) {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [this] { return stopping_ || !queue_.empty() || checkpointer_->tail_due(); });
  if (queue_.empty() && stopping_) return false;
  taken.swap(queue_);
  return true;
}

void Writer::write_all(std::span<Entry> entries) {
  while (!entries.empty()) {
    const auto rows = next_group(entries);
    write(entries.first(rows));
    entries = entries.subspan(rows);
  }
}

// How many of the first entries make one transaction: at least one.
std::size_t Writer::next_group(std::span<const Entry> entries) const {
  std::size_t rows = 0;
  std::size_t bytes = 0;
  const auto most = std::min(entries.size(), std::max<std::size_t>(options_.batch_rows, 1));
  while (rows < most && (rows == 0 || bytes + entries[rows].bytes <= options_.batch_bytes)) bytes += entries[rows++].bytes;
  return rows;
}

void Writer::write(std::span<Entry> group) {
  hand_over(group, commit(group));
  std::size_t bytes = 0;
  for (auto& entry : group) {
    bytes += entry.bytes;
    entry.row = Attempt{};  // gives the memory back now, not after the groups that follow
  }
  {
    const std::lock_guard lock(mutex_);
    waiting_bytes_ -= bytes;
    settled_count_ += group.size();
  }
  settled_.notify_all();
}

// One outcome for each entry. A group that failed because of one of its rows is tried again row by row.
std::vector<Result<std::int64_t>> Writer::commit(std::span<const Entry> group) {
  auto ids = inserter_->insert(group);
  if (ids) return {ids->begin(), ids->end()};
  if (group.size() == 1 || !inserter_->may_be_one_row()) return std::vector<Result<std::int64_t>>(group.size(), ids.error());
  std::vector<Result<std::int64_t>> outcomes;
  outcomes.reserve(group.size());
  for (std::size_t i = 0; i < group.size(); ++i) {
    auto one = inserter_->insert(group.subspan(i, 1));
    outcomes.push_back(one ? Result<std::int64_t>(one->front()) : Result<std::int64_t>(one.error()));
  }
  return outcomes;
}

void Writer::hand_over(std::span<Entry> group, std::vector<Result<std::int64_t>> outcomes) {
  struct Told {
    Completion completion;
    Result<std::int64_t> outcome;
  };
  std::vector<Told> told;
  told.reserve(group.size());
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (group[i].completion) told.push_back({std::move(group[i].completion), std::move(outcomes[i])});
  }
  if (told.empty()) return;
  auto tell = [all = std::make_shared<std::vector<Told>>(std::move(told))] {
    for (auto& each : *all) each.completion(std::move(each.outcome));
  };
  if (options_.post) {
    options_.post(std::move(tell));
  } else {
    tell();
  }
}

}  // namespace hookctl::store
