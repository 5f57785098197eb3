// The claims of a JSON Web Token against a request, and those that a signed one carries (RFC 7519).
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "signing/claim.hpp"
#include "signing/scheme.hpp"

namespace hookctl::signing {

// What claims are about. Views.
struct TokenSubject {
  std::string_view url{};       // "" when it is not known: then what would name it is not compared, and not written
  std::string_view audience{};  // likewise
  std::string_view id{};        // of issued claims
  std::string_view body{};
};

// The audience that counts: the one given, or the URL, which is Google's default.
std::string_view audience_of(std::string_view audience, std::string_view url) noexcept;

// The first claim that is wrong: the scheme's own, then the body's digest, then the times, by whole seconds as in jose (exp is past when
// it equals now). `limits` are those of iat. Codes: wrong_claim, url_mismatch, body_mismatch, missing_timestamp, timestamp_too_old,
// timestamp_in_future. Sets `age_ms` where there is an iat.
std::optional<Fault> check_claims(const JwtForm& form, const nlohmann::ordered_json& payload, const TokenSubject& subject,
                                  const AgeLimits& limits, std::optional<std::int64_t>& age_ms);

// iat in milliseconds, where it is a number.
std::optional<UnixMs> issued_at(const nlohmann::ordered_json& payload);

// The claims that the provider would sign now.
nlohmann::ordered_json make_claims(const JwtForm& form, const TokenSubject& subject, UnixMs now);

}  // namespace hookctl::signing
