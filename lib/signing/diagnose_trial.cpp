#include "signing/diagnose_trial.hpp"

#include <algorithm>
#include <list>
#include <utility>

#include "base/text.hpp"
#include "crypto/equal.hpp"
#include "signing/place.hpp"

namespace hookctl::signing {

namespace {

constexpr std::size_t kEachTrial = 4096;            // what a short message costs, in bytes hashed
constexpr std::size_t kEachKeyPair = 128 * 1024;    // what checking a key pair's signature costs
constexpr std::size_t kLeastOfCut = 8;              // bytes: 64 bits that agree are no chance

// Could these bytes be a signature by a scheme of this kind, or by one with another hash?
bool may_be_one(Kind kind, std::string_view bytes) {
  if (kind == Kind::hmac || kind == Kind::hash) return bytes.size() == 20 || bytes.size() == 32 || bytes.size() == 64;
  if (kind == Kind::ed25519) return bytes.size() == 64;
  if (kind == Kind::ecdsa) return bytes.starts_with('\x30');
  return kind != Kind::rsa || bytes.size() >= 128;
}

bool can_be_tried(const Scheme& scheme) {
  return scheme.kind == Kind::hmac || scheme.kind == Kind::hash || scheme.kind == Kind::token || is_key_pair(scheme.kind);
}

}  // namespace

std::optional<Trial> Trial::create(const Scheme& way, const http::Request& request, const VerifyInputs& inputs) {
  const Scheme& scheme = in_effect(way);
  if (!can_be_tried(scheme) || (signs_url(scheme) && inputs.url.empty())) return std::nullopt;
  std::list<std::string> keep;
  const std::string_view document = document_of(scheme, request);
  const auto field = find(scheme.signature.from, request, document, keep);
  if (!field || trim(*field).empty()) return std::nullopt;
  Trial trial;
  trial.way_ = &way;
  trial.request_ = request;
  trial.url_ = inputs.url;
  trial.field_ = *field;
  if (scheme.timestamp && scheme.timestamp->from.place == Place::kv) trial.timestamp_ = loose_entry(scheme, *field, scheme.timestamp->from.name);
  else if (scheme.timestamp) trial.timestamp_ = find(scheme.timestamp->from, request, document, keep).value_or("");
  if (scheme.id) trial.id_ = find(*scheme.id, request, document, keep).value_or("");
  trial.readings_ = read_signatures_loosely(scheme, *field);
  std::erase_if(trial.readings_, [&](const SignatureReading& reading) { return !may_be_one(scheme.kind, reading.bytes); });
  for (const SignatureReading& reading : trial.readings_) trial.bytes_.push_back(reading.bytes);
  return trial;
}

// Calls look(material) with the guess in the place of what was received.
template <typename Look>
auto Trial::with(Prepared& keys, Guess guess, Look look) {
  if (guess.body) std::swap(request_.body, *guess.body);
  if (guess.content) std::swap(keys.scheme.signed_content, *guess.content);
  const std::string& url = guess.url ? *guess.url : url_;
  const Material material{request_, document_of(keys.scheme, request_), guess.timestamp ? *guess.timestamp : timestamp_, guess.id ? *guess.id : id_, {}, url};
  auto result = look(material);
  if (guess.content) std::swap(keys.scheme.signed_content, *guess.content);
  if (guess.body) std::swap(request_.body, *guess.body);
  return result;
}

const SignatureReading* Trial::match(Prepared& keys, Guess guess, Effort& effort) {
  const std::size_t size = guess.body ? guess.body->size() : request_.body.size();
  const std::size_t checks = std::max<std::size_t>(keys.keys.size(), 1) * (keys.public_key ? bytes_.size() : 1);
  if (readings_.empty() || !effort.take((size + kEachTrial + (keys.public_key ? kEachKeyPair : 0)) * checks)) return nullptr;
  return with(keys, std::move(guess), [&](const Material& material) -> const SignatureReading* {
    if (!signing::match(keys, material, bytes_, content_).holds) return nullptr;
    if (keys.code != nullptr && keys.code->fault(material.request, material.url)) return nullptr;
    for (const SignatureReading& reading : readings_) {
      if (signing::match(keys, material, {reading.bytes}, content_).holds) return &reading;
    }
    return nullptr;
  });
}

bool Trial::is_cut(Prepared& keys, Effort& effort) {
  if (keys.public_key || scheme().kind == Kind::token) return false;
  if (!effort.take((request_.body.size() + kEachTrial) * std::max<std::size_t>(keys.keys.size(), 1))) return false;
  const std::vector<std::string> cuts = read_cut_signatures(scheme(), field_);
  return with(keys, {}, [&](Material material) {
    bool found = false;
    for (ReadyKey& key : keys.keys) {
      material.secret = key.text.reveal();
      if (build_content(keys, material, content_) != nullptr) return false;
      const std::string whole = raw_signature(keys.scheme, key, content_);
      for (const std::string& cut : cuts) {
        const bool fits = cut.size() >= kLeastOfCut && cut.size() < whole.size();
        found |= fits && crypto::equal(std::string_view(whole).substr(0, cut.size()), cut);
      }
    }
    return found;
  });
}

std::vector<ItemSignature> Trial::items(Prepared& keys, Effort& effort) {
  std::vector<ItemSignature> out;
  if (keys.code == nullptr || keys.public_key || !effort.take(request_.body.size() + kEachTrial)) return out;
  Demands demands = keys.code->demands(request_, url_);
  for (Demand& demand : demands.all) {
    if (!demand.place || demand.hash.value_or(keys.scheme.hash) != keys.scheme.hash || !effort.take(kEachTrial)) return {};
    ItemSignature& item = out.emplace_back(ItemSignature{describe(*demand.place)});
    const std::vector<SignatureReading> readings = read_signatures_loosely(keys.scheme, demand.found);
    for (std::string& bytes : demand.contents) {
      content_.set(std::move(bytes));
      for (ReadyKey& key : keys.keys) {
        const std::string whole = raw_signature(keys.scheme, key, content_);
        const auto same = std::ranges::find_if(readings, [&](const SignatureReading& reading) { return crypto::equal(whole, reading.bytes); });
        if (same != readings.end() && !item.right) item.right = *same;
      }
    }
  }
  return out;
}

bool Trial::signs_body() const {
  const auto is_of_body = [](const Piece& piece) {
    return piece.part == Part::body || piece.part == Part::body_crc32 || piece.part == Part::form_sorted_kv || piece.part == Part::json;
  };
  return way_->kind == Kind::code || std::ranges::any_of(scheme().signed_content, is_of_body);
}

}  // namespace hookctl::signing
