// The nearest known word to one that nobody knows: "did you mean …?". Declared in text.hpp.
#include <algorithm>
#include <numeric>
#include <tuple>

#include "base/text.hpp"

namespace hookctl {
namespace {

constexpr std::size_t kFar = 1'000'000;
constexpr std::size_t kLongest = 256;  // longer words are nobody's typing slip
constexpr std::size_t kPartCost = 2;   // for a word that begins or ends the other
constexpr std::size_t kShortestPart = 3;

// How many slips may lie between two words: a third of the longer one, but never so many that nothing of it is left.
std::size_t slips_allowed(std::string_view a, std::string_view b) {
  const auto longer = std::max(a.size(), b.size());
  const auto allowed = std::max<std::size_t>(longer / 3, longer > 4 ? 2 : 1);
  return std::min(allowed, longer - std::min<std::size_t>(longer, 1));
}

// Damerau-Levenshtein (optimal string alignment): insert, remove, replace a letter or swap two neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  if (a.size() > kLongest || b.size() > kLongest) return kFar;
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row[b.size()];
}

std::vector<std::string_view> words_of(std::string_view text) {
  constexpr std::string_view kBetween = "._-/: ";
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(kBetween), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

// Names are made of words ("payment_intent.payment_failed"), and people leave whole ones out or add some: one slip each, where all words
// of the shorter name are found in the longer one in the same order, nearly spelt.
std::size_t word_distance(std::string_view a, std::string_view b) {
  auto few = words_of(a);
  auto many = words_of(b);
  if (few.size() > many.size()) few.swap(many);
  if (few.empty() || many.size() > kLongest / 4) return kFar;
  std::vector<std::size_t> row(few.size() + 1, kFar);  // row[i]: the cost of placing the first i words so far
  row[0] = 0;
  for (const auto word : many) {
    for (std::size_t i = few.size(); i > 0; --i) {
      const auto slips = edit_distance(few[i - 1], word);
      const auto placed = slips <= slips_allowed(few[i - 1], word) ? row[i - 1] + slips : kFar;
      row[i] = std::min(row[i] + 1, placed);
    }
    ++row[0];
  }
  return row[few.size()];
}

std::size_t part_distance(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  return a.size() >= kShortestPart && (b.starts_with(a) || b.ends_with(a)) ? kPartCost : kFar;
}

}  // namespace

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known) {
  const auto wanted = lower(word);
  auto best = std::make_tuple(kFar, kFar);  // the distance, and the plain edit distance to decide between equals
  const std::string* found = nullptr;
  for (const auto& candidate : known) {
    const auto name = lower(candidate);
    const auto letters = edit_distance(wanted, name);
    const auto distance = std::min({letters, word_distance(wanted, name), part_distance(wanted, name)});
    const auto rank = std::make_tuple(distance, letters);
    if (distance > slips_allowed(wanted, name) || rank >= best) continue;
    best = rank;
    found = &candidate;
  }
  if (found == nullptr) return std::nullopt;
  return *found;
}

}  // namespace hookctl
