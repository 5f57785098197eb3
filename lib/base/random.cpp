// Random bits from the system or a seed, and the two texts made of them.
#include "base/random.hpp"

#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <random>

#include "base/encoding.hpp"

namespace hookctl {

// Asked for directly: std::random_device leaves the source to the library, which on x86 may be the processor alone.
std::uint64_t SystemRandom::next() {
  std::uint64_t bits = 0;
  if (getentropy(&bits, sizeof bits) == 0) return bits;
  std::random_device device;  // a kernel without getrandom
  return (static_cast<std::uint64_t>(device()) << 32) | device();
}

std::uint64_t SeededRandom::next() {
  state_ += 0x9E3779B97F4A7C15U;
  std::uint64_t bits = state_;
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9U;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBU;
  return bits ^ (bits >> 31);
}

std::string random_text(Random& random, std::string_view alphabet, std::size_t count) {
  alphabet = alphabet.substr(0, 256);
  std::string out;
  if (alphabet.empty()) return out;
  out.reserve(count);
  const auto fair = 256 - 256 % alphabet.size();  // bytes above would favour the first letters
  while (out.size() < count) {
    auto bits = random.next();
    for (int i = 0; i < 8 && out.size() < count; ++i, bits >>= 8) {
      const auto byte = static_cast<std::size_t>(bits & 0xFFU);
      if (byte < fair) out += alphabet[byte % alphabet.size()];
    }
  }
  return out;
}

std::string random_uuid(Random& random) {
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < bytes.size(); i += 8) {
    auto bits = random.next();
    for (std::size_t j = 0; j < 8; ++j, bits >>= 8) bytes[i + j] = static_cast<std::uint8_t>(bits & 0xFFU);
  }
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0FU) | 0x40U);  // version 4
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3FU) | 0x80U);  // RFC 9562's variant
  auto text = to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  for (const std::size_t at : {20U, 16U, 12U, 8U}) text.insert(at, 1, '-');
  return text;
}

}  // namespace hookctl
