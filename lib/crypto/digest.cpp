// Digests with OpenSSL's EVP interface; CRC-32 with a table made at compile time.
#include "crypto/digest.hpp"

#include <openssl/evp.h>

#include <array>
#include <memory>

namespace hookctl::crypto {

namespace {

const EVP_MD* algorithm(Hash hash) {
  switch (hash) {
    case Hash::sha1:
      return EVP_sha1();
    case Hash::sha256:
      return EVP_sha256();
    case Hash::sha512:
      return EVP_sha512();
  }
  return EVP_sha256();
}

constexpr std::array<std::uint32_t, 256> crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t n = 0; n < 256; ++n) {
    std::uint32_t c = n;
    for (int bit = 0; bit < 8; ++bit) c = (c & 1) != 0 ? 0xEDB88320U ^ (c >> 1) : c >> 1;
    table[n] = c;
  }
  return table;
}

}  // namespace

std::size_t digest_size(Hash hash) noexcept {
  switch (hash) {
    case Hash::sha1:
      return 20;
    case Hash::sha256:
      return 32;
    case Hash::sha512:
      return 64;
  }
  return 0;
}

std::string digest(Hash hash, std::span<const std::string_view> pieces) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  std::string out(digest_size(hash), '\0');
  bool good = context != nullptr && EVP_DigestInit_ex(context.get(), algorithm(hash), nullptr) == 1;
  for (std::string_view piece : pieces) good = good && EVP_DigestUpdate(context.get(), piece.data(), piece.size()) == 1;
  good = good && EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(out.data()), nullptr) == 1;
  return good ? out : std::string{};
}

std::string digest(Hash hash, std::string_view bytes) { return digest(hash, std::span<const std::string_view>(&bytes, 1)); }

std::uint32_t crc32(std::string_view bytes) noexcept {
  static constexpr std::array<std::uint32_t, 256> kTable = crc_table();
  std::uint32_t c = 0xFFFFFFFFU;
  for (char byte : bytes) c = kTable[(c ^ static_cast<unsigned char>(byte)) & 0xFFU] ^ (c >> 8);
  return c ^ 0xFFFFFFFFU;
}

}  // namespace hookctl::crypto
