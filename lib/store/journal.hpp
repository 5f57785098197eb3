// The journal: every received request and every try to deliver it, in one SQLite file that outlives the process.
//
// append() and record() queue and return; one writer thread commits what is queued in groups, each in one transaction with
// synchronous=FULL, so a completion that got a value means "on disk". Several processes may use one file at the same time; ids come from
// the database. All functions are thread-safe. Every error names the file and SQLite's reason.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/filter.hpp"
#include "store/record.hpp"

namespace hookctl::store {

enum class OpenMode {
  read_write,  // makes the file (0600) and its folder (0700) where there is none
  read_only,   // the file must be there; append() and record() are refused
};

// Runs a piece of work elsewhere, such as on an event loop. Called from the writer thread; must not block for long nor throw.
using Post = std::function<void(std::function<void()>)>;

// The new row's id, or why it was not kept. Must not throw, nor call flush() or destroy the journal where no Post was given.
using Completion = std::function<void(Result<std::int64_t>)>;

struct JournalOptions {
  // Gets all completions of one commit in one call: one wake-up per commit. Empty: they run on the writer thread.
  Post post{};
  std::size_t queue_bytes{std::size_t{256} << 20};  // more than this not yet committed: refused (one entry alone never is)
  std::size_t batch_rows{512};                      // largest group in one transaction
  std::size_t batch_bytes{std::size_t{8} << 20};
};

// Which requests list() gives, in the order of their ids (that of their commits).
struct Query {
  Filter filter{};
  std::optional<UnixMs> since{};  // received at this time or later
  std::optional<UnixMs> until{};  // received at this time or earlier
  std::size_t limit{0};           // 0: all
  bool newest_first{true};
  std::int64_t after_id{0};  // only those that follow this id in the order asked for (smaller ids when newest_first); 0: from the start
  bool bodies{true};         // false: body, raw_body and the response bodies stay empty and unread
};

class Journal {
 public:
  // `usage` when the file is no journal or one of a newer hookctl; `unavailable` when it (or its folder) cannot be opened, made or written.
  static Result<std::unique_ptr<Journal>> open(const std::string& path, OpenMode mode, JournalOptions options = {});

  // Commits what is queued, hands over the completions, moves the write-ahead log into the file and closes.
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // Queues a request; `completion` gets its id once it is on disk, or `unavailable` when it could not be written (the journal goes on).
  // `unavailable` at once, and no completion, when the queue is full or the journal is read-only.
  Result<void> append(Received received, Completion completion);

  // The same for an attempt at an existing request; its response body is cut to kResponseBodyLimit. `completion` may be empty.
  Result<void> record(Attempt attempt, Completion completion = {});

  // Waits until everything queued so far is committed or has failed, and its completions are handed over.
  void flush();

  // Reading happens on the caller's thread and sees all that is committed, by other processes too.
  Result<std::optional<StoredRequest>> find(std::int64_t id);
  Result<std::vector<StoredRequest>> list(const Query& query);
  Result<std::optional<StoredRequest>> last();  // the newest, with bodies
  Result<std::int64_t> count();                 // of all requests

  const std::string& path() const noexcept;

 private:
  struct Parts;
  explicit Journal(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace hookctl::store
