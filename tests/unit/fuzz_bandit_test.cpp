// fuzz/bandit.hpp: the better arm is tried more often, the same seed makes the same choices, and what has gone dry is left.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "fuzz/bandit.hpp"

using namespace hookctl;
using namespace hookctl::fuzz;

namespace {

// Arms that are worth 1 with some probability, else nothing.
class Game {
 public:
  Game(std::size_t arms, double usual, std::uint64_t seed) : bandit(arms), chances(arms, usual), choices_(seed), luck_(seed + 1) {}

  // How often each arm is chosen in so many tries.
  std::vector<std::size_t> play(std::size_t tries) {
    std::vector<std::size_t> counts(bandit.size(), 0);
    for (std::size_t i = 0; i < tries; ++i) {
      const std::size_t arm = bandit.choose(choices_);
      REQUIRE(arm < bandit.size());
      ++counts[arm];
      bandit.reward(arm, static_cast<double>(luck_.next() >> 11) * 0x1p-53 < chances[arm] ? 1 : 0);
    }
    return counts;
  }

  Bandit bandit;
  std::vector<double> chances;

 private:
  SeededRandom choices_;
  SeededRandom luck_;
};

}  // namespace

TEST_CASE("bandit: of two arms the better one is chosen far more often") {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    Game game(2, 0.1, seed);
    game.chances[1] = 0.4;
    const auto counts = game.play(10'000);
    CHECK(counts[1] > 9'000);
    CHECK(counts[0] > 0);
    CHECK(game.bandit.tries(0) == counts[0]);
    CHECK(game.bandit.tries(1) == counts[1]);
  }
}

TEST_CASE("bandit: of 20 arms, and of 1,000, the good one is found and kept to") {
  Game some(20, 0.02, 7);
  some.chances[13] = 0.6;
  CHECK(some.play(10'000)[13] > 8'000);
  Game many(1'000, 0.02, 7);
  many.chances[613] = 0.8;
  many.play(9'000);
  CHECK(many.play(1'000)[613] > 500);
}

TEST_CASE("bandit: without rewards every arm is tried, about as often") {
  for (const std::size_t arms : {3U, 32U, 33U, 200U}) {
    INFO(arms);
    Game game(arms, 0, 11);
    const auto counts = game.play(100 * arms);
    CHECK(*std::min_element(counts.begin(), counts.end()) > 50);
    CHECK(*std::max_element(counts.begin(), counts.end()) < 200);
  }
}

TEST_CASE("bandit: the same seed and rewards make the same choices, another seed others") {
  for (const std::size_t arms : {5U, 300U}) {
    const auto choices = [arms](std::uint64_t seed) {
      Bandit bandit(arms);
      SeededRandom random(seed);
      std::vector<std::size_t> chosen;
      for (int i = 0; i < 500; ++i) {
        chosen.push_back(bandit.choose(random));
        bandit.reward(chosen.back(), chosen.back() % 3 == 0 ? 1 : 0.1);
      }
      return chosen;
    };
    CHECK(choices(42) == choices(42));
    CHECK(choices(42) != choices(43));
  }
}

TEST_CASE("bandit: it leaves an arm that has gone dry, however good it was") {
  for (const std::size_t arms : {4U, 200U}) {
    INFO(arms);
    Game game(arms, 0.02, 3);
    game.chances[2] = 0.9;
    game.play(5'000);
    game.chances[2] = 0;
    game.chances[3] = 0.9;
    game.play(1'500);
    const auto counts = game.play(1'000);
    CHECK(counts[2] < 100);
    CHECK(counts[3] > 800);
  }
}

TEST_CASE("bandit: half a worth counts half") {
  Bandit bandit(3);
  SeededRandom random(5);
  std::vector<int> counts(3, 0);
  for (int i = 0; i < 10'000; ++i) {
    const std::size_t arm = bandit.choose(random);
    ++counts[arm];
    bandit.reward(arm, 0.4 * static_cast<double>(arm));
  }
  CHECK(counts[2] > 5 * counts[1]);
  CHECK(counts[1] > counts[0]);
}

TEST_CASE("bandit: odd arms and worths do no harm") {
  SeededRandom random(1);
  Bandit none(0);
  CHECK(none.choose(random) == 0);
  CHECK(none.size() == 0);
  none.reward(0, 1);
  CHECK(none.tries(0) == 0);
  Bandit one(1);
  for (const double worth : {-5.0, 7.0, 1e300, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    for (int i = 0; i < 1'000; ++i) one.reward(0, worth);
    one.reward(1, worth);
    CHECK(one.choose(random) == 0);
  }
  CHECK(one.tries(0) == 5'000);
  // 1,000 tries worth 7 each count no more than 1,000 worth 1: it is still left when another does better.
  Bandit two(2);
  for (int i = 0; i < 1'000; ++i) two.reward(0, 7);
  for (int i = 0; i < 200; ++i) two.reward(0, 0);
  for (int i = 0; i < 50; ++i) two.reward(1, 1);
  int first = 0;
  for (int i = 0; i < 1'000; ++i) first += two.choose(random) == 0;
  CHECK(first < 20);
}
