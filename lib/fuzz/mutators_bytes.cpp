// Small changes of a text and of a body's bytes.
#include <algorithm>

#include "base/text.hpp"
#include "fuzz/mutators_making.hpp"

namespace hookctl::fuzz {

namespace {

using check::Splice;
using making::below;

constexpr std::size_t kLongestPiece = 32;  // characters, or bytes
constexpr std::size_t kMostTimes = 64;

// --- texts ---------------------------------------------------------------------------------------------------------------------------

// Code points that programs take for something else: ends, escapes, quotes, blanks, marks, what is no character.
constexpr std::string_view kOddPoints[] = {std::string_view("\0", 1),
                                           "\n",
                                           "\r\n",
                                           "\t",
                                           "\x1B",
                                           "\x7F",
                                           "\"",
                                           "'",
                                           "\\",
                                           "/",
                                           "%",
                                           "&",
                                           "<",
                                           ">",
                                           "{",
                                           "}",
                                           "$",
                                           "#",
                                           ";",
                                           ",",
                                           "|",
                                           "*",
                                           "=",
                                           "-",
                                           " ",
                                           "\u0085",
                                           "\u00A0",
                                           "\u00DF",
                                           "\u0130",
                                           "\u0301",
                                           "\u200B",
                                           "\u200D",
                                           "\u202E",
                                           "\u2028",
                                           "\u3000",
                                           "\uFEFF",
                                           "\uFFFD",
                                           "\uFFFF",
                                           "\U0001F600",
                                           "\U0001F468\u200D\U0001F469",
                                           "\U000E0041",
                                           "\U0010FFFF"};
constexpr std::string_view kOddNumbers[] = {
    "0",     "-1",  "00",   "2147483648", "4294967296", "9007199254740993", "9223372036854775808", "18446744073709551616",
    "1e400", "1.5", "0x1F", "\u0661"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_inside(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// The nearest beginning of a character at or before `at`; all bytes are such in what is no UTF-8, at the latest after four of them.
std::size_t boundary(std::string_view text, std::size_t at) {
  for (std::size_t back = 0; back < 4 && at >= back; ++back) {
    if (at - back >= text.size() || !is_inside(text[at - back])) return at - back;
  }
  return at;
}

struct Piece {
  std::size_t at{0};
  std::size_t size{0};
};

// Some characters; none only of an empty text.
Piece piece_of(std::string_view text, Random& random) {
  if (text.empty()) return {};
  const std::size_t from = boundary(text, below(random, text.size()));
  std::size_t to = from + 1 + below(random, std::min(kLongestPiece, text.size() - from));
  while (to < text.size() && to < from + kLongestPiece + 4 && is_inside(text[to])) ++to;
  return {from, to - from};
}

void drop(std::string& text, Random& random) {
  const Piece piece = piece_of(text, random);
  text.erase(piece.at, piece.size);
}

void repeat(std::string& text, Random& random, std::size_t times) {
  const Piece piece = piece_of(text, random);
  const std::string part = text.substr(piece.at, piece.size);
  std::string more;
  for (std::size_t i = 0; i < times; ++i) more += part;
  text.insert(piece.at, more);
}

void swap_pieces(std::string& text, Random& random) {
  const Piece first = piece_of(text, random);
  const std::string part = text.substr(first.at, first.size);
  text.erase(first.at, first.size);
  text.insert(boundary(text, below(random, text.size() + 1)), part);
}

void put_odd(std::string& text, Random& random) {
  const std::size_t at = boundary(text, below(random, text.size() + 1));
  text.insert(at, kOddPoints[below(random, std::size(kOddPoints))]);
}

// A number in it becomes another; where there is none one is put in.
void change_digits(std::string& text, Random& random) {
  const std::string_view number = kOddNumbers[below(random, std::size(kOddNumbers))];
  const std::size_t start = below(random, text.size() + 1);
  auto first = std::find_if(text.begin() + static_cast<std::ptrdiff_t>(start), text.end(), is_digit);
  if (first == text.end()) first = std::find_if(text.begin(), text.end(), is_digit);
  const auto at = static_cast<std::size_t>(first - text.begin());
  if (at == text.size()) {
    text.insert(boundary(text, start), number);
    return;
  }
  const auto end = std::find_if_not(first, text.end(), is_digit);
  text.replace(at, static_cast<std::size_t>(end - first), number);
}

// In the middle of a character of several bytes; where there is none from a random place on, half of a new one comes to the end.
void cut_character(std::string& text, Random& random) {
  std::size_t at = below(random, text.size() + 1);
  while (at < text.size() && !is_inside(text[at])) ++at;
  const bool found = at < text.size();
  text.resize(at);
  if (!found) text += "\xF0\x9F";
}

void change(std::string& text, Random& random) {
  switch (below(random, 7)) {
    case 0:
      return drop(text, random);
    case 1:
      return repeat(text, random, 1);
    case 2:
      return swap_pieces(text, random);
    case 3:
      return repeat(text, random, 2 + below(random, kMostTimes));
    case 4:
      return put_odd(text, random);
    case 5:
      return change_digits(text, random);
    default:
      return cut_character(text, random);
  }
}

// --- bytes ---------------------------------------------------------------------------------------------------------------------------

constexpr std::string_view kOddBytes[] = {std::string_view("\0", 1), "\xFF", "\xC3", "\xC0\x80", "\xED\xA0\x80", "\xF8\x88\x80\x80\x80",
                                          "\xF4\x90\x80\x80"};
constexpr std::string_view kStructure = "{}[],:\"\\&=";

// A byte of the structure at or behind a random place, or before it; its place, or nothing.
std::optional<std::size_t> structure_at(std::string_view body, Random& random) {
  const std::size_t at = body.find_first_of(kStructure, below(random, body.size() + 1));
  const std::size_t found = at != std::string_view::npos ? at : body.find_last_of(kStructure);
  return found == std::string_view::npos ? std::nullopt : std::optional(found);
}

// Of a body that is not empty.
Splice change_of(std::string_view body, Random& random) {
  const std::size_t at = below(random, body.size());
  const std::size_t size = 1 + below(random, std::min(kLongestPiece, body.size() - at));
  switch (below(random, 8)) {
    case 0:
      return {at, body.size() - at, ""};
    case 1:
      return {at, 1, std::string(1, static_cast<char>(static_cast<unsigned char>(body[at]) ^ (1U << below(random, 8))))};
    case 2:
      return {at, 0, std::string(body.substr(at, size)), 1 + below(random, kMostTimes)};
    case 3:
      return {at, size, ""};
    case 4:
      if (const auto found = structure_at(body, random)) return {*found, 0, std::string(1, body[*found])};
      return {at, 0, std::string(1, kStructure[below(random, kStructure.size())])};
    case 5:
      if (const auto found = structure_at(body, random)) return {*found, 1, ""};
      return {at, 1, ""};
    case 6:
      return {0, 0, "\xEF\xBB\xBF"};
    default:
      return {at, 0, std::string(kOddBytes[below(random, std::size(kOddBytes))])};
  }
}

// As check::patched does, one after the other.
void splice_in(const Splice& splice, std::string& body) {
  std::string insert;
  for (std::size_t i = 0; i < splice.times; ++i) insert += splice.insert;
  body.replace(std::min(splice.at, body.size()), splice.erase, insert);
}

}  // namespace

std::string mutated_text(std::string_view text, Random& random) {
  std::string out(text);
  const std::size_t changes = 1 + below(random, 4);
  for (std::size_t i = 0; i < changes; ++i) change(out, random);
  if (out == text) out += kOddPoints[below(random, std::size(kOddPoints))];
  return out;
}

std::vector<Splice> mutated_bytes(std::string_view body, Random& random) {
  std::string changed(body);
  std::vector<Splice> out;
  const std::size_t changes = 1 + below(random, 3);
  for (std::size_t i = 0; i < changes; ++i) {
    Splice next = changed.empty() ? Splice{0, 0, std::string(kOddBytes[below(random, std::size(kOddBytes))])} : change_of(changed, random);
    splice_in(next, changed);
    out.push_back(std::move(next));
  }
  if (changed == body) out.push_back({body.size(), 0, std::string(1, '\0')});
  return out;
}

}  // namespace hookctl::fuzz
