// The keys of JSON Web Tokens: sets, single keys, PEM, and texts that are none.
#include <doctest/doctest.h>

#include "base/encoding.hpp"
#include "crypto/asymmetric.hpp"
#include "signing/jwk.hpp"

using namespace hookctl;
using namespace hookctl::signing;

namespace {

// RFC 7515 A.3.1.
const std::string kX = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", kY = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                  kD = "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI";

std::string jwk(const std::string& more = "") { return R"({"kty":"EC","crv":"P-256","x":")" + kX + R"(","y":")" + kY + "\"" + more + "}"; }

Scheme scheme_by(std::vector<JwtAlgorithm> algorithms) {
  Scheme scheme{.kind = Kind::jwt};
  scheme.jwt = JwtForm{.algorithms = std::move(algorithms)};
  return scheme;
}

std::size_t count(const std::string& text, std::vector<JwtAlgorithm> algorithms = {JwtAlgorithm::es256}) {
  const auto keys = read_token_keys(scheme_by(std::move(algorithms)), {.public_key = text});
  if (!keys) CHECK(keys.error().kind == ErrorKind::usage);
  return keys ? keys->size() : 0;
}

}  // namespace

TEST_CASE("a key alone serves whatever key is named, those of a set have names") {
  const auto one = read_token_keys(scheme_by({JwtAlgorithm::es256}), {.public_key = jwk(R"(,"kid":"a")")});
  REQUIRE(one);
  CHECK(one->front().id.empty());
  const auto set = read_token_keys(scheme_by({JwtAlgorithm::es256}), {.public_key = "\n{\"keys\":[" + jwk(R"(,"kid":"a","use":"sig","alg":"ES256")") + "," + jwk() + "]}"});
  REQUIRE(set);
  REQUIRE(set->size() == 2);
  CHECK(set->front().id == "a");
  CHECK(set->back().id.empty());
  CHECK(set->front().key.der() == one->front().key.der());
}

TEST_CASE("keys of a set that are for something else are passed over") {
  for (const char* more : {R"(,"use":"enc")", R"(,"alg":"ES384")", R"(,"alg":"HS256")"}) {
    CHECK(count("{\"keys\":[" + jwk(more) + "," + jwk() + "]}") == 1);
    CHECK(count(jwk(more)) == 0);
  }
  CHECK(count("{\"keys\":[" + jwk() + "]}", {JwtAlgorithm::rs256}) == 0);
  CHECK(count(R"({"keys":[{"kty":"oct","k":"c2VjcmV0"},{"kty":"OKP","crv":"Ed25519","x":"AA"},{"kty":"RSA","n":"!","e":"AQAB"},7,null,[]]})", {JwtAlgorithm::es256, JwtAlgorithm::rs256}) == 0);
}

TEST_CASE("PEM and SubjectPublicKeyInfo in base64 are keys too") {
  const auto p256 = crypto::PrivateKey::generate(crypto::KeyType::p256).value();
  CHECK(count(p256.public_key().pem()) == 1);
  CHECK(count(to_base64(p256.public_key().der()) + "\n") == 1);
  CHECK(count(p256.public_key().pem(), {JwtAlgorithm::rs256}) == 0);
  CHECK(count(crypto::PrivateKey::generate(crypto::KeyType::ed25519).value().public_key().pem()) == 0);
  CHECK(read_token_keys(scheme_by({JwtAlgorithm::es256}), {.private_key = Secret(p256.pem())}).value().front().key.der() == p256.public_key().der());
  CHECK_FALSE(read_token_keys(scheme_by({JwtAlgorithm::es256}), {}));
}

TEST_CASE("hostile key texts are refused") {
  for (const std::string& text : {std::string(), std::string("{"), std::string("{}"), std::string("{\"keys\":7}"), std::string("{\"keys\":[]}"), jwk(R"(,"kty":"EC")"),
                                  std::string("{\"keys\":") + std::string(2000, '[') + std::string(2000, ']') + "}", std::string("secret"),
                                  "{\"keys\":[\"" + std::string(300 * 1024, 'x') + "\"]}", R"({"kty":"EC","crv":"P-256","x":")" + kX + R"(","y":")" + kX + "\"}"}) {
    CHECK(count(text) == 0);
  }
}

TEST_CASE("a private JSON Web Key signs under its name, and no error holds a letter of it") {
  const Scheme scheme = scheme_by({JwtAlgorithm::es256});
  const auto signer = read_token_signer(scheme, {.private_key = Secret(jwk(R"(,"kid":"k1","d":")" + kD + "\""))});
  REQUIRE(signer);
  CHECK(signer->id == "k1");
  CHECK(signer->key.public_key().der() == read_token_keys(scheme, {.public_key = jwk()}).value().front().key.der());
  for (const std::string& text : {jwk(), "{\"d\":\"" + kD + "\"", "{\"d\":" + kD + "}", kD, jwk(R"(,"d":"!")"), jwk(",\"d\":\"" + kD + kD + "\"")}) {
    const auto refused = read_token_signer(scheme, {.private_key = Secret(text)});
    REQUIRE_FALSE(refused);
    CHECK((refused.error().message + refused.error().hint).find(kD.substr(0, 6)) == std::string::npos);
  }
  CHECK(read_token_signer(scheme, {}).error().message == "no private key given");
}
