// Keys and signatures as bare numbers (RFC 7518 sections 3.4, 6.2 and 6.3), which is how JSON Web Keys and JSON Web Signatures carry them.
// Numbers are unsigned, big-endian, leading zeros allowed. Pure, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "crypto/asymmetric.hpp"

namespace hookctl::crypto {

// `usage` when the point is not on the curve or a number is longer than 32 bytes.
Result<PublicKey> p256_public_key(std::string_view x, std::string_view y);
Result<PrivateKey> p256_private_key(std::string_view d, std::string_view x, std::string_view y);

struct RsaNumbers {
  std::string modulus;
  std::string public_exponent;
  // Of a private key only.
  std::string private_exponent{}, prime_p{}, prime_q{}, exponent_p{}, exponent_q{}, coefficient{};
};
// `usage` when a number is missing or they are no key.
Result<PublicKey> rsa_public_key(const RsaNumbers& numbers);
Result<PrivateKey> rsa_private_key(const RsaNumbers& numbers);

// An ECDSA P-256 signature between its two forms: DER, and the 64 bytes r and s. Nothing when the input is not exactly that.
std::optional<std::string> p256_signature_to_der(std::string_view r_and_s);
std::optional<std::string> p256_signature_from_der(std::string_view der);

}  // namespace hookctl::crypto
