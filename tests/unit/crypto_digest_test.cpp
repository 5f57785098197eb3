// Digests, CRC-32 and constant-time comparison.
#include <doctest/doctest.h>

#include <array>

#include "base/encoding.hpp"
#include "crypto/digest.hpp"
#include "crypto/equal.hpp"

using namespace hookctl;
using crypto::Hash;

TEST_CASE("digests give the values of FIPS 180") {
  CHECK(to_hex(crypto::digest(Hash::sha1, "abc")) == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(to_hex(crypto::digest(Hash::sha256, "abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(to_hex(crypto::digest(Hash::sha256, "")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(to_hex(crypto::digest(Hash::sha512, "abc")).starts_with("ddaf35a193617abacc417349ae204131"));
  for (Hash hash : {Hash::sha1, Hash::sha256, Hash::sha512}) CHECK(crypto::digest(hash, "x").size() == crypto::digest_size(hash));
}

TEST_CASE("a digest of pieces is the digest of the whole") {
  const std::array<std::string_view, 3> pieces{"a", "", "bc"};
  CHECK(crypto::digest(Hash::sha256, pieces) == crypto::digest(Hash::sha256, "abc"));
}

TEST_CASE("CRC-32 gives the usual check value") {
  CHECK(crypto::crc32("123456789") == 0xCBF43926U);
  CHECK(crypto::crc32("") == 0U);
  CHECK(crypto::crc32("\xff\xff\xff\xff") == 0xFFFFFFFFU);
}

TEST_CASE("equal compares every byte and the length") {
  CHECK(crypto::equal("", ""));
  CHECK(crypto::equal(std::string_view("a\0b", 3), std::string_view("a\0b", 3)));
  CHECK_FALSE(crypto::equal(std::string_view("a\0b", 3), std::string_view("a\0c", 3)));
  CHECK_FALSE(crypto::equal("abc", "abcd"));
  CHECK_FALSE(crypto::equal("", "a"));
}
