// Wraps the numbers in the DER structures that OpenSSL reads (X.690; RFC 5480, 5915, 8017), so that it does all the checking.
#include "crypto/number_keys.hpp"

#include <algorithm>
#include <initializer_list>

namespace hookctl::crypto {

namespace {

constexpr std::size_t kP256Size = 32;
constexpr char kInteger = 0x02, kBits = 0x03, kOctets = 0x04, kSequence = 0x30;
constexpr char kParameters = static_cast<char>(0xa0), kPublicKey = static_cast<char>(0xa1);  // [0] and [1] of RFC 5915

// The object identifiers, with their tag and length, and what follows them.
constexpr std::string_view kEcPublicKey("\x06\x07\x2a\x86\x48\xce\x3d\x02\x01", 9);
constexpr std::string_view kPrime256v1("\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07", 10);
constexpr std::string_view kRsaEncryption("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00", 13);

std::string element(char tag, std::initializer_list<std::string_view> contents) {
  std::string inside;
  for (std::string_view content : contents) inside += content;
  std::string length;
  for (std::size_t rest = inside.size(); rest > 0; rest >>= 8) length.insert(length.begin(), static_cast<char>(rest & 0xff));
  if (inside.size() >= 0x80) length.insert(length.begin(), static_cast<char>(0x80 + length.size()));
  if (length.empty()) length.push_back(0);
  return tag + length + inside;
}

std::string_view without_zeros(std::string_view number) { return number.substr(std::min(number.find_first_not_of('\0'), number.size())); }

std::string integer(std::string_view number) {
  std::string bytes(without_zeros(number));
  if (bytes.empty() || (static_cast<unsigned char>(bytes.front()) & 0x80) != 0) bytes.insert(bytes.begin(), '\0');
  return element(kInteger, {bytes});
}

// The number in exactly 32 bytes; nothing when it needs more.
std::optional<std::string> padded(std::string_view number) {
  const std::string_view bytes = without_zeros(number);
  if (bytes.size() > kP256Size) return std::nullopt;
  return std::string(kP256Size - bytes.size(), '\0').append(bytes);
}

// An uncompressed point as a bit string without unused bits.
std::optional<std::string> point(std::string_view x, std::string_view y) {
  const auto left = padded(x), right = padded(y);
  if (!left || !right) return std::nullopt;
  return element(kBits, {std::string_view("\0\x04", 2), *left, *right});
}

Error no_p256() { return usage_error("not a P-256 key", "its numbers have 1 to 32 bytes"); }
Error no_rsa() { return usage_error("not an RSA key", "one of its numbers is missing"); }

bool is_zero(std::string_view number) { return without_zeros(number).empty(); }

// Takes one INTEGER off the front, as 32 bytes. Only what integer() writes is taken.
std::optional<std::string> take_integer(std::string_view& der) {
  if (der.size() < 3 || der[0] != kInteger) return std::nullopt;
  const std::size_t length = static_cast<unsigned char>(der[1]);
  if (length > kP256Size + 1 || der.size() < 2 + length) return std::nullopt;
  const std::string_view whole = der.substr(0, 2 + length);
  der.remove_prefix(whole.size());
  if (integer(whole.substr(2)) != whole) return std::nullopt;
  return padded(whole.substr(2));
}

}  // namespace

Result<PublicKey> p256_public_key(std::string_view x, std::string_view y) {
  const auto bits = point(x, y);
  if (!bits) return no_p256();
  return PublicKey::read(KeyType::p256, element(kSequence, {element(kSequence, {kEcPublicKey, kPrime256v1}), *bits}));
}

Result<PrivateKey> p256_private_key(std::string_view d, std::string_view x, std::string_view y) {
  const auto bits = point(x, y), number = padded(d);
  if (!bits || !number || is_zero(d)) return no_p256();
  return PrivateKey::read(KeyType::p256, element(kSequence, {integer("\x01"), element(kOctets, {*number}),
                                                             element(kParameters, {kPrime256v1}), element(kPublicKey, {*bits})}));
}

Result<PublicKey> rsa_public_key(const RsaNumbers& numbers) {
  if (is_zero(numbers.modulus) || is_zero(numbers.public_exponent)) return no_rsa();
  const std::string key = element(kSequence, {integer(numbers.modulus), integer(numbers.public_exponent)});
  return PublicKey::read(KeyType::rsa,
                         element(kSequence, {element(kSequence, {kRsaEncryption}), element(kBits, {std::string_view("\0", 1), key})}));
}

Result<PrivateKey> rsa_private_key(const RsaNumbers& numbers) {
  for (const std::string* number : {&numbers.modulus, &numbers.public_exponent, &numbers.private_exponent, &numbers.prime_p,
                                    &numbers.prime_q, &numbers.exponent_p, &numbers.exponent_q, &numbers.coefficient}) {
    if (is_zero(*number)) return no_rsa();
  }
  return PrivateKey::read(KeyType::rsa,
                          element(kSequence, {integer(""), integer(numbers.modulus), integer(numbers.public_exponent),
                                              integer(numbers.private_exponent), integer(numbers.prime_p), integer(numbers.prime_q),
                                              integer(numbers.exponent_p), integer(numbers.exponent_q), integer(numbers.coefficient)}));
}

std::optional<std::string> p256_signature_to_der(std::string_view r_and_s) {
  if (r_and_s.size() != 2 * kP256Size) return std::nullopt;
  return element(kSequence, {integer(r_and_s.substr(0, kP256Size)), integer(r_and_s.substr(kP256Size))});
}

std::optional<std::string> p256_signature_from_der(std::string_view der) {
  if (der.size() < 2 || der[0] != kSequence || static_cast<std::size_t>(der[1]) != der.size() - 2) return std::nullopt;
  der.remove_prefix(2);
  const auto r = take_integer(der);
  const auto s = r ? take_integer(der) : std::nullopt;
  if (!s || !der.empty()) return std::nullopt;
  return *r + *s;
}

}  // namespace hookctl::crypto
