#include "process/launch.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <system_error>

#include "base/text.hpp"

namespace hookctl::process {
namespace {

std::string reason(int error_number) {
  auto words = std::generic_category().message(error_number);
  if (!words.empty()) words[0] = lower(words[0]);
  return words;
}

Error cannot_start(const std::string& program, const std::string& why, std::string hint = {}) {
  return unavailable_error("cannot start '" + printable(program) + "': " + why, std::move(hint));
}

// --- finding the program -----------------------------------------------------------------------------------------------------------------

bool is_program(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

// Its path, as execvp would find it. (execvp itself may not be called between fork and exec.)
Result<std::string> find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) {
    struct stat status {};
    if (::stat(name.c_str(), &status) != 0) return cannot_start(name, reason(errno));
    if (!is_program(name)) return cannot_start(name, S_ISDIR(status.st_mode) ? "it is a folder" : "it is not executable");
    return name;
  }
  const char* path = std::getenv("PATH");
  for (const std::string_view folder : split(path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin", ":")) {
    std::string candidate = folder.empty() ? "." : std::string(folder);
    candidate += "/" + name;
    if (!name.empty() && is_program(candidate)) return candidate;
  }
  return cannot_start(name, "no such program", "it is sought in the folders of PATH; a path has a '/' in it");
}

// --- between fork and exec
// -----------------------------------------------------------------------------------------------------------------

// What the new process needs, made ready before the fork: other threads may hold any lock, so afterwards only system calls are made.
struct Plan {
  const char* path;
  char* const* arguments;
  int input;
  int output;
  bool errors_too;
  int report;           // where the reason goes when it cannot be started
  int last_descriptor;  // that may be open
};

void close_others_on_exec(int last) {
#ifdef SYS_close_range
  constexpr unsigned kOnExec = 4;  // CLOSE_RANGE_CLOEXEC
  if (::syscall(SYS_close_range, 3u, ~0u, kOnExec) == 0) return;
#endif
  for (int number = 3; number <= last; ++number) ::fcntl(number, F_SETFD, FD_CLOEXEC);
}

// The program begins as from a shell: none blocked, none handled; ignored only what was so for us (nohup), which SIGPIPE was not.
void default_signals() {
  struct sigaction usual {};
  usual.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) {
    struct sigaction ours {};
    if (::sigaction(number, nullptr, &ours) != 0 || (ours.sa_handler == SIG_IGN && number != SIGPIPE)) continue;
    ::sigaction(number, &usual, nullptr);
  }
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void become(const Plan& plan) {
  ::setpgid(0, 0);
  default_signals();
  const bool connected = ::dup2(plan.input, STDIN_FILENO) >= 0 && ::dup2(plan.output, STDOUT_FILENO) >= 0 &&
                         (!plan.errors_too || ::dup2(plan.output, STDERR_FILENO) >= 0);
  if (connected) {
    close_others_on_exec(plan.last_descriptor);
    ::execv(plan.path, plan.arguments);
  }
  const int why = errno;
  [[maybe_unused]] const auto told = ::write(plan.report, &why, sizeof why);
  ::_exit(127);
}

// Signals wait meanwhile: in the new process our handlers would still be there, and write to pipes that are ours.
pid_t fork_into(const Plan& plan) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = ::fork();
  if (pid == 0) become(plan);
  const int why = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = why;
  return pid;
}

int last_descriptor() {
  const long limit = ::sysconf(_SC_OPEN_MAX);
  return static_cast<int>(std::clamp<long>(limit, 256, 1 << 20));
}

// Why it could not be started; 0 when it was: then exec has closed the other end.
int read_report(int report) {
  int why = 0;
  ssize_t count = 0;
  do count = ::read(report, &why, sizeof why);
  while (count < 0 && errno == EINTR);
  return count == sizeof why ? why : 0;
}

Error no_descriptor() {
  return unavailable_error("cannot open a descriptor: " + reason(errno), "'ulimit -n' tells how many files may be open");
}

// Away from 0 to 2, which the new process fills.
Result<Descriptor> lifted(int number) {
  const Descriptor low(number);
  Descriptor high(low.open() ? ::fcntl(number, F_DUPFD_CLOEXEC, 3) : -1);
  if (!high.open()) return no_descriptor();
  return high;
}

}  // namespace

Result<Pipe> Pipe::make() {
  int ends[2];
  if (::pipe(ends) != 0) return no_descriptor();
  auto read = lifted(ends[0]);
  auto write = lifted(ends[1]);
  if (!read) return read.error();
  if (!write) return write.error();
  return Pipe{std::move(read.value()), std::move(write.value())};
}

Result<Launched> Launched::start(const std::vector<std::string>& words, Errors errors) {
  if (words.empty()) return usage_error("no program to start");
  auto path = find_program(words[0]);
  if (!path) return path.error();
  auto output = Pipe::make();
  auto report = Pipe::make();
  auto input = lifted(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!output || !report || !input)
    return cannot_start(words[0], !output ? output.error().message : !report ? report.error().message : input.error().message);
  ::fcntl(output->read.number(), F_SETFL, O_NONBLOCK);

  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));  // execv only reads them
  arguments.push_back(nullptr);
  const Plan plan{path->c_str(),          arguments.data(), input->number(), output->write.number(), errors == Errors::with_output,
                  report->write.number(), last_descriptor()};
  const pid_t pid = fork_into(plan);
  if (pid < 0) return cannot_start(words[0], reason(errno));
  ::setpgid(pid, pid);  // it does so itself; whoever is first, it is done when we go on
  report->write.close();
  output->write.close();
  Launched launched(pid, std::move(output->read));
  if (const int why = read_report(report->read.number()); why != 0) {
    launched.reap();
    return cannot_start(words[0], reason(why));
  }
  return launched;
}

Launched::Launched(Launched&& other) noexcept
    : pid_(other.pid_), output_(std::move(other.output_)), reaped_(std::exchange(other.reaped_, true)), ended_(other.ended_) {}

Launched::~Launched() {
  signal(SIGKILL);
  reap();
}

std::optional<Ended> Launched::look(int options) {
  siginfo_t info{};
  int result = 0;
  do result = ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | options);
  while (result != 0 && errno == EINTR);
  if (result != 0) return Ended{};  // the system has reaped it (SIGCHLD ignored): nobody knows how it ended
  if (info.si_pid == 0) return std::nullopt;
  Ended ended;
  (info.si_code == CLD_EXITED ? ended.code : ended.signal) = info.si_status;
  return ended;
}

std::optional<Ended> Launched::ended() {
  if (!ended_) ended_ = look(WNOHANG | WNOWAIT);
  return ended_;
}

void Launched::signal(int number) noexcept {
  if (reaped_) return;
  ::kill(-pid_, number);
  ::kill(pid_, number);  // it may have left its group
}

void Launched::reap() {
  if (std::exchange(reaped_, true)) return;
  const auto last = look(0);
  if (!ended_) ended_ = last;
}

}  // namespace hookctl::process
