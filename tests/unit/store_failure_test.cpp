// The journal when the world is not kind: wrong files, no permission, a full disk, kill -9.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <functional>
#include <future>
#include <thread>

#include "store/journal.hpp"
#include "store/sqlite.hpp"
#include "store_scratch.hpp"

using namespace hookctl;
using namespace hookctl::store;

namespace {

Error refusal(const std::string& path, OpenMode mode = OpenMode::read_write) {
  auto journal = Journal::open(path, mode);
  REQUIRE_FALSE(journal);
  CHECK(journal.error().message.find("'" + path + "'") != std::string::npos);
  return journal.error();
}

bool says(const Error& error, const char* words) { return error.message.find(words) != std::string::npos; }

// Runs a statement on the file as another program would; the first column of its first row, or the error.
std::string sql(const std::string& path, const char* words) {
  std::ofstream(path, std::ios::app).flush();  // makes it where there is none
  auto connection = Connection::open(path, Access::read_write);
  REQUIRE(connection.ok());
  auto answer = connection->ask(words);
  return answer ? *answer : answer.error().message;
}

// Runs `work` in a child process that is not root and gives its exit status.
int as_nobody(const std::function<int()>& work) {
  std::fflush(nullptr);  // or the child may print it again
  const auto child = ::fork();
  if (child == 0) {
    constexpr uid_t kNobody = 65534;
    if (::geteuid() == 0 && ::setuid(kNobody) != 0) ::_exit(100);
    ::_exit(work());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// Files of this process cannot grow past this many bytes while it lives: as good as a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    auto now = before_;
    now.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &now);
  }
  ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
};

}  // namespace

TEST_CASE("what is no journal is refused and left alone") {
  const ScratchFolder folder;
  SUBCASE("text") {
    const auto path = folder / "notes.txt";
    std::ofstream(path) << std::string(4096, 'x');
    for (const auto mode : {OpenMode::read_write, OpenMode::read_only}) {
      const auto error = refusal(path, mode);
      CHECK(error.kind == ErrorKind::usage);
      CHECK(says(error, "file is not a database"));
    }
    CHECK(std::filesystem::file_size(path) == 4096);
  }
  SUBCASE("another program's database") {
    const auto path = folder / "other.db";
    sql(path, "CREATE TABLE t (a)");
    const auto error = refusal(path);
    CHECK(error.kind == ErrorKind::usage);
    CHECK(says(error, "another program's database"));
    CHECK(sql(path, "PRAGMA journal_mode") == "delete");
  }
  SUBCASE("a folder") { CHECK(refusal(folder.path()).kind == ErrorKind::unavailable); }
  SUBCASE("no name") { CHECK(refusal("").kind == ErrorKind::usage); }
  SUBCASE("a folder that cannot be made") {
    std::ofstream(folder / "file") << "x";
    auto journal = Journal::open(folder / "file/journal.db", OpenMode::read_write);
    REQUIRE_FALSE(journal);
    CHECK(journal.error().kind == ErrorKind::unavailable);
  }
}

TEST_CASE("reading needs a journal") {
  const ScratchFolder folder;
  const auto missing = refusal(folder / "none.db", OpenMode::read_only);
  CHECK(missing.kind == ErrorKind::unavailable);
  CHECK(says(missing, "no journal at"));
  CHECK_FALSE(std::filesystem::exists(folder / "none.db"));
  std::ofstream(folder / "empty.db").flush();
  CHECK(says(refusal(folder / "empty.db", OpenMode::read_only), "is empty"));
  CHECK(Journal::open(folder / "empty.db", OpenMode::read_write).ok());
}

TEST_CASE("a journal of a newer hookctl is refused") {
  const ScratchFolder folder;
  const auto path = folder / "journal.db";
  REQUIRE(Journal::open(path, OpenMode::read_write).ok());
  sql(path, "PRAGMA user_version = 99");
  for (const auto mode : {OpenMode::read_write, OpenMode::read_only}) {
    const auto error = refusal(path, mode);
    CHECK(error.kind == ErrorKind::usage);
    CHECK(says(error, "newer hookctl"));
    CHECK(says(error, "99"));
  }
}

TEST_CASE("a read-only journal refuses to write at once") {
  const ScratchFolder folder;
  REQUIRE(Journal::open(folder / "journal.db", OpenMode::read_write).ok());
  auto journal = Journal::open(folder / "journal.db", OpenMode::read_only);
  REQUIRE(journal.ok());
  bool told = false;
  auto queued = (*journal)->append(sample(), [&told](Result<std::int64_t>) { told = true; });
  REQUIRE_FALSE(queued);
  CHECK(queued.error().kind == ErrorKind::unavailable);
  CHECK_FALSE((*journal)->record(attempt_at(1, 200)));
  (*journal)->flush();
  CHECK_FALSE(told);
}

TEST_CASE("without permission: writing is refused, reading works") {
  const ScratchFolder folder;
  const auto path = folder / "journal.db";
  {
    auto journal = Journal::open(path, OpenMode::read_write);
    REQUIRE(journal.ok());
    REQUIRE(keep(**journal, sample()).ok());
  }
  ::chmod(path.c_str(), 0444);
  ::chmod(folder.path().c_str(), 0555);
  CHECK(as_nobody([&] {
          auto journal = Journal::open(path, OpenMode::read_write);
          return !journal && journal.error().kind == ErrorKind::unavailable && says(journal.error(), "cannot write") ? 0 : 1;
        }) == 0);
  CHECK(as_nobody([&] {
          auto journal = Journal::open(path, OpenMode::read_only);
          return journal && (*journal)->count().value_or(0) == 1 ? 0 : 1;
        }) == 0);
  CHECK(as_nobody([&] {
          auto journal = Journal::open(folder / "new.db", OpenMode::read_write);
          return !journal && journal.error().kind == ErrorKind::unavailable && says(journal.error(), "denied") ? 0 : 1;
        }) == 0);
  ::chmod(path.c_str(), 0000);
  CHECK(as_nobody([&] {
          auto journal = Journal::open(path, OpenMode::read_only);
          return !journal && journal.error().kind == ErrorKind::unavailable ? 0 : 1;
        }) == 0);
}

TEST_CASE("a full queue refuses, one entry alone never is") {
  const ScratchFolder folder;
  std::promise<void> released;
  JournalOptions options;
  options.queue_bytes = 100000;
  options.post = [gate = released.get_future().share()](std::function<void()> work) {
    gate.wait();
    work();
  };
  auto journal = Journal::open(folder / "journal.db", OpenMode::read_write, options);
  REQUIRE(journal.ok());
  std::atomic<int> kept{0};
  const auto count_kept = [&kept](Result<std::int64_t> id) { kept += id ? 1 : 0; };
  CHECK((*journal)->append(sample(std::string(1000000, 'x')), count_kept).ok());
  auto refused = (*journal)->append(sample(), count_kept);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::unavailable);
  CHECK(says(refused.error(), "cannot keep up"));
  released.set_value();
  (*journal)->flush();
  CHECK((*journal)->append(sample(), count_kept).ok());
  (*journal)->flush();
  CHECK(kept == 2);
}

TEST_CASE("one impossible row does not take its group along") {
  const ScratchFolder folder;
  std::promise<void> released;
  std::vector<bool> outcomes;
  std::string reason;
  JournalOptions options;
  options.post = [gate = released.get_future().share()](std::function<void()> work) {
    gate.wait();  // so that what follows the first is one group
    work();
  };
  auto journal = Journal::open(folder / "journal.db", OpenMode::read_write, options);
  REQUIRE(journal.ok());
  const auto note = [&](Result<std::int64_t> id) {
    outcomes.push_back(id.ok());
    if (!id) reason = id.error().message;
  };
  for (int i = 0; i < 3; ++i) REQUIRE((*journal)->append(sample(), note).ok());
  REQUIRE((*journal)->record(attempt_at(4711, 200), note).ok());  // of no request
  for (int i = 0; i < 3; ++i) REQUIRE((*journal)->append(sample(), note).ok());
  released.set_value();
  (*journal)->flush();
  CHECK(outcomes == std::vector<bool>{true, true, true, false, true, true, true});
  CHECK(reason.find("FOREIGN KEY") != std::string::npos);
  CHECK((*journal)->count().value_or(0) == 6);
}

TEST_CASE("a full disk fails what does not fit, and the journal works again afterwards") {
  const ScratchFolder folder;
  const auto path = folder / "journal.db";
  auto journal = Journal::open(path, OpenMode::read_write);
  REQUIRE(journal.ok());
  REQUIRE(keep(**journal, sample()).ok());
  {
    const FileSizeLimit full(256 << 10);
    const auto id = keep(**journal, sample(std::string(1 << 20, 'x')));
    REQUIRE_FALSE(id);
    CHECK(id.error().kind == ErrorKind::unavailable);
    CHECK(says(id.error(), path.c_str()));
    CHECK(says(id.error(), "disk I/O error (file too large)"));
    CHECK(keep(**journal, sample("small")).ok());
    int refused = 0;
    for (int i = 0; i < 100; ++i) refused += keep(**journal, sample(std::string(8192, 'y'))) ? 0 : 1;
    CHECK(refused > 0);
  }
  CHECK(keep(**journal, sample(std::string(1 << 20, 'x'))).ok());
  CHECK((*journal)->last()->value().body_size == 1 << 20);
  journal->reset();
  CHECK(sql(path, "PRAGMA integrity_check") == "ok");
}

TEST_CASE("a journal whose file was removed says so") {
  const ScratchFolder folder;
  auto journal = Journal::open(folder / "journal.db", OpenMode::read_write);
  REQUIRE(journal.ok());
  std::filesystem::remove(folder / "journal.db");
  const auto id = keep(**journal, sample());
  REQUIRE_FALSE(id);
  CHECK(says(id.error(), "removed or replaced"));
}

namespace {

// Appends from several threads and writes each id to `pipe` once its completion told it. Ends only by being killed.
[[noreturn]] void append_until_killed(const std::string& path, int pipe) {
  auto journal = Journal::open(path, OpenMode::read_write);
  if (!journal) ::_exit(1);
  const auto appender = [&] {
    for (;;) {
      auto id = keep(**journal, sample(std::string(3000, 'z')));
      if (id && ::write(pipe, &*id, sizeof(*id)) != sizeof(*id)) ::_exit(2);
    }
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < 7; ++t) threads.emplace_back(appender);
  appender();
  ::_exit(3);
}

}  // namespace

TEST_CASE("after kill -9 the journal is sound and has every request that was reported kept") {
  const ScratchFolder folder;
  const auto path = folder / "journal.db";
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  std::fflush(nullptr);  // or the child may print it again
  const auto child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    append_until_killed(path, ends[1]);
  }
  ::close(ends[1]);
  std::vector<std::int64_t> told;
  std::int64_t id = 0;
  while (told.size() < 8000 && ::read(ends[0], &id, sizeof(id)) == sizeof(id)) told.push_back(id);
  ::kill(child, SIGKILL);
  while (::read(ends[0], &id, sizeof(id)) == sizeof(id)) told.push_back(id);
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  REQUIRE(WIFSIGNALED(status));

  {
    auto journal = Journal::open(path, OpenMode::read_write);
    REQUIRE(journal.ok());
    REQUIRE(told.size() >= 8000);
    int missing = 0;
    for (const auto each : told) {
      auto found = (*journal)->find(each);
      if (!found || !*found || (*found)->received.body != std::string(3000, 'z')) ++missing;
    }
    CHECK(missing == 0);
    CHECK(keep(**journal, sample()).ok());
  }
  CHECK(sql(path, "PRAGMA integrity_check") == "ok");
}
