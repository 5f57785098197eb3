// Schemes read from JSON, and the words for those that cannot be.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "signing/scheme_json.hpp"

using namespace hookctl;
using namespace hookctl::signing;
using Json = nlohmann::ordered_json;

namespace {

const char* const kStripe = R"({"kind": "hmac", "hash": "sha256", "key": {"encoding": "utf8"}, "signed": "{timestamp}.{body}",
  "signature": {"from": "header:Stripe-Signature", "encoding": "hex", "kv": {"sep": ",", "eq": "=", "key": "v1"}},
  "timestamp": {"from": "kv:t", "unit": "s", "max_age": 300, "max_future": null}})";

// The error of the scheme above with the value at a JSON pointer replaced (or taken out, for null).
std::string refusal(const char* pointer, const Json& value) {
  Json scheme = Json::parse(kStripe);
  const Json::json_pointer at(pointer);
  if (value.is_null()) {
    scheme[at.parent_pointer()].erase(at.back());
  } else {
    scheme[at] = value;
  }
  const auto parsed = parse_scheme(scheme, "scheme");
  return parsed ? "" : parsed.error().message;
}

}  // namespace

TEST_CASE("a scheme becomes data") {
  const auto scheme = parse_scheme(Json::parse(kStripe), "scheme");
  REQUIRE(scheme);
  CHECK(scheme->kind == Kind::hmac);
  CHECK(scheme->signed_content == std::vector<Piece>{{Part::timestamp}, {Part::text, "."}, {Part::body}});
  CHECK(scheme->signature.from == Source{Place::header, "Stripe-Signature"});
  CHECK(scheme->signature.kv->key == "v1");
  CHECK(scheme->timestamp->from == Source{Place::kv, "t"});
  CHECK(scheme->timestamp->max_age_ms == 300'000);
  CHECK_FALSE(scheme->timestamp->max_future_ms);
  CHECK(uses_secret(*scheme));
  CHECK_FALSE(uses_key_pair(*scheme));
  CHECK_FALSE(signs_url(*scheme));
  CHECK(is_supported(*scheme));
  CHECK(ways(*scheme).size() == 1);
}

TEST_CASE("alternatives, nested ones too, become one list") {
  const Json one = Json::parse(kStripe);
  const auto scheme = parse_scheme(Json{{"alternatives", {one, {{"alternatives", {one, one}}}}}}, "scheme");
  REQUIRE(scheme);
  CHECK(ways(*scheme).size() == 3);
}

TEST_CASE("code, none and jwt are known") {
  CHECK(is_supported(parse_scheme(Json{{"kind", "code"}, {"code", "twilio_form"}}, "s").value()));
  CHECK(signs_url(parse_scheme(Json{{"kind", "code"}, {"code", "twilio_json"}}, "s").value()));
  CHECK(uses_key_pair(parse_scheme(Json{{"kind", "code"}, {"code", "aws_sns"}}, "s").value()));
  CHECK_FALSE(is_supported(parse_scheme(Json{{"kind", "code"}, {"code", "rot13"}}, "s").value()));
  CHECK(parse_scheme(Json{{"kind", "none"}, {"note", "no signature"}}, "s").value().note == "no signature");
  const auto jwt =
      parse_scheme(Json{{"kind", "jwt"}, {"token", "header:Authorization"}, {"token_prefix", "Bearer "}, {"algs", {"RS256"}}}, "s");
  REQUIRE(jwt);
  CHECK(jwt->kind == Kind::jwt);
  CHECK(is_supported(*jwt));
  CHECK(uses_key_pair(*jwt));
  CHECK_FALSE(uses_secret(*jwt));
}

TEST_CASE("a refusal says where and what was expected") {
  CHECK(refusal("/signature/encoding", "base16") == "scheme.signature.encoding: expected one of hex, base64, base64url");
  CHECK(refusal("/kind", "hamc") == "scheme.kind: expected one of hmac, hash, token, ed25519, ecdsa, rsa, jwt, code, none");
  CHECK(refusal("/kind", nullptr).starts_with("scheme.kind: missing; expected one of"));
  CHECK(refusal("/hash", "md5") == "scheme.hash: expected one of sha256, sha1, sha512");
  CHECK(refusal("/signature/from", "head:X") == "scheme.signature.from: expected 'header:NAME' or 'json:PATH'");
  CHECK(refusal("/signature/from", 7) == "scheme.signature.from: expected a text");
  CHECK(refusal("/signature", nullptr) == "scheme.signature: missing; expected an object");
  CHECK(refusal("/signature", "x") == "scheme.signature: expected an object");
  CHECK(refusal("/signature/prefixx", "x") == "scheme.signature.prefixx: unknown key; did you mean 'prefix'?");
  CHECK(refusal("/signature/kv/sep", "").starts_with("scheme.signature.kv: "));
  CHECK(refusal("/timestamp/max_age", "5m") == "scheme.timestamp.max_age: expected a number of seconds, or null");
  CHECK(refusal("/timestamp/max_age", -1) == "scheme.timestamp.max_age: expected a number of seconds, or null");
  CHECK(refusal("/signature/kv", nullptr) == "scheme.timestamp.from: 'kv:' needs a signature with 'kv'");
  CHECK(refusal("/timestamp", nullptr) == "scheme.signed: '{timestamp}' needs a 'timestamp'");
  CHECK(refusal("/key/encoding", "utf-8") == "scheme.key.encoding: expected one of utf8, latin1, base64, hex");
  CHECK(refusal("/key/alternatives", Json::parse(R"([{"encoding":"rot13"}])")) ==
        "scheme.key.alternatives[0].encoding: expected one of utf8, latin1, base64, hex");
  CHECK(refusal("/secret_index", -1) == "scheme.secret_index: expected a whole number from 0");
  CHECK(refusal("/json_source", "form:x") == "scheme.json_source: expected 'multipart:PART'");
  CHECK(refusal("/trim", "yes") == "scheme.trim: expected true or false");
  CHECK(refusal("/require", Json::parse(R"({"X":1})")) == "scheme.require.X: expected a text");
  CHECK(refusal("/require_headers", "X") == "scheme.require_headers: expected a list of header names");
  CHECK(parse_scheme(Json(3), "scheme").error().message.starts_with("scheme: expected an object"));
  CHECK(parse_scheme(Json{{"alternatives", Json::array()}}, "scheme").error().message.starts_with("scheme.alternatives: expected a list"));
}

TEST_CASE("templates of the signed content") {
  CHECK(refusal("/signed", "{bdoy}").starts_with("scheme.signed: '{bdoy}' is not known; expected {body}"));
  CHECK(refusal("/signed", "{body") == "scheme.signed: a '{' has no counterpart");
  CHECK(refusal("/signed", "body}") == "scheme.signed: a '}' has no counterpart");
  CHECK(refusal("/signed", "{json:a[}").starts_with("scheme.signed: '{json:a[}' is not known"));
  CHECK(refusal("/signed", nullptr).starts_with("scheme.signed: missing"));
  CHECK(refusal("/signed", "{id}{body}") == "scheme.signed: '{id}' needs an 'id'");
  CHECK(refusal("/kind", "hash") == "scheme.signed: without '{secret}' anyone could make this digest");
  CHECK(parse_signed_content("v0:{json:a.b}{header:X}{body:crc32}", "w").value() ==
        std::vector<Piece>{{Part::text, "v0:"}, {Part::json, "a.b"}, {Part::header, "X"}, {Part::body_crc32}});
}

namespace {

// The error of a token's scheme with these members set or added.
std::string token_refusal(const char* members) {
  Json scheme = Json::parse(R"({"kind": "jwt", "token": "header:T", "algs": ["ES256"], "key": {"encoding": "jwk"}})");
  const Json set = Json::parse(members);
  for (const auto& [name, value] : set.items()) scheme[name] = value;
  const auto parsed = parse_scheme(scheme, "scheme");
  return parsed ? "" : parsed.error().message;
}

}  // namespace

TEST_CASE("a token's rules become data") {
  const auto scheme = parse_scheme(Json::parse(R"({"kind": "jwt", "token": "header:Authorization", "token_prefix": "Bearer ", "algs": ["RS256", "ES256"],
    "key": {"encoding": "jwks", "url": "https://keys.example/set"}, "claims": {"iss": "x", "aud": "{audience}", "sub": "{url}"},
    "body_hash": {"claim": "h", "hash": "sha512", "encoding": "base64url"}, "honor": ["exp"], "max_iat_age": 300, "leeway": 1.5,
    "issue": {"jti": "a{id}", "email_verified": true}, "lifetime": 3600})"), "scheme");
  REQUIRE(scheme);
  CHECK(scheme->signature.prefix == "Bearer ");
  CHECK(scheme->keys.front().encoding == KeyEncoding::jwks);
  CHECK(scheme->key_source->url == "https://keys.example/set");
  const JwtForm& form = *scheme->jwt;
  CHECK(form.algorithms == std::vector<JwtAlgorithm>{JwtAlgorithm::rs256, JwtAlgorithm::es256});
  CHECK(form.claims.size() == 3);
  CHECK(form.body_hash->hash == Hash::sha512);
  CHECK(form.honours_exp);
  CHECK_FALSE(form.honours_nbf);
  CHECK(form.max_iat_age_ms == 300'000);
  CHECK(form.leeway_ms == 1'500);
  CHECK(form.issued.size() == 2);
  CHECK(form.issued[1].literal);
  CHECK(form.lifetime_s == 3600);
  CHECK(signs_url(*scheme));
}

TEST_CASE("a token's rules that cannot be are refused") {
  CHECK(token_refusal(R"({"algs": ["none"]})") == "scheme.algs: 'none' is not known; expected HS256, ES256 or RS256");
  CHECK(token_refusal(R"({"algs": []})") == "scheme.algs: expected a list of HS256, ES256 and RS256");
  CHECK(token_refusal(R"({"algs": "ES256"})") == "scheme.algs: expected a list of texts");
  CHECK(token_refusal(R"({"algs": ["ES256", "HS256"]})") == "scheme.algs: HS256 cannot stand beside others: a public key would serve as a secret");
  CHECK(token_refusal(R"({"key": {"encoding": "utf8"}})") == "scheme.key.encoding: expected one of jwk, jwks, spki_base64, pem_cert");
  CHECK(token_refusal(R"({"token": "kv:t"})") == "scheme.token: expected 'header:NAME' or 'json:PATH'");
  CHECK(token_refusal(R"({"claims": {"iss": 7}})") == "scheme.claims.iss: expected a text");
  CHECK(token_refusal(R"({"claims": {"iss": "{body}"}})") == "scheme.claims.iss: expected a text, in which '{url}' and '{audience}' are known");
  CHECK(token_refusal(R"({"claims": ["iss"]})") == "scheme.claims: expected an object of claims and their values");
  CHECK(token_refusal(R"({"body_hash": {"claim": "h", "hash": "md5", "encoding": "hex"}})") == "scheme.body_hash.hash: expected one of sha256, sha1, sha512");
  CHECK(token_refusal(R"({"body_hash": {"claim": "exp", "hash": "sha1", "encoding": "hex"}})") == "scheme.body_hash.claim: this claim has a meaning of its own (RFC 7519)");
  CHECK(token_refusal(R"({"honor": ["jti"]})") == "scheme.honor: expected a list of 'exp', 'nbf' and 'iat'");
  CHECK(token_refusal(R"({"max_iat_age": "5m"})") == "scheme.max_iat_age: expected a number of seconds, or null");
  CHECK(token_refusal(R"({"issue": {"jti": "{urll}"}})").starts_with("scheme.issue.jti: expected a text, in which"));
  CHECK(token_refusal(R"({"issue": {"x": [1]}})") == "scheme.issue.x: expected a text, a number, or true or false");
  CHECK(token_refusal(R"({"issue": {"iat": 1}})") == "scheme.issue.iat: this claim is written anyway");
  CHECK(token_refusal(R"({"signature": {}})").starts_with("scheme.signature: unknown key"));
}

TEST_CASE("keys may be published, joined, and known by their prefix") {
  CHECK(refusal("/key/separator", "|").empty());
  CHECK(refusal("/key/prefixed_only", true) == "scheme.key.prefixed_only: needs a 'strip_prefix'");
  CHECK(refusal("/key/url", "https://a.example/") == "scheme.key.url: a shared secret is not published");
  CHECK(refusal("/key/hosts", Json::array({"a.example"})) == "scheme.key.hosts: needs a 'url' or 'url_from'");
  CHECK(token_refusal(R"({"key": {"encoding": "jwks", "url": "http://a.example/"}})") == "scheme.key.url: expected a URL that begins with 'https://'");
  CHECK(token_refusal(R"({"key": {"encoding": "jwks", "url_from": "header:X"}})") == "scheme.key.hosts: missing; expected a list of the hosts that the request's URL may be on");
  CHECK(token_refusal(R"({"key": {"encoding": "jwks", "url_from": "header:X", "hosts": ["*.a.example"]}})").empty());
  CHECK(token_refusal(R"({"key": {"encoding": "jwks", "url": "https://a.example/", "url_from": "header:X", "hosts": ["a"]}})") == "scheme.key.url_from: there is a 'url' already; only one of them can be");
}
