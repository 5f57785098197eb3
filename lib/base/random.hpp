// Randomness as the program sees it: one seam. The system source is cryptographic; a seeded one repeats itself, for tests and --seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hookctl {

class Random {
 public:
  virtual ~Random() = default;
  virtual std::uint64_t next() = 0;  // 64 evenly distributed bits; not thread-safe
};

// From the operating system (getentropy). Holds nothing back, so this one is thread-safe.
class SystemRandom final : public Random {
 public:
  std::uint64_t next() override;
};

// splitmix64: the same seed gives the same sequence on every machine.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() override;

 private:
  std::uint64_t state_;
};

// `count` letters of `alphabet` (at most 256 letters), evenly distributed.
std::string random_text(Random& random, std::string_view alphabet, std::size_t count);
std::string random_uuid(Random& random);  // version 4, RFC 9562, lower case

}  // namespace hookctl
