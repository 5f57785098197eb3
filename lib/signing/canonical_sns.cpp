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

// In the order in which they are signed. What is not needed is signed all the same where it is there (sns-validator: Subject and
// SubscribeURL in messages of any type), so that nobody can add it. Token: Amazon's documentation, for both confirmations.
std::vector<Member> signed_members(const std::string& type) {
  const bool handshake = type == "SubscriptionConfirmation" || type == "UnsubscribeConfirmation";
  std::vector<Member> members{{"Message", true}, {"MessageId", true}, {"Subject", false}, {"SubscribeURL", handshake}, {"Timestamp", true}};
  if (handshake) members.push_back({"Token", true});
  members.insert(members.end(), {{"TopicArn", true}, {"Type", true}});
  return members;
}

// Reads members, all of which are texts; what else stands at such a name is a fault, as it has no one spelling that could be signed.
class Members {
 public:
  explicit Members(std::string_view body) : body_(body) {}

  std::optional<std::string> optional(const char* name) {
    const auto raw = json_raw_at(body_, name);
    if (!raw || (*raw == "null" && name == std::string_view("Subject"))) return std::nullopt;  // Amazon's way to say "no subject"
    if (raw->starts_with('"')) return json_text_at(body_, name);
    fail(std::string("'") + name + "' in the body is no text, as it is in every SNS message");
    return std::nullopt;
  }

  std::string needed(const char* name) {
    auto text = optional(name);
    if (!text) fail(std::string("there is no '") + name + "' in the body, which every SNS message has");
    return std::move(text).value_or("");
  }

  const std::optional<Fault>& fault() const { return fault_; }  // the first one

 private:
  void fail(std::string words) {
    if (!fault_) fault_ = Fault{"missing_field", std::move(words)};
  }

  std::string_view body_;
  std::optional<Fault> fault_;
};

Demands message_demands(const http::Request& request, std::string_view) {
  Members members(request.body);
  std::string content;
  for (const auto& [name, needed] : signed_members(members.needed("Type"))) {
    const auto value = needed ? members.needed(name) : members.optional(name);
    if (value) content.append(name).append("\n").append(*value).append("\n");
  }
  const std::string version = members.needed("SignatureVersion"), certificate = members.needed("SigningCertURL");
  const auto other = members.optional("SigningCertUrl");  // AWS Lambda's spelling; where it is there, sns-validator takes this one
  if (members.fault()) return {{}, members.fault()};
  if (version != "1" && version != "2")
    return {{}, Fault{"unsupported_scheme", "'SignatureVersion' is neither 1 (RSA with SHA-1) nor 2 (RSA with SHA-256)"}};
  if (other && *other != certificate)
    return {{}, Fault{"untrusted_key_url", "'SigningCertURL' and 'SigningCertUrl' name different certificates"}};
  if (auto fault = check_certificate_url(certificate)) return {{}, std::move(fault)};
  return {{{{std::move(content)}, version == "1" ? Hash::sha1 : Hash::sha256}}};
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
