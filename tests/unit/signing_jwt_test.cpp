// JSON Web Tokens that vouch for a request: the RFC's examples, every refusal, and what attackers try.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "base/encoding.hpp"
#include "base/random.hpp"
#include "crypto/digest.hpp"
#include "crypto/mac.hpp"
#include "signing/jws.hpp"
#include "signing/scheme_json.hpp"
#include "signing/sign.hpp"
#include "signing/verify.hpp"

using namespace hookctl;
using namespace hookctl::signing;
using Json = nlohmann::ordered_json;

namespace {

constexpr UnixMs kNow = 1'760'000'000'999;
constexpr std::int64_t kNowS = 1'760'000'000;
const std::string kUrl = "https://a.example/in?x=1";

const char* const kQstash = R"({"kind": "jwt", "token": "header:Upstash-Signature", "algs": ["HS256"], "key": {"encoding": "utf8"},
  "claims": {"iss": "Upstash", "sub": "{url}"}, "body_hash": {"claim": "body", "hash": "sha256", "encoding": "base64url"},
  "honor": ["exp", "nbf"], "issue": {"jti": "jwt_{id}", "n": 7, "ok": true}})";
const char* const kPlaid = R"({"kind": "jwt", "token": "header:Plaid-Verification", "algs": ["ES256"], "key": {"encoding": "jwk"}, "claims": {},
  "body_hash": {"claim": "request_body_sha256", "hash": "sha256", "encoding": "hex"}, "honor": ["exp", "nbf"], "max_iat_age": 300})";
const char* const kGoogle = R"({"kind": "jwt", "token": "header:Authorization", "token_prefix": "Bearer ", "algs": ["RS256"],
  "key": {"encoding": "jwks", "url": "https://www.googleapis.com/oauth2/v3/certs"},
  "claims": {"iss": "https://accounts.google.com", "aud": "{audience}"}, "honor": ["exp"], "leeway": 300})";

Scheme scheme_of(const char* json) { return parse_scheme(Json::parse(json), "scheme").value(); }

Keys secrets(std::initializer_list<const char*> texts) {
  Keys keys;
  for (const char* text : texts) keys.secrets.emplace_back(text);
  return keys;
}

http::Request with_token(const char* header, std::string token, std::string body = "{}") {
  http::Request request;
  request.headers = {{header, std::move(token)}};
  request.body = std::move(body);
  return request;
}

std::string encoded(const Json& json) { return to_base64url(json.dump()); }

std::string hs256(const Json& header, const std::string& payload, const std::string& key = "k") {
  const std::string input = encoded(header) + "." + to_base64url(payload);
  auto mac = crypto::Mac::create(crypto::Hash::sha256, key).value();
  mac.add(input);
  return input + "." + to_base64url(mac.finish());
}
std::string hs256(const Json& payload) { return hs256({{"alg", "HS256"}}, payload.dump()); }

// The claims of a right token over "{}".
Json claims() {
  return {{"iss", "Upstash"}, {"sub", kUrl}, {"exp", kNowS + 300}, {"nbf", kNowS}, {"iat", kNowS}, {"body", to_base64url(crypto::digest(Hash::sha256, "{}"))}};
}
Json claims_with(const char* name, Json value) {
  Json all = claims();
  if (value.is_discarded()) all.erase(name);
  else all[name] = std::move(value);
  return all;
}
const Json kGone(Json::value_t::discarded);

std::string code_of(const std::string& token, const Keys& keys = secrets({"k"}), const char* scheme = kQstash) {
  const Scheme read = scheme_of(scheme);
  const auto found = verify(read, keys, with_token(read.signature.from.name.c_str(), token), {.url = kUrl, .now = kNow, .explain = true});
  REQUIRE(found);
  CHECK((found->verdict == Verdict::valid) == found->code.empty());
  CHECK(found->verdict != Verdict::unverified);
  CHECK(found->expected.empty());
  return found->code;
}

// RFC 7515 A.1.1 and A.3.1: the same payload, without any claim that matters here.
const char* const kPayload = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const std::string kRfcHs256 = std::string("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.") + kPayload + ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const std::string kRfcEs256 = std::string("eyJhbGciOiJFUzI1NiJ9.") + kPayload + ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
const char* const kRfcKey = R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";

}  // namespace

TEST_CASE("the examples of RFC 7515 verify, and stop being valid when they expire") {
  const Scheme hs = scheme_of(R"({"kind": "jwt", "token": "header:T", "algs": ["HS256"], "key": {"encoding": "base64"}, "claims": {"iss": "joe"}, "honor": ["exp"]})");
  const Scheme es = scheme_of(R"({"kind": "jwt", "token": "header:T", "algs": ["ES256"], "claims": {"iss": "joe"}, "honor": ["exp"]})");
  const Keys secret = secrets({"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"});
  const auto at = [&](const Scheme& scheme, const Keys& keys, const std::string& token, std::int64_t seconds) {
    return verify(scheme, keys, with_token("T", token), {.now = seconds * 1000 + 999}).value().code;
  };
  CHECK(at(hs, secret, kRfcHs256, 1300819379).empty());
  CHECK(at(hs, secret, kRfcHs256, 1300819380) == "timestamp_too_old");
  CHECK(at(es, {.public_key = kRfcKey}, kRfcEs256, 1300819379).empty());
  CHECK(at(es, {.public_key = kRfcKey}, kRfcEs256, 1300819380) == "timestamp_too_old");
}

TEST_CASE("each claim is looked at, and only once the signature holds") {
  CHECK(code_of(hs256(claims())).empty());
  CHECK(code_of(hs256(claims()), secrets({"other", "k"})).empty());
  CHECK(code_of(hs256(claims()), secrets({"other"})) == "signature_mismatch");
  CHECK(code_of(hs256(claims_with("iss", "evil"))) == "wrong_claim");
  CHECK(code_of(hs256(claims_with("iss", kGone))) == "wrong_claim");
  CHECK(code_of(hs256(claims_with("iss", Json::array({"Upstash"})))) == "wrong_claim");
  CHECK(code_of(hs256(claims_with("sub", "https://b.example/"))) == "url_mismatch");
  CHECK(code_of(hs256(claims_with("sub", 7))) == "url_mismatch");
  CHECK(code_of(hs256(claims_with("sub", kGone))) == "wrong_claim");
  CHECK(code_of(hs256(claims_with("body", "AAAA"))) == "body_mismatch");
  CHECK(code_of(hs256(claims_with("body", kGone))) == "wrong_claim");
  CHECK(code_of(hs256(claims_with("body", claims()["body"].get<std::string>() + "="))).empty());
  CHECK(code_of(hs256(claims_with("exp", kNowS))) == "timestamp_too_old");
  CHECK(code_of(hs256(claims_with("exp", kNowS + 0.5))).empty());
  CHECK(code_of(hs256(claims_with("exp", "soon"))) == "wrong_claim");
  CHECK(code_of(hs256(claims_with("exp", kGone))).empty());
  CHECK(code_of(hs256(claims_with("nbf", kNowS + 1))) == "timestamp_in_future");
  CHECK(code_of(hs256(claims_with("exp", -1e300))) == "timestamp_too_old");
  CHECK(code_of(hs256(claims_with("nbf", 1e300))) == "timestamp_in_future");
  CHECK(code_of(hs256(claims_with("iat", "x"))).empty());  // no limit is set on it
}

TEST_CASE("what comes from a token is told without the token") {
  const Scheme scheme = scheme_of(kQstash);
  const std::string token = hs256(claims());
  const auto found = verify(scheme, secrets({"other", "k"}), with_token("Upstash-Signature", token), {.url = kUrl, .now = kNow + 2000, .explain = true}).value();
  CHECK(found.secret_index == 1);
  CHECK(found.claim.timestamp == "1760000000");
  CHECK(found.age_ms == 2000);
  CHECK(found.claim.signatures == std::vector<std::string>{token.substr(token.rfind('.') + 1)});
  CHECK(found.signed_content == token.substr(0, token.rfind('.')));
  CHECK(verify(scheme, secrets({"k"}), with_token("Upstash-Signature", token), {.now = kNow})->code == "missing_url");
}

TEST_CASE("the header's algorithm is never believed") {
  const std::string payload = encoded(claims());
  for (const char* name : {"none", "None", "", "HS512", "ES256", "RS256", "hs256"}) {
    const std::string header = encoded({{"alg", name}});
    CHECK(code_of(header + "." + payload + ".") == "wrong_algorithm");
    CHECK(code_of(header + "." + payload + "." + to_base64url(std::string(32, 'x'))) == "wrong_algorithm");
  }
  CHECK(code_of(encoded({{"alg", "HS256"}}) + "." + payload + ".") == "signature_mismatch");
  // A public key as the secret of an HMAC.
  const auto pair = crypto::PrivateKey::generate(crypto::KeyType::p256).value();
  for (const std::string& secret : {pair.public_key().pem(), pair.public_key().der()}) {
    const Keys keys{.public_key = pair.public_key().pem()};
    CHECK(code_of(hs256({{"alg", "HS256"}}, claims().dump(), secret), keys, kPlaid) == "wrong_algorithm");
    CHECK(code_of(hs256({{"alg", "ES256"}}, claims().dump(), secret), keys, kPlaid) == "signature_mismatch");
  }
  CHECK_FALSE(parse_scheme(Json{{"kind", "jwt"}, {"token", "header:T"}, {"algs", {"HS256", "RS256"}}}, "s"));
}

TEST_CASE("malformed tokens are refused before any key is used") {
  const std::string good = hs256(claims()), head = encoded({{"alg", "HS256"}});
  const std::string payload = encoded(claims());
  for (const std::string& token :
       {std::string("x"), std::string(".."), good + ".", good + ".x", good + "=", good + "\n", good.substr(0, good.rfind('.')), head + ". ." + payload, "." + good, head + "." + payload + ".===",
        head + "=." + payload + ".x", std::string(20'000, 'A') + "." + payload + ".x", to_base64url("null") + "." + payload + ".x", to_base64url("[]") + "." + payload + ".x",
        to_base64url(R"({"alg":"HS256","alg":"none"})") + "." + payload + ".x", to_base64url(R"({"alg":7})") + "." + payload + ".x", to_base64url("{}") + "." + payload + ".x",
        to_base64url(R"({"alg":"HS256","kid":["../../etc/passwd"]})") + "." + payload + ".x", to_base64url(R"({"alg":"HS256","crit":["b64"],"b64":false})") + "." + payload + ".x",
        to_base64url(R"({"alg":"HS256","x":)" + std::string(200, '[') + std::string(200, ']') + "}") + "." + payload + ".x", to_base64url(std::string("{\"alg\":\"HS256\"}\0", 16)) + "." + payload + ".x",
        to_base64url("\xff\xfe{\"alg\":\"HS256\"}") + "." + payload + ".x"}) {
    CHECK_MESSAGE(code_of(token) == "malformed_signature", token.substr(0, 60));
  }
  // Well signed, but not an object, or one that says a claim twice.
  for (const char* text : {"", "null", "[]", "\"x\"", "{", R"({"iss":"evil","iss":"Upstash"})"}) CHECK(code_of(hs256({{"alg", "HS256"}}, text)) == "malformed_signature");
  CHECK(code_of("") == "malformed_signature");
}

TEST_CASE("claims that cannot be read are told in the parser's words") {
  const auto message = [](const char* text) {
    http::Request request;
    const Scheme scheme = parse_scheme(Json{{"kind", "jwt"}, {"token", "header:T"}, {"algs", {"HS256"}}}, "s").value();
    request.headers.add("T", hs256({{"alg", "HS256"}}, text));
    return verify(scheme, {.secrets = {Secret("k")}}, request, {}).value().message;
  };
  CHECK(message(R"({"iss":"a","iss":"b"})").find("'iss'") != std::string::npos);
  CHECK(message(R"({"exp":1e400})").find("range of a double") != std::string::npos);
  CHECK(message("[]").find("not a JSON object") != std::string::npos);
}

TEST_CASE("a key that a token names by a path is only a name") {
  const auto pair = crypto::PrivateKey::generate(crypto::KeyType::p256).value();
  const std::string set = R"({"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]})";
  const std::string signature(64, 'x');
  for (const char* kid : {"../../../../dev/null", "' OR 1=1", "A", "b"}) {
    const std::string token = encoded({{"alg", "ES256"}, {"kid", kid}}) + "." + encoded(claims()) + "." + to_base64url(signature);
    CHECK(code_of(token, {.public_key = set}, kPlaid) == "unknown_key");
  }
  for (const Json& header : {Json{{"alg", "ES256"}, {"kid", "a"}}, Json{{"alg", "ES256"}}, Json{{"alg", "ES256"}, {"kid", ""}}}) {
    CHECK(code_of(encoded(header) + "." + encoded(claims()) + "." + to_base64url(signature), {.public_key = set}, kPlaid) == "signature_mismatch");
  }
  CHECK(code_of(encoded({{"alg", "ES256"}, {"kid", "a"}}) + "." + encoded(claims()) + "." + to_base64url(signature.substr(1)), {.public_key = set}, kPlaid) == "signature_mismatch");
}

TEST_CASE("signed tokens verify, and say what the provider's say") {
  const Scheme scheme = scheme_of(kQstash);
  http::Request request;
  request.body = "{\"a\":1}";
  const auto done = sign(scheme, secrets({"k", "next"}), request, {.id = "msg_1", .now = kNow, .url = kUrl});
  REQUIRE(done);
  CompactToken token;
  REQUIRE_FALSE(read_token(*done->request.headers.find("Upstash-Signature"), token));
  CHECK(done->content == token.signing_input);
  const Json expected{{"iss", "Upstash"}, {"sub", kUrl},       {"exp", kNowS + 300}, {"nbf", kNowS}, {"iat", kNowS},
                      {"jti", "jwt_msg_1"}, {"n", 7},          {"ok", true},         {"body", to_base64url(crypto::digest(Hash::sha256, request.body))}};
  CHECK(read_payload(token)->dump() == expected.dump());
  CHECK(verify(scheme, secrets({"k"}), done->request, {.url = kUrl, .now = kNow})->verdict == Verdict::valid);
  CHECK(verify(scheme, secrets({"k"}), done->request, {.url = kUrl, .now = kNow + 299'000})->verdict == Verdict::valid);
  CHECK(verify(scheme, secrets({"k"}), done->request, {.url = kUrl, .now = kNow + 300'000})->code == "timestamp_too_old");
  CHECK(verify(scheme, secrets({"k"}), done->request, {.url = kUrl, .now = kNow - 1'000})->code == "timestamp_in_future");
  http::Request changed = done->request;
  changed.body += " ";
  CHECK(verify(scheme, secrets({"k"}), changed, {.url = kUrl, .now = kNow})->code == "body_mismatch");
  CHECK(sign(scheme, secrets({"k"}), request, {.id = "x", .now = kNow}).error().kind == ErrorKind::usage);  // no URL
  CHECK(sign(scheme, {}, request, {.id = "x", .now = kNow, .url = kUrl}).error().message == "no secret given");
}

TEST_CASE("iat has an age of its own, which a tolerance replaces") {
  const Scheme scheme = scheme_of(kPlaid);
  const auto pair = crypto::PrivateKey::generate(crypto::KeyType::p256).value();
  const Keys keys{.private_key = Secret(pair.pem())};
  const auto done = sign(scheme, keys, with_token("X", "y"), {.now = kNow});
  REQUIRE(done);
  const auto at = [&](std::int64_t later_s, std::optional<double> tolerance = {}) {
    return verify(scheme, {.public_key = pair.public_key().pem()}, done->request, {.now = kNow + later_s * 1000, .tolerance_s = tolerance})->code;
  };
  CHECK(at(0).empty());
  CHECK(at(299, 300).empty());
  CHECK(at(20, 10) == "timestamp_too_old");
  CHECK(at(-1) == "timestamp_in_future");
  Scheme without_exp = scheme;
  without_exp.jwt->honours_exp = without_exp.jwt->honours_nbf = false;
  const auto plain = sign(without_exp, keys, with_token("X", "y"), {.now = kNow});
  const auto plain_at = [&](std::int64_t later_s, std::optional<double> tolerance = {}) {
    return verify(without_exp, keys, plain->request, {.now = kNow + later_s * 1000, .tolerance_s = tolerance})->code;
  };
  CHECK(plain_at(300).empty());
  CHECK(plain_at(301) == "timestamp_too_old");
  CHECK(plain_at(301, 400).empty());
  CHECK(plain_at(-1) == "timestamp_in_future");
  CHECK(plain_at(-1, 5).empty());
  without_exp.jwt->max_iat_age_ms.reset();
  CHECK(plain_at(100'000).empty());
  const char* const aged = R"({"kind": "jwt", "token": "header:T", "algs": ["HS256"], "max_iat_age": 60, "leeway": 5})";
  const auto code = [&](const Json& payload) { return verify(scheme_of(aged), secrets({"k"}), with_token("T", hs256(payload)), {.now = kNow})->code; };
  CHECK(code({{"iat", kNowS}}).empty());
  CHECK(code({{"iat", kNowS - 65}}).empty());
  CHECK(code({{"iat", kNowS - 66}}) == "timestamp_too_old");
  CHECK(code({{"iat", kNowS + 5}}).empty());
  CHECK(code({{"iat", kNowS + 6}}) == "timestamp_in_future");
  CHECK(code({{"iat", "now"}}) == "wrong_claim");
  CHECK(code(Json::object()) == "missing_timestamp");
}

TEST_CASE("the audience is the one given, else the URL, else not compared") {
  const Scheme scheme = scheme_of(kGoogle);
  const Keys keys{.private_key = Secret(crypto::PrivateKey::generate(crypto::KeyType::rsa).value().pem())};
  CHECK_FALSE(signs_url(scheme));
  const auto code = [&](const SignInputs& made, const VerifyInputs& seen) { return verify(scheme, keys, sign(scheme, keys, {}, made).value().request, seen)->code; };
  CHECK(code({.now = kNow, .url = kUrl}, {.url = kUrl, .now = kNow}).empty());
  CHECK(code({.now = kNow, .url = kUrl}, {.url = "https://b.example/", .now = kNow}) == "wrong_claim");
  CHECK(code({.now = kNow, .url = kUrl}, {.url = "https://b.example/", .audience = kUrl, .now = kNow}).empty());
  CHECK(code({.now = kNow, .url = kUrl, .audience = "me"}, {.url = kUrl, .audience = "me", .now = kNow}).empty());
  CHECK(code({.now = kNow, .url = kUrl, .audience = "me"}, {.now = kNow}).empty());
  CHECK(code({.now = kNow}, {.url = kUrl, .now = kNow}) == "wrong_claim");
  CHECK(code({.now = kNow, .url = kUrl}, {.url = kUrl, .now = kNow + 599'000}).empty());  // exp and the leeway
  CHECK(code({.now = kNow, .url = kUrl}, {.url = kUrl, .now = kNow + 600'000}) == "timestamp_too_old");
  const auto done = sign(scheme, keys, {}, {.now = kNow, .url = kUrl}).value();
  CHECK(done.request.headers.find("Authorization")->starts_with("Bearer eyJ"));
  http::Request bare = done.request;
  bare.headers.set("Authorization", std::string(done.request.headers.find("Authorization")->substr(7)));
  CHECK(verify(scheme, keys, bare, {.url = kUrl, .now = kNow})->code == "malformed_signature");
  CHECK(verify(scheme, keys, {}, {.url = kUrl, .now = kNow})->code == "missing_header");
}

TEST_CASE("an audience may be a list") {
  const char* const scheme = R"({"kind": "jwt", "token": "header:T", "algs": ["HS256"], "claims": {"aud": "{audience}"}})";
  const auto code = [&](const Json& aud) {
    return verify(scheme_of(scheme), secrets({"k"}), with_token("T", hs256({{"aud", aud}})), {.audience = "me", .now = kNow})->code;
  };
  CHECK(code("me").empty());
  CHECK(code(Json::array({"you", "me"})).empty());
  CHECK(code(Json::array({"you", 7, nullptr, Json::array({"me"})})) == "wrong_claim");
  CHECK(code(Json::array()) == "wrong_claim");
  CHECK(code(Json{{"me", 1}}) == "wrong_claim");
}

TEST_CASE("no bytes crash a token's verification or make it valid") {
  const std::string good = hs256(claims());
  const Scheme scheme = scheme_of(kQstash);
  auto verifier = Verifier::create(scheme, secrets({"k"})).value();
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const char c : {'A', '.', '=', '\0', '\xff'}) {
      std::string token = good;
      if (token[at] == c) continue;
      token[at] = c;
      CHECK(verifier.verify(with_token("Upstash-Signature", token), {.url = kUrl, .now = kNow}).verdict == Verdict::invalid);
    }
  }
}
