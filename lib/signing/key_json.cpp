// One table of encodings for each sort of key.
#include "signing/key_json.hpp"

#include <nlohmann/json.hpp>

#include "http/url.hpp"

namespace hookctl::signing {

namespace {

constexpr Words<KeyEncoding, 4> kSecrets{
    {{"utf8", KeyEncoding::utf8}, {"latin1", KeyEncoding::latin1}, {"base64", KeyEncoding::base64}, {"hex", KeyEncoding::hex}}};
constexpr Words<KeyEncoding, 4> kPublicKeys{{{"base64", KeyEncoding::base64},
                                             {"hex", KeyEncoding::hex},
                                             {"spki_base64", KeyEncoding::spki_base64},
                                             {"pem_cert", KeyEncoding::pem_cert}}};
constexpr Words<KeyEncoding, 4> kTokenKeys{{{"jwk", KeyEncoding::jwk},
                                            {"jwks", KeyEncoding::jwks},
                                            {"spki_base64", KeyEncoding::spki_base64},
                                            {"pem_cert", KeyEncoding::pem_cert}}};

KeyForm read_form(const Fields& fields, const Scheme& scheme) {
  KeyForm form;
  const auto& table = !is_key_pair(scheme) ? kSecrets : scheme.kind == Kind::jwt ? kTokenKeys : kPublicKeys;
  form.encoding = fields.choice("encoding", table, {});
  form.strip_prefix = fields.text("strip_prefix", false);
  form.prefixed_only = fields.flag("prefixed_only");
  if (form.prefixed_only && form.strip_prefix.empty()) fields.fail("prefixed_only", "needs a 'strip_prefix'");
  return form;
}

KeySource read_key_source(const Fields& fields) {
  KeySource source;
  source.hosts = fields.texts("hosts");
  source.url = fields.text("url", false);
  if (fields.has("url_from")) {
    source.from = fields.source("url_from", false);
    if (source.hosts.empty()) fields.fail("hosts", "missing; expected a list of the hosts that the request's URL may be on");
    if (!source.url.empty()) fields.fail("url_from", "there is a 'url' already; only one of them can be");
    return source;
  }
  const auto url = http::parse_url(source.url);
  if (!url || !source.url.starts_with("https://")) fields.fail("url", "expected a URL that begins with 'https://'");
  if (url && source.hosts.empty()) source.hosts.push_back(url->host);
  return source;
}

}  // namespace

void read_key(const Fields& fields, Scheme& scheme) {
  scheme.keys = {read_form(fields, scheme)};
  scheme.keys.front().separator = fields.text("separator", false);
  if (fields.has("url") || fields.has("url_from"))
    scheme.key_source = read_key_source(fields);
  else if (fields.has("hosts"))
    fields.fail("hosts", "needs a 'url' or 'url_from'");
  if (scheme.key_source && !is_key_pair(scheme)) fields.fail("url", "a shared secret is not published");
  const auto* others = fields.get("alternatives");
  if (others == nullptr || fields.failed()) return;
  if (!others->is_array()) return fields.fail("alternatives", "expected a list");
  for (std::size_t i = 0; i < others->size(); ++i) {
    const std::string where = fields.at("alternatives[" + std::to_string(i) + "]");
    // One level: the depth of a scheme file is bounded by what it can say.
    scheme.keys.push_back(read_form(Fields((*others)[i], where, fields.error(), {"encoding", "strip_prefix", "prefixed_only"}), scheme));
  }
}

}  // namespace hookctl::signing
