// The journal when the world is kind: what goes in comes out, in groups, from many threads and several journals at once.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "store/journal.hpp"
#include "store_scratch.hpp"

using namespace hookctl;
using namespace hookctl::store;

namespace {

std::unique_ptr<Journal> opened(const std::string& path, OpenMode mode = OpenMode::read_write, JournalOptions options = {}) {
  auto journal = Journal::open(path, mode, std::move(options));
  REQUIRE_MESSAGE(journal.ok(), (journal ? "" : journal.error().message));
  return std::move(*journal);
}

unsigned mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777U;
}

std::string noise(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint32_t state = 1;
  for (auto& byte : bytes) byte = static_cast<char>((state = state * 1664525U + 1013904223U) >> 24);
  return bytes;
}

std::vector<std::int64_t> ids_of(Journal& journal, const Query& query) {
  auto found = journal.list(query);
  REQUIRE(found.ok());
  std::vector<std::int64_t> ids;
  for (const auto& request : *found) ids.push_back(request.id);
  return ids;
}

Filter filter_of(const char* text) {
  auto filter = parse_filter(text);
  REQUIRE(filter.ok());
  return *filter;
}

}  // namespace

TEST_CASE("a request and its attempts come back as they went in") {
  const ScratchFolder folder;
  auto journal = opened(folder / "journal.db");
  auto received = sample(std::string("a\0b\xff\xc3", 5));
  received.raw_body = std::string("5\r\na\0b\xff\xc3\r\n0\r\n\r\n", 15);
  received.target = std::string("/a\0b\xfe?c", 7);
  received.code = "timestamp_too_old";
  const auto id = keep(*journal, received);
  REQUIRE(id.ok());
  auto attempt = attempt_at(*id, 502);
  attempt.error = "bad";
  attempt.response_head = "HTTP/1.1 502 Bad Gateway\r\n";
  attempt.response_body = std::string("\0no", 3);
  REQUIRE(keep(*journal, attempt).ok());
  REQUIRE(keep(*journal, attempt_at(*id, std::nullopt)).ok());

  auto found = journal->find(*id);
  REQUIRE(found.ok());
  REQUIRE(found->has_value());
  const auto& back = (*found)->received;
  CHECK((*found)->id == *id);
  CHECK((*found)->body_size == 5);
  CHECK(back.received_at == received.received_at);
  for (auto field :
       {&Received::remote, &Received::raw_head, &Received::body, &Received::raw_body, &Received::method, &Received::target,
        &Received::provider, &Received::event_type, &Received::event_id, &Received::verdict, &Received::code, &Received::listener}) {
    CHECK(back.*field == received.*field);
  }
  REQUIRE((*found)->attempts.size() == 2);
  const auto& first = (*found)->attempts.front();
  CHECK(first.request == *id);
  CHECK(first.started_at == attempt.started_at);
  CHECK(first.duration_ms == 15);
  CHECK(first.url == attempt.url);
  CHECK(first.status == 502);
  CHECK(first.error == "bad");
  CHECK(first.response_head == attempt.response_head);
  CHECK(first.response_body == attempt.response_body);
  CHECK_FALSE(first.truncated);
  CHECK((*found)->attempts.back().status == std::nullopt);
  CHECK(last_status(**found) == std::nullopt);
}

TEST_CASE("large bodies come back whole, and lists can leave them out") {
  const ScratchFolder folder;
  auto journal = opened(folder / "journal.db");
  const auto body = noise(std::size_t{25} << 20);
  const auto id = keep(*journal, sample(body));
  REQUIRE(id.ok());
  REQUIRE(keep(*journal, sample(std::string(std::size_t{64} << 20, 'x'))).ok());
  auto found = journal->find(*id);
  REQUIRE(found.ok());
  CHECK(((*found)->received.body == body));
  Query query;
  query.bodies = false;
  auto list = journal->list(query);
  REQUIRE(list.ok());
  REQUIRE(list->size() == 2);
  CHECK(list->front().body_size == std::size_t{64} << 20);
  CHECK(list->front().received.body.empty());
  CHECK(list->front().received.raw_head == sample().raw_head);
}

TEST_CASE("a response body is cut and says so") {
  const ScratchFolder folder;
  auto journal = opened(folder / "journal.db");
  const auto id = keep(*journal, sample());
  auto attempt = attempt_at(*id, 200);
  attempt.response_body.assign(kResponseBodyLimit, 'x');
  REQUIRE(keep(*journal, attempt).ok());
  attempt.response_body += 'y';
  REQUIRE(keep(*journal, attempt).ok());
  auto last = journal->last();
  REQUIRE((last.ok() && last->has_value()));
  CHECK((*last)->attempts[0].response_body.size() == kResponseBodyLimit);
  CHECK_FALSE((*last)->attempts[0].truncated);
  CHECK((*last)->attempts[1].response_body.size() == kResponseBodyLimit);
  CHECK((*last)->attempts[1].truncated);
}

TEST_CASE("an empty journal has nothing to give") {
  const ScratchFolder folder;
  auto journal = opened(folder / "journal.db");
  CHECK_FALSE(journal->last()->has_value());
  CHECK_FALSE(journal->find(1)->has_value());
  CHECK(journal->list({})->empty());
  CHECK(journal->count().value_or(-1) == 0);
}

TEST_CASE("lists: order, limit, continuation, time, filter") {
  const ScratchFolder folder;
  auto journal = opened(folder / "journal.db");
  for (int i = 1; i <= 6; ++i) {  // ids 1…6 at times 1000…6000; even ones are charges
    auto received = sample();
    received.received_at = i * 1000;
    if (i % 2 == 0) received.event_type = "charge.failed";
    REQUIRE(keep(*journal, received).value_or(0) == i);
  }
  REQUIRE(keep(*journal, attempt_at(2, 200)).ok());
  REQUIRE(keep(*journal, attempt_at(4, 200)).ok());
  REQUIRE(keep(*journal, attempt_at(4, 500)).ok());

  using Ids = std::vector<std::int64_t>;
  Query query;
  CHECK(ids_of(*journal, query) == Ids{6, 5, 4, 3, 2, 1});
  query.limit = 2;
  CHECK(ids_of(*journal, query) == Ids{6, 5});
  query.after_id = 5;
  CHECK(ids_of(*journal, query) == Ids{4, 3});
  query.newest_first = false;
  query.after_id = 2;
  CHECK(ids_of(*journal, query) == Ids{3, 4});
  query = Query{};
  query.since = 2000;
  query.until = 4000;
  CHECK(ids_of(*journal, query) == Ids{4, 3, 2});
  query.since = 7000;
  CHECK(ids_of(*journal, query).empty());
  query = Query{};
  query.filter = filter_of("event=charge.*");
  query.limit = 2;
  CHECK(ids_of(*journal, query) == Ids{6, 4});
  query.filter = filter_of("status=5*");
  CHECK(ids_of(*journal, query) == Ids{4});
  query.filter = filter_of("status=none event=invoice.paid");
  query.limit = 0;
  CHECK(ids_of(*journal, query) == Ids{5, 3, 1});
  CHECK(journal->last()->value().id == 6);
  CHECK(journal->count().value_or(0) == 6);

  auto late = sample();  // committed after those it came before
  late.received_at = 1500;
  REQUIRE(keep(*journal, late).value_or(0) == 7);
  query = Query{};
  query.since = 5000;
  CHECK(ids_of(*journal, query) == Ids{6, 5});
  query.since = 1500;
  query.until = 2000;
  CHECK(ids_of(*journal, query) == Ids{7, 2});
}

TEST_CASE("appends from many threads get distinct ids, all are kept, and completions come in batches through Post") {
  const ScratchFolder folder;
  constexpr int kThreads = 8;
  constexpr int kEach = 250;
  std::mutex mutex;
  std::set<std::int64_t> ids;
  int posts = 0;  // of the writer thread only, read after the journal is gone
  JournalOptions options;
  options.post = [&posts](std::function<void()> work) {
    ++posts;
    work();
  };
  {
    auto journal = opened(folder / "journal.db", OpenMode::read_write, options);
    std::vector<std::thread> threads;
    std::atomic<int> refused{0};
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < kEach; ++i) {
          auto queued = journal->append(sample(std::to_string(t) + "/" + std::to_string(i)), [&](Result<std::int64_t> id) {
            const std::lock_guard lock(mutex);
            if (id) ids.insert(*id);
          });
          if (!queued) ++refused;
        }
      });
    }
    for (auto& thread : threads) thread.join();
    CHECK(refused == 0);
    journal->flush();
    CHECK(ids.size() == kThreads * kEach);
    CHECK(journal->count().value_or(0) == kThreads * kEach);
  }
  CHECK(posts >= 1);
  CHECK(posts < kThreads * kEach / 2);
  auto again = opened(folder / "journal.db", OpenMode::read_only);
  std::set<std::string> bodies;
  const auto all = again->list({});
  REQUIRE(all.ok());
  for (const auto& request : *all) bodies.insert(request.received.body);
  CHECK(bodies.size() == kThreads * kEach);
}

TEST_CASE("batches keep to their caps") {
  const ScratchFolder folder;
  std::mutex mutex;
  std::condition_variable go;
  bool held = true;
  std::vector<int> sizes;
  int told = 0;
  JournalOptions options;
  options.batch_rows = 10;
  options.post = [&](std::function<void()> work) {
    std::unique_lock lock(mutex);
    go.wait(lock, [&] { return !held; });  // the first commit waits here until all are queued
    told = 0;
    lock.unlock();
    work();
    sizes.push_back(told);
  };
  auto journal = opened(folder / "journal.db", OpenMode::read_write, options);
  for (int i = 0; i < 101; ++i) REQUIRE(journal->append(sample(), [&told](Result<std::int64_t>) { ++told; }).ok());
  {
    const std::lock_guard lock(mutex);
    held = false;
  }
  go.notify_one();
  journal->flush();
  int sum = 0;
  for (const int size : sizes) {
    CHECK(size <= 10);
    sum += size;
  }
  CHECK(sum == 101);
  CHECK(sizes.size() >= 11);
  CHECK(sizes.size() <= 12);
}

TEST_CASE("closing commits what is queued") {
  const ScratchFolder folder;
  std::atomic<int> kept{0};
  {
    auto journal = opened(folder / "journal.db");
    for (int i = 0; i < 500; ++i) REQUIRE(journal->append(sample(), [&kept](Result<std::int64_t> id) { kept += id ? 1 : 0; }).ok());
  }
  CHECK(kept == 500);
  CHECK_FALSE(std::filesystem::exists(folder / "journal.db-wal"));
  CHECK(opened(folder / "journal.db", OpenMode::read_only)->count().value_or(0) == 500);
}

TEST_CASE("two journals on one file share its ids and see each other's rows") {
  const ScratchFolder folder;
  auto one = opened(folder / "journal.db");
  auto two = opened(folder / "journal.db");
  std::mutex mutex;
  std::set<std::int64_t> ids;
  const auto fill = [&](Journal& journal) {
    for (int i = 0; i < 300; ++i) {
      auto id = keep(journal, sample());
      const std::lock_guard lock(mutex);
      if (id) ids.insert(*id);
    }
  };
  std::thread other([&] { fill(*two); });
  fill(*one);
  other.join();
  CHECK(ids.size() == 600);
  CHECK(one->count().value_or(0) == 600);
  CHECK(one->last()->value().id == two->last()->value().id);
}

TEST_CASE("a new journal opened by many at once gets its tables once") {
  for (int round = 0; round < 5; ++round) {
    const ScratchFolder folder;
    std::atomic<int> good{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 6; ++t) {
      threads.emplace_back([&] {
        auto journal = Journal::open(folder / "journal.db", OpenMode::read_write);
        if (journal && keep(**journal, sample())) ++good;
      });
    }
    for (auto& thread : threads) thread.join();
    CHECK(good == 6);
  }
}

TEST_CASE("the log is moved into the file while the journal is open") {
  const ScratchFolder folder;
  const auto path = folder / "journal.db";
  auto journal = opened(path);
  constexpr std::size_t kWritten = std::size_t{96} << 20;
  const std::string body(std::size_t{16} << 10, 'x');
  for (std::size_t i = 0; i < kWritten / body.size(); ++i) {
    REQUIRE(journal->append(sample(body), [](Result<std::int64_t>) {}).ok());
    if (i % 256 == 0) journal->flush();
  }
  journal->flush();
  CHECK(std::filesystem::file_size(path) > kWritten / 8);
  CHECK(std::filesystem::file_size(path + "-wal") < kWritten);
  CHECK(journal->count().value_or(0) == static_cast<std::int64_t>(kWritten / body.size()));
}

TEST_CASE("the journal is its owner's alone") {
  const ScratchFolder folder;
  const auto path = folder / "a/b/journal.db";
  const auto old = ::umask(0);
  auto journal = opened(path);
  REQUIRE(keep(*journal, sample()).ok());
  ::umask(old);
  CHECK(mode_of(folder / "a") == 0700);
  CHECK(mode_of(folder / "a/b") == 0700);
  CHECK(mode_of(path) == 0600);
  CHECK(mode_of(path + "-wal") == 0600);
  CHECK(mode_of(path + "-shm") == 0600);
}
