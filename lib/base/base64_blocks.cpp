// After Wojciech Muła and Daniel Lemire, "Faster Base64 Encoding and Decoding Using AVX2 Instructions" (ACM TWEB 12, 2018).
#include "base/base64_blocks.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace hookctl {

#if defined(__x86_64__)

namespace {

// The same sixteen bytes in both halves, as the shuffles want their tables.
__attribute__((target("avx2"))) __m256i twice(__m128i half) { return _mm256_broadcastsi128_si256(half); }

// Letters to their six bits. False when one is no letter: the table of its low nibble and that of its high one then share a bit.
__attribute__((target("avx2"))) bool values_of(__m256i& letters) {
  const __m256i low_table =
      twice(_mm_setr_epi8(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1A, 0x1B, 0x1B, 0x1B, 0x1A));
  const __m256i high_table =
      twice(_mm_setr_epi8(0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10));
  const __m256i distance =
      twice(_mm_setr_epi8(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0));  // from letter to value, by the high nibble
  const __m256i slash = _mm256_set1_epi8('/');  // 0x2f; as a mask it keeps bit 5, which the shuffles do not look at
  const __m256i high = _mm256_and_si256(_mm256_srli_epi32(letters, 4), slash);
  const __m256i low = _mm256_and_si256(letters, slash);
  if (_mm256_testz_si256(_mm256_shuffle_epi8(low_table, low), _mm256_shuffle_epi8(high_table, high)) == 0) return false;
  const __m256i is_slash = _mm256_cmpeq_epi8(letters, slash);  // the one letter that its high nibble does not tell: one row before
  letters = _mm256_add_epi8(letters, _mm256_shuffle_epi8(distance, _mm256_add_epi8(is_slash, high)));
  return true;
}

// 32 times six bits to 24 bytes, at the front.
__attribute__((target("avx2"))) __m256i packed(__m256i values) {
  const __m256i pairs = _mm256_maddubs_epi16(values, _mm256_set1_epi32(0x01400140));
  const __m256i groups = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00011000));
  const __m256i halves = _mm256_shuffle_epi8(groups, twice(_mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1)));
  return _mm256_permutevar8x32_epi32(halves, _mm256_setr_epi32(0, 1, 2, 4, 5, 6, -1, -1));
}

__attribute__((target("avx2"))) std::size_t decode_by_avx2(std::string_view letters, char* to) {
  constexpr std::size_t kBlock = 32;
  constexpr std::size_t kRoom = 44;  // letters whose bytes are the 32 that a store writes, and more
  std::size_t at = 0;
  for (; letters.size() - at >= kRoom; at += kBlock, to += kBlock / 4 * 3) {
    __m256i block = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(letters.data() + at));
    if (!values_of(block)) break;
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), packed(block));
  }
  return at;
}

}  // namespace

std::size_t decode_base64_blocks(std::string_view letters, char* to) noexcept {
  static const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;
  return has_avx2 ? decode_by_avx2(letters, to) : 0;
}

#else

std::size_t decode_base64_blocks(std::string_view /*letters*/, char* /*to*/) noexcept { return 0; }

#endif

}  // namespace hookctl
