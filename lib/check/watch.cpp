#include "check/watch.hpp"

#include <algorithm>
#include <list>
#include <utility>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "check/bench.hpp"
#include "check/tampering.hpp"
#include "check/traces.hpp"
#include "signing/canonical.hpp"
#include "signing/place.hpp"
#include "signing/sign.hpp"
#include "signing/signature_field.hpp"

namespace hookctl::check {

namespace {

using signing::Kind;

constexpr std::size_t kLooked = 64 * 1024;  // bytes of an answer
constexpr std::size_t kKept = 3;            // sightings of a kind
constexpr std::size_t kRun = 12;            // letters of a secret in a row
constexpr std::size_t kShortestSecret = 8;
constexpr std::size_t kLongSecret = 16;

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// Everything we sent, and its values without escapes.
bool was_sent(const Shot& shot, std::string_view text) {
  return contains(shot.bytes, text) || contains(without_escapes(shot.bytes), text) || contains(percent_decode(shot.bytes, true), text);
}

std::string head_of(const http::Response& answer) {
  std::string out = answer.reason + "\n";
  for (const http::Header& field : answer.headers) out += field.name + ": " + field.value + "\n";
  return out;
}

// Words may stand anywhere by chance, letters mixed with digits do not.
bool is_unlikely(std::string_view text) {
  const bool digit = std::any_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  const bool letter = std::any_of(text.begin(), text.end(), [](char c) { return lower(c) >= 'a' && lower(c) <= 'z'; });
  const auto different = std::set<char>(text.begin(), text.end()).size();
  return digit && letter && different * 2 >= std::min<std::size_t>(text.size(), 12);
}

bool is_printable_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

std::optional<std::string> value_at(const signing::Source& source, const signing::Scheme& scheme, const http::Request& request) {
  std::list<std::string> keep;
  const auto value = signing::find(source, request, signing::document_of(scheme, request), keep);
  if (!value) return std::nullopt;
  return std::string(*value);
}

// The timestamp as the request says it.
std::optional<std::string> timestamp_of(const signing::Scheme& scheme, const http::Request& request) {
  if (scheme.timestamp->from.place != signing::Place::kv) return value_at(scheme.timestamp->from, scheme, request);
  const auto field = value_at(scheme.signature.from, scheme, request);
  const auto entry = field ? signing::field_entry(scheme, *field, scheme.timestamp->from.name) : std::nullopt;
  if (!entry) return std::nullopt;
  return std::string(*entry);
}

}  // namespace

// The signatures that this request should have had, as bytes. None where the scheme has none that is the same each time.
std::vector<std::string> Watch::right_signatures(const Shot& shot) const {
  const signing::Scheme& way = signing_way(provider_);
  const signing::Scheme& scheme = signing::in_effect(way);
  signing::SignInputs inputs{
      .id = shot.made.event_id, .now = shot.sent_at, .url = shot.made.url.text(), .audience = audience_, .timestamp = std::nullopt};
  if (scheme.timestamp) {
    inputs.timestamp = timestamp_of(scheme, shot.made.request);
    if (!inputs.timestamp) return {};
  }
  if (scheme.id) {
    const auto id = value_at(*scheme.id, scheme, shot.made.request);
    if (!id) return {};
    inputs.id = *id;
  }
  const auto done = signing::sign(way, keys_, shot.made.request, inputs);
  if (!done) return {};
  const auto field = value_at(scheme.signature.from, scheme, done->request);
  std::vector<std::string> out;
  if (!field) return out;
  for (const std::string_view text : signature_texts(scheme, *field)) {
    if (auto bytes = signing::decode_signature(scheme.signature, text)) out.push_back(*std::move(bytes));
  }
  return out;
}

bool Watch::knows_signatures() const noexcept {
  const Kind kind = signing::in_effect(signing_way(provider_)).kind;
  return kind == Kind::hmac || kind == Kind::hash;
}

Watch::Watch(const Subject& subject) : provider_(*subject.provider), keys_(subject.keys), audience_(subject.audience) {
  for (const Secret& secret : keys_.secrets) add_secret(secret);
  for (const provider::Fixture& sample : subject.samples) samples_ += without_escapes(sample.body) + "\n";
}

void Watch::add_secret(const Secret& secret) {
  const std::string text(secret.reveal());
  add_spelling("", text);
  add_spelling(" in hex", to_hex(text));
  add_spelling(" in base64", to_base64(text));
  const signing::Scheme& scheme = signing::in_effect(signing_way(provider_));
  for (const signing::KeyForm& form : scheme.keys) {
    if (!form.strip_prefix.empty() && text.starts_with(form.strip_prefix))
      add_spelling(" without its prefix", text.substr(form.strip_prefix.size()));
    const auto bytes = signing::decode_secret(secret, form);
    if (!bytes || *bytes == text) continue;
    add_spelling(", decoded,", *bytes);
    add_spelling(" in hex", to_hex(*bytes));
    add_spelling(" in base64", to_base64(*bytes));
    add_spelling(" in base64", to_base64url(*bytes));
  }
}

void Watch::add_spelling(std::string name, std::string text) {
  if (text.size() < kShortestSecret || (text.size() < kLongSecret && !is_unlikely(text))) return;
  for (std::size_t at = 0; is_printable_ascii(text) && at + kRun <= text.size(); ++at) {
    if (is_unlikely(std::string_view(text).substr(at, kRun))) runs_.insert(text.substr(at, kRun));
  }
  spellings_.push_back({std::move(name), std::move(text)});
}

std::optional<std::string> Watch::secret_in(const Shot& shot, std::string_view answer) const {
  for (const Spelling& spelling : spellings_) {
    if (contains(answer, spelling.text) && !was_sent(shot, spelling.text)) return "the secret" + spelling.name + " in full";
  }
  for (std::size_t at = 0; !runs_.empty() && at + kRun <= answer.size(); ++at) {
    const std::string_view run = answer.substr(at, kRun);
    if (runs_.find(run) != runs_.end() && !was_sent(shot, run)) return "a part of the secret";
  }
  return std::nullopt;
}

std::optional<std::string> Watch::signature_in(const Shot& shot, std::string_view answer) const {
  if (!knows_signatures() || shot.step.expect != Expect::refused || shot.step.wire.bytes) return std::nullopt;
  const std::string small = lower(answer);
  const std::string sent = lower(shot.bytes);
  for (const std::string& bytes : right_signatures(shot)) {
    if (bytes.size() < kRun) continue;
    const std::string hex = to_hex(bytes);
    if (contains(small, hex) && !contains(sent, hex)) return "the right signature of the request";
    for (const std::string& text : {to_base64(bytes), to_base64url(bytes)}) {
      if (contains(answer, text) && !was_sent(shot, text)) return "the right signature of the request";
    }
  }
  return std::nullopt;
}

std::optional<std::string> Watch::look(Leak kind, const Shot& shot) const {
  if (!shot.answer) return std::nullopt;
  const std::string_view body = std::string_view(shot.answer->body).substr(0, kLooked);
  const std::string answer = head_of(*shot.answer) + "\n" + std::string(body);
  const IsEcho is_echo = [&](std::string_view text) { return was_sent(shot, text) || contains(samples_, text); };
  switch (kind) {
    case Leak::stack_trace:
      return trace_in(without_escapes(body), is_echo);
    case Leak::path: {
      auto path = disk_path_in(without_escapes(answer), is_echo);
      return path ? std::optional<std::string>("the path " + printable(*path)) : std::nullopt;
    }
    case Leak::secret:
      return secret_in(shot, answer);
    case Leak::signature:
      return signature_in(shot, answer);
  }
  return std::nullopt;
}

void Watch::see(const Shot& shot) {
  if (!shot.answer) return;
  for (const Leak kind : {Leak::stack_trace, Leak::secret, Leak::signature, Leak::path}) {
    auto& kept = seen_[static_cast<std::size_t>(kind)];
    if (kept.size() >= kKept) continue;
    if (auto what = look(kind, shot)) kept.push_back({*std::move(what), std::make_shared<const Shot>(shot)});
  }
}

}  // namespace hookctl::check
