// Secrets and keys as people paste them.
#include <doctest/doctest.h>

#include "base/encoding.hpp"
#include "signing/keys.hpp"

using namespace hookctl;
using namespace hookctl::signing;

namespace {

const KeyForm kText{KeyEncoding::utf8, ""};
const KeyForm kWhsec{KeyEncoding::base64, "whsec_"};

std::string message_of(const Result<std::string>& result) { return result ? "" : result.error().message; }

}  // namespace

TEST_CASE("a secret becomes bytes as its form says") {
  CHECK(decode_secret(Secret("whsec_abc"), kText).value() == "whsec_abc");
  CHECK(decode_secret(Secret("whsec_YWJj"), kWhsec).value() == "abc");
  CHECK(decode_secret(Secret("YWJj"), kWhsec).value() == "abc");
  CHECK(decode_secret(Secret("YWI"), kWhsec).value() == "ab");  // pasted without its padding
  CHECK(decode_secret(Secret("616263"), {KeyEncoding::hex}).value() == "abc");
  CHECK(decode_secret(Secret("v1,whsec_YWJj"), {KeyEncoding::base64, "v1,whsec_"}).value() == "abc");
}

TEST_CASE("a malformed secret is refused by form and place, never by its letters") {
  CHECK(message_of(decode_secret(Secret("whsec_Y!Jj"), kWhsec)) == "secret is not base64 after 'whsec_' (at byte 7)");
  CHECK(message_of(decode_secret(Secret("top secret"), {KeyEncoding::hex})) == "secret is not hex (at byte 0)");
  CHECK(message_of(decode_secret(Secret("abc"), {KeyEncoding::hex})) == "secret is not hex (it ends too early, after byte 3)");
  CHECK(message_of(decode_secret(Secret("whsec_"), kWhsec)) == "secret is empty after 'whsec_'");
  CHECK(message_of(decode_secret(Secret(""), kText)) == "secret is empty");
  const auto refused = decode_secret(Secret("whsec_hunter2!"), kWhsec);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::usage);
  CHECK((refused.error().message + refused.error().hint).find("hunter2") == std::string::npos);
}

TEST_CASE("a secret with several readings has those that apply") {
  Scheme scheme;
  scheme.keys = {kText, kWhsec};
  CHECK(decode_secret(Secret("whsec_YWJj"), scheme).value() == std::vector<std::string>{"whsec_YWJj", "abc"});
  CHECK(decode_secret(Secret("not base64"), scheme).value() == std::vector<std::string>{"not base64"});
  scheme.keys = {kWhsec};
  CHECK_FALSE(decode_secret(Secret("not base64"), scheme));
}

TEST_CASE("a form may be for prefixed texts only, and a text may hold several secrets") {
  const KeyForm strict{.encoding = KeyEncoding::base64, .strip_prefix = "whsec_", .prefixed_only = true};
  CHECK(decode_secret(Secret("whsec_YWJj"), strict).value() == "abc");
  CHECK(message_of(decode_secret(Secret("YWJj"), strict)) == "secret does not begin with 'whsec_'");
  Scheme scheme;
  scheme.keys = {strict, kText};  // OpenAI: without the prefix the text itself is the key
  CHECK(decode_secret(Secret("YWJj"), scheme).value() == std::vector<std::string>{"YWJj"});
  scheme.keys = {{.encoding = KeyEncoding::base64, .strip_prefix = "v1,whsec_", .separator = "|"}};  // Supabase
  CHECK(decode_secret(Secret("v1,whsec_YWJj|v1,whsec_ZGVm"), scheme).value() == std::vector<std::string>{"abc", "def"});
  CHECK(decode_secret(Secret("v1,whsec_YWJj|!"), scheme).value() == std::vector<std::string>{"abc"});
  CHECK_FALSE(decode_secret(Secret("|"), scheme));
}

TEST_CASE("latin1 takes the low byte of each UTF-16 unit, as charCodeAt does") {
  const KeyForm latin1{.encoding = KeyEncoding::latin1};
  CHECK(decode_secret(Secret("shpss_1"), latin1).value() == "shpss_1");
  CHECK(decode_secret(Secret("gr\u00fc\u00dfe"), latin1).value() == "gr\xfc\xdf" "e");
  CHECK(decode_secret(Secret("\u4f60"), latin1).value() == "\x60");
  CHECK(decode_secret(Secret("\U0001f389"), latin1).value() == std::string("\x3c\x89"));  // d83c df89
  CHECK(decode_secret(Secret("\xff\xfe"), latin1).value() == "\xff\xfe");               // no UTF-8: as it stands
}

TEST_CASE("public and private keys are read in the scheme's encoding or as PEM") {
  const auto pair = crypto::PrivateKey::generate(crypto::KeyType::ed25519);
  REQUIRE(pair);
  const std::string raw = pair->public_key().raw();
  Scheme scheme{.kind = Kind::ed25519};
  scheme.keys = {{KeyEncoding::base64, "whpk_"}};
  CHECK(read_public_key(scheme, {.public_key = "whpk_" + to_base64(raw)}).value().raw() == raw);
  CHECK(read_public_key(scheme, {.public_key = pair->public_key().pem()}).value().raw() == raw);
  CHECK(read_public_key(scheme, {.private_key = Secret(pair->pem())}).value().raw() == raw);
  scheme.keys = {{KeyEncoding::hex}};
  CHECK(read_public_key(scheme, {.public_key = to_hex(raw) + "\n"}).value().raw() == raw);

  const std::string seed(32, '\x07');
  const std::string expected = crypto::PrivateKey::read(crypto::KeyType::ed25519, seed).value().public_key().raw();
  CHECK(read_private_key(scheme, {.private_key = Secret(to_hex(seed))}).value().public_key().raw() == expected);
  scheme.keys = {{KeyEncoding::base64, "whpk_"}};
  CHECK(read_private_key(scheme, {.private_key = Secret("whsk_" + to_base64(seed))}).value().public_key().raw() == expected);
}

TEST_CASE("a missing or malformed key pair is a usage error") {
  Scheme scheme{.kind = Kind::ed25519};
  scheme.keys = {{KeyEncoding::hex}};
  CHECK(read_public_key(scheme, {}).error().message == "no public key given");
  CHECK(read_private_key(scheme, {}).error().message == "no private key given");
  CHECK(read_public_key(scheme, {.public_key = "zz"}).error().message == "public key is not hex (at byte 0)");
  CHECK(read_public_key(scheme, {.public_key = "abcd"}).error().kind == ErrorKind::usage);
}
