// Thompson sampling: each contestant draws from what its worth may be, the highest draw is tried. The Beta distribution of an arm's worth is drawn
// from as the normal one of its mean and deviation, and that as a sum of four even numbers, which ends at 3.5 deviations: one random number and no
// logarithm for each contestant, the same on every machine.
#include "fuzz/bandit.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace hookctl::fuzz {

namespace {

constexpr std::size_t kContestants = 16;
constexpr std::size_t kBest = 6;
constexpr double kKept = 0.97;  // of what an arm has learnt, at each of its tries

// Evenly from 0 to count-1, of which there are fewer than 2^32: what it prefers is less than one in 2^32 / count.
std::size_t below(Random& random, std::size_t count) { return static_cast<std::size_t>(((random.next() >> 32U) * count) >> 32U); }

// Mean 0, deviation 1: the sum of four times 16 bits.
double normal(Random& random) {
  const std::uint64_t bits = random.next();
  const std::uint64_t sum = (bits & 0xffffU) + ((bits >> 16U) & 0xffffU) + ((bits >> 32U) & 0xffffU) + (bits >> 48U);
  return (static_cast<double>(sum) - 131'070) * (1 / 37'837.2);
}

}  // namespace

std::size_t Bandit::choose(Random& random) const {
  return choose(random, arms_.size(), [](std::size_t i) { return i; }, [](std::size_t) { return true; });
}

std::size_t Bandit::choose(Random& random, const std::vector<std::size_t>& among) const {
  return choose(random, among.size(), [&](std::size_t i) { return among[i]; }, [&](std::size_t arm) { return std::binary_search(among.begin(), among.end(), arm); });
}

// Of `count` arms: the i-th is at(i).
template <typename At, typename IsIn>
std::size_t Bandit::choose(Random& random, std::size_t count, At at, IsIn is_in) const {
  std::size_t chosen = 0;
  double highest = -std::numeric_limits<double>::infinity();
  const auto compete = [&](std::size_t arm) {
    const double draw = arms_[arm].mean + arms_[arm].deviation * normal(random);
    if (draw <= highest) return;
    highest = draw;
    chosen = arm;
  };
  if (count <= kContestants) {
    for (std::size_t i = 0; i < count; ++i) compete(at(i));
    return chosen;
  }
  for (const std::size_t arm : best_) {
    if (is_in(arm)) compete(arm);
  }
  for (std::size_t i = best_.size(); i < kContestants; ++i) compete(at(below(random, count)));
  return chosen;
}

void Bandit::reward(std::size_t arm, double worth) {
  if (arm >= arms_.size()) return;
  Arm& at = arms_[arm];
  const double good = worth > 0 ? std::min(worth, 1.0) : 0;  // of what is no number: 0
  at.good = 1 + (at.good - 1) * kKept + good;
  at.bad = 1 + (at.bad - 1) * kKept + (1 - good);
  at.mean = at.good / (at.good + at.bad);
  at.deviation = std::sqrt(at.mean * (1 - at.mean) / (at.good + at.bad + 1));
  ++at.tries;
  seat(arm);
}

// Among the best is who has brought something, and no less than the least of them.
void Bandit::seat(std::size_t arm) {
  const auto seat = std::find(best_.begin(), best_.end(), arm);
  const bool brings = arms_[arm].good > 1.01;
  if (seat != best_.end()) {
    if (!brings) best_.erase(seat);
    return;
  }
  if (!brings) return;
  if (best_.size() < kBest) return best_.push_back(arm);
  const auto least =
      std::min_element(best_.begin(), best_.end(), [this](std::size_t a, std::size_t b) { return arms_[a].mean < arms_[b].mean; });
  if (arms_[*least].mean < arms_[arm].mean) *least = arm;
}

}  // namespace hookctl::fuzz
