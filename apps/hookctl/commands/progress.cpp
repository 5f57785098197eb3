#include "commands/progress.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "base/clock.hpp"
#include "base/text.hpp"

namespace hookctl {

namespace {

constexpr std::int64_t kRedrawMs = 100;
constexpr std::int64_t kLineMs = 3'000;
constexpr std::uint64_t kCells = 24;

bool can_move_cursor() {
  const char* term = std::getenv("TERM");
  return term != nullptr && *term != '\0' && std::string_view(term) != "dumb";
}

std::string count_text(const bulk::Tally& tally, const char* when = "") {
  return std::to_string(tally.records) + (tally.records == 1 ? " record" : " records") + when + ", " + std::to_string(tally.invalid) +
         " not valid";
}

std::string rate_text(const bulk::Tally& tally, std::int64_t ms) {
  return std::to_string(tally.records * 1000 / static_cast<std::uint64_t>(std::max<std::int64_t>(ms, 1))) + "/s";
}

}  // namespace

Progress::Progress(Session& session, std::optional<std::uint64_t> size)
    : session_(session),
      size_(size),
      live_(session.err_is_terminal && !session.out_is_terminal && can_move_cursor()),
      began_(steady_ms()),
      told_(began_) {}

// "[######··················]  25 %  25600 records, 3 not valid, 250000/s"
std::string Progress::bar(const bulk::Tally& tally) const {
  std::string text;
  if (size_ && *size_ > 0) {
    const double part = std::min(1.0, static_cast<double>(tally.input) / static_cast<double>(*size_));
    const auto full = static_cast<std::uint64_t>(part * static_cast<double>(kCells));
    const std::string percent = std::to_string(static_cast<int>(part * 100));
    text = "[" + std::string(full, '#') + std::string(kCells - full, '.') + "] " + std::string(3 - percent.size(), ' ') + percent + " %  ";
  }
  return text + count_text(tally) + ", " + rate_text(tally, steady_ms() - began_);
}

void Progress::show(const bulk::Tally& tally) {
  const std::int64_t now = steady_ms();
  if (now - told_ < (live_ ? kRedrawMs : kLineMs)) return;
  told_ = now;
  if (live_) {
    session_.err << "\r" << bar(tally) << "\x1b[K" << std::flush;
    drawn_ = true;
  } else {
    session_.err << count_text(tally, " so far") << "\n";
  }
}

void Progress::take_away() {
  if (drawn_) session_.err << "\r\x1b[K" << std::flush;
  drawn_ = false;
}

void Progress::finish(const bulk::Tally& tally) {
  take_away();
  if (!session_.err_is_terminal) return;
  const std::int64_t ms = steady_ms() - began_;
  session_.err << count_text(tally) << ", " << duration_text(ms) << " (" << rate_text(tally, ms) << ")\n";
}

}  // namespace hookctl
