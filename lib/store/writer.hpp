// The one thread that writes: takes all that is queued, commits it in groups and hands over each group's completions in one call. Only
// for the files of this room.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "base/result.hpp"
#include "store/checkpoint.hpp"
#include "store/insert.hpp"
#include "store/journal.hpp"
#include "store/sqlite.hpp"

namespace hookctl::store {

class Writer {
 public:
  // Takes over a connection from open_to_write() and starts the thread.
  static Result<std::unique_ptr<Writer>> start(Connection connection, JournalOptions options);
  // Writes what is queued, then shortens the log to nothing.
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  Result<void> queue(Entry entry);  // thread-safe; `unavailable` when the queue is full
  void flush();                     // thread-safe

 private:
  Writer(Connection connection, JournalOptions options);
  Result<void> prepare();
  void run();
  bool take(std::vector<Entry>& taken);
  void write_all(std::span<Entry> entries);
  std::size_t next_group(std::span<const Entry> entries) const;
  void write(std::span<Entry> group);
  std::vector<Result<std::int64_t>> commit(std::span<const Entry> group);
  void hand_over(std::span<Entry> group, std::vector<Result<std::int64_t>> outcomes);

  Connection connection_;
  JournalOptions options_;
  std::unique_ptr<Inserter> inserter_;
  std::unique_ptr<Checkpointer> checkpointer_;

  std::mutex mutex_;  // guards what follows
  std::condition_variable arrived_;
  std::condition_variable settled_;
  std::vector<Entry> queue_;
  std::size_t waiting_bytes_{0};    // queued or being written
  std::uint64_t queued_count_{0};   // ever
  std::uint64_t settled_count_{0};  // committed or failed, completions handed over
  bool stopping_{false};
  std::thread thread_;
};

}  // namespace hookctl::store
