// base/random.hpp: the seeded sequence, fair letters, UUIDs.
#include <doctest/doctest.h>

#include <map>
#include <set>

#include "base/random.hpp"

using namespace hookctl;

TEST_CASE("random: splitmix64's published sequence") {
  SeededRandom random(1234567);  // first values of the reference code for this seed
  CHECK(random.next() == 6457827717110365317ULL);
  CHECK(random.next() == 3203168211198807973ULL);
  CHECK(random.next() == 9817491932198370423ULL);
}

TEST_CASE("random: the system does not repeat itself") {
  SystemRandom random;
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random.next());
  CHECK(seen.size() == 1000);
}

TEST_CASE("random: letters are evenly distributed") {
  SeededRandom random(1);
  std::map<char, int> counts;
  for (const char c : random_text(random, "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", 62'000)) ++counts[c];
  CHECK(counts.size() == 62);
  for (const auto& entry : counts) {
    CAPTURE(entry.first);
    CHECK(entry.second > 850);
    CHECK(entry.second < 1150);
  }
  CHECK(random_text(random, "", 5).empty());
  CHECK(random_text(random, "x", 5) == "xxxxx");
  CHECK(random_text(random, "ab", 0).empty());
  CHECK(random_text(random, std::string(256, 'y') + "z", 1000).find('z') == std::string::npos);
}

TEST_CASE("random: UUIDs are of version 4") {
  SeededRandom one(9);
  SeededRandom other(9);
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const auto uuid = random_uuid(one);
    REQUIRE(uuid == random_uuid(other));
    REQUIRE(uuid.size() == 36);
    for (const std::size_t dash : {8U, 13U, 18U, 23U}) REQUIRE(uuid[dash] == '-');
    REQUIRE(uuid[14] == '4');
    REQUIRE(std::string("89ab").find(uuid[19]) != std::string::npos);
    REQUIRE(uuid.find_first_not_of("0123456789abcdef-") == std::string::npos);
    seen.insert(uuid);
  }
  CHECK(seen.size() == 1000);
}
