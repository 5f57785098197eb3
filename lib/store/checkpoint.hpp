// Keeping the write-ahead log short without making commits wait: a thread of its own copies the log into the database file and syncs it
// while the writer goes on; the writer then copies the few pages that came meanwhile, after which its next commit starts the log anew.
// SQLite's own way does all of that inside an unlucky COMMIT. Only for the files of this room.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/result.hpp"
#include "store/sqlite.hpp"

namespace hookctl::store {

class Checkpointer {
 public:
  // Watches the commits of `writer`, which must outlive it. `tail_ready` is called from the thread when finish_round() is to be called.
  static Result<std::unique_ptr<Checkpointer>> start(Connection& writer, std::function<void()> tail_ready);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  bool tail_due() const noexcept { return phase_ == Phase::tail; }

  // On the writer's thread between two transactions, when tail_due().
  void finish_round();

 private:
  enum class Phase { idle, copying, tail };

  Checkpointer(Connection& writer, Connection own, std::function<void()> tail_ready);
  static int on_commit(void* self, sqlite3* db, const char* database, int pages);
  void committed(int pages);
  void run();
  void copy();

  Connection& writer_;
  Connection own_;
  std::function<void()> tail_ready_;
  int settled_pages_{0};  // length of the log at the end of the last round; 0 once it was started anew. The writer's thread only.
  std::atomic<Phase> phase_{Phase::idle};
  bool stopping_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace hookctl::store
