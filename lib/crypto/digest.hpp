// Digests and checksums over bytes. Pure, thread-safe. Bytes travel in std::string and string_view.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace hookctl::crypto {

enum class Hash { sha1, sha256, sha512 };

// How many bytes a digest of this kind has: 20, 32, 64.
std::size_t digest_size(Hash hash) noexcept;

// The raw digest of the bytes, or of the pieces one after the other.
std::string digest(Hash hash, std::string_view bytes);
std::string digest(Hash hash, std::span<const std::string_view> pieces);

// CRC-32 as in zip and PNG (reflected 0xEDB88320).
std::uint32_t crc32(std::string_view bytes) noexcept;

}  // namespace hookctl::crypto
