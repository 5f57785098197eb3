// Key pairs: RFC 8032 vectors, round trips, and keys that are none.
#include <doctest/doctest.h>

#include "base/encoding.hpp"
#include "crypto/asymmetric.hpp"

using namespace hookctl;
using crypto::Hash;
using crypto::KeyType;
using crypto::PrivateKey;
using crypto::PublicKey;

namespace {

// A throwaway certificate (RSA 1024) and its signature over "abc" with SHA-256.
constexpr std::string_view kCertificate =
    "-----BEGIN CERTIFICATE-----\n"
    "MIICDDCCAXWgAwIBAgIUK7z3aUU4E1m9CnFlyLxvMlZmENgwDQYJKoZIhvcNAQEL\n"
    "BQAwFzEVMBMGA1UEAwwMaG9va2N0bC10ZXN0MCAXDTI2MTEyMDIxNDA0M1oYDzIx\n"
    "MjYxMDI3MjE0MDQzWjAXMRUwEwYDVQQDDAxob29rY3RsLXRlc3QwgZ8wDQYJKoZI\n"
    "hvcNAQEBBQADgY0AMIGJAoGBAMG2e5+VrEgxFqhSK4fFrfDoXDIsjlCmK316J6Qa\n"
    "NYHDP1XVoSf/jdTWtQL2ewVD87MnszzBkGoeTE7CbUSsqys/ujSS7R0gwKiXC8hz\n"
    "OKQJ9jEF9prpzoqsYzUcXezepCNDG3mi2C6pfi7A+kH3w2vhKLt8NW/e7VH8auqL\n"
    "GI0/AgMBAAGjUzBRMB0GA1UdDgQWBBShLbl1qHWsI1TpxKWNAQy9PVv6VzAfBgNV\n"
    "HSMEGDAWgBShLbl1qHWsI1TpxKWNAQy9PVv6VzAPBgNVHRMBAf8EBTADAQH/MA0G\n"
    "CSqGSIb3DQEBCwUAA4GBALuE7BuMb/KAV7qzdiIOnbJmO4Jc9AskohZqPuC3jelm\n"
    "yxyndeuDGIr0fNdoJ1j6MOpZ3hwVRFLxVJSxLjvA9kdHhKHNx5O+9IFAQaLt8bdW\n"
    "NU06Ek+8szdT/qhGcP5qvZi+1xqI8vYCCuhZiIQ1/YEybqy4OX2Ap/Z4J8WovB/V\n"
    "-----END CERTIFICATE-----\n";
constexpr std::string_view kCertificateSignature =
    "mmIAni6veWVckxVw783YzI/HqujH7jpnL6clMxpypNA1KzfnJ7dqYv0IrRIUgvIpKrMqrrPU5jzbUjG9cyf/i+8CwHblW03jKYgNJoh80YpKNQQQY5DlMk0WHPlotMfB"
    "4m3UQoJyOnxwDWQJRpfs36h/ZIYR6ajgVQHrgBSOGrY=";
constexpr std::string_view kP384 =
    "-----BEGIN PUBLIC KEY-----\n"
    "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEk7cGzwUx+B7bSx7v4x8sRH3LS0wsbhj/\n"
    "9wCZUaYkffSZA1DPOJqYp2MKlXCfFA01+fYXyzgtMBX9cKGtYK4T0DtDdmUc92Tc\n"
    "CQN+AQM46j4jKG5OAc8TtKd2P9QjLKBL\n"
    "-----END PUBLIC KEY-----\n";

struct Rfc8032 {
  const char* seed;
  const char* public_key;
  const char* message;
  const char* signature;
};
constexpr Rfc8032 kRfc8032[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
     "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
     "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
     "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"}};

}  // namespace

TEST_CASE("Ed25519 signs and verifies the vectors of RFC 8032") {
  for (const Rfc8032& vector : kRfc8032) {
    const std::string message = *from_hex(vector.message);
    const auto key = PrivateKey::read(KeyType::ed25519, *from_hex(vector.seed));
    REQUIRE(key);
    CHECK(to_hex(key->public_key().raw()) == vector.public_key);
    const auto signature = key->sign(Hash::sha256, message);
    REQUIRE(signature);
    CHECK(to_hex(*signature) == vector.signature);

    const auto open = PublicKey::read(KeyType::ed25519, *from_hex(vector.public_key));
    REQUIRE(open);
    CHECK(open->verify(Hash::sha256, message, *signature));
    CHECK_FALSE(open->verify(Hash::sha256, message + "x", *signature));
    CHECK_FALSE(open->verify(Hash::sha256, message, signature->substr(1)));
    CHECK_FALSE(open->verify(Hash::sha256, message, ""));
  }
}

TEST_CASE("every type signs, verifies, and survives its own PEM and DER") {
  for (KeyType type : {KeyType::ed25519, KeyType::p256, KeyType::rsa}) {
    const auto made = PrivateKey::generate(type);
    REQUIRE(made);
    const auto key = PrivateKey::read(type, made->pem());
    REQUIRE(key);
    const auto signature = key->sign(Hash::sha256, "message");
    REQUIRE(signature);
    for (const std::string& form : {made->public_key().pem(), made->public_key().der()}) {
      const auto open = PublicKey::read(type, form);
      REQUIRE(open);
      CHECK(open->verify(Hash::sha256, "message", *signature));
      CHECK_FALSE(open->verify(Hash::sha256, "massage", *signature));
    }
    const auto other = PrivateKey::generate(type);
    REQUIRE(other);
    CHECK_FALSE(other->public_key().verify(Hash::sha256, "message", *signature));
  }
}

TEST_CASE("a P-256 signature must be strict DER") {
  const auto key = PrivateKey::generate(KeyType::p256);
  REQUIRE(key);
  const auto signature = key->sign(Hash::sha256, "message");
  REQUIRE(signature);
  CHECK_FALSE(key->public_key().verify(Hash::sha256, "message", *signature + std::string(1, '\0')));
  CHECK_FALSE(key->public_key().verify(Hash::sha256, "message", std::string(64, '\x01')));
  CHECK_FALSE(key->public_key().verify(Hash::sha1, "message", *signature));
}

TEST_CASE("an RSA key is read from a certificate") {
  const auto key = PublicKey::read(KeyType::rsa, kCertificate);
  REQUIRE(key);
  CHECK(key->verify(Hash::sha256, "abc", *from_base64(kCertificateSignature)));
  CHECK_FALSE(key->verify(Hash::sha1, "abc", *from_base64(kCertificateSignature)));
}

TEST_CASE("what is no key of the type is refused with a hint and without the bytes") {
  for (std::string_view bytes : {"", "short", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"}) {
    for (KeyType type : {KeyType::ed25519, KeyType::p256, KeyType::rsa}) {
      const auto open = PublicKey::read(type, bytes);
      REQUIRE_FALSE(open);
      CHECK(open.error().kind == ErrorKind::usage);
      CHECK_FALSE(open.error().hint.empty());
      const auto key = PrivateKey::read(type, bytes);
      REQUIRE_FALSE(key);
      CHECK((bytes.empty() || key.error().message.find(bytes) == std::string::npos));
    }
  }
  const auto other_curve = PublicKey::read(KeyType::p256, kP384);
  REQUIRE_FALSE(other_curve);
  CHECK(other_curve.error().message == "the public key is not an ECDSA P-256 key");
  CHECK_FALSE(PublicKey::read(KeyType::ed25519, kCertificate));
}
