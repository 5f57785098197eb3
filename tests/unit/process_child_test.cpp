// Programs that run beside us: how a command line is split, how they start, what they say, and that nothing of them is left.
#include <dirent.h>
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <thread>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "process/child.hpp"

using namespace hookctl;
using namespace hookctl::process;

namespace {

constexpr std::int64_t kPatienceMs = 20'000;

bool eventually(const std::function<bool()>& holds) {
  const std::int64_t end = steady_ms() + kPatienceMs;
  while (!holds()) {
    if (steady_ms() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

std::unique_ptr<Child> start(const std::vector<std::string>& words) {
  auto child = Child::start(words);
  if (!child) FAIL(child.error().message);
  return *std::move(child);
}
std::unique_ptr<Child> shell(const std::string& script) { return start({"sh", "-c", script}); }

Ended end_of(Child& child) {
  REQUIRE(eventually([&] { return child.ended().has_value(); }));
  return *child.ended();
}

// Does a process run? One that is dead and not yet reaped does not.
bool runs(const std::string& pid) {
  std::ifstream file("/proc/" + pid + "/stat");
  std::string stat;
  if (!std::getline(file, stat)) return false;
  const char state = stat[stat.rfind(')') + 2];
  return state != 'Z' && state != 'X';
}

std::size_t open_descriptors() {
  std::size_t count = 0;
  DIR* folder = ::opendir("/proc/self/fd");
  REQUIRE(folder != nullptr);
  while (::readdir(folder) != nullptr) ++count;
  ::closedir(folder);
  return count;
}

}  // namespace

TEST_CASE("process: words are split as a shell splits them") {
  struct Row {
    std::string line;
    std::vector<std::string> words;
  };
  const std::vector<Row> rows{
      {"npm run dev", {"npm", "run", "dev"}},
      {"  node \t server.js\n--port  3000 ", {"node", "server.js", "--port", "3000"}},
      {"PORT=3000 node x", {"PORT=3000", "node", "x"}},
      {"a 'b c' d", {"a", "b c", "d"}},
      {"a 'b\\c\"$X' d", {"a", "b\\c\"$X", "d"}},
      {"a \"b c\" d", {"a", "b c", "d"}},
      {R"(a "\"\\\$\`" d)", {"a", "\"\\$`", "d"}},
      {R"(a "\n\x\'" d)", {"a", R"(\n\x\')", "d"}},
      {R"(a\ b c\'d \\ \n)", {"a b", "c'd", "\\", "n"}},
      {"a'b'\"c\"d", {"abcd"}},
      {"'' \"\" a''", {"", "", "a"}},
      {"$HOME * ~ a|b && c; #d >e", {"$HOME", "*", "~", "a|b", "&&", "c;", "#d", ">e"}},
      {"a\\\nb \"c\\\nd\"", {"ab", "cd"}},
      {"a\\", {"a\\"}},
      {"\\", {"\\"}},
      {"'\xC3\xA9 \n' x", {"\xC3\xA9 \n", "x"}},
  };
  for (const Row& row : rows) {
    INFO(row.line);
    const auto words = split_words(row.line);
    REQUIRE(words);
    CHECK(*words == row.words);
  }
}

TEST_CASE("process: an open quote and no words at all are refused") {
  for (const char* line : {"'", "a 'b", "a \"b", "a \"b\\\"", "a \"b\\", "\"'", "a\\'b'"}) {
    INFO(line);
    const auto words = split_words(line);
    REQUIRE_FALSE(words);
    CHECK(words.error().kind == ErrorKind::usage);
    CHECK(words.error().message.find("is not closed in: ") != std::string::npos);
  }
  for (const char* line : {"", "  \t\n", "\\\n"}) {
    const auto words = split_words(line);
    REQUIRE_FALSE(words);
    CHECK(words.error().kind == ErrorKind::usage);
  }
}

TEST_CASE("process: an exit code and a signal, and in words") {
  const auto exits = shell("exit 3");
  CHECK(exits->pid() > 0);
  const Ended three = end_of(*exits);
  CHECK(three.code == 3);
  CHECK_FALSE(three.signal.has_value());
  CHECK(three.text() == "exit code 3");
  exits->stop(1'000);
  CHECK(exits->ended()->code == 3);
  const Ended crashed = end_of(*shell("kill -SEGV $$"));
  CHECK(crashed.signal == SIGSEGV);
  CHECK_FALSE(crashed.code.has_value());
  CHECK(crashed.text().starts_with("signal 11 (Seg"));
}

TEST_CASE("process: what cannot be started is unavailable, by its name") {
  struct Row {
    std::string program;
    std::string words;
  };
  for (const Row& row :
       {Row{"no-such-program-here", "cannot start 'no-such-program-here': no such program"},
        Row{"/nonexistent/x", "cannot start '/nonexistent/x': no such file or directory"},
        Row{"/etc", "cannot start '/etc': it is a folder"}, Row{"/etc/passwd", "cannot start '/etc/passwd': it is not executable"},
        Row{"", "cannot start '': no such program"}}) {
    for (const ErrorKind kind : {Child::start({row.program, "x"}).error().kind, run({row.program}, 1'000, 10).error().kind})
      CHECK(kind == ErrorKind::unavailable);
    CHECK(Child::start({row.program}).error().message == row.words);
  }
  CHECK(Child::start({}).error().kind == ErrorKind::usage);
}

TEST_CASE("process: what exec refuses is told, too") {
  char name[] = "/tmp/hookctl-process-XXXXXX";
  const int file = ::mkstemp(name);
  const std::string script = "#!/nonexistent/interpreter\n";
  REQUIRE(::write(file, script.data(), script.size()) == static_cast<ssize_t>(script.size()));
  ::fchmod(file, 0700);
  ::close(file);
  const auto child = Child::start({name});
  std::remove(name);
  REQUIRE_FALSE(child);
  CHECK(child.error().message == "cannot start '" + std::string(name) + "': no such file or directory");
}

TEST_CASE("process: it has its words as they are, no input, a group of its own, the usual signals and no descriptor of ours") {
  const int leak = ::dup(0);  // would be inherited
  const auto child = shell("printf '%s\\n' \"$0\"; cat; ls /proc/self/fd | wc -l; kill -PIPE $$");
  const Ended ended = end_of(*child);
  ::close(leak);
  CHECK(ended.signal == SIGPIPE);
  // ls has one more for the folder itself
  CHECK(child->last_lines() == std::vector<std::string>{"sh", "4"});
  const auto words = start({"printf", "%s|", "a b", "", "$HOME", "'"});
  end_of(*words);
  CHECK(words->last_lines() == std::vector<std::string>{"a b||$HOME|'|"});
  const auto group = start({"sleep", "100"});
  CHECK(::getpgid(group->pid()) == group->pid());
}

TEST_CASE("process: the last lines of both outputs, in order, the open one last") {
  const auto child = shell("echo one; echo two >&2; echo; printf three");
  end_of(*child);
  CHECK(child->last_lines() == std::vector<std::string>{"one", "two", "", "three"});
  CHECK(child->line_count() == 4);
}

TEST_CASE("process: of many lines the last 200 are kept, of long ones 64 KiB") {
  const auto many = shell("i=0; while [ $i -lt 10000 ]; do i=$((i+1)); echo line $i; done");
  end_of(*many);
  CHECK(many->line_count() == 10'000);
  const auto lines = many->last_lines();
  REQUIRE(lines.size() == 200);
  for (std::size_t i = 0; i < lines.size(); ++i) CHECK(lines[i] == "line " + std::to_string(9'801 + i));

  const auto wide = shell(
      "head -c 30000 /dev/zero | tr '\\0' a; echo; head -c 30000 /dev/zero | tr '\\0' b; echo; head -c 30000 /dev/zero | tr '\\0' c; echo");
  end_of(*wide);
  const auto kept = wide->last_lines();
  REQUIRE(kept.size() == 2);
  CHECK(kept[0] == std::string(30'000, 'b'));
  CHECK(kept[1] == std::string(30'000, 'c'));
}

TEST_CASE("process: a program that writes 10 MB is not held up, and one long line is cut") {
  const auto child = shell("head -c 10000000 /dev/zero | tr '\\0' x; exit 7");
  CHECK(end_of(*child).code == 7);
  CHECK(child->line_count() == 1);
  REQUIRE(child->last_lines().size() == 1);
  CHECK(child->last_lines()[0] == std::string(64 * 1024, 'x'));
}

TEST_CASE("process: stop ends what a shell has started") {
  const auto child = shell("sleep 100 & echo $!; sleep 100 >/dev/null 2>&1 & echo $!; wait");
  REQUIRE(eventually([&] { return child->line_count() == 2; }));
  const auto pids = child->last_lines();
  for (const std::string& pid : pids) CHECK(runs(pid));
  CHECK_FALSE(child->ended().has_value());
  const std::int64_t begun = steady_ms();
  child->stop(60'000);
  CHECK(steady_ms() - begun < 50'000);  // nobody ignores SIGTERM
  CHECK(child->ended()->signal == SIGTERM);
  CHECK_FALSE(runs(std::to_string(child->pid())));
  for (const std::string& pid : pids) CHECK(eventually([&] { return !runs(pid); }));
  child->stop(60'000);
}

TEST_CASE("process: stop waits for a grandchild that tidies up, though the shell has gone") {
  const auto child = shell("(trap 'sleep 0.2; echo tidied; exit' TERM; echo ready; while :; do sleep 0.05; done) & wait");
  REQUIRE(eventually([&] { return child->line_count() == 1; }));
  child->stop(kPatienceMs);
  INFO(join(child->last_lines(), "|"));
  CHECK(child->last_lines().back() == "tidied");  // before it the shell may say "Terminated" of its own sleep
}

TEST_CASE("process: stop ends what a shell has left behind") {
  const auto child = shell("trap '' TERM; sleep 100 & echo $!");
  end_of(*child);
  const auto lines = child->last_lines();
  REQUIRE(lines.size() == 1);
  CHECK(runs(lines[0]));
  child->stop(50);
  CHECK(child->ended()->code == 0);
  CHECK(eventually([&] { return !runs(lines[0]); }));
}

TEST_CASE("process: who ignores SIGTERM is killed, by the destructor as well") {
  std::string pid;
  {
    const auto child = shell("trap '' TERM; echo ready; while :; do sleep 0.05; done");
    REQUIRE(eventually([&] { return child->line_count() == 1; }));
    child->stop(50);
    CHECK(child->ended()->signal == SIGKILL);
    const auto other = shell("trap '' TERM; echo ready; while :; do sleep 0.05; done");
    REQUIRE(eventually([&] { return other->line_count() == 1; }));
    pid = std::to_string(other->pid());
    CHECK(runs(pid));
  }
  CHECK_FALSE(runs(pid));
}

TEST_CASE("process: run gives standard output and the end") {
  const auto output = run({"sh", "-c", "echo out; echo err 2>/dev/null >&2; cat; exit 5"}, kPatienceMs, 1'000);
  REQUIRE(output);
  CHECK(output->out == "out\n");
  CHECK_FALSE(output->cut);
  CHECK(output->ended.code == 5);
}

TEST_CASE("process: run cuts what is too much, and does not hold it up") {
  const auto output = run({"sh", "-c", "head -c 3000000 /dev/zero | tr '\\0' x; exit 6"}, kPatienceMs, 1'000);
  REQUIRE(output);
  CHECK(output->out == std::string(1'000, 'x'));
  CHECK(output->cut);
  CHECK(output->ended.code == 6);
  const auto all = run({"sh", "-c", "head -c 3000000 /dev/zero"}, kPatienceMs, 3'000'000);
  REQUIRE(all);
  CHECK(all->out.size() == 3'000'000);
  CHECK_FALSE(all->cut);
}

TEST_CASE("process: run kills the group when the time is over") {
  char name[] = "/tmp/hookctl-process-XXXXXX";
  ::close(::mkstemp(name));
  const auto output = run({"sh", "-c", "sleep 100 & echo $! >" + std::string(name) + "; wait"}, 500, 1'000);
  REQUIRE_FALSE(output);
  CHECK(output.error().kind == ErrorKind::unavailable);
  CHECK(output.error().message == "'sh' did not end within 500 ms");
  std::string pid;
  std::ifstream(name) >> pid;
  std::remove(name);
  CHECK(eventually([&] { return !runs(pid); }));
}

TEST_CASE("process: run does not wait for what a program leaves behind") {
  const std::int64_t begun = steady_ms();
  const auto output = run({"sh", "-c", "sleep 60 & echo $!"}, 50'000, 1'000);
  REQUIRE(output);
  CHECK(steady_ms() - begun < 45'000);
  const std::string pid(trim(output->out));
  CHECK(runs(pid));
  ::kill(static_cast<pid_t>(parse_unsigned(pid).value_or(0)), SIGKILL);
}

TEST_CASE("process: no descriptor is left open, whatever happened") {
  const auto all = [] {
    shell("echo x")->stop(0);
    end_of(*shell("exit 1"));
    CHECK_FALSE(Child::start({"no-such-program-here"}));
    CHECK(run({"true"}, kPatienceMs, 10));
    CHECK_FALSE(run({"sleep", "100"}, 10, 10));
  };
  all();
  const std::size_t before = open_descriptors();
  for (int round = 0; round < 5; ++round) all();
  CHECK(open_descriptors() == before);
}

TEST_CASE("process: without descriptors it is unavailable") {
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const int next = ::dup(0);
  ::close(next);
  bool started = false;
  for (int more = 0; more < 12 && !started; ++more) {
    const rlimit few{static_cast<rlim_t>(next + more), before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &few);
    const auto child = Child::start({"true"});
    ::setrlimit(RLIMIT_NOFILE, &before);
    started = child.ok();
    if (more == 0) CHECK_FALSE(started);
    if (!started) CHECK(child.error().kind == ErrorKind::unavailable);
  }
  CHECK(started);
}
