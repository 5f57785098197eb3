// Keys and signatures as bare numbers: made by node:crypto, read here, and back.
#include <doctest/doctest.h>

#include "base/encoding.hpp"
#include "crypto/number_keys.hpp"

using namespace hookctl;
using namespace hookctl::crypto;

namespace {

std::string number(const char* base64url) { return from_base64url(base64url).value(); }

// Throwaway keys.
const char* const kX = "2rUiDuEmQd6GgQSG-5KSyuPRFiP2z5kKJUcQl-ArWC4";
const char* const kY = "cp0uzjphRhtz2g6LQddT7C9FjOIvpKwjuSNDCof_hU0";
const char* const kD = "BdbDb8v5E1c5e1k1I5B42GDko80CYCaUQrbShP30mR0";
const char* const kSignature = "yWVWxxGOcUkP3tFifwMGELiGpXI62i6-cBnSS8rURo1gFtLHrIM9dqpOOCfK1eOI8rilPMHWMg_ibH4Rxpug5w";  // over "abc"

RsaNumbers rsa_numbers() {
  return {number("wj7-B7m_Q5Nxr-a3K7j68_OodkANTVftVZWOA4UhnJN1BU1LdgWoVQeSETap0r4SwiUkKg39H5QhfE2-fn9zpLhHAYqa8D6FTTJ4R192Mi6tM99eXgu9LzqqRVlg"
                 "ZvwE9HMIoHkLZU3k7vnA-iYOeMypCiS4_GIIP0D7EtDRVx8"),
          number("AQAB"),
          number("fqIccCLrCv4Dnr5Vad6lVAbkK3skcOjCpAnk1GyldfM31eYHLQERNaXC1xAA9I_PoNwf0H7gJwcmMWhpqQQj-fsHUuC0iJWd29TklHBorF48VWPZF6LgoQ9Y19Lm"
                 "neOESkYoyWjlxdwRbKWbtyirCc9T7SRFIt1KiNAWczmC9lk"),
          number("5D3HA4MBuM_Vo_EAEC3-ZzGLPLCGXziXZGg0swAZMjm7XIL1JH_V5dyxDG_wiSjmfJx8UpgHnn3yjAM14WW67Q"),
          number("2d7IgOCkwZmuKV3D6-CUzhyc6I16UluMssToOYa_ob5XhIZ_q3qtPZQauZZMWnPR96vkLfgxapVdqn4yjvN8uw"),
          number("KqptuHdV7BFV84aKp3uhkfLN_3NUOxqeGlPsfgWnsB7gqmOEpeULvCNsKVIHmew-Yc7y4pGu4u7SV2AGQ3M75Q"),
          number("W7MpMRVcQyAr7b1JeT5NY3Mnl7n0gjWGQrgeBhhxD-LNczopAkPgJsrvdK2N9YRKG7R9ldug8PttMRVssj5JgQ"),
          number("usYgIGwnLrOXP48f9FHCuqV3SOUK6bPrGKHbnF07YZe7Ru4DEcMZzg3EbBSqcTdX9DMA-UpWXawMBetRxbny7g")};
}
const char* const kRsaSignature =  // over "abc"
    "aKKB9yE/0yBHf21V0m7+23f1JC87Gc9uweLXujD8y64C4IKKnvd40sZL7v80SPBRT5h2uAu4sr2RJlxn0GQnK5pboJTeak+/7oBVIvL9hB2Xj5BokIn74IA2KQp8hIFSErDbPccQ"
    "90p3tVqf8xH6LHv3Vvk3h4YmHqf81jdKvGg=";

}  // namespace

TEST_CASE("a P-256 key from its numbers verifies and signs") {
  const auto key = p256_public_key(number(kX), number(kY));
  REQUIRE(key);
  const auto der = p256_signature_to_der(number(kSignature));
  REQUIRE(der);
  CHECK(key->verify(Hash::sha256, "abc", *der));
  CHECK_FALSE(key->verify(Hash::sha256, "abd", *der));
  const auto pair = p256_private_key(number(kD), number(kX), number(kY));
  REQUIRE(pair);
  CHECK(pair->public_key().der() == key->der());
  CHECK(key->verify(Hash::sha256, "x", pair->sign(Hash::sha256, "x").value()));
  CHECK(p256_public_key(std::string(3, '\0') + number(kX), number(kY)).value().der() == key->der());  // leading zeros
}

TEST_CASE("an RSA key from its numbers verifies and signs") {
  const auto key = rsa_public_key(rsa_numbers());
  REQUIRE(key);
  CHECK(key->verify(Hash::sha256, "abc", from_base64(kRsaSignature).value()));
  const auto pair = rsa_private_key(rsa_numbers());
  REQUIRE(pair);
  CHECK(pair->public_key().der() == key->der());
  CHECK(to_base64(pair->sign(Hash::sha256, "abc").value()) == kRsaSignature);
}

TEST_CASE("numbers that are no key are refused") {
  CHECK_FALSE(p256_public_key(number(kY), number(kX)));  // not on the curve
  CHECK_FALSE(p256_public_key("", ""));
  CHECK_FALSE(p256_public_key(std::string(33, '\1'), number(kY)));
  CHECK_FALSE(p256_private_key(std::string(33, '\1'), number(kX), number(kY)));
  CHECK_FALSE(p256_private_key(number(kD), "", ""));
  CHECK_FALSE(rsa_private_key({}));
  CHECK_FALSE(rsa_private_key({rsa_numbers().modulus, rsa_numbers().public_exponent}));
}

TEST_CASE("a P-256 signature goes from one form to the other and back, or not at all") {
  for (const std::string& raw : {number(kSignature), std::string(64, '\x80'), std::string(31, '\0') + "\1" + std::string(32, '\x7f')}) {
    const auto der = p256_signature_to_der(raw);
    REQUIRE(der);
    CHECK(p256_signature_from_der(*der) == raw);
    CHECK_FALSE(p256_signature_from_der(der->substr(0, der->size() - 1)));
    CHECK_FALSE(p256_signature_from_der(*der + "x"));
  }
  CHECK(to_hex(p256_signature_to_der(std::string(63, '\0') + "\1").value()) == "3006020100020101");
  CHECK_FALSE(p256_signature_to_der(std::string(63, '\1')));
  CHECK_FALSE(p256_signature_to_der(std::string(65, '\1')));
  for (const char* hex : {"", "30", "3000", "3006020100020200", "300702020001020101", "30060201000201", "3103020100", "3008020101020101ffff", "3080"}) {
    CHECK_FALSE(p256_signature_from_der(from_hex(hex).value_or("")));
  }
}
