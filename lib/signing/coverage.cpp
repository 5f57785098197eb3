// Builds the signed content as verifying does, without a key.
#include "signing/coverage.hpp"

#include <list>

#include "signing/canonical.hpp"
#include "signing/claim.hpp"
#include "signing/content.hpp"
#include "signing/place.hpp"

namespace hookctl::signing {

namespace {

std::optional<std::string> covered_by_code(const Canonicaliser& code, const http::Request& request, std::string_view url) {
  const Demands demands = code.demands(request, url);
  if (demands.fault || demands.all.empty() || code.fault(request, url)) return std::nullopt;
  std::string bytes;
  for (const Demand& demand : demands.all) bytes.append(demand.contents.front()).append("\n");
  return bytes;
}

}  // namespace

std::optional<std::string> covered_bytes(const Scheme& way, const http::Request& request, std::string_view url) {
  const Scheme& scheme = in_effect(way);
  if (scheme.kind == Kind::none) return std::string();
  std::list<std::string> keep;
  Reading reading;
  const std::string_view document = document_of(scheme, request);
  if (read_claim(scheme, request, document, AgeLimits{}, keep, reading)) return std::nullopt;
  if (scheme.kind == Kind::token) return std::string();
  if (scheme.kind == Kind::jwt) return scheme.jwt->body_hash ? request.body : std::string();
  if (const Canonicaliser* code = way.kind == Kind::code ? find_canonicaliser(way.code) : nullptr)
    return covered_by_code(*code, request, url);
  Content content;
  if (content.build(scheme, {request, document, reading.claim.timestamp, reading.claim.id, "{secret}", url}) != nullptr) return std::nullopt;
  return content.joined();
}

}  // namespace hookctl::signing
