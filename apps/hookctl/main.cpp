// The doorbell: the real streams, clock, randomness and terminal, and one call.
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <iostream>
#include <system_error>

#include "cli.hpp"
#include "settings.hpp"

namespace {

// A program started with a closed standard stream would get its next file or socket under that number, and write its lines into it. Reading
// from a closed standard input stays an error: the stand-in can only be written.
void take_standard_descriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(descriptor, F_GETFD) == -1) static_cast<void>(::open("/dev/null", O_WRONLY));  // the lowest number that is free: this one
  }
}

// Did the answer get out? A reader that went away (head, a pager) has had what it wanted.
bool answer_is_out() {
  if (std::cout.flush()) return true;
  pollfd out{STDOUT_FILENO, POLLOUT, 0};
  return ::poll(&out, 1, 0) == 1 && (out.revents & (POLLERR | POLLHUP)) != 0;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace hookctl;
  take_standard_descriptors();
  for (const int told_by_errno : {SIGPIPE, SIGXFSZ}) std::signal(told_by_errno, SIG_IGN);  // a reader that went away, a file at its limit
  std::ios::sync_with_stdio(false);
  std::cin.tie(nullptr);
  const SystemClock clock;
  SystemRandom random;
  provider::Catalog catalog(own_folders());
  Session session{std::cout, std::cerr, ::isatty(STDOUT_FILENO) == 1, ::isatty(STDERR_FILENO) == 1, clock, random, catalog};
  session.paint = ui::Paint(ui::wants_colour(ui::ColourWish::automatic, session.out_is_terminal));
  session.err_paint = ui::Paint(ui::wants_colour(ui::ColourWish::automatic, session.err_is_terminal));
  try {
    const ExitCode code = run_cli(session, {argv + 1, argv + argc});
    if (answer_is_out() || code > ExitCode::no) return static_cast<int>(code);
    std::cerr << "hookctl: cannot write to standard output\n  hint: is the disk full?\n";
    return static_cast<int>(ExitCode::unavailable);
  } catch (const std::system_error& error) {
    std::cerr << "hookctl: the system refused what was asked of it: " << error.what() << "\n  hint: 'ulimit -a' tells what limits are set\n";
    return static_cast<int>(ExitCode::unavailable);
  } catch (const std::exception& error) {
    std::cerr << "hookctl: a bug: " << error.what() << "\n  hint: please report this with the command line\n";
    return static_cast<int>(ExitCode::bug);
  }
}
