// Constant-time comparison by OpenSSL.
#include "crypto/equal.hpp"

#include <openssl/crypto.h>

namespace hookctl::crypto {

bool equal(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && (a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0);
}

}  // namespace hookctl::crypto
