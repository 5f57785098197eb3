// HMAC against the published vectors of RFC 4231 and RFC 2202.
#include <doctest/doctest.h>

#include <array>
#include <utility>

#include "base/encoding.hpp"
#include "crypto/mac.hpp"

using namespace hookctl;
using crypto::Hash;
using crypto::Mac;

namespace {

std::string mac_hex(Hash hash, std::string_view key, std::string_view message) {
  auto mac = Mac::create(hash, key);
  REQUIRE(mac);
  mac->add(message);
  return to_hex(mac->finish());
}

}  // namespace

TEST_CASE("HMAC-SHA256 and HMAC-SHA512 give the values of RFC 4231") {
  const std::string key1(20, '\x0b');
  CHECK(mac_hex(Hash::sha256, key1, "Hi There") == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(mac_hex(Hash::sha512, key1, "Hi There") ==
        "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854");
  CHECK(mac_hex(Hash::sha256, "Jefe", "what do ya want for nothing?") ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(mac_hex(Hash::sha256, std::string(20, '\xaa'), std::string(50, '\xdd')) ==
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  // A key longer than the block is hashed first.
  CHECK(mac_hex(Hash::sha256, std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First") ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("HMAC-SHA1 gives the values of RFC 2202") {
  CHECK(mac_hex(Hash::sha1, std::string(20, '\x0b'), "Hi There") == "b617318655057264e28bc0b6fb378c8ef146be00");
  CHECK(mac_hex(Hash::sha1, "Jefe", "what do ya want for nothing?") == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
}

TEST_CASE("an empty key and an empty message are a key and a message") {
  CHECK(mac_hex(Hash::sha256, "", "") == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  CHECK(mac_hex(Hash::sha1, "", "") == "fbdb1d1b18aa6c08324b7d64b71fb76370690e1d");
}

TEST_CASE("a Mac is ready for the next message, takes it in pieces and can be moved") {
  auto made = Mac::create(Hash::sha256, "Jefe");
  REQUIRE(made);
  Mac mac = std::move(*made);
  const std::string expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
  for (int round = 0; round < 3; ++round) {
    const std::array<std::string_view, 4> pieces{"what do ya ", "", "want for ", "nothing?"};
    CHECK(to_hex(mac.of(pieces)) == expected);
  }
  mac.add("another message");
  CHECK(to_hex(mac.finish()) != expected);
}
