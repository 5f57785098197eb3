// Which arm to try next: Thompson sampling (with normal draws) over arms with rewards between 0 and 1. The same Random and rewards give the same
// choices. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/random.hpp"

namespace hookctl::fuzz {

class Bandit {
 public:
  explicit Bandit(std::size_t arms) : arms_(arms) {}
  std::size_t size() const noexcept { return arms_.size(); }

  // An arm (its index), likelier the more it was worth. With no arms: 0. Constant time in the number of rewards and of arms: of many only
  // 16 compete each time, those that were worth most of late (at most 6) and others, drawn at random (one may be drawn twice).
  std::size_t choose(Random& random) const;
  // The same, of some arms only: their indices, in rising order. With none: 0.
  std::size_t choose(Random& random, const std::vector<std::size_t>& among) const;
  // What a try of that arm was worth, 0 (nothing new) to 1; what is beyond counts as the nearest of these. Old rewards count less and less:
  // half after 23 tries of the arm. There is nothing to be done of an arm that is not there.
  void reward(std::size_t arm, double worth);
  // How often that arm was rewarded, with anything; 0 of one that is not there.
  std::uint64_t tries(std::size_t arm) const { return arm < arms_.size() ? arms_[arm].tries : 0; }

 private:
  // A Beta distribution of what the arm is worth: at first anything is as likely.
  struct Arm {
    double good{1};
    double bad{1};
    double mean{0.5};
    double deviation{0.28867513459481287};  // of an even distribution from 0 to 1
    std::uint64_t tries{0};
  };
  template <typename At, typename IsIn>
  std::size_t choose(Random& random, std::size_t count, At at, IsIn is_in) const;
  void seat(std::size_t arm);

  std::vector<Arm> arms_;
  std::vector<std::size_t> best_;  // in no order
};

}  // namespace hookctl::fuzz
