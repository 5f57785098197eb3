// Claims are believed to be anything until looked at: texts where texts are due, finite numbers where times are.
#include "signing/jwt_claims.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "crypto/digest.hpp"
#include "crypto/equal.hpp"

namespace hookctl::signing {

namespace {

using Json = nlohmann::ordered_json;

constexpr double kFarS = 1e12;  // seconds; any time beyond is as good as this

const Json* find(const Json& payload, const std::string& name) {
  const auto found = payload.find(name);
  return found == payload.end() ? nullptr : &*found;
}

// The text with its placeholders filled; nothing when one of them is not known.
std::optional<std::string> filled(std::string_view text, const TokenSubject& subject) {
  std::string out;
  while (!text.empty()) {
    const std::size_t open = std::min(text.find('{'), text.size());
    out += text.substr(0, open);
    text.remove_prefix(open);
    if (text.empty()) break;
    const std::size_t close = std::min(text.find('}'), text.size() - 1);
    const std::string_view name = text.substr(0, close + 1);
    const std::string_view value = name == "{url}" ? subject.url : name == "{audience}" ? subject.audience : subject.id;
    if (value.empty()) return std::nullopt;
    out += value;
    text.remove_prefix(close + 1);
  }
  return out;
}

bool is_text(const Json& value, std::string_view wanted) { return value.is_string() && value.get_ref<const std::string&>() == wanted; }

std::string shown(const Json& value) { return value.is_string() ? "'" + printable(value.get_ref<const std::string&>()) + "'" : "no text"; }

std::optional<Fault> check_text(const Json& payload, const std::string& name, const std::string& form, const TokenSubject& subject) {
  const auto wanted = filled(form, subject);
  if (!wanted) return std::nullopt;
  const Json* value = find(payload, name);
  if (value == nullptr) return Fault{"wrong_claim", "the token has no claim '" + name + "', which must be '" + printable(*wanted) + "'"};
  const bool in_list =
      name == "aud" && value->is_array() && std::ranges::any_of(*value, [&](const Json& item) { return is_text(item, *wanted); });
  if (is_text(*value, *wanted) || in_list) return std::nullopt;
  if (form == "{url}")
    return Fault{"url_mismatch", "the token is for the URL " + shown(*value) + ", not for '" + printable(*wanted) + "'",
                 "give the public URL exactly as the provider has it (https, host, path, query)"};
  return Fault{"wrong_claim", "the token's claim '" + name + "' is " + shown(*value) + ", it must be '" + printable(*wanted) + "'"};
}

std::string encoded(std::string_view bytes, Encoding encoding) {
  if (encoding == Encoding::hex) return to_hex(bytes);
  return encoding == Encoding::base64 ? to_base64(bytes) : to_base64url(bytes);
}

std::optional<Fault> check_body(const BodyHash& form, const Json& payload, std::string_view body) {
  const Json* value = find(payload, form.claim);
  if (value == nullptr || !value->is_string())
    return Fault{"wrong_claim", "the token has no text claim '" + form.claim + "', which must be the body's digest"};
  const auto unpadded = [](std::string_view text) { return text.substr(0, text.find_last_not_of('=') + 1); };  // both spellings are in use
  const std::string digest = encoded(crypto::digest(form.hash, body), form.encoding);
  if (crypto::equal(unpadded(digest), unpadded(value->get_ref<const std::string&>()))) return std::nullopt;
  return Fault{"body_mismatch", "the token is right, but its claim '" + form.claim + "' is not the digest of this body",
               "the body was changed on the way"};
}

// A time in seconds, clamped. A fault when it is there and no number.
std::optional<Fault> read_time(const Json& payload, const char* name, std::optional<double>& time) {
  const Json* value = find(payload, name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number() || !std::isfinite(value->get<double>()))
    return Fault{"wrong_claim", std::string("the token's claim '") + name + "' is not a number"};
  time = std::clamp(value->get<double>(), -kFarS, kFarS);
  return std::nullopt;
}

std::string duration(double seconds) {
  const auto ms = static_cast<std::int64_t>(std::llround(std::abs(seconds) * 1000));
  return ms < 3'600'000 ? std::to_string(ms / 1000) + " s" : duration_text(ms);
}

Fault too_old(const std::string& words) {
  return {"timestamp_too_old", "the signature is right, but the token " + words,
          "send it again, or allow a longer tolerance; if it is fresh, compare the clocks"};
}
Fault ahead(const std::string& words) {
  return {"timestamp_in_future", "the signature is right, but the token " + words, "compare the clocks of sender and receiver"};
}

// `now` and everything else in seconds.
std::optional<Fault> check_validity(const JwtForm& form, const Json& payload, double now) {
  const double leeway = static_cast<double>(form.leeway_ms) / 1000;
  std::optional<double> expires, begins;
  if (auto fault = form.honours_exp ? read_time(payload, "exp", expires) : std::nullopt) return fault;
  if (auto fault = form.honours_nbf ? read_time(payload, "nbf", begins) : std::nullopt) return fault;
  if (begins && *begins > now + leeway) return ahead("is not valid before " + duration(*begins - now) + " from now (nbf)");
  if (expires && *expires <= now - leeway) return too_old("expired " + duration(now - *expires) + " ago (exp)");
  return std::nullopt;
}

std::optional<Fault> check_issue_time(const JwtForm& form, const Json& payload, double now, const AgeLimits& limits,
                                      std::optional<std::int64_t>& age_ms) {
  std::optional<double> issued;
  if (auto fault = read_time(payload, "iat", issued)) return limits.max_age || limits.max_future || form.honours_iat ? std::move(fault) : std::nullopt;
  if (!issued && form.max_iat_age_ms) return Fault{"missing_timestamp", "the token has no claim 'iat', when it was issued"};
  if (!issued) return std::nullopt;
  const double age = now - *issued;
  age_ms = static_cast<std::int64_t>(std::llround(age * 1000));
  if (limits.max_age && *age_ms - form.leeway_ms > *limits.max_age)
    return too_old("is " + duration(age) + " old (iat) and the limit is " + duration(static_cast<double>(*limits.max_age) / 1000));
  const auto max_future = limits.max_future ? limits.max_future : form.honours_iat ? std::optional<std::int64_t>(0) : std::nullopt;
  if (max_future && *age_ms < -form.leeway_ms - *max_future) return ahead("was issued " + duration(age) + " from now (iat)");
  return std::nullopt;
}

}  // namespace

std::string_view audience_of(std::string_view audience, std::string_view url) noexcept { return audience.empty() ? url : audience; }

std::optional<Fault> check_claims(const JwtForm& form, const Json& payload, const TokenSubject& subject, const AgeLimits& limits,
                                  std::optional<std::int64_t>& age_ms) {
  for (const auto& [name, text] : form.claims) {
    if (auto fault = check_text(payload, name, text, subject)) return fault;
  }
  if (form.body_hash) {
    if (auto fault = check_body(*form.body_hash, payload, subject.body)) return fault;
  }
  const double now = std::floor(static_cast<double>(limits.now) / 1000);
  auto issue_fault = check_issue_time(form, payload, now, limits, age_ms);
  if (auto fault = check_validity(form, payload, now)) return fault;
  return issue_fault;
}

std::optional<UnixMs> issued_at(const Json& payload) {
  std::optional<double> issued;
  if (read_time(payload, "iat", issued) || !issued) return std::nullopt;
  return static_cast<UnixMs>(std::llround(*issued * 1000));
}

Json make_claims(const JwtForm& form, const TokenSubject& subject, UnixMs now) {
  Json payload = Json::object();
  for (const auto& [name, text] : form.claims) {
    if (auto value = filled(text, subject)) payload[name] = std::move(*value);
  }
  const std::int64_t seconds = now / 1000;
  if (form.honours_exp) payload["exp"] = seconds + form.lifetime_s;
  if (form.honours_nbf) payload["nbf"] = seconds;
  payload["iat"] = seconds;
  for (const IssuedClaim& claim : form.issued) {
    if (claim.literal) {
      if (auto value = parse_json(claim.text, claim.name)) payload[claim.name] = std::move(*value);
    } else if (auto value = filled(claim.text, subject)) {
      payload[claim.name] = std::move(*value);
    }
  }
  if (form.body_hash)
    payload[form.body_hash->claim] = encoded(crypto::digest(form.body_hash->hash, subject.body), form.body_hash->encoding);
  return payload;
}

}  // namespace hookctl::signing
