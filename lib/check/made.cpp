// Composes and signs a step. What then happens to it is tampering.hpp.
#include "check/made.hpp"

#include <list>
#include <optional>
#include <string_view>
#include <utility>

#include "base/json_path.hpp"
#include "check/patches.hpp"
#include "check/signing_keys.hpp"
#include "check/tampering.hpp"
#include "signing/canonical.hpp"
#include "signing/place.hpp"
#include "signing/sign.hpp"
#include "signing/signature_field.hpp"

namespace hookctl::check {

namespace {

using signing::Kind;

// --- the event -----------------------------------------------------------------------------------------------------------------------

event::ComposeInputs compose_inputs(const Step& step, UnixMs now) {
  event::ComposeInputs inputs;
  inputs.id = step.id;
  inputs.now = now;
  inputs.edits = step.edits;
  inputs.headers = step.headers;
  inputs.fresh = step.fresh;
  return inputs;
}

// What is read off an event as its id may have more around what was put in ("wamid.ID", "ID.AUTHORISATION"). The id to put in so that
// `wanted` is read, or nothing when it is none of that form.
std::optional<std::string> inner_id(std::string_view read, std::string_view put_in, std::string_view wanted) {
  const std::size_t at = read.find(put_in);
  if (put_in.empty() || at == std::string_view::npos) return std::nullopt;
  const std::string_view before = read.substr(0, at);
  const std::string_view behind = read.substr(at + put_in.size());
  if (wanted.size() <= before.size() + behind.size() || !wanted.starts_with(before) || !wanted.ends_with(behind)) return std::nullopt;
  return std::string(wanted.substr(before.size(), wanted.size() - before.size() - behind.size()));
}

// The event with the step's id as the one that is read off it, where the provider has one.
Result<event::Event> composed(const Subject& subject, const provider::Fixture& sample, const Step& step, UnixMs now, Random& random) {
  event::ComposeInputs inputs = compose_inputs(step, now);
  auto made = event::compose(*subject.provider, sample, inputs, random);
  if (!made || step.id.empty() || made->id == step.id) return made;
  const auto inner = inner_id(made->id, step.id, step.id);
  if (!inner) return made;
  inputs.id = *inner;
  return event::compose(*subject.provider, sample, inputs, random);
}

// `body` with `own` wherever `other` stands. Bytes, for it need not be JSON.
std::string with_id(std::string body, std::string_view other, std::string_view own) {
  if (other.empty() || own.empty()) return body;
  for (std::size_t at = 0; (at = body.find(other, at)) != std::string::npos; at += own.size()) body.replace(at, other.size(), own);
  return body;
}

// --- the signature -------------------------------------------------------------------------------------------------------------------

// Can the signing be asked of this scheme at all?
Result<void> check_signing(const signing::Scheme& way, const Signing& wanted) {
  const signing::Scheme& used = signing::in_effect(way);
  if (wanted.keys.empty()) return usage_error("there is no key to sign with");
  const bool other_time = wanted.shift_ms != 0 || wanted.timestamp;
  if (used.kind == Kind::none && other_time) return usage_error("this provider signs nothing");
  if (other_time && used.kind != Kind::jwt && !used.timestamp) return usage_error("the signature scheme has no timestamp");
  const bool several = (used.signature.kv || used.signature.list) && !used.signature.single && used.kind != Kind::jwt && way.kind != Kind::code;
  if (wanted.keys.size() > 1 && !several) return usage_error("the signature scheme has room for one signature only");
  return {};
}

std::string field_value(const signing::Scheme& scheme, const http::Request& request) {
  std::list<std::string> keep;
  return std::string(signing::find(scheme.signature.from, request, signing::document_of(scheme, request), keep).value_or(""));
}

// Signs with each key, and puts all the signatures into the one field.
Result<signing::Signed> signed_by(const Subject& subject, const Signing& wanted, const signing::Keys& stranger, const http::Request& request, const signing::SignInputs& inputs) {
  const signing::Scheme& way = signing_way(*subject.provider);
  if (auto fits = check_signing(way, wanted); !fits) return fits.error();
  std::optional<signing::Signed> out;
  std::vector<std::string> signatures;
  std::string timestamp;
  for (const SigningKey& key : wanted.keys) {
    auto signer = signer_of(subject, key, stranger);
    if (!signer) return signer.error();
    auto done = signing::sign(signer->way, signer->keys, request, inputs);
    if (!done || wanted.keys.size() == 1) return done;
    const std::string field = field_value(way, done->request);
    for (const std::string_view text : signature_texts(way, field)) signatures.push_back(signing::decode_signature(way.signature, text).value_or(""));
    if (way.timestamp) timestamp = signing::field_entry(way, field, way.timestamp->from.name).value_or("");
    out = *std::move(done);
  }
  auto put = signing::put(way.signature.from, way, out->request, signing::write_signature_field(way, signatures, timestamp), false);
  if (!put) return put.error();
  return *std::move(out);
}

// Without a signature: of bodies that carry one, the sample's own goes.
signing::Signed unsigned_request(const signing::Scheme& way, http::Request request, std::string url) {
  const signing::Scheme& used = signing::in_effect(way);
  if (used.kind != Kind::none && used.signature.from.place == signing::Place::json) static_cast<void>(signing::take_out(used.signature.from, used, request));
  return {std::move(request), std::move(url), ""};
}

}  // namespace

Result<Made> make(const Subject& subject, const Step& step, const signing::Keys& stranger, UnixMs now, Random& random) {
  const provider::Provider& provider = *subject.provider;
  const provider::Fixture* sample = step.event.empty() && !subject.samples.empty() ? &subject.samples.front() : subject.sample(step.event);
  if (sample == nullptr) return usage_error("there is no sample of the event '" + step.event + "'");
  auto event = composed(subject, *sample, step, now, random);
  if (!event) return event.error();
  http::Request& request = event->request;
  if (step.body) request.body = with_id(*step.body, step.body_id, event->id);
  auto body = patched(step, sample->media_type, std::move(request.body));
  if (!body) return body.error();
  request.body = *std::move(body);
  request.target = subject.url.origin_form();

  const signing::Scheme& way = signing_way(provider);
  const std::string url_text = subject.url.text();
  const signing::SignInputs inputs{event->id, now + step.signing.shift_ms, url_text, subject.audience, step.signing.timestamp};
  auto done = step.signing.sign ? signed_by(subject, step.signing, stranger, request, inputs)
                                : Result<signing::Signed>(unsigned_request(way, std::move(request), url_text));
  if (!done) return done.error();
  auto url = done->url == url_text || done->url.empty() ? Result<http::Url>(subject.url) : http::parse_url(done->url);
  if (!url) return url.error();

  Made made{sample->event, "", std::move(done->request), *std::move(url)};
  made.request.target = made.url.origin_form();
  for (const Tamper& change : step.tampers) {
    if (auto changed = tamper(change, {way, made.request, made.url}); !changed) return changed.error();
  }
  if (has_event_id(provider)) made.event_id = provider::name_event(provider, made.request).id;
  return made;
}

}  // namespace hookctl::check
