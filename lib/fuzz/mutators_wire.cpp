// Other ways to send what is right, and signatures that are wrong.
#include "fuzz/mutators_making.hpp"

namespace hookctl::fuzz {

namespace {

using check::Tamper;
using check::WireStyle;
using making::below;

constexpr std::size_t kChunks[] = {0, 1, 2, 7, 16, 100, 255, 1'000, 4'096, 65'536};
constexpr std::int64_t kLongestPauseMs = 20;
constexpr std::size_t kMostSegments = 12;

void in_chunks(WireStyle& style, Random& random) {
  style.chunked = true;
  style.chunk = kChunks[below(random, std::size(kChunks))];
  if (below(random, 3) == 0) style.trailer = "X-Hookctl-Trailer: 1";
}

void in_segments(WireStyle& style, Random& random) {
  style.segments = 2 + below(random, kMostSegments - 1);
  style.pause_ms = static_cast<std::int64_t>(below(random, static_cast<std::size_t>(kLongestPauseMs) + 1));
}

void in_other_letters(WireStyle& style, Random& random) {
  constexpr WireStyle::Case kCases[] = {WireStyle::Case::lower, WireStyle::Case::upper, WireStyle::Case::mixed};
  style.header_case = kCases[below(random, std::size(kCases))];
}

// Cutting less may take away no more than the padding of base64, which lenient decoders do without.
constexpr std::size_t kLeastCut = 4;

// What is no signature of anybody: nothing, words that careless programs make, digits and base64 of no key.
std::string other_text(Random& random) {
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  constexpr std::string_view kWords[] = {"", "undefined", "[object Object]", "\xC3\xA9", "a b", "=", "AAAA", "v1=", "sha256=", "v1,"};
  switch (below(random, 6)) {
    case 0:
      return random_text(random, kHex, 64);
    case 1:
      return random_text(random, kHex, 40);
    case 2:
      return random_text(random, kBase64, 43) + "=";
    case 3:
      return random_text(random, kHex, 16 + below(random, 1'000));
    default:
      return std::string(kWords[below(random, std::size(kWords))]);
  }
}

}  // namespace

check::WireStyle mutated_wire(Random& random) {
  constexpr unsigned kWays = 4;
  const auto ways = 1 + below(random, (std::size_t{1} << kWays) - 1);  // never none of them
  WireStyle style;
  if ((ways & 1U) != 0) in_chunks(style, random);
  if ((ways & 2U) != 0) in_segments(style, random);
  if ((ways & 4U) != 0) in_other_letters(style, random);
  if ((ways & 8U) != 0) style.expect_continue = true;
  return style;
}

check::Tamper mutated_signature(Random& random) {
  Tamper out;
  switch (below(random, 6)) {
    case 0:
    case 1:
      out.op = Tamper::Op::flip_signature;
      out.number = static_cast<std::int64_t>(below(random, 3));
      return out;
    case 2:
      out.op = Tamper::Op::cut_signature;
      out.number = -static_cast<std::int64_t>(kLeastCut + below(random, 16));
      return out;
    case 3:
      out.op = Tamper::Op::drop_signature;
      return out;
    case 4:
      out.op = Tamper::Op::set_signature;
      break;
    default:
      out.op = Tamper::Op::set_field;
      break;
  }
  out.text = other_text(random);
  return out;
}

}  // namespace hookctl::fuzz
