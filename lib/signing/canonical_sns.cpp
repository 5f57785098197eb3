// Amazon SNS: RSA over some of the message's own members, each with its name; which ones, the message's Type says, and by which hash, its
// SignatureVersion (sns-validator; docs.aws.amazon.com/sns "verifying the signatures of messages"). SigningCertURL is not signed, so
// it is looked at even where the certificate was given by hand: a message that names another's certificate is no message of Amazon's.
#include <algorithm>

#include "base/json_path.hpp"
#include "http/url.hpp"
#include "signing/canonical_families.hpp"
#include "signing/key_source.hpp"

namespace hookctl::signing {

namespace {

constexpr std::size_t kShortestRegion = 3;

// sns-validator: https, a path that ends in .pem, a host like ^sns\.[a-zA-Z0-9-]{3,}\.amazonaws\.com(\.cn)?$
std::optional<Fault> check_certificate_url(const std::string& text) {
  const auto url = http::parse_url(text);
  const std::string region = url ? url->host.substr(std::min<std::size_t>(4, url->host.size())) : "";
  const bool good = check_key_url(text, {"sns.*.amazonaws.com", "sns.*.amazonaws.com.cn"}).ok() && url->target.ends_with(".pem") &&
                    region.find('.') >= kShortestRegion;
  if (good) return std::nullopt;
  return Fault{"untrusted_key_url", "'SigningCertURL' is not a certificate of Amazon SNS (https, sns.REGION.amazonaws.com, .pem)",
               "whoever made it wants another certificate to be used: do not accept it"};
}

struct Member {
  const char* name;
  bool needed;
};

std::vector<Member> signed_members(const std::string& type) {
  const bool handshake = type == "SubscriptionConfirmation" || type == "UnsubscribeConfirmation";
  if (!handshake)
    return {{"Message", true}, {"MessageId", true}, {"Subject", false}, {"Timestamp", true}, {"TopicArn", true}, {"Type", true}};
  return {{"Message", true}, {"MessageId", true}, {"SubscribeURL", true}, {"Timestamp", true},
          {"Token", true},   {"TopicArn", true},  {"Type", true}};
}

Fault missing(const char* name) {
  return {"missing_field", std::string("there is no '") + name + "' in the body, which every SNS message has"};
}

Demands message_demands(const http::Request& request, std::string_view) {
  const auto text = [&](const char* name) { return json_text_at(request.body, name); };
  std::string content;
  for (const auto& [name, needed] : signed_members(text("Type").value_or(""))) {
    const auto value = text(name);
    if (!value && needed) return {{}, missing(name)};
    if (value) content.append(name).append("\n").append(*value).append("\n");
  }
  const auto version = text("SignatureVersion"), certificate = text("SigningCertURL");
  if (!version) return {{}, missing("SignatureVersion")};
  if (*version != "1" && *version != "2")
    return {{}, Fault{"unsupported_scheme", "'SignatureVersion' is neither 1 (RSA with SHA-1) nor 2 (RSA with SHA-256)"}};
  if (!certificate) return {{}, missing("SigningCertURL")};
  if (auto fault = check_certificate_url(*certificate)) return {{}, std::move(fault)};
  return {{{{std::move(content)}, *version == "1" ? Hash::sha1 : Hash::sha256}}};
}

std::optional<Fault> no_fault(const http::Request&, std::string_view) { return std::nullopt; }

// A message that does not say its version gets the one that every topic has by default.
Result<std::string> with_version(http::Request& request, std::string_view url) {
  if (!json_raw_at(request.body, "SignatureVersion")) {
    auto changed = json_set(request.body, "SignatureVersion", "\"1\"");
    if (!changed) return changed.error();
    request.body = std::move(*changed);
  }
  return std::string(url);
}

}  // namespace

Canonicaliser sns_canonicaliser() {
  Scheme scheme{.kind = Kind::rsa};
  scheme.keys = {{KeyEncoding::pem_cert}};
  scheme.key_source = KeySource{"", Source{Place::json, "SigningCertURL"}, {"sns.*.amazonaws.com", "sns.*.amazonaws.com.cn"}};
  scheme.signed_content = {{Part::json, "Message"}};
  scheme.signature = {.from = {Place::json, "Signature"}, .encoding = Encoding::base64};
  return {std::move(scheme), message_demands, no_fault, with_version};
}

}  // namespace hookctl::signing
