// Twilio's two schemes, as in its own library (twilio-node lib/webhooks/webhooks.js, validateRequest and validateRequestWithBody).
#include <algorithm>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "crypto/digest.hpp"
#include "http/url.hpp"
#include "signing/canonical_families.hpp"
#include "signing/form.hpp"

namespace hookctl::signing {

namespace {

constexpr std::string_view kBodyHash = "bodySHA256";

Scheme twilio_base(std::vector<Piece> content) {
  Scheme scheme{.kind = Kind::hmac, .hash = Hash::sha1};
  scheme.signed_content = std::move(content);
  scheme.signature = {.from = {Place::header, "X-Twilio-Signature"}, .encoding = Encoding::base64};
  return scheme;
}

// The URL as received, then with its port taken off or the standard one added: proxies do either, and Twilio signs what it was told.
std::vector<std::string> url_forms(std::string_view url) {
  std::vector<std::string> forms{std::string(url)};
  const std::size_t colon = url.find("://");
  if (colon == std::string_view::npos) return forms;
  const std::size_t start = colon + 3;
  const std::size_t end = std::min(url.find_first_of("/?#", start), url.size());
  const std::string_view authority = url.substr(start, end - start);
  const std::size_t host = authority.rfind('@') == std::string_view::npos ? 0 : authority.rfind('@') + 1;
  const std::size_t bracket = authority.rfind(']');
  const std::size_t port = authority.find(':', bracket == std::string_view::npos ? host : bracket);
  const std::string head(url.substr(0, port == std::string_view::npos ? end : start + port));
  const std::string standard = same_ignoring_case(url.substr(0, colon), "https") ? ":443" : ":80";
  forms.push_back(head + (port == std::string_view::npos ? standard : "") + std::string(url.substr(end)));
  return forms;
}

Demands form_demands(const http::Request& request, std::string_view url) {
  std::vector<std::string> contents = url_forms(url);
  const std::string fields = sorted_unique_form(request.body);
  for (std::string& content : contents) content += fields;
  return {{{std::move(contents)}}};
}

Demands json_demands(const http::Request&, std::string_view url) { return {{{url_forms(url)}}}; }

std::optional<Fault> no_fault(const http::Request&, std::string_view) { return std::nullopt; }

std::string_view query_of(std::string_view url) {
  const std::string_view without_fragment = url.substr(0, url.find('#'));
  const std::size_t mark = without_fragment.find('?');
  return mark == std::string_view::npos ? std::string_view{} : without_fragment.substr(mark + 1);
}

Fault body_mismatch(std::string words) { return {"body_mismatch", std::move(words), "the body was changed on the way"}; }

std::optional<Fault> body_hash_fault(const http::Request& request, std::string_view url) {
  for (const auto& [name, value] : parse_form(query_of(url))) {
    if (name != kBodyHash) continue;
    if (value == to_hex(crypto::digest(Hash::sha256, request.body))) return std::nullopt;
    return body_mismatch("the URL's bodySHA256 is not the SHA-256 of this body");
  }
  return body_mismatch("the URL has no bodySHA256 parameter");
}

Result<std::string> same_url(http::Request&, std::string_view url) { return std::string(url); }

// The URL with this body's hash as its last parameter, in place of an earlier one.
Result<std::string> url_with_body_hash(http::Request& request, std::string_view url) {
  const std::string_view address = url.substr(0, url.find_first_of("?#"));
  std::string out(address);
  char separator = '?';
  for (std::string_view parameter : split(query_of(url), "&")) {
    if (parameter.empty() || parameter.substr(0, parameter.find('=')) == kBodyHash) continue;
    out.append(1, separator).append(parameter);
    separator = '&';
  }
  out.append(1, separator).append(kBodyHash).append("=").append(to_hex(crypto::digest(Hash::sha256, request.body)));
  const auto parsed = http::parse_url(out);
  if (!parsed) return parsed.error();
  request.target = parsed->origin_form();
  return out;
}

}  // namespace

Canonicaliser twilio_form_canonicaliser() { return {twilio_base({{Part::url}, {Part::form_sorted_kv}}), form_demands, no_fault, same_url}; }

Canonicaliser twilio_json_canonicaliser() { return {twilio_base({{Part::url}}), json_demands, body_hash_fault, url_with_body_hash}; }

}  // namespace hookctl::signing
