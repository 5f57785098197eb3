// Key pairs: Ed25519 (RFC 8032), ECDSA on P-256 with DER signatures, RSA with PKCS #1 v1.5 padding.
// A key is read once and may then be used by several threads at a time. Bytes travel in std::string and string_view.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "crypto/digest.hpp"

struct evp_pkey_st;  // OpenSSL's; its headers stay in the .cpp files

namespace hookctl::crypto {

enum class KeyType { ed25519, p256, rsa };

class PublicKey {
 public:
  // Reads a public key in any usual form: PEM ("BEGIN PUBLIC KEY", or a certificate), DER SubjectPublicKeyInfo, and for Ed25519 the 32
  // raw bytes. `usage` with a hint when it is none of these or a key of another type. A certificate's dates and issuer are not checked.
  static Result<PublicKey> read(KeyType type, std::string_view bytes);

  KeyType type() const noexcept { return type_; }
  // Does the signature hold? `hash` counts for P-256 and RSA only. False for malformed signatures (strict DER for P-256).
  bool verify(Hash hash, std::string_view message, std::string_view signature) const;
  std::string pem() const;  // "BEGIN PUBLIC KEY", ends with a line end
  std::string der() const;  // SubjectPublicKeyInfo
  std::string raw() const;  // the 32 bytes of an Ed25519 key; "" for the other types

 private:
  friend class PrivateKey;
  PublicKey(KeyType type, std::shared_ptr<evp_pkey_st> key) : type_(type), key_(std::move(key)) {}

  KeyType type_;
  std::shared_ptr<evp_pkey_st> key_;
};

class PrivateKey {
 public:
  // Reads a private key: unencrypted PEM, DER PKCS #8, and for Ed25519 the 32-byte seed (or seed and public key, 64 bytes). `usage` with a
  // hint when it is none of these or a key of another type. The error never holds a byte of the key.
  static Result<PrivateKey> read(KeyType type, std::string_view bytes);
  // A fresh key (RSA: 2048 bits, which takes about 0.1 s). `bug` when OpenSSL refuses.
  static Result<PrivateKey> generate(KeyType type);

  KeyType type() const noexcept { return type_; }
  // The raw signature (DER for P-256). `hash` counts for P-256 and RSA only.
  Result<std::string> sign(Hash hash, std::string_view message) const;
  PublicKey public_key() const { return {type_, key_}; }
  std::string pem() const;  // PKCS #8, "BEGIN PRIVATE KEY": a secret

 private:
  PrivateKey(KeyType type, std::shared_ptr<evp_pkey_st> key) : type_(type), key_(std::move(key)) {}

  KeyType type_;
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace hookctl::crypto
