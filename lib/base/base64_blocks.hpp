// The long middle of base64, by vector instructions where the processor has them. For this room only.
#pragma once

#include <cstddef>
#include <string_view>

namespace hookctl {

// Decodes letters of the standard alphabet from the beginning of `letters`, in blocks of 32, into `to`, which has room for three bytes for
// every four letters. Returns how many letters that were: it stops before the end, at a block that holds anything else, and at once on
// processors without AVX2. Thread-safe.
std::size_t decode_base64_blocks(std::string_view letters, char* to) noexcept;

}  // namespace hookctl
