// Strict base64url: a token that can be written in two ways is a hole.
#include "signing/jws.hpp"

#include <nlohmann/json.hpp>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace hookctl::signing {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kLongest = 16 * 1024;  // a provider's token has about 1 KiB
constexpr JsonLimits kLimits{.depth = 16};

Fault malformed(std::string words) {
  return {"malformed_signature", std::move(words), "it was cut or changed, or is not a JSON Web Token"};
}

// Without padding, which from_base64url would tolerate.
std::optional<std::string> decoded(std::string_view part) {
  if (part.ends_with('=')) return std::nullopt;
  return from_base64url(part);
}

std::optional<Fault> read_header(const std::string& text, CompactToken& token) {
  const auto header = parse_json(text, "header", kLimits);
  if (!header || !header->is_object()) return malformed("the token's header is not a JSON object");
  const auto text_of = [&](const char* name) { return header->contains(name) ? &(*header)[name] : nullptr; };
  const Json *algorithm = text_of("alg"), *key_id = text_of("kid");
  if (algorithm == nullptr || !algorithm->is_string()) return malformed("the token's header does not say by which algorithm it is signed");
  if (key_id != nullptr && !key_id->is_string()) return malformed("the token's header names its key by something that is no text");
  if (header->contains("crit")) return malformed("the token's header asks for extensions ('crit'), and none is known");
  token.algorithm = algorithm->get<std::string>();
  if (key_id != nullptr) token.key_id = key_id->get<std::string>();
  return std::nullopt;
}

}  // namespace

std::optional<Fault> read_token(std::string_view text, CompactToken& token) {
  if (text.size() > kLongest) return malformed("the token has " + std::to_string(text.size()) + " bytes; no provider's is that long");
  const auto parts = split(text, ".");
  if (parts.size() != 3)
    return malformed("the token has " + std::to_string(parts.size()) + " parts, it should have three, with dots between them");
  token.signing_input = text.substr(0, parts[0].size() + 1 + parts[1].size());
  token.encoded_payload = parts[1];
  token.encoded_signature = parts[2];
  const auto header = decoded(parts[0]);
  auto signature = decoded(parts[2]);
  if (!header || !signature || !decoded(parts[1])) return malformed("a part of the token is not base64url without padding");
  token.signature = std::move(*signature);
  return read_header(*header, token);
}

std::optional<Json> read_payload(const CompactToken& token) {
  const auto text = decoded(token.encoded_payload);
  if (!text) return std::nullopt;
  auto payload = parse_json(*text, "payload", kLimits);
  if (!payload || !payload->is_object()) return std::nullopt;
  return std::move(*payload);
}

std::string signing_input(std::string_view algorithm, std::string_view key_id, const Json& payload) {
  Json header{{"alg", algorithm}};
  if (!key_id.empty()) header["kid"] = key_id;
  header["typ"] = "JWT";
  return to_base64url(to_text(header)) + "." + to_base64url(to_text(payload));
}

}  // namespace hookctl::signing
