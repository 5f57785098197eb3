// Secrets and keys as people paste them, turned into bytes. Errors tell the form and the place, never the letters.
#include "signing/keys.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace hookctl::signing {

namespace {

// Where the text stops being base64 (either alphabet, padded or not) or hex; the length when only the end is missing.
std::size_t first_wrong(std::string_view text, std::string_view alphabet) {
  return std::min(text.find_first_not_of(alphabet), text.size());
}

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_";
constexpr std::string_view kHex = "0123456789abcdefABCDEF";

// What is being read, and the file it came from ("" for none).
struct Subject {
  std::string_view what;
  std::string_view file{};
};

Error not_encoded(const Subject& subject, std::string_view encoding, const std::string& prefix, std::string_view whole,
                  std::string_view rest) {
  const std::string_view alphabet = encoding == "hex" ? kHex : kBase64;
  const std::size_t at = whole.size() - rest.size() + first_wrong(rest, alphabet);
  const std::string where = at < whole.size() ? "at byte " + std::to_string(at) : "it ends too early, after byte " + std::to_string(at);
  const bool stripped = rest.size() < whole.size();
  std::string hint = "expected " + (prefix.empty() ? "" : "'" + prefix + "' (or nothing) followed by ") + std::string(encoding) +
                     "; copy it again from the provider";
  const std::string place = subject.file.empty() ? "" : std::string(subject.file) + ":" + line_and_column(whole, at) + ": ";
  return usage_error(place + std::string(subject.what) + " is not " + std::string(encoding) + (stripped ? " after '" + prefix + "'" : "") +
                         " (" + where + ")",
                     std::move(hint));
}

// JavaScript's charCodeAt() & 0xff: the low byte of each UTF-16 unit. Text that is no UTF-8 stays as it is.
std::string low_bytes(std::string_view text) {
  std::string out;
  if (!is_utf8(text)) return std::string(text);
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    std::uint32_t code = length == 1 ? lead : lead & (0xffU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) code = code << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3fU);
    if (code >= 0x10000) out.push_back(static_cast<char>((0xd800 + ((code - 0x10000) >> 10)) & 0xff));
    out.push_back(static_cast<char>(code & 0xff));
    at += length;
  }
  return out;
}

Result<std::string> decoded(const Subject& what, std::string_view whole, const KeyForm& form) {
  std::string_view rest = whole;
  if (!form.strip_prefix.empty() && rest.starts_with(form.strip_prefix))
    rest.remove_prefix(form.strip_prefix.size());
  else if (form.prefixed_only)
    return usage_error(std::string(what.what) + " does not begin with '" + form.strip_prefix + "'", "copy it again from the provider");
  if (rest.empty())
    return usage_error(std::string(what.what) + " is empty" + (rest.size() < whole.size() ? " after '" + form.strip_prefix + "'" : ""));
  std::optional<std::string> bytes;
  switch (form.encoding) {
    case KeyEncoding::base64:
    case KeyEncoding::spki_base64:
      bytes = from_base64_lenient(rest);
      if (!bytes || bytes->empty()) return not_encoded(what, "base64", form.strip_prefix, whole, rest);
      return *bytes;
    case KeyEncoding::hex:
      bytes = from_hex(rest);
      if (!bytes) return not_encoded(what, "hex", form.strip_prefix, whole, rest);
      return *bytes;
    case KeyEncoding::latin1:
      return low_bytes(rest);
    case KeyEncoding::utf8:
    case KeyEncoding::pem_cert:
    case KeyEncoding::jwk:
    case KeyEncoding::jwks:
      return std::string(rest);
  }
  return std::string(rest);
}

bool is_pem(std::string_view text) { return text.find("-----BEGIN ") != std::string_view::npos; }

crypto::KeyType key_type(const Scheme& scheme) {
  switch (scheme.kind) {
    case Kind::ecdsa:
      return crypto::KeyType::p256;
    case Kind::rsa:
      return crypto::KeyType::rsa;
    default:
      return crypto::KeyType::ed25519;
  }
}

// The bytes of a key's text: PEM as it is, otherwise decoded as the scheme's first key form says.
Result<std::string> key_bytes(std::string_view what, std::string_view text, const KeyForm& form) {
  if (is_pem(text)) return std::string(text);
  return decoded({what}, trim(text), form);
}

// The prefix of a private key beside a public key's: "whsk_" beside "whpk_" (Standard Webhooks).
KeyForm private_form(KeyForm form) {
  const std::size_t at = form.strip_prefix.find("pk_");
  if (at != std::string::npos) form.strip_prefix[at] = 's';
  if (form.encoding == KeyEncoding::pem_cert) form.encoding = KeyEncoding::base64;
  return form;
}

}  // namespace

Result<std::string> decode_secret(const Secret& secret, const KeyForm& form) {
  return decoded({"secret", secret.file()}, secret.reveal(), form);
}

Result<std::vector<std::string>> decode_secret(const Secret& secret, const Scheme& scheme) {
  std::vector<std::string> readings;
  std::optional<Error> first;
  const std::string separator = scheme.keys.empty() ? "" : scheme.keys.front().separator;
  const auto parts = separator.empty() ? std::vector<std::string_view>{secret.reveal()} : split(secret.reveal(), separator);
  for (std::string_view part : parts) {
    for (const KeyForm& form : scheme.keys) {
      auto bytes = decoded({"secret", secret.file()}, part, form);
      if (bytes) {
        readings.push_back(std::move(*bytes));
      } else if (!first) {
        first = bytes.error();
      }
    }
  }
  if (readings.empty()) return first.value_or(usage_error("the scheme has no way to read a secret"));
  return readings;
}

Result<crypto::PublicKey> read_public_key(const Scheme& scheme, const Keys& keys) {
  if (!keys.public_key) {
    if (!keys.private_key) return usage_error("no public key given", "this provider signs with a key pair: verifying needs its public key");
    auto key = read_private_key(scheme, keys);
    if (!key) return key.error();
    return key->public_key();
  }
  auto bytes = key_bytes("public key", *keys.public_key, scheme.keys.front());
  if (!bytes) return bytes.error();
  return crypto::PublicKey::read(key_type(scheme), *bytes);
}

Result<crypto::PrivateKey> read_private_key(const Scheme& scheme, const Keys& keys) {
  if (!keys.private_key) return usage_error("no private key given", "this provider signs with a key pair: signing needs its private key");
  auto bytes = key_bytes("private key", keys.private_key->reveal(), private_form(scheme.keys.front()));
  if (!bytes) return bytes.error();
  return crypto::PrivateKey::read(key_type(scheme), *bytes);
}

}  // namespace hookctl::signing
