// Readies keys and matches signatures.
#include "signing/prepared.hpp"

#include <algorithm>

#include "crypto/equal.hpp"
#include "signing/place.hpp"
#include "signing/signature_field.hpp"

namespace hookctl::signing {

namespace {

bool reads_secret(const Scheme& scheme) {
  return std::ranges::find(scheme.signed_content, Part::secret, &Piece::part) != scheme.signed_content.end();
}

Result<void> add_keys(Prepared& way, const Secret& secret, std::size_t index) {
  // A key pair's content may hold a shared word (PayPal's webhook id); it is used as it stands.
  auto readings =
      is_key_pair(way.scheme) ? Result<std::vector<std::string>>({std::string(secret.reveal())}) : decode_secret(secret, way.scheme);
  if (!readings) return readings.error();
  for (std::string& bytes : *readings) {
    ReadyKey key{.secret_index = index, .text = secret};
    if (way.scheme.kind == Kind::hmac || way.scheme.kind == Kind::jwt) {
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

bool holds_by_key_pair(const Prepared& way, Hash hash, const Content& content, const std::vector<std::string>& signatures) {
  const std::string message = content.joined();
  return way.public_key &&
         std::ranges::any_of(signatures, [&](const std::string& signature) { return way.public_key->verify(hash, message, signature); });
}

Match match_content(Prepared& way, Hash hash, const Content& content, const std::vector<std::string>& signatures) {
  if (is_key_pair(way.scheme.kind)) return {holds_by_key_pair(way, hash, content, signatures), {}};
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
    const bool holds = is_key_pair(way.scheme.kind) ? holds_by_key_pair(way, way.scheme.hash, content, signatures)
                                                    : one_equals(raw_signature(way.scheme, key, content), signatures);
    if (holds) return {true, key.secret_index};
  }
  return {};
}

Match match_demand(Prepared& way, Demand& demand, const std::vector<std::string>& signatures, Content& content) {
  std::vector<std::string> own;
  if (demand.place) {
    if (auto bytes = decode_signature(way.scheme.signature, demand.found)) own.push_back(std::move(*bytes));
    if (own.empty()) {
      const std::string code = demand.found.empty() ? "missing_field" : "malformed_signature";
      return {.fault = Fault{code, "there is no signature in base64 at " + describe(*demand.place), "each item carries its own"}};
    }
  }
  for (std::string& bytes : demand.contents) {
    content.set(std::move(bytes));
    const Match hit = match_content(way, demand.hash.value_or(way.scheme.hash), content, demand.place ? own : signatures);
    if (hit.holds) return hit;
  }
  return {};
}

Match match_demands(Prepared& way, const Material& material, const std::vector<std::string>& signatures, Content& content) {
  Demands demands = way.code->demands(material.request, material.url);
  Match hit;
  hit.fault = std::move(demands.fault);
  for (Demand& demand : demands.all) {
    if (hit.fault) break;
    hit = match_demand(way, demand, signatures, content);
    if (!hit.holds) break;
  }
  return hit;
}

}  // namespace

Result<Prepared> prepare(const Scheme& way, const Keys& keys) {
  Prepared prepared{.scheme = in_effect(way)};
  if (way.kind == Kind::code) prepared.code = find_canonicaliser(way.code);
  if (is_key_pair(prepared.scheme.kind)) {
    auto key = read_public_key(prepared.scheme, keys);
    if (!key) return key.error();
    prepared.public_key = std::move(*key);
  } else if (is_key_pair(prepared.scheme)) {
    auto token_keys = read_token_keys(prepared.scheme, keys);
    if (!token_keys) return token_keys.error();
    prepared.token_keys = std::move(*token_keys);
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

const Piece* build_content(const Prepared& way, const Material& material, Content& content) {
  if (way.code == nullptr) return content.build(way.scheme, material);
  Demands demands = way.code->demands(material.request, material.url);
  if (demands.fault || demands.all.empty()) return &way.scheme.signed_content.front();
  content.set(std::move(demands.all.front().contents.front()));
  return nullptr;
}

Match match(Prepared& way, const Material& material, const std::vector<std::string>& signatures, Content& content) {
  if (way.code != nullptr) return match_demands(way, material, signatures, content);
  if (reads_secret(way.scheme)) return match_with_secret(way, material, signatures, content);
  if (content.build(way.scheme, material) != nullptr) return {};
  return match_content(way, way.scheme.hash, content, signatures);
}

}  // namespace hookctl::signing
