// A token's rules; what would let anyone sign is refused here.
#include "signing/jwt_json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/text.hpp"
#include "signing/key_json.hpp"

namespace hookctl::signing {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<const char*, 6> kOwnClaims{"iss", "sub", "aud", "exp", "nbf", "iat"};

// "{url}" and its like are known; any other brace would be taken for text.
bool placeholders_known(std::string_view text, std::initializer_list<std::string_view> known) {
  for (std::size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
    if (std::ranges::none_of(known, [&](std::string_view word) { return text.substr(at).starts_with(word); })) return false;
  }
  return true;
}

std::vector<JwtAlgorithm> read_algorithms(const Fields& fields) {
  constexpr Words<JwtAlgorithm, 3> kAlgorithms{
      {{"HS256", JwtAlgorithm::hs256}, {"ES256", JwtAlgorithm::es256}, {"RS256", JwtAlgorithm::rs256}}};
  std::vector<JwtAlgorithm> out;
  for (const std::string& word : fields.texts("algs")) {
    const auto found = std::ranges::find_if(kAlgorithms, [&](const auto& entry) { return word == entry.first; });
    if (found == kAlgorithms.end())
      fields.fail("algs", "'" + printable(word) + "' is not known; expected HS256, ES256 or RS256");
    else
      out.push_back(found->second);
  }
  if (out.empty()) fields.fail("algs", "expected a list of HS256, ES256 and RS256");
  const auto shared = std::ranges::count(out, JwtAlgorithm::hs256);
  if (shared > 0 && static_cast<std::size_t>(shared) < out.size())
    fields.fail("algs", "HS256 cannot stand beside others: a public key would serve as a secret");
  return out;
}

void read_claims(const Fields& fields, JwtForm& form) {
  const Json* claims = fields.get("claims");
  if (claims == nullptr) return;
  if (!claims->is_object()) return fields.fail("claims", "expected an object of claims and their values");
  for (const auto& [name, value] : claims->items()) {
    const std::string key = "claims." + printable(name);
    if (!value.is_string()) return fields.fail(key, "expected a text");
    if (!placeholders_known(value.get_ref<const std::string&>(), {"{url}", "{audience}"}))
      return fields.fail(key, "expected a text, in which '{url}' and '{audience}' are known");
    form.claims.emplace_back(name, value.get<std::string>());
  }
}

BodyHash read_body_hash(const Fields& fields) {
  return {fields.text("claim", true), fields.choice("hash", kHashes, {}), fields.choice("encoding", kEncodings, {})};
}

void read_issued(const Fields& fields, JwtForm& form) {
  const Json* issue = fields.get("issue");
  if (issue == nullptr) return;
  if (!issue->is_object()) return fields.fail("issue", "expected an object of claims and their values");
  for (const auto& item : issue->items()) {
    const std::string& name = item.key();
    const Json& value = item.value();
    const std::string key = "issue." + printable(name);
    const bool made = std::ranges::any_of(form.claims, [&](const auto& claim) { return claim.first == name; }) ||
                      (form.body_hash && form.body_hash->claim == name) || name == "exp" || name == "nbf" || name == "iat";
    if (made) return fields.fail(key, "this claim is written anyway");
    if (value.is_structured()) return fields.fail(key, "expected a text, a number, or true or false");
    if (!value.is_string())
      form.issued.push_back({name, to_text(value), true});
    else if (placeholders_known(value.get_ref<const std::string&>(), {"{url}", "{audience}", "{id}"}))
      form.issued.push_back({name, value.get<std::string>()});
    else
      return fields.fail(key, "expected a text, in which '{url}', '{audience}' and '{id}' are known");
  }
}

void read_times(const Fields& fields, JwtForm& form) {
  for (const std::string& name : fields.texts("honor")) {
    if (name == "exp")
      form.honours_exp = true;
    else if (name == "nbf")
      form.honours_nbf = true;
    else if (name == "iat")
      form.honours_iat = true;
    else
      fields.fail("honor", "expected a list of 'exp', 'nbf' and 'iat'");
  }
  form.max_iat_age_ms = fields.seconds("max_iat_age");
  form.leeway_ms = fields.seconds("leeway").value_or(0);
  if (const auto lifetime = fields.seconds("lifetime")) form.lifetime_s = *lifetime / 1000;
}

}  // namespace

Scheme read_jwt_scheme(const Json& value, const std::string& where, std::optional<Error>& error) {
  const Fields fields(
      value, where, error,
      {"kind", "token", "token_prefix", "algs", "key", "claims", "body_hash", "honor", "max_iat_age", "leeway", "issue", "lifetime"});
  Scheme scheme{.kind = Kind::jwt};
  scheme.signature.from = fields.source("token", false);
  scheme.signature.prefix = fields.text("token_prefix", false);
  JwtForm& form = scheme.jwt.emplace();
  form.algorithms = read_algorithms(fields);
  if (fields.failed()) return scheme;
  if (fields.has("key")) {
    read_key(fields.object("key", {"encoding", "strip_prefix", "prefixed_only", "separator", "alternatives", "url", "url_from", "hosts"}),
             scheme);
  } else if (is_key_pair(scheme)) {
    scheme.keys = {{KeyEncoding::jwks}};
  }
  read_claims(fields, form);
  if (fields.has("body_hash")) {
    form.body_hash = read_body_hash(fields.object("body_hash", {"claim", "hash", "encoding"}));
    if (std::ranges::find(kOwnClaims, form.body_hash->claim) != kOwnClaims.end())
      fields.fail("body_hash.claim", "this claim has a meaning of its own (RFC 7519)");
  }
  read_issued(fields, form);
  read_times(fields, form);
  return scheme;
}

}  // namespace hookctl::signing
