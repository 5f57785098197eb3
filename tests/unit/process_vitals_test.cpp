// process/vitals.hpp: of a program and what it started, while they live.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "process/child.hpp"
#include "process/vitals.hpp"

using namespace hookctl;
using namespace hookctl::process;

namespace {

bool eventually(const std::function<bool()>& holds) {
  const std::int64_t end = steady_ms() + 20'000;
  while (!holds()) {
    if (steady_ms() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

std::unique_ptr<Child> shell(const std::string& script) {
  auto child = Child::start({"sh", "-c", script});
  if (!child) FAIL(child.error().message);
  return *std::move(child);
}

Vitals of(int pid) { return vitals(pid).value_or(Vitals{}); }

}  // namespace

#ifdef __linux__

TEST_CASE("vitals: ourselves, with what we open, hold and work") {
  const Vitals before = of(::getpid());
  CHECK(before.processes >= 1);
  CHECK(before.resident_bytes > 100'000);
  std::vector<int> files;
  for (int i = 0; i < 10; ++i) files.push_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  CHECK(of(::getpid()).open_files == before.open_files + 10);
  for (const int file : files) ::close(file);
  CHECK(of(::getpid()).open_files == before.open_files);
  constexpr std::size_t kMore = 64 << 20;
  const auto memory = std::make_unique<char[]>(kMore);
  for (std::size_t i = 0; i < kMore; i += 1024) memory[i] = 1;
  CHECK(of(::getpid()).resident_bytes > before.resident_bytes + kMore / 2);
  // Sanitizers keep notes about each byte, so this only tells bytes from pages.
  CHECK(of(::getpid()).resident_bytes < before.resident_bytes + 12 * kMore);
  volatile unsigned work = 0;
  CHECK(eventually([&] {
    for (unsigned i = 0; i < 10'000'000; ++i) work = work + i;
    return of(::getpid()).cpu_ms >= before.cpu_ms + 100;
  }));
}

TEST_CASE("vitals: a program with its children and theirs, and no others") {
  const auto other = shell("sleep 100");
  const auto child = shell("sleep 100 & (sleep 100 & sleep 100; true) & wait");
  REQUIRE(eventually([&] { return of(child->pid()).processes == 5; }));
  const Vitals seen = of(child->pid());
  CHECK(seen.open_files >= 5 * 3);
  CHECK(seen.open_files < 200);
  CHECK(seen.resident_bytes > 5 * 100'000);
  CHECK(of(::getpid()).processes >= 7);
  child->stop(5'000);
  CHECK_FALSE(vitals(child->pid()));
}

TEST_CASE("vitals: time on the processor of a child counts") {
  const auto child = shell("(while :; do :; done) & wait");
  CHECK(eventually([&] { return of(child->pid()).cpu_ms > 50; }));
}

TEST_CASE("vitals: a name with brackets, blanks and line ends is a name") {
  char folder[] = "/tmp/hookctl-vitals-XXXXXX";
  REQUIRE(::mkdtemp(folder) != nullptr);
  const std::string program = std::string(folder) + "/a) Z 1 \n(b";
  REQUIRE(::symlink("/bin/sleep", program.c_str()) == 0);
  auto child = Child::start({program, "100"});
  REQUIRE(child);
  CHECK(eventually([&] { return of((*child)->pid()).processes == 1 && of((*child)->pid()).open_files == 3; }));
  (*child)->stop(5'000);
  ::unlink(program.c_str());
  ::rmdir(folder);
}

TEST_CASE("vitals: who is dead and not yet reaped lives no more") {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(0);
  REQUIRE(pid > 0);
  CHECK(eventually([&] { return !vitals(pid); }));
  CHECK(::waitpid(pid, nullptr, 0) == pid);
}

TEST_CASE("vitals: several threads may ask") {
  const auto child = shell("sleep 100 & wait");
  REQUIRE(eventually([&] { return of(child->pid()).processes == 2; }));
  std::vector<std::uint64_t> seen(4, 0);
  std::vector<std::thread> threads;
  for (std::uint64_t& each : seen) threads.emplace_back([&each, &child] { each = of(child->pid()).processes; });
  for (std::thread& thread : threads) thread.join();
  CHECK(seen == std::vector<std::uint64_t>(4, 2));
}

#endif

TEST_CASE("vitals: nothing of what is no program") {
  for (const int pid : {0, -1, std::numeric_limits<int>::max(), std::numeric_limits<int>::min()}) CHECK_FALSE(vitals(pid));
}
