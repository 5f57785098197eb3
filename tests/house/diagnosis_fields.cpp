// Keys, signature fields, timestamps, ids and URLs that are not as the provider has them.
#include <algorithm>

#include "base/encoding.hpp"
#include "base/json_path.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "crypto/asymmetric.hpp"
#include "diagnosis_corpus.hpp"
#include "signing/canonical.hpp"
#include "signing/diagnose_secret.hpp"
#include "signing/sign.hpp"
#include "signing/timestamp.hpp"

namespace hookctl::house {

namespace {

using signing::Keys;
using signing::Scheme;

std::string letters(std::uint64_t seed, std::size_t count, std::string_view alphabet) {
  SeededRandom random(seed);
  std::string out;
  while (out.size() < count) out += alphabet[random.next() % alphabet.size()];
  return out;
}

// The way that signs.
const Scheme& way_of(const provider::Provider& provider) { return signing::in_effect(signing::ways(provider.scheme).front()); }

Keys with_secret(const std::string& text) {
  Keys keys;
  keys.secrets.emplace_back(text);
  return keys;
}

// The provider's scheme with its signing way edited; nothing where that is no data.
std::optional<Scheme> edited(const provider::Provider& provider, const std::function<void(Scheme&)>& edit) {
  Scheme way = signing::ways(provider.scheme).front();
  if (way.kind == signing::Kind::code) return std::nullopt;
  edit(way);
  return way;
}

bool has_part(const Scheme& scheme, signing::Part part) { return std::ranges::find(scheme.signed_content, part, &signing::Piece::part) != scheme.signed_content.end(); }

// The signature's text inside its header, without prefix, version and timestamp.
struct Field {
  std::string name;
  std::string before, text, after;
  std::string whole(const std::string& other) const { return before + other + after; }
};
std::optional<Field> field_of(const Scheme& scheme, const http::Request& request) {
  if (scheme.signature.from.place != signing::Place::header) return std::nullopt;
  const auto value = request.headers.find(scheme.signature.from.name);
  if (!value) return std::nullopt;
  const auto& form = scheme.signature;
  const std::string label = (form.kv ? form.kv->key + form.kv->eq : form.list ? form.list->scheme + form.list->scheme_sep : "") + form.prefix;
  const std::string text(*value);
  const std::size_t at = label.empty() ? 0 : text.rfind(label);
  if (at == std::string::npos) return std::nullopt;
  return Field{form.from.name, text.substr(0, at + label.size()), text.substr(at + label.size()), ""};
}

class Breaker {
 public:
  explicit Breaker(const Subject& subject) : subject_(subject), made_(sign_as(subject, subject.provider->scheme, subject.keys)) {}

  const std::optional<Made>& made() const { return made_; }
  Broken& add(std::string code, std::string how, http::Request request) {
    out_.push_back({std::move(how), {std::move(code)}, std::move(request), subject_.keys, made_ ? made_->url : subject_.url});
    return out_.back();
  }
  void set_field(const std::string& code, const std::string& how, const std::string& name, const std::string& value) {
    if (made_->request.headers.find(name) == std::optional<std::string_view>(value)) return;
    http::Request request = made_->request;
    request.headers.set(name, value);
    add(code, how, std::move(request));
  }
  void drop_field(const std::string& name) {
    http::Request request = made_->request;
    request.headers.remove(name);
    add("missing_header", "without " + name, std::move(request));
  }
  // Signed by a scheme that differs.
  void signed_otherwise(const std::string& code, const std::string& how, const std::optional<Scheme>& scheme, const std::function<void(http::Request&)>& then = {}) {
    if (!scheme) return;
    auto made = sign_as(subject_, *scheme, subject_.keys);
    if (!made) return;
    if (then) then(made->request);
    add(code, how, std::move(made->request)).url = made->url;
  }
  std::vector<Broken> take() { return std::move(out_); }

 private:
  const Subject& subject_;
  std::optional<Made> made_;
  std::vector<Broken> out_;
};

void break_signature(const Subject& subject, Breaker& broken) {
  const Scheme& scheme = way_of(*subject.provider);
  const auto field = field_of(scheme, broken.made()->request);
  broken.set_field("malformed_signature", "an empty signature", scheme.signature.from.name, "");
  if (!field) return;
  const std::string& text = field->text;
  const std::string label = field->before;
  const auto put = [&](const std::string& how, const std::string& value) { broken.set_field("signature_encoding", how, field->name, value); };
  put("in quotes", "\"" + field->whole(text) + "\"");
  std::optional<std::string> bytes = scheme.signature.encoding == signing::Encoding::hex ? from_hex(text) : scheme.signature.encoding == signing::Encoding::base64 ? from_base64(text) : from_base64url(text);
  if (scheme.signature.encoding == signing::Encoding::plain || !bytes) return;
  if (scheme.signature.encoding == signing::Encoding::hex) {
    std::string upper = text;
    std::ranges::transform(upper, upper.begin(), [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 32) : c; });
    if (!scheme.signature.any_case) put("upper case", field->whole(upper));
    put("base64 for hex", field->whole(to_base64(*bytes)));
    put("base64 of hex", field->whole(to_base64(text)));
  } else {
    put("hex for base64", field->whole(to_hex(*bytes)));
    if (scheme.signature.encoding == signing::Encoding::base64) {
      put("base64url for base64", field->whole(to_base64url(*bytes)));
      std::string bare = text;
      std::erase(bare, '=');
      put("without padding", field->whole(bare));
    }
  }
  if (!scheme.signature.prefix.empty()) put("without its prefix", text);
  else if (!scheme.signature.kv && !scheme.signature.list) put("with a prefix", "sha256=" + text);
  if (scheme.signature.kv) broken.set_field("unsupported_scheme", "under another version", field->name, label.substr(0, label.size() - scheme.signature.kv->key.size() - scheme.signature.kv->eq.size()) + "v9" + scheme.signature.kv->eq + text);
  if (scheme.signature.list) broken.set_field("unsupported_scheme", "under another version", field->name, "v9" + scheme.signature.list->scheme_sep + text);
  if (scheme.kind == signing::Kind::ecdsa || scheme.kind == signing::Kind::rsa) return;
  broken.set_field("signature_truncated", "its half", field->name, field->whole(text.substr(0, text.size() / 2 / 4 * 4)));
  broken.set_field("signature_truncated", "six letters short", field->name, field->whole(text.substr(0, text.size() - 6)));
  broken.set_field("malformed_signature", "no encoding at all", field->name, field->whole("not a signature!"));
}

void break_time(const Subject& subject, Breaker& broken) {
  const Scheme& scheme = way_of(*subject.provider);
  if (!scheme.timestamp || scheme.timestamp->from.place == signing::Place::json) return;
  const auto& made = *broken.made();
  if (scheme.timestamp->max_age_ms) broken.add("timestamp_too_old", "too old", made.request).now = kSignedAt + *scheme.timestamp->max_age_ms + 60'000;
  if (scheme.timestamp->max_future_ms) broken.add("timestamp_in_future", "ahead", made.request).now = kSignedAt - *scheme.timestamp->max_future_ms - 60'000;
  for (signing::TimeUnit unit : {signing::TimeUnit::seconds, signing::TimeUnit::milliseconds, signing::TimeUnit::iso8601}) {
    if (unit == scheme.timestamp->unit) continue;
    const auto other = edited(*subject.provider, [&](Scheme& way) { way.timestamp->unit = unit; });
    broken.signed_otherwise("timestamp_unit", "sent in " + std::string(signing::unit_name(unit)), other);
    if (!has_part(scheme, signing::Part::timestamp) || scheme.timestamp->from.place != signing::Place::header) continue;
    broken.signed_otherwise("timestamp_unit", "signed in " + std::string(signing::unit_name(unit)), other,
                            [&](http::Request& request) { request.headers.set(scheme.timestamp->from.name, signing::timestamp_text(kSignedAt, scheme.timestamp->unit)); });
  }
  if (scheme.timestamp->from.place == signing::Place::header && (scheme.timestamp->max_age_ms || has_part(scheme, signing::Part::timestamp))) broken.drop_field(scheme.timestamp->from.name);
}

void break_id(const Subject& subject, Breaker& broken) {
  const Scheme& scheme = way_of(*subject.provider);
  if (!scheme.id || scheme.id->place != signing::Place::header) return;
  broken.drop_field(scheme.id->name);
  http::Request other = broken.made()->request;
  other.headers.add("X-Request-Id", std::string(*other.headers.find(scheme.id->name)));
  other.headers.set(scheme.id->name, "another-id");
  if (has_part(scheme, signing::Part::id)) broken.add("id_mismatch", "another id sent, the signed one in a header", other);
  const auto bare = edited(*subject.provider, [](Scheme& way) {
    const auto at = std::ranges::find(way.signed_content, signing::Part::id, &signing::Piece::part);
    if (at == way.signed_content.end()) return;
    const auto next = way.signed_content.erase(at);
    if (next != way.signed_content.end() && next->part == signing::Part::text) way.signed_content.erase(next);
  });
  if (has_part(scheme, signing::Part::id)) broken.signed_otherwise("id_mismatch", "signed without the id", bare);
}

}  // namespace

Keys keys_for(const provider::Provider& provider, std::uint64_t seed) {
  const Scheme& way = way_of(provider);
  Keys keys;
  if (signing::is_key_pair(way)) {
    const crypto::KeyType type = way.kind == signing::Kind::ed25519 ? crypto::KeyType::ed25519 : way.kind == signing::Kind::ecdsa || way.kind == signing::Kind::jwt ? crypto::KeyType::p256 : crypto::KeyType::rsa;
    const auto key = crypto::PrivateKey::generate(type);
    keys.private_key = Secret(key->pem());
    keys.public_key = key->public_key().pem();
  }
  const std::string prefix = signing::usual_prefix(way, provider.secret_form);
  const signing::KeyEncoding encoding = way.keys.empty() ? signing::KeyEncoding::utf8 : way.keys.front().encoding;
  if (!signing::uses_secret(provider.scheme)) return keys;
  if (encoding == signing::KeyEncoding::hex) keys.secrets.emplace_back(letters(seed, 64, "0123456789abcdef"));
  else if (encoding == signing::KeyEncoding::base64) keys.secrets.emplace_back(prefix + to_base64(letters(seed, 32, "abcdefghijklmnopqrstuvwxyz0123456789")));
  else keys.secrets.emplace_back(prefix + letters(seed, 32, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"));
  return keys;
}

std::optional<Made> sign_as(const Subject& subject, const Scheme& scheme, const Keys& keys, const std::string& id) {
  auto done = signing::sign(scheme, keys, subject.request, {.id = id.empty() ? subject.id : id, .now = kSignedAt, .url = subject.url});
  if (!done) return std::nullopt;
  return Made{std::move(done->request), done->url.empty() ? subject.url : done->url};
}

std::vector<Broken> break_keys(const Subject& subject) {
  Breaker broken(subject);
  if (!broken.made()) return {};
  const Scheme& scheme = way_of(*subject.provider);
  Keys wrong = keys_for(*subject.provider, 77);
  if (signing::is_key_pair(scheme)) wrong.secrets = subject.keys.secrets;
  broken.add("wrong_secret", "another secret", broken.made()->request).keys = wrong;
  if (subject.keys.secrets.empty()) {
    Broken& other = broken.add("other_secret_matches", "the key at hand", broken.made()->request);
    other.keys = wrong;
    other.other_secrets.push_back({"another key", Secret(*subject.keys.public_key)});
    std::string joined;
    for (const char c : *subject.keys.public_key) joined += c == '\n' ? "\\n" : std::string(1, c);
    Keys odd = subject.keys;
    odd.private_key.reset();
    odd.public_key = "\"" + joined + "\"";
    broken.add("secret_form", "a PEM with \\n for its line ends", broken.made()->request).keys = odd;
    return broken.take();
  }
  if (signing::is_key_pair(scheme)) return broken.take();
  const std::string text(subject.keys.secrets.front().reveal());
  Broken& other = broken.add("other_secret_matches", "the secret at hand", broken.made()->request);
  other.keys = wrong;
  other.other_secrets.push_back({"another secret", Secret(std::string(text))});
  const auto held = [&](const std::string& how, const std::string& secret) { broken.add("secret_form", how, broken.made()->request).keys = with_secret(secret); };
  held("quotes around it", "\"" + text + "\"");
  held("a line end behind it", text + "\n");
  held("blanks around it", "  " + text + " ");
  held("a \\n behind it", text + "\\n");
  const std::string prefix = signing::usual_prefix(scheme, subject.provider->secret_form);
  if (!prefix.empty()) held("its prefix dropped", text.substr(prefix.size()));
  if (scheme.kind == signing::Kind::token) return broken.take();
  const auto sender = [&](const std::string& how, const std::string& bytes) {
    const auto plain = edited(*subject.provider, [](Scheme& way) { way.keys = {signing::KeyForm{}}; });
    if (!plain) return;
    if (auto made = sign_as(subject, *plain, with_secret(bytes))) broken.add("secret_form", how, std::move(made->request));
  };
  sender("the sender ends its copy in a line end", text + "\n");
  if (!prefix.empty()) sender("the sender drops the prefix and takes the rest as text", text.substr(prefix.size()));
  const signing::KeyEncoding encoding = scheme.keys.empty() ? signing::KeyEncoding::utf8 : scheme.keys.front().encoding;
  if (encoding != signing::KeyEncoding::utf8) sender("the sender does not decode it", text);
  else sender("the sender decodes it from base64", from_base64_lenient(text.substr(prefix.size())).value_or(text));
  if (encoding == signing::KeyEncoding::hex) sender("the sender decodes base64 for hex", from_base64_lenient(text).value_or(text));
  return broken.take();
}

std::vector<Broken> break_fields(const Subject& subject) {
  Breaker broken(subject);
  const Scheme& scheme = way_of(*subject.provider);
  if (!broken.made() || scheme.signature.from.place != signing::Place::header || scheme.signature.from.name.empty()) return {};
  if (scheme.kind == signing::Kind::jwt) {
    broken.drop_field(scheme.signature.from.name);
    return broken.take();
  }
  broken.drop_field(scheme.signature.from.name);
  for (const std::string& name : scheme.require_headers) broken.drop_field(name);
  break_signature(subject, broken);
  break_time(subject, broken);
  break_id(subject, broken);
  if (scheme.kind == signing::Kind::hmac) {
    const auto other = edited(*subject.provider, [](Scheme& way) { way.hash = way.hash == signing::Hash::sha256 ? signing::Hash::sha1 : signing::Hash::sha256; });
    broken.signed_otherwise("unsupported_scheme", "with another hash", other);
    if (scheme.signed_content.size() > 1 && !scheme.id) {
      const auto bare = edited(*subject.provider, [](Scheme& way) { way.signed_content = {{signing::Part::body}}; });
      broken.signed_otherwise("unsupported_scheme", "over the body alone", bare);
    }
  }
  return broken.take();
}

std::vector<Broken> break_urls(const Subject& subject) {
  Breaker broken(subject);
  if (!broken.made() || !signing::signs_url(subject.provider->scheme)) return {};
  const std::string& url = broken.made()->url;
  const std::size_t path = url.find('/', url.find("://") + 3);
  const std::size_t query = std::min(url.find('?'), url.size());
  const auto seen = [&](const std::string& how, const std::string& other) -> Broken& {
    Broken& one = broken.add("url_mismatch", how, broken.made()->request);
    one.url = other;
    return one;
  };
  seen("http for https", "http" + url.substr(5));
  seen("with a port", url.substr(0, path) + ":8443" + url.substr(path));
  seen("a slash behind the path", url.substr(0, query) + "/" + url.substr(query));
  Broken& proxied = seen("this machine's behind a proxy", "http://localhost:3000" + url.substr(path));
  proxied.request.headers.set("X-Forwarded-Host", url.substr(8, path - 8));
  proxied.request.headers.set("X-Forwarded-Proto", "https");
  seen("this machine's, nothing known of the public one", "http://127.0.0.1:4400" + url.substr(path));
  Broken& inner = seen("an inner path", url.substr(0, path) + "/inner" + url.substr(query));
  inner.request.headers.set("X-Original-URI", url.substr(path));
  return broken.take();
}

std::vector<Broken> mistake_provider(const Subject& subject, const std::vector<const provider::Provider*>& others) {
  Breaker broken(subject);
  if (!broken.made()) return {};
  std::vector<Broken> out;
  for (const provider::Provider* other : others) {
    out.push_back({"taken for " + other->id, {"other_provider_matches"}, broken.made()->request, subject.keys, broken.made()->url});
    out.back().verified_as = other;
  }
  return out;
}

}  // namespace hookctl::house
