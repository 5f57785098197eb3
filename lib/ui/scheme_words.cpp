#include "ui/scheme_words.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "signing/canonical.hpp"

namespace hookctl::ui {

namespace {

using namespace signing;

std::string_view hash_name(Hash hash) {
  switch (hash) {
    case Hash::sha1: return "SHA-1";
    case Hash::sha256: return "SHA-256";
    case Hash::sha512: return "SHA-512";
  }
  return "";
}

// "HMAC-SHA256", as it is written everywhere.
std::string hmac_name(Hash hash) {
  std::string name(hash_name(hash));
  name.erase(name.find('-'), 1);
  return "HMAC-" + name;
}

std::string jwt_name(const Scheme& way) {
  std::vector<std::string> names;
  if (way.jwt) {
    for (const JwtAlgorithm each : way.jwt->algorithms) names.emplace_back(each == JwtAlgorithm::hs256 ? "HS256" : each == JwtAlgorithm::es256 ? "ES256" : "RS256");
  }
  return "a JSON Web Token" + (names.empty() ? std::string() : " (" + join(names, " or ") + ")");
}

std::string algorithm_words(const Scheme& way) {
  switch (way.kind) {
    case Kind::hmac: return hmac_name(way.hash);
    case Kind::hash: return std::string(hash_name(way.hash)) + " of content that holds the secret (no HMAC)";
    case Kind::token: return "the secret itself";
    case Kind::ed25519: return "Ed25519";
    case Kind::ecdsa: return "ECDSA on P-256 with " + std::string(hash_name(way.hash)) + " (DER)";
    case Kind::rsa: return "RSA (PKCS #1 v1.5) with " + std::string(hash_name(way.hash));
    case Kind::jwt: return jwt_name(way);
    case Kind::code: return way.code + ", which this version does not know";
    case Kind::none: return "none: requests are not signed";
  }
  return "";
}

std::string encoding_words(const SignatureForm& form) {
  switch (form.encoding) {
    case Encoding::plain: return "";
    case Encoding::hex: return form.any_case ? ", hex in either case" : ", hex";
    case Encoding::base64: return ", base64";
    case Encoding::base64url: return ", base64url";
  }
  return "";
}

// What stands at the signature's place: "t=<timestamp>,v1=<signature>"; "" when it is the bare signature.
std::string field_form(const Scheme& way) {
  const SignatureForm& form = way.signature;
  const std::string mark = way.kind == Kind::token || way.kind == Kind::jwt ? "<token>" : "<signature>";
  if (form.kv) {
    const bool stamped = way.timestamp && way.timestamp->from.place == Place::kv;
    return form.prefix + (stamped ? way.timestamp->from.name + form.kv->eq + "<timestamp>" + form.kv->sep : "") + form.kv->key + form.kv->eq + mark;
  }
  if (form.list) return form.prefix + form.list->scheme + form.list->scheme_sep + mark;
  return form.prefix.empty() ? "" : form.prefix + mark;
}

std::string signature_words(const Scheme& way) {
  if (way.kind == Kind::none || way.kind == Kind::code) return algorithm_words(way);
  std::string words = algorithm_words(way) + encoding_words(way.signature) + ", in " + place_words(way.signature.from);
  if (const std::string form = field_form(way); !form.empty()) words += " as " + form;
  if (way.kind == Kind::token) words += "; the body is not protected";
  return words;
}

// What the named canonicalisers of lib/signing sign; the code there is the exact form.
std::string canonical_words(std::string_view code) {
  if (code == "twilio_form") return "the URL followed by the form's fields sorted by name, each name and value, run together";
  if (code == "twilio_json") return "the URL alone; its parameter bodySHA256 is the SHA-256 of the body, hex";
  if (code == "adyen_items") return "of each item pspReference, originalReference, merchantAccountCode, merchantReference, amount.value, amount.currency, eventCode and success, joined by ':'";
  if (code == "aws_sns") return "some members of the message, each its name, a line end, its value and a line end, sorted by name";
  if (code == "contentful") return "the method, the path, the header fields that X-Contentful-Signed-Headers lists, and the body, a line each";
  return "";
}

std::string legend(const Scheme& way) {
  std::string words;
  for (const Piece& piece : way.signed_content) {
    switch (piece.part) {
      case Part::url: words += "; {url} is the endpoint's public URL"; break;
      case Part::form_sorted_kv: words += "; {form:sorted_kv} is the form's fields sorted by name, each name and value, run together"; break;
      case Part::body_crc32: words += "; {body:crc32} is the body's CRC-32 as a decimal number"; break;
      case Part::secret: words += "; {secret} is the secret's text"; break;
      default: break;
    }
  }
  return words;
}

std::string signed_words(const Scheme& given) {
  if (const std::string words = given.kind == Kind::code ? canonical_words(given.code) : ""; !words.empty()) return words;
  const Scheme& way = in_effect(given);
  if (way.kind == Kind::jwt) {
    if (!way.jwt || !way.jwt->body_hash) return "the token's own header and claims; the body is not protected";
    return "the token's own header and claims; its claim " + way.jwt->body_hash->claim + " is the " + std::string(hash_name(way.jwt->body_hash->hash)) + " of the body";
  }
  if (way.signed_content.empty()) return "";
  return printable(signed_template(way.signed_content)) + legend(way);
}

std::string timestamp_words(const TimestampForm& form) {
  const char* unit = form.unit == TimeUnit::seconds ? "Unix seconds" : form.unit == TimeUnit::milliseconds ? "Unix milliseconds" : "ISO 8601";
  std::string words = std::string(unit) + " in " + place_words(form.from);
  if (!form.max_age_ms && !form.max_future_ms) return words + "; its age is not checked";
  words += form.max_age_ms ? "; older than " + span_words(*form.max_age_ms) + " is refused" : "; any age is accepted";
  if (!form.max_future_ms) return words + ", any future is accepted";
  return words + ", and so is " + (*form.max_future_ms == 0 ? "any that is ahead" : "more than " + span_words(*form.max_future_ms) + " ahead");
}

std::string key_form_words(const KeyForm& form, bool key_pair) {
  const std::string after = form.strip_prefix.empty() ? "" : " after " + form.strip_prefix;
  switch (form.encoding) {
    case KeyEncoding::utf8: return "the secret's text" + after + ", as UTF-8";
    case KeyEncoding::latin1: return "the secret's text" + after + ", one byte a character";
    case KeyEncoding::base64: return key_pair ? "the public key in base64" + after : "the bytes that the secret" + after + " is the base64 of";
    case KeyEncoding::hex: return key_pair ? "the public key in hex" + after : "the bytes that the secret" + after + " is the hex of";
    case KeyEncoding::spki_base64: return "the public key in base64 (SubjectPublicKeyInfo)" + after;
    case KeyEncoding::pem_cert: return "the public key in a PEM certificate";
    case KeyEncoding::jwk: return "a JSON Web Key";
    case KeyEncoding::jwks: return "a set of JSON Web Keys";
  }
  return "";
}

std::string key_words(const Scheme& way) {
  if (way.kind == Kind::none || way.kind == Kind::token || way.kind == Kind::code) return "";
  std::vector<std::string> forms;
  for (const KeyForm& form : way.keys) forms.push_back(key_form_words(form, is_key_pair(way)));
  std::string words = join(forms, ", or ");
  if (!way.key_source) return words;
  if (!way.key_source->url.empty()) return words + "; published at " + way.key_source->url;
  if (way.key_source->from) words += "; " + place_words(*way.key_source->from) + " says where it is published";
  return words;
}

std::string rotation_words(const Scheme& way) {
  if (way.kind == Kind::none || way.kind == Kind::code || is_key_pair(way)) return "";
  if (way.secret_index) return "of the secrets only number " + std::to_string(*way.secret_index + 1) + " counts here";
  if (way.signature.kv) return "several " + way.signature.kv->key + way.signature.kv->eq + " entries may stand there, one for each secret; any may hold";
  if (way.signature.list) return "several " + way.signature.list->scheme + way.signature.list->scheme_sep + " entries may stand there, one for each secret; any may hold";
  return "one signature by one secret; of several --secret any may hold";
}

std::string demands_words(const Scheme& way) {
  std::vector<std::string> words;
  for (const std::string& name : way.require_headers) words.push_back("the header " + name);
  for (const auto& [source, value] : way.require) words.push_back(place_words(source) + " is " + value);
  return join(words, "; ");
}

}  // namespace

std::string scheme_name(const Scheme& scheme) {
  const Scheme& way = ways(scheme).front();
  const auto digest = [&] { return way.hash == Hash::sha1 ? "sha1" : way.hash == Hash::sha512 ? "sha512" : "sha256"; };
  switch (way.kind) {
    case Kind::hmac: return std::string("hmac-") + digest();
    case Kind::hash: return digest();
    case Kind::token: return "shared token";
    case Kind::ed25519: return "ed25519";
    case Kind::ecdsa: return "ecdsa-p256";
    case Kind::rsa: return std::string("rsa-") + digest();
    case Kind::jwt: return "jwt";
    case Kind::code: return way.code;
    case Kind::none: return "unsigned";
  }
  return "";
}

std::vector<Fact> describe(const Scheme& given) {
  const Scheme& way = in_effect(given);
  std::vector<Fact> facts;
  const auto add = [&](const char* name, std::string text) {
    if (!text.empty()) facts.push_back({name, std::move(text)});
  };
  add("signature", signature_words(way));
  add("signed", signed_words(given));
  if (way.timestamp) add("timestamp", timestamp_words(*way.timestamp));
  if (way.id) add("message id", place_words(*way.id));
  add("key", key_words(way));
  add("rotation", rotation_words(way));
  add("demanded", demands_words(way));
  if (!way.multipart_part.empty()) add("body", "multipart; what is read from it is in the part '" + way.multipart_part + "'");
  add("note", way.note);
  return facts;
}

std::string signed_template(const std::vector<Piece>& pieces) {
  std::string out;
  for (const Piece& piece : pieces) {
    switch (piece.part) {
      case Part::text: out += piece.text; break;
      case Part::body: out += "{body}"; break;
      case Part::body_crc32: out += "{body:crc32}"; break;
      case Part::timestamp: out += "{timestamp}"; break;
      case Part::id: out += "{id}"; break;
      case Part::secret: out += "{secret}"; break;
      case Part::method: out += "{method}"; break;
      case Part::url: out += "{url}"; break;
      case Part::form_sorted_kv: out += "{form:sorted_kv}"; break;
      case Part::json: out += "{json:" + piece.text + "}"; break;
      case Part::header: out += "{header:" + piece.text + "}"; break;
    }
  }
  return out;
}

std::string span_words(std::int64_t ms) {
  const auto counted = [](std::int64_t n, const char* unit) { return std::to_string(n) + " " + unit + (n == 1 ? "" : "s"); };
  if (ms == 0 || ms % 1000 != 0) return counted(ms, "millisecond");
  if (ms % 86'400'000 == 0) return counted(ms / 86'400'000, "day");
  if (ms % 3'600'000 == 0) return counted(ms / 3'600'000, "hour");
  return ms % 60'000 == 0 ? counted(ms / 60'000, "minute") : counted(ms / 1000, "second");
}

std::string place_words(const Source& source) {
  switch (source.place) {
    case Place::header: return "the header " + source.name;
    case Place::json: return source.name + " in the body";
    case Place::kv: return source.name + "= of the same field";
  }
  return "";
}

std::string template_words(std::string_view text) {
  const bool one = text.starts_with('{') && text.find('}') == text.size() - 1;
  const std::string_view name = one ? text.substr(1, text.size() - 2) : "";
  if (name.starts_with("json:")) return std::string(name.substr(5)) + " in the body";
  if (name.starts_with("header:")) return "the header " + std::string(name.substr(7));
  if (name.starts_with("form:")) return std::string(name.substr(5)) + " in the form";
  return std::string(text);
}

}  // namespace hookctl::ui
