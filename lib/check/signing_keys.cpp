// Turns the words and strangers of a step into keys of the form that the scheme reads.
#include "check/signing_keys.hpp"

#include <string>
#include <string_view>

#include "base/encoding.hpp"
#include "signing/canonical.hpp"

namespace hookctl::check {

namespace {

using signing::KeyEncoding;
using signing::Kind;

// Each byte as the character of that number, in UTF-8.
std::string characters_of(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out += c;
    } else {
      out.append(1, static_cast<char>(0xc0U | byte >> 6)).append(1, static_cast<char>(0x80U | (byte & 0x3fU)));
    }
  }
  return out;
}

// A secret that the scheme reads as these very bytes.
Secret secret_of(const signing::Scheme& scheme, std::string_view bytes) {
  const signing::KeyForm form = scheme.keys.empty() ? signing::KeyForm{} : scheme.keys.front();
  switch (form.encoding) {
    case KeyEncoding::base64:
      return Secret(form.strip_prefix + to_base64(bytes));
    case KeyEncoding::hex:
      return Secret(form.strip_prefix + to_hex(bytes));
    case KeyEncoding::latin1:
      return Secret(form.strip_prefix + characters_of(bytes));
    default:
      return Secret(form.strip_prefix + std::string(bytes));
  }
}

// The empty word, which is what a receiver signs with that has no secret set. No secret can be empty, but an HMAC pads its key with NULs, so
// that one NUL is the same key; and from a digest's content the secret can be left out.
Result<Signer> with_nothing(Signer signer) {
  const signing::Scheme& used = signing::in_effect(signer.way);
  if (used.kind == Kind::token) return usage_error("a shared word that is empty is no signature at all");
  signer.keys.secrets = {secret_of(used, std::string_view("\0", 1))};
  if (used.kind == Kind::hash) std::erase_if(signer.way.signed_content, [](const signing::Piece& piece) { return piece.part == signing::Part::secret; });
  return signer;
}

Result<Signer> with_word(Signer signer, const SigningKey& key) {
  const signing::Scheme& used = signing::in_effect(signer.way);
  if (signing::is_key_pair(used)) return usage_error("this provider signs with a key pair");
  if (key.text.empty()) return with_nothing(std::move(signer));
  const Secret word{key.text};
  const bool as_it_is = used.kind == Kind::hash || (key.which == SigningKey::Which::word && signing::decode_secret(word, used).ok());
  signer.keys.secrets = {as_it_is ? word : secret_of(used, key.text)};
  return signer;
}

}  // namespace

Result<Signer> signer_of(const Subject& subject, const SigningKey& key, const signing::Keys& stranger) {
  Signer signer{signing_way(*subject.provider), subject.keys};
  const signing::Scheme& used = signing::in_effect(signer.way);
  if (used.kind == Kind::none && key.which != SigningKey::Which::right) return usage_error("this provider signs nothing");
  const bool by_stranger = key.which == SigningKey::Which::stranger;
  if (by_stranger && signing::is_key_pair(used)) {
    signer.keys.private_key = stranger.private_key;  // a secret beside a key pair is one that others may know
  } else if (by_stranger) {
    signer.keys.secrets = stranger.secrets;
  }
  const std::size_t current = used.secret_index.value_or(0);
  if (current < signer.keys.secrets.size()) signer.keys.secrets = {Secret(signer.keys.secrets[current])};
  if (signer.way.kind != Kind::code) signer.way.secret_index.reset();
  if (key.which == SigningKey::Which::right || by_stranger) return signer;
  return with_word(std::move(signer), key);
}

}  // namespace hookctl::check
