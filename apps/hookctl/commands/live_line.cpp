#include "commands/live_line.hpp"

#include <unistd.h>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "ui/terminal.hpp"

namespace hookctl {

namespace {

constexpr std::int64_t kRedrawMs = 100;
constexpr std::int64_t kLineMs = 5'000;

}  // namespace

LiveLine::LiveLine(Session& session, bool quiet) : session_(session), quiet_(quiet), told_(steady_ms()) {}

void LiveLine::show(const std::function<std::string()>& words) {
  const std::int64_t now = steady_ms();
  if (quiet_ || now - told_ < (session_.err_is_terminal ? kRedrawMs : kLineMs)) return;
  told_ = now;
  const std::string line = printable(words());
  if (session_.err_is_terminal)
    session_.err << "\r" << ui::clip(line, ui::width_of(STDERR_FILENO) - 1) << "\x1b[K" << std::flush;
  else
    session_.err << line << "\n" << std::flush;
  drawn_ = session_.err_is_terminal;
}

void LiveLine::say(const std::string& line) {
  if (quiet_) return;
  take_away();
  session_.err << printable(line) << "\n" << std::flush;
}

void LiveLine::take_away() {
  if (drawn_) session_.err << "\r\x1b[K" << std::flush;
  drawn_ = false;
}

}  // namespace hookctl
