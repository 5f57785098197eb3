// The background checkpoint.
#include "store/checkpoint.hpp"

#include <utility>

namespace hookctl::store {
namespace {

constexpr int kRoundPages = 2000;  // 16 MB of log

int passive(sqlite3* db) {
  int pages = 0;
  sqlite3_wal_checkpoint_v2(db, "main", SQLITE_CHECKPOINT_PASSIVE, &pages, nullptr);
  return pages;
}

// A pass that the writer overtook leaves the database file unsynced, and the writer's tail would pay for that. The file is synced through
// SQLite's own handle: opening and closing it oneself would drop the process's locks.
void sync_file(sqlite3* db) {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (file != nullptr && file->pMethods != nullptr) file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
}

}  // namespace

Result<std::unique_ptr<Checkpointer>> Checkpointer::start(Connection& writer, std::function<void()> tail_ready) {
  auto own = Connection::open(writer.path(), Access::read_write);
  if (!own) return own.error();
  // A connection that has not read anything yet does not know the log: its checkpoints would do nothing and say nothing.
  auto read = own->ask_number("SELECT count(*) FROM sqlite_master");
  if (!read) return read.error();
  return std::unique_ptr<Checkpointer>(new Checkpointer(writer, std::move(*own), std::move(tail_ready)));
}

Checkpointer::Checkpointer(Connection& writer, Connection own, std::function<void()> tail_ready)
    : writer_(writer), own_(std::move(own)), tail_ready_(std::move(tail_ready)) {
  sqlite3_wal_hook(writer_.get(), on_commit, this);  // takes the place of SQLite's automatic checkpoint
  thread_ = std::thread([this] { run(); });
}

Checkpointer::~Checkpointer() {
  sqlite3_wal_hook(writer_.get(), nullptr, nullptr);
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

int Checkpointer::on_commit(void* self, sqlite3*, const char*, int pages) {
  static_cast<Checkpointer*>(self)->committed(pages);
  return SQLITE_OK;
}

// Counting from the end of the last round keeps a reader that holds the log open from causing a round at every commit.
void Checkpointer::committed(int pages) {
  if (pages < settled_pages_) settled_pages_ = 0;
  if (phase_ != Phase::idle || pages - settled_pages_ < kRoundPages) return;
  {
    const std::lock_guard lock(mutex_);
    phase_ = Phase::copying;
  }
  wake_.notify_one();
}

void Checkpointer::finish_round() {
  settled_pages_ = passive(writer_.get());
  phase_ = Phase::idle;
}

void Checkpointer::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || phase_ == Phase::copying; });
    if (stopping_) return;
    lock.unlock();
    copy();
    phase_ = Phase::tail;
    tail_ready_();
    lock.lock();
  }
}

// Failures (another process is at it, the disk is full) only leave the log longer; the next round tries again.
void Checkpointer::copy() {
  for (int pass = 0; pass < 2; ++pass) {  // the second one takes what was committed during the first
    passive(own_.get());
    sync_file(own_.get());
  }
}

}  // namespace hookctl::store
