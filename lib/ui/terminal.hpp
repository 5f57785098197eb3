// What the screen can show: colour or not, and how wide. Decided once, at the start.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hookctl::ui {

enum class ColourWish { automatic, always, never };

// Should colour go to a stream? NO_COLOR and TERM=dumb say no, CLICOLOR_FORCE says yes, a terminal says yes, all else no.
bool wants_colour(ColourWish wish, bool is_terminal);

// Puts colour around words, or leaves them as they are. Thread-safe, copyable.
class Paint {
 public:
  explicit Paint(bool on = false) : on_(on) {}
  std::string good(std::string_view text) const { return wrap("32", text); }
  std::string bad(std::string_view text) const { return wrap("31;1", text); }
  std::string warn(std::string_view text) const { return wrap("33", text); }
  std::string dim(std::string_view text) const { return wrap("2", text); }
  std::string bold(std::string_view text) const { return wrap("1", text); }
  bool on() const noexcept { return on_; }

 private:
  std::string wrap(std::string_view code, std::string_view text) const;
  bool on_;
};

// Bytes as they may be written: untouched to a file or pipe, made safe (and with plain line ends) to a terminal.
std::string for_screen(std::string_view bytes, bool is_terminal);

// How many columns a stream has: a terminal's own width (COLUMNS, where set, counts more), else 80; from 40 to 120.
std::size_t width_of(int descriptor);

// Words in lines of at most `width` columns, each line after the first behind `indent` spaces; the first is taken to begin there. A word that
// is longer has a line of its own. Nothing ends the last line.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width);

// Text that fills `width` columns (counting code points; longer text stays whole).
std::string pad(std::string_view text, std::size_t width);
// At most `width` code points, the last one '…' where something was cut.
std::string clip(std::string_view text, std::size_t width);

// Rows as columns of equal width, two spaces apart, the last column as it is; one line a row.
std::string table(const std::vector<std::vector<std::string>>& rows);

}  // namespace hookctl::ui
