// Verification: the claim is read, the signature matched, then the age looked at. Alternatives one after the other.
#include "signing/verify.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "signing/claim.hpp"
#include "signing/jwt.hpp"
#include "signing/place.hpp"
#include "signing/prepared.hpp"
#include "signing/signature_field.hpp"

namespace hookctl::signing {

struct Verifier::State {
  std::vector<Prepared> ways;
  Content content;
  std::list<std::string> keep;
};

namespace {

void refuse(Verification& out, Fault fault, Verdict verdict = Verdict::invalid) {
  out.verdict = verdict;
  out.code = std::move(fault.code);
  out.message = std::move(fault.message);
  out.remedy = std::move(fault.remedy);
}

// What keeps this way from being looked at, whatever the request is.
std::optional<Fault> unverifiable(const Scheme& scheme, const VerifyInputs& inputs) {
  if (scheme.kind == Kind::none)
    return Fault{"unsigned_provider", "this provider signs nothing" + (scheme.note.empty() ? "" : ": " + scheme.note)};
  if (!is_supported(scheme))
    return Fault{"unsupported_scheme", "this provider's signatures (scheme '" + scheme.code + "') are not known to this version"};
  if (signs_url(scheme) && inputs.url.empty())
    return Fault{"missing_url", "this provider signs the URL it calls, and that is not known here",
                 "give the public URL, exactly as the provider has it"};
  return std::nullopt;
}

Fault mismatch(const Scheme& scheme, const VerifyInputs& inputs) {
  if (scheme.kind == Kind::token) return {"signature_mismatch", describe(scheme.signature.from) + " is not the secret"};
  const std::string key = is_key_pair(scheme.kind) ? "key" : "secret";
  if (signs_url(scheme))
    return {"signature_mismatch",
            "the signature is not one over this body and the URL '" + printable(inputs.url) + "' with the given " + key,
            "give the public URL exactly as the provider has it (https, host, query), and compare the " + key};
  return {"signature_mismatch", "the signature is not one over this body with the given " + key,
          "compare the " + key + ", and check that the body is passed on byte for byte"};
}

// Signed content and expected signature, for who asked. The secret itself is never shown: "{secret}" stands for it.
void explain(Prepared& way, Material material, const Match& hit, Content& content, Verification& out) {
  const Scheme& scheme = way.scheme;
  if (!way.keys.empty()) material.secret = way.keys.front().text.reveal();
  if ((way.code == nullptr || !hit.holds) && build_content(way, material, content) != nullptr) return;
  const bool whole = !(scheme.timestamp && material.timestamp.empty()) && !(scheme.id && material.id.empty());  // else no value were right
  if (whole && (scheme.kind == Kind::hmac || scheme.kind == Kind::hash))
    out.expected = write_signature_field(scheme, {raw_signature(scheme, way.keys.front(), content)}, material.timestamp);
  material.secret = "{secret}";
  if (way.code == nullptr) content.build(scheme, material);
  out.signed_content = content.joined();
}

// The content has no place for the parts of another request: a json: or header: part of it is not there.
std::optional<Fault> missing_field(const Prepared& way, const Material& material, Content& content) {
  const Piece* missing = way.code == nullptr ? build_content(way, material, content) : nullptr;
  if (missing == nullptr) return std::nullopt;
  const Source place{missing->part == Part::json ? Place::json : Place::header, missing->text};
  return Fault{"missing_field", "there is no " + describe(place) + ", which is part of what is signed"};
}

Verification check(Prepared& way, const http::Request& request, const VerifyInputs& inputs, Content& content,
                   std::list<std::string>& keep) {
  Verification out;
  const Scheme& scheme = way.scheme;
  if (auto fault = unverifiable(scheme, inputs)) {
    refuse(out, std::move(*fault), Verdict::unverified);
    return out;
  }
  const std::string_view document = document_of(scheme, request);
  const AgeLimits limits = age_limits(scheme, inputs);
  Reading reading;
  auto fault = read_claim(scheme, request, document, limits, keep, reading);
  out.claim = std::move(reading.claim);
  const Material material{request, document, out.claim.timestamp, out.claim.id, {}, inputs.url};
  if (!fault) fault = missing_field(way, material, content);
  if (scheme.kind == Kind::jwt) {
    if (!fault) fault = check_jwt(way, reading.signatures.front(), request, inputs, limits, out);
    out.verdict = Verdict::valid;
    if (fault) refuse(out, std::move(*fault));
    return out;
  }
  Match hit;
  if (!fault) {
    hit = match(way, material, reading.signatures, content);
    fault = hit.holds && way.code != nullptr ? way.code->fault(request, inputs.url) : hit.fault;
    if (!hit.holds && !fault) fault = mismatch(scheme, inputs);
  }
  if (inputs.explain) explain(way, material, hit, content, out);
  if (hit.holds) out.secret_index = hit.secret_index;
  std::optional<Fault> age_fault = check_age(scheme, out.claim, limits, out.age_ms);
  if (!fault) fault = std::move(age_fault);
  out.verdict = Verdict::valid;
  if (fault) refuse(out, std::move(*fault));
  return out;
}

// How far a request came on its way to being valid; of several alternatives the farthest is reported.
std::size_t progress(const Verification& verification) {
  static constexpr std::array<std::string_view, 16> kOrder{
      "missing_header",    "unsupported_scheme", "malformed_signature", "wrong_header",      "malformed_timestamp", "missing_field",
      "missing_timestamp", "wrong_algorithm",    "unknown_key",         "untrusted_key_url", "signature_mismatch",  "wrong_claim",
      "url_mismatch",      "body_mismatch",      "timestamp_in_future", "timestamp_too_old"};
  if (verification.verdict == Verdict::unverified) return 0;
  const auto place = 2 * static_cast<std::size_t>(std::ranges::find(kOrder, verification.code) - kOrder.begin());
  return 1 + place + (verification.claim.signatures.empty() ? 0 : 1);  // a signature and no timestamp is farther than no signature
}

bool has_keys_for(const Scheme& way, const Keys& keys) {
  const Scheme& scheme = in_effect(way);
  if (is_key_pair(scheme) && !keys.public_key && !keys.private_key) return false;
  return !uses_secret(scheme) || keys.secrets.size() > scheme.secret_index.value_or(0);
}

}  // namespace

Verifier::Verifier(std::unique_ptr<State> state) : state_(std::move(state)) {}
Verifier::Verifier(Verifier&&) noexcept = default;
Verifier& Verifier::operator=(Verifier&&) noexcept = default;
Verifier::~Verifier() = default;

Result<Verifier> Verifier::create(const Scheme& scheme, const Keys& keys) {
  auto state = std::make_unique<State>();
  const auto all = ways(scheme);
  const bool some_usable = std::ranges::any_of(all, [&](const Scheme& way) { return has_keys_for(way, keys); });
  for (const Scheme& way : all) {
    if (some_usable && !has_keys_for(way, keys)) continue;
    auto prepared = prepare(way, keys);
    if (!prepared) return prepared.error();
    state->ways.push_back(std::move(*prepared));
  }
  return Verifier(std::move(state));
}

Verification Verifier::verify(const http::Request& request, const VerifyInputs& inputs) {
  std::optional<Verification> best;
  for (Prepared& way : state_->ways) {
    state_->keep.clear();
    Verification found = check(way, request, inputs, state_->content, state_->keep);
    if (found.verdict == Verdict::valid) return found;
    if (!best || progress(found) > progress(*best)) best = std::move(found);
  }
  return best ? std::move(*best) : Verification{};
}

Result<Verification> verify(const Scheme& scheme, const Keys& keys, const http::Request& request, const VerifyInputs& inputs) {
  auto verifier = Verifier::create(scheme, keys);
  if (!verifier) return verifier.error();
  return verifier->verify(request, inputs);
}

std::string_view to_text(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::valid:
      return "valid";
    case Verdict::invalid:
      return "invalid";
    case Verdict::unverified:
      return "unverified";
  }
  return "";
}

}  // namespace hookctl::signing
