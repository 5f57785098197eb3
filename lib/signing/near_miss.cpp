// Tries the signature over slightly other bodies and with the secret read in slightly other ways.
#include "signing/near_miss.hpp"

#include <utility>

#include "base/encoding.hpp"
#include "crypto/mac.hpp"
#include "signing/place.hpp"

namespace hookctl::signing {

namespace {

bool holds_over(Prepared& way, const Material& material, std::string body, const std::vector<std::string>& signatures) {
  http::Request request = material.request;
  request.body = std::move(body);
  Content content;
  const Material other{request, document_of(way.scheme, request), material.timestamp, material.id, material.secret, material.url};
  return match(way, other, signatures, content).holds;
}

std::optional<Fault> other_line_end(Prepared& way, const Material& material, const std::vector<std::string>& signatures) {
  const std::string& body = material.request.body;
  for (std::string_view end : {"\r\n", "\n"}) {
    const std::string name = end == "\n" ? "a line end" : "a CRLF line end";
    if (body.ends_with(end) && holds_over(way, material, body.substr(0, body.size() - end.size()), signatures))
      return Fault{"signature_mismatch",
                   "the signature is over the body without its last " + name.substr(2) + ": it was added after signing",
                   "pass the body on byte for byte"};
    if (holds_over(way, material, body + std::string(end), signatures))
      return Fault{"signature_mismatch", "the signature is over the body with " + name + " at its end: it was cut off after signing",
                   "pass the body on byte for byte"};
  }
  return std::nullopt;
}

// The other ways in which people read a secret, with words for each.
std::vector<std::pair<std::string, std::string>> other_readings(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> readings{{"as it stands, as text", std::string(text)}};
  const std::size_t prefix_end = text.rfind('_', 12) == std::string_view::npos ? 0 : text.rfind('_', 12) + 1;
  const std::string_view rest = text.substr(prefix_end);
  if (prefix_end > 0) readings.emplace_back("as text without '" + std::string(text.substr(0, prefix_end)) + "'", std::string(rest));
  if (auto bytes = from_base64_lenient(rest)) readings.emplace_back("as base64", std::move(*bytes));
  if (auto bytes = from_hex(rest)) readings.emplace_back("as hex", std::move(*bytes));
  return readings;
}

std::optional<Fault> other_reading(Prepared& way, const Material& material, const std::vector<std::string>& signatures) {
  if (way.scheme.kind != Kind::hmac) return std::nullopt;
  Prepared other{.scheme = way.scheme, .code = way.code};
  for (const ReadyKey& key : way.keys) {
    for (auto& [words, bytes] : other_readings(key.text.reveal())) {
      auto mac = crypto::Mac::create(way.scheme.hash, bytes);
      if (!mac) continue;
      other.keys.clear();
      other.keys.push_back({.secret_index = key.secret_index, .text = key.text, .bytes = std::move(bytes), .mac = std::move(*mac)});
      Content content;
      if (match(other, material, signatures, content).holds)
        return Fault{"signature_mismatch", "the sender read the secret " + words + ", which is not how this provider does it",
                     "turn the secret into key bytes as the provider's facts say"};
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Fault> find_near_miss(Prepared& way, const Material& material, const std::vector<std::string>& signatures) {
  if (way.scheme.kind == Kind::token) return std::nullopt;
  if (auto fault = other_line_end(way, material, signatures)) return fault;
  return other_reading(way, material, signatures);
}

}  // namespace hookctl::signing
