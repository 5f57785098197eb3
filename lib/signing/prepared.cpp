// Readies keys and matches signatures.
#include "signing/prepared.hpp"

#include <algorithm>

#include "crypto/equal.hpp"

namespace hookctl::signing {

namespace {

bool reads_secret(const Scheme& scheme) {
  return std::ranges::find(scheme.signed_content, Part::secret, &Piece::part) != scheme.signed_content.end();
}

Result<void> add_keys(Prepared& way, const Secret& secret, std::size_t index) {
  // A key pair's content may hold a shared word (PayPal's webhook id); it is used as it stands.
  auto readings =
      is_key_pair(way.scheme.kind) ? Result<std::vector<std::string>>({std::string(secret.reveal())}) : decode_secret(secret, way.scheme);
  if (!readings) return readings.error();
  for (std::string& bytes : *readings) {
    ReadyKey key{.secret_index = index, .text = secret};
    if (way.scheme.kind == Kind::hmac) {
      auto mac = crypto::Mac::create(way.scheme.hash, bytes);
      if (!mac) return mac.error();
      key.mac = std::move(*mac);
    }
    key.bytes = std::move(bytes);
    way.keys.push_back(std::move(key));
  }
  return {};
}

Result<void> add_secrets(Prepared& way, const Keys& keys) {
  if (keys.secrets.empty()) return usage_error("no secret given", "this provider's signature needs its shared secret");
  const auto only = way.scheme.secret_index;
  if (only && *only >= keys.secrets.size())
    return usage_error("this signature is by secret number " + std::to_string(*only + 1) + ", and only " +
                       std::to_string(keys.secrets.size()) + " given");
  for (std::size_t index = 0; index < keys.secrets.size(); ++index) {
    if (only && index != *only) continue;
    if (auto added = add_keys(way, keys.secrets[index], index); !added) return added;
  }
  return {};
}

// Every candidate is compared, whatever the one before said.
bool one_equals(const std::string& expected, const std::vector<std::string>& signatures) {
  bool found = false;
  for (const std::string& signature : signatures) found |= !expected.empty() && crypto::equal(expected, signature);
  return found;
}

bool holds_by_key_pair(const Prepared& way, const Content& content, const std::vector<std::string>& signatures) {
  const std::string message = content.joined();
  return way.public_key && std::ranges::any_of(signatures, [&](const std::string& signature) {
           return way.public_key->verify(way.scheme.hash, message, signature);
         });
}

Match match_content(Prepared& way, const Content& content, const std::vector<std::string>& signatures) {
  if (is_key_pair(way.scheme.kind)) return {holds_by_key_pair(way, content, signatures), {}};
  for (ReadyKey& key : way.keys) {
    if (one_equals(raw_signature(way.scheme, key, content), signatures)) return {true, key.secret_index};
  }
  return {};
}

// Where the secret itself is part of the content, there is a content for each secret.
Match match_with_secret(Prepared& way, Material material, const std::vector<std::string>& signatures, Content& content) {
  for (ReadyKey& key : way.keys) {
    material.secret = key.text.reveal();
    if (content.build(way.scheme, material) != nullptr) return {};
    const bool holds = is_key_pair(way.scheme.kind) ? holds_by_key_pair(way, content, signatures)
                                                    : one_equals(raw_signature(way.scheme, key, content), signatures);
    if (holds) return {true, key.secret_index};
  }
  return {};
}

}  // namespace

Result<Prepared> prepare(const Scheme& way, const Keys& keys) {
  Prepared prepared{.scheme = in_effect(way)};
  if (way.kind == Kind::code) prepared.code = find_canonicaliser(way.code);
  if (is_key_pair(prepared.scheme.kind)) {
    auto key = read_public_key(prepared.scheme, keys);
    if (!key) return key.error();
    prepared.public_key = std::move(*key);
  }
  if (uses_secret(prepared.scheme)) {
    if (auto added = add_secrets(prepared, keys); !added) return added.error();
  }
  return prepared;
}

std::string raw_signature(const Scheme& scheme, ReadyKey& key, const Content& content) {
  if (scheme.kind == Kind::token) return key.bytes;
  if (scheme.kind == Kind::hash) return crypto::digest(scheme.hash, content.pieces());
  return key.mac ? key.mac->of(content.pieces()) : std::string{};
}

Match match(Prepared& way, const Material& material, const std::vector<std::string>& signatures, Content& content) {
  if (way.code != nullptr) {
    for (std::string& bytes : way.code->contents(material.request, material.url)) {
      content.set(std::move(bytes));
      if (const Match hit = match_content(way, content, signatures); hit.holds) return hit;
    }
    return {};
  }
  if (reads_secret(way.scheme)) return match_with_secret(way, material, signatures, content);
  if (content.build(way.scheme, material) != nullptr) return {};
  return match_content(way, content, signatures);
}

}  // namespace hookctl::signing
