// Signing: what is signed is put into the request first, then the content is built from the request itself, so that verifying it reads
// the very same places.
#include "signing/sign.hpp"

#include <algorithm>
#include <list>
#include <utility>
#include <vector>

#include "http/codec.hpp"
#include "signing/canonical.hpp"
#include "signing/content.hpp"
#include "signing/jwt.hpp"
#include "signing/place.hpp"
#include "signing/prepared.hpp"
#include "signing/signature_field.hpp"
#include "signing/timestamp.hpp"

namespace hookctl::signing {

namespace {

// Keys, made ready when they are first needed, and memory that is used again.
struct Pen {
  Keys keys;
  std::optional<std::vector<ReadyKey>> ready{};
  Content content{};
};

Result<void> check_inputs(const Scheme& scheme, const SignInputs& inputs) {
  if (scheme.id && inputs.id.empty()) return usage_error("this provider signs a message id, and there is none");
  if (signs_url(scheme) && inputs.url.empty())
    return usage_error("this provider signs the URL it calls, and there is none", "give the URL, exactly as the provider has it");
  if (inputs.timestamp && scheme.kind == Kind::jwt) return usage_error("the timestamp is a claim inside the token");
  if (inputs.timestamp && !scheme.timestamp) return usage_error("the signature scheme has no timestamp");
  return {};
}

// What stands, and is signed, in the timestamp's place.
std::string stamp(const Scheme& scheme, const SignInputs& inputs) {
  if (!scheme.timestamp) return {};
  return inputs.timestamp ? *inputs.timestamp : timestamp_text(inputs.now, scheme.timestamp->unit);
}

// Everything but the signature: required values, id, timestamp.
Result<void> put_claim(const Scheme& scheme, const SignInputs& inputs, const std::string& timestamp, http::Request& request) {
  for (const auto& [source, value] : scheme.require) {
    if (auto done = put(source, scheme, request, value, false); !done) return done;
  }
  if (scheme.id) {
    if (auto done = put(*scheme.id, scheme, request, inputs.id, false); !done) return done;
  }
  if (scheme.timestamp && scheme.timestamp->from.place != Place::kv) {
    const bool number = scheme.timestamp->unit != TimeUnit::iso8601;
    if (auto done = put(scheme.timestamp->from, scheme, request, timestamp, number); !done) return done;
  }
  return {};
}

// The keys to sign with: several only where the field can carry several signatures.
Result<std::vector<ReadyKey>> signing_keys(const Scheme& scheme, const Keys& keys) {
  Keys used;
  const bool several = (scheme.signature.kv || scheme.signature.list) && !scheme.secret_index;
  used.secrets = keys.secrets;
  if (!several && !used.secrets.empty() && !scheme.secret_index) used.secrets.resize(1);
  auto prepared = prepare(scheme, used);
  if (!prepared) return prepared.error();
  // Of several readings of a secret the first is how the provider signs.
  std::vector<ReadyKey> out;
  for (ReadyKey& key : prepared->keys) {
    if (out.empty() || out.back().secret_index != key.secret_index) out.push_back(std::move(key));
  }
  return out;
}

Result<void> make_ready(const Scheme& scheme, Pen& pen) {
  if (pen.ready) return {};
  auto ready = signing_keys(scheme, pen.keys);
  if (!ready) return ready.error();
  pen.ready = *std::move(ready);
  return {};
}

Result<void> fill(const Scheme& scheme, const Material& material, Content& content) {
  const Piece* missing = content.build(scheme, material);
  if (missing == nullptr) return {};
  const Source place{missing->part == Part::json ? Place::json : Place::header, missing->text};
  return usage_error("there is no " + describe(place) + ", which is part of what is signed");
}

Result<std::vector<std::string>> sign_with_secrets(const Scheme& scheme, Pen& pen, Material material) {
  if (auto ready = make_ready(scheme, pen); !ready) return ready.error();
  std::vector<std::string> signatures;
  for (ReadyKey& key : *pen.ready) {
    material.secret = key.text.reveal();
    if (auto filled = fill(scheme, material, pen.content); !filled) return filled.error();
    signatures.push_back(raw_signature(scheme, key, pen.content));
  }
  return signatures;
}

Result<std::vector<std::string>> sign_with_key_pair(const Scheme& scheme, Pen& pen, Material material) {
  const Keys& keys = pen.keys;
  const bool needs_secret = uses_secret(scheme);
  if (needs_secret && keys.secrets.empty())
    return usage_error("no secret given", "a part of what this provider signs is given as the secret");
  auto key = read_private_key(scheme, keys);
  if (!key) return key.error();
  if (needs_secret) material.secret = keys.secrets.front().reveal();
  if (auto filled = fill(scheme, material, pen.content); !filled) return filled.error();
  auto signature = key->sign(scheme.hash, pen.content.joined());
  if (!signature) return signature.error();
  return std::vector<std::string>{std::move(*signature)};
}

// The signed content as it may be shown.
std::string shown(const Scheme& scheme, Material material, Content& content) {
  material.secret = "{secret}";
  if (content.build(scheme, material) != nullptr) return {};
  return content.joined();
}

Result<void> sign_as_data(const Scheme& scheme, Pen& pen, const SignInputs& inputs, const std::string& timestamp, Signed& out) {
  const Material material{out.request, document_of(scheme, out.request), timestamp, inputs.id, {}, out.url};
  auto signatures = is_key_pair(scheme) ? sign_with_key_pair(scheme, pen, material) : sign_with_secrets(scheme, pen, material);
  if (!signatures) return signatures.error();
  if (inputs.wants_content) out.content = shown(scheme, material, pen.content);
  return put(scheme.signature.from, scheme, out.request, write_signature_field(scheme, *signatures, timestamp), false);
}

// The raw signature of one demand's content.
Result<std::string> sign_demand(const Scheme& scheme, Pen& pen, const Demand& demand) {
  if (is_key_pair(scheme)) {
    auto key = read_private_key(scheme, pen.keys);
    if (!key) return key.error();
    return key->sign(demand.hash.value_or(scheme.hash), demand.contents.front());
  }
  if (auto ready = make_ready(scheme, pen); !ready) return ready.error();
  pen.content.set(demand.contents.front());
  return raw_signature(scheme, pen.ready->front(), pen.content);
}

Result<void> sign_as_code(const Scheme& scheme, const Canonicaliser& code, Pen& pen, const std::string& timestamp, Signed& out) {
  auto url = code.dress(out.request, out.url);
  if (!url) return url.error();
  out.url = std::move(*url);
  const Demands demands = code.demands(out.request, out.url);
  if (demands.fault) return usage_error(demands.fault->message, "this provider signs messages of its own shape only");
  for (const Demand& demand : demands.all) {
    auto signature = sign_demand(scheme, pen, demand);
    if (!signature) return signature.error();
    const std::string field = write_signature_field(scheme, {std::move(*signature)}, timestamp);
    if (auto done = put(demand.place.value_or(scheme.signature.from), scheme, out.request, field, false); !done) return done;
    out.content.append(out.content.empty() ? "" : "\n").append(demand.contents.front());
  }
  return {};
}

// Whatever the scheme is: `way` has no alternatives.
Result<Signed> sign_way(const Scheme& way, Pen& pen, http::Request request, const SignInputs& inputs) {
  const Scheme& used = in_effect(way);
  if (used.kind == Kind::none) return Signed{std::move(request), inputs.url};
  if (!is_supported(used))
    return usage_error("this provider's signatures (scheme '" + way.code + "') are not known to this version",
                       "send it unsigned, or with a header of your own");
  if (auto good = check_inputs(used, inputs); !good) return good.error();
  if (used.kind == Kind::jwt) return sign_jwt(used, pen.keys, std::move(request), inputs);
  Signed out{std::move(request), inputs.url};
  const std::string timestamp = stamp(used, inputs);
  if (auto done = put_claim(used, inputs, timestamp, out.request); !done) return done.error();
  auto done = way.kind == Kind::code ? sign_as_code(used, *find_canonicaliser(way.code), pen, timestamp, out)
                                     : sign_as_data(used, pen, inputs, timestamp, out);
  if (!done) return done.error();
  return out;
}

}  // namespace

struct Signer::State {
  const Scheme& way;
  Pen pen;
};

Signer::Signer(const Scheme& scheme, Keys keys) : state_(std::make_unique<State>(State{ways(scheme).front(), {std::move(keys)}})) {}
Signer::Signer(Signer&&) noexcept = default;
Signer& Signer::operator=(Signer&&) noexcept = default;
Signer::~Signer() = default;

Result<Signed> Signer::sign(http::Request request, const SignInputs& inputs) {
  auto out = sign_way(state_->way, state_->pen, std::move(request), inputs);
  if (!out) return out;
  if (auto fits = http::check_writable(out->request); !fits) return fits.error();
  return out;
}

Result<Signed> sign(const Scheme& scheme, const Keys& keys, http::Request request, const SignInputs& inputs) {
  return Signer(scheme, keys).sign(std::move(request), inputs);
}

}  // namespace hookctl::signing
