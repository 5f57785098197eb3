// Questions about a scheme's data.
#include "signing/scheme.hpp"

#include <algorithm>

#include "signing/canonical.hpp"

namespace hookctl::signing {

namespace {

bool any_way(const Scheme& scheme, bool (*holds)(const Scheme&)) {
  return std::ranges::any_of(ways(scheme), [holds](const Scheme& way) { return holds(in_effect(way)); });
}

bool has_part(const Scheme& way, Part part) {
  return std::ranges::find(way.signed_content, part, &Piece::part) != way.signed_content.end();
}

bool claims_url(const Scheme& way) {
  const auto names_url = [](const auto& claim) { return claim.second.find("{url}") != std::string::npos; };
  return way.jwt && std::ranges::any_of(way.jwt->claims, names_url);
}

}  // namespace

std::span<const Scheme> ways(const Scheme& scheme) noexcept {
  if (scheme.alternatives.empty()) return {&scheme, 1};
  return scheme.alternatives;
}

bool is_key_pair(Kind kind) noexcept { return kind == Kind::ed25519 || kind == Kind::ecdsa || kind == Kind::rsa; }

bool is_key_pair(const Scheme& way) noexcept {
  return is_key_pair(way.kind) || (way.jwt && !way.jwt->algorithms.empty() && way.jwt->algorithms.front() != JwtAlgorithm::hs256);
}

bool uses_secret(const Scheme& scheme) noexcept {
  return any_way(scheme, [](const Scheme& way) {
    const bool shared = way.kind == Kind::hmac || way.kind == Kind::hash || way.kind == Kind::token || way.kind == Kind::jwt;
    return (shared && !is_key_pair(way)) || has_part(way, Part::secret);
  });
}

bool uses_key_pair(const Scheme& scheme) noexcept {
  return any_way(scheme, [](const Scheme& way) { return is_key_pair(way); });
}

bool signs_url(const Scheme& scheme) noexcept {
  return any_way(scheme, [](const Scheme& way) { return has_part(way, Part::url) || claims_url(way); });
}

bool signs_id(const Scheme& scheme) noexcept {
  return any_way(scheme, [](const Scheme& way) { return way.id.has_value(); });
}

bool is_supported(const Scheme& scheme) noexcept {
  return any_way(scheme, [](const Scheme& way) { return way.kind != Kind::code; });
}

}  // namespace hookctl::signing
