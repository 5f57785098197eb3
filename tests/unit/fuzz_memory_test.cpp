// Memory over equal batches: what grows with each of them is a leak, what grows and then stays is how programs breathe.
#include <doctest/doctest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "fuzz/memory.hpp"
#include "fuzz_endpoint.hpp"
#include "process/vitals.hpp"

using namespace hookctl;
using fuzz::grows;

namespace {

constexpr std::size_t kMeasured = 1'600;  // deliveries of one measurement: four batches
constexpr std::uint64_t kMb = std::uint64_t{1} << 20U;

std::vector<std::uint64_t> mb(std::vector<std::uint64_t> sizes) {
  for (std::uint64_t& size : sizes) size *= kMb;
  return sizes;
}

// A process of our own that takes as much memory as it is told, and keeps it: the endpoint's program.
class Hoarder {
 public:
  Hoarder() {
    REQUIRE(pipe(to_) == 0);
    REQUIRE(pipe(from_) == 0);
    pid_ = fork();
    if (pid_ == 0) live();
    REQUIRE(pid_ > 0);
    close(to_[0]);
    close(from_[1]);
  }
  ~Hoarder() {
    close(to_[1]);  // it ends
    close(from_[0]);
    waitpid(pid_, nullptr, 0);
  }
  Hoarder(const Hoarder&) = delete;
  Hoarder& operator=(const Hoarder&) = delete;

  int pid() const { return pid_; }
  void take(std::size_t bytes) {
    char done = 0;
    REQUIRE(write(to_[1], &bytes, sizeof bytes) == sizeof bytes);
    REQUIRE(read(from_[0], &done, 1) == 1);
  }
  void let_go() { take(0); }

 private:
  static constexpr std::size_t kRoom = std::size_t{512} << 20U;

  [[noreturn]] void live() {
    close(to_[1]);
    close(from_[0]);
    void* room = mmap(nullptr, kRoom, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    auto* memory = static_cast<volatile char*>(room);
    std::size_t used = 0;
    for (std::size_t bytes = 0; room != MAP_FAILED && read(to_[0], &bytes, sizeof bytes) == sizeof bytes;) {
      if (bytes == 0 && madvise(room, std::exchange(used, 0), MADV_DONTNEED) != 0) break;
      for (const std::size_t end = std::min(kRoom, used + bytes); used < end; used += 4'096) memory[used] = 1;
      if (write(from_[1], "x", 1) != 1) break;
    }
    _exit(0);
  }

  int to_[2]{};
  int from_[2]{};
  pid_t pid_{-1};
};

// The rules that an endpoint breaks whose program keeps so much of each large request, given how many came before it.
std::vector<std::string> found(const std::function<std::size_t(std::size_t nth)>& keeps, std::uint64_t* requests = nullptr) {
  test::FuzzCheck check("generic");
  check.subject.samples.resize(1);
  check.wire.keeping = false;
  Hoarder program;
  std::size_t count = 0;
  check.options.most_findings = 1;
  check.bench();
  check.endpoint.first = [&](http::Request& request) -> std::optional<http::Response> {
    check.endpoint.requests.clear();
    if (request.body.size() < 70'000) return std::nullopt;
    if (count % kMeasured == 0) program.let_go();  // it has been started anew
    if (const std::size_t bytes = keeps(count++); bytes > 0) program.take(bytes);
    return test::FakeEndpoint::say(413, "too large");
  };
  const std::uint64_t before = check.bench().requests();
  const auto done = fuzz::try_memory(check.bench(), check.pursuit(), program.pid());
  REQUIRE_MESSAGE(done.ok(), (done ? "" : done.error().message));
  if (requests != nullptr) *requests = check.bench().requests() - before;
  std::vector<std::string> out;
  for (const report::Finding& finding : check.findings()) {
    CHECK(finding.confidence.confirmed());
    CHECK(finding.summary.find("memory grew") != std::string::npos);
    CHECK(finding.seen.find(" MB") != std::string::npos);
    out.push_back(finding.rule);
  }
  CHECK(check.kept.size() == out.size());
  return out;
}

}  // namespace

TEST_CASE("fuzz memory: each batch adds more than 5 % and more than 20 MB, or it is no leak") {
  CHECK(grows(mb({100, 130, 160, 190})));
  CHECK(grows(mb({100, 121, 142, 163})));
  CHECK(grows(mb({1'000, 1'060, 1'120, 1'180})));
  CHECK_FALSE(grows(mb({1'000, 1'040, 1'080, 1'120})));  // 4 %
  CHECK_FALSE(grows(mb({100, 119, 138, 157})));          // 19 MB
  CHECK_FALSE(grows(mb({100, 130, 160, 160})));          // and then it stays
  CHECK_FALSE(grows(mb({100, 160, 160, 190})));
  CHECK_FALSE(grows(mb({100, 100, 130, 160})));
  CHECK_FALSE(grows(mb({100, 130, 160, 120})));  // it is let go
  CHECK_FALSE(grows(mb({190, 160, 130, 100})));
  CHECK_FALSE(grows(mb({100, 100, 100, 100})));
}

TEST_CASE("fuzz memory: fewer than four numbers tell nothing") {
  CHECK_FALSE(grows({}));
  CHECK_FALSE(grows(mb({100})));
  CHECK_FALSE(grows(mb({100, 200, 300})));
  CHECK_FALSE(grows({0, 0, 0, 0}));
  CHECK_FALSE(grows(std::vector<std::uint64_t>(4, static_cast<std::uint64_t>(-1))));
}

TEST_CASE("fuzz memory: nothing is sent without a process") {
  test::FuzzCheck check("generic");
  const auto before = check.bench().requests();
  CHECK(fuzz::try_memory(check.bench(), check.pursuit(), std::nullopt).ok());
  CHECK(check.bench().requests() == before);
  CHECK(fuzz::try_memory(check.bench(), check.pursuit(), 1 << 30).ok());  // there is no such one
  CHECK(check.findings().empty());
}

TEST_CASE("fuzz memory: a program that keeps nothing is cleared soon, and one that warms up is no leak") {
  if (!process::vitals(getpid())) return;  // the system does not tell
  std::uint64_t requests = 0;
  CHECK(found([](std::size_t) { return std::size_t{0}; }, &requests).empty());
  CHECK(requests <= 1'620);
  CHECK(found([](std::size_t nth) { return nth < 500 ? 100 * 1024 : std::size_t{0}; }).empty());
}

TEST_CASE("fuzz memory: a program that keeps what it was sent is found") {
  if (!process::vitals(getpid())) return;
  CHECK(found([](std::size_t) { return std::size_t{250} * 1024; }) == std::vector<std::string>{"fuzz/memory"});
}
