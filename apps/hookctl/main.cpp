// The doorbell: the real streams, clock, randomness and terminal, and one call.
#include <unistd.h>

#include <csignal>
#include <exception>
#include <iostream>

#include "cli.hpp"

int main(int argc, char** argv) {
  using namespace hookctl;
  for (const int told_by_errno : {SIGPIPE, SIGXFSZ}) std::signal(told_by_errno, SIG_IGN);  // a reader that went away, a file at its limit
  std::ios::sync_with_stdio(false);
  std::cin.tie(nullptr);
  const SystemClock clock;
  SystemRandom random;
  provider::Catalog catalog;
  Session session{std::cout, std::cerr, ::isatty(STDOUT_FILENO) == 1, ::isatty(STDERR_FILENO) == 1, clock, random, catalog};
  session.paint = ui::Paint(ui::wants_colour(ui::ColourWish::automatic, session.out_is_terminal));
  session.err_paint = ui::Paint(ui::wants_colour(ui::ColourWish::automatic, session.err_is_terminal));
  try {
    return static_cast<int>(run_cli(session, {argv + 1, argv + argc}));
  } catch (const std::exception& error) {
    std::cerr << "hookctl: a bug: " << error.what() << "\n  hint: please report this with the command line\n";
    return static_cast<int>(ExitCode::bug);
  }
}
