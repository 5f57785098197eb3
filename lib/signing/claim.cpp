// Reads signature, required fields, id and timestamp, each with its own words for what can be wrong.
#include "signing/claim.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/text.hpp"
#include "signing/place.hpp"
#include "signing/signature_field.hpp"
#include "signing/timestamp.hpp"

namespace hookctl::signing {

namespace {

constexpr std::int64_t kDayMs = 86'400'000;

bool has_part(const Scheme& scheme, Part part) {
  return std::ranges::find(scheme.signed_content, part, &Piece::part) != scheme.signed_content.end();
}

// A field of the request that looks like some provider's signature, for the hint.
std::string other_signature_header(const http::Request& request) {
  for (const http::Header& field : request.headers) {
    const std::string name = lower(field.name);
    for (std::string_view word : {"signature", "hmac", "-token"}) {
      if (name.find(word) != std::string::npos && name.find("timestamp") == std::string::npos) return printable(field.name);
    }
  }
  return {};
}

const char* missing_at(const Source& place) { return place.place == Place::json ? "missing_field" : "missing_header"; }

Fault missing_signature(const Scheme& scheme, const http::Request& request, std::string_view document) {
  if (scheme.signature.from.place == Place::json && !scheme.multipart_part.empty() && document.empty())
    return {"missing_field", "there is no " + describe(scheme.signature.from),
            "it should be in the part '" + scheme.multipart_part + "', which the multipart body must have exactly once"};
  const std::string other = other_signature_header(request);
  return {missing_at(scheme.signature.from), "there is no " + describe(scheme.signature.from),
          other.empty() ? "the request was not signed, or something on the way dropped it"
                        : "the request has '" + other + "': is it another provider's, or signed with an older scheme?"};
}

// The form in words: "hex after 'sha256='".
std::string form_words(const Scheme& scheme) {
  const SignatureForm& form = scheme.signature;
  std::string words = form.encoding == Encoding::hex         ? (form.any_case ? "hex" : "lower-case hex")
                      : form.encoding == Encoding::base64    ? "base64"
                      : form.encoding == Encoding::base64url ? "base64url"
                                                             : "text";
  if (form.kv) return "'" + form.kv->key + form.kv->eq + form.prefix + "' and " + words;
  if (form.list) return "'" + form.list->scheme + form.list->scheme_sep + form.prefix + "' and " + words;
  return form.prefix.empty() ? words : "'" + form.prefix + "' and " + words;
}

std::string wanted_version(const Scheme& scheme) {
  const SignatureForm& form = scheme.signature;
  return form.kv ? form.kv->key : form.list ? form.list->scheme : form.prefix;
}

std::optional<Fault> read_signatures(const Scheme& scheme, std::string_view value, Reading& reading) {
  const SignatureField field = read_signature_field(scheme, value);
  const std::string place = describe(scheme.signature.from);
  if (field.candidates.empty() && field.other_versions)
    return Fault{"unsupported_scheme", place + " has no '" + wanted_version(scheme) + "' signature, only others",
                 "this scheme checks '" + wanted_version(scheme) + "' only"};
  if (field.candidates.empty()) return Fault{"malformed_signature", place + " is not of the form " + form_words(scheme)};
  for (std::string_view candidate : field.candidates) {
    if (scheme.kind != Kind::token && scheme.kind != Kind::jwt) reading.claim.signatures.emplace_back(candidate);
    if (auto bytes = decode_signature(scheme.signature, candidate)) reading.signatures.push_back(std::move(*bytes));
  }
  if (reading.signatures.empty()) {
    const bool empty = std::ranges::all_of(field.candidates, &std::string_view::empty);
    return Fault{"malformed_signature", "the signature in " + place + (empty ? " is empty" : " is not " + form_words(scheme))};
  }
  return std::nullopt;
}

std::size_t signature_size(const Scheme& scheme) {
  if (scheme.kind == Kind::hmac || scheme.kind == Kind::hash) return crypto::digest_size(scheme.hash);
  return scheme.kind == Kind::ed25519 ? 64 : 0;
}

std::optional<Fault> check_length(const Scheme& scheme, const Reading& reading) {
  const std::size_t wanted = signature_size(scheme);
  if (wanted == 0 || std::ranges::any_of(reading.signatures, [wanted](const std::string& bytes) { return bytes.size() == wanted; }))
    return std::nullopt;
  return Fault{
      "malformed_signature",
      "the signature has " + std::to_string(reading.signatures.front().size()) + " bytes, it should have " + std::to_string(wanted),
      "it was cut, or made with another hash or encoding"};
}

// Of a field that is repeated one reader takes the first value, another the last, another both joined. What is checked here must be what
// the receiver reads, so whatever a signature rests on stands once.
std::optional<Fault> check_repeats(const Scheme& scheme, const http::Headers& headers) {
  std::optional<Fault> fault;
  const auto look = [&](const std::string& name) {
    const auto is_it = [&](const http::Header& field) { return same_ignoring_case(field.name, name); };
    if (!fault && std::ranges::count_if(headers, is_it) > 1)
      fault = Fault{"malformed_signature", "the header '" + name + "' stands more than once", "something on the way added one"};
  };
  const auto look_at = [&](const Source& source) {
    if (source.place == Place::header) look(source.name);
  };
  look_at(scheme.signature.from);
  if (scheme.timestamp) look_at(scheme.timestamp->from);
  if (scheme.id) look_at(*scheme.id);
  for (const auto& required : scheme.require) look_at(required.first);
  for (const Piece& piece : scheme.signed_content) {
    if (piece.part == Part::header) look(piece.text);
  }
  return fault;
}

std::optional<Fault> check_required(const Scheme& scheme, const http::Request& request, std::string_view document,
                                    std::list<std::string>& keep) {
  for (const auto& [source, wanted] : scheme.require) {
    const auto value = find(source, request, document, keep);
    if (!value) return Fault{"missing_header", "there is no " + describe(source) + ", which must be '" + wanted + "'"};
    if (*value != wanted) return Fault{"wrong_header", describe(source) + " is '" + printable(*value) + "', it must be '" + wanted + "'"};
  }
  for (const std::string& name : scheme.require_headers) {
    if (!request.headers.has(name))
      return Fault{"missing_header", "there is no header '" + name + "', and the provider's own library insists on it"};
  }
  return std::nullopt;
}

std::optional<Fault> read_id(const Scheme& scheme, const http::Request& request, std::string_view document, std::list<std::string>& keep,
                             Claim& claim) {
  if (!scheme.id) return std::nullopt;
  claim.id = find(*scheme.id, request, document, keep).value_or("");
  if (!claim.id.empty()) return std::nullopt;
  return Fault{missing_at(*scheme.id), "there is no " + describe(*scheme.id) + ", or it is empty", "the message id is part of what is signed"};
}

// A time in the wrong unit is years away from now; in the other unit it would be near.
std::string unit_hint(TimeUnit unit, std::string_view text, UnixMs now) {
  for (TimeUnit other : {TimeUnit::seconds, TimeUnit::milliseconds}) {
    if (other == unit) continue;
    const auto time = parse_timestamp(text, other);
    if (time && std::abs(*time - now) < kDayMs)
      return "the timestamp is in " + std::string(unit_name(other)) + ", this provider sends " + std::string(unit_name(unit));
  }
  return {};
}

std::optional<Fault> read_timestamp(const Scheme& scheme, const http::Request& request, std::string_view document, std::string_view field,
                                    const AgeLimits& limits, std::list<std::string>& keep, Claim& claim) {
  if (!scheme.timestamp) return std::nullopt;
  const Source& from = scheme.timestamp->from;
  const bool in_field = from.place == Place::kv;
  claim.timestamp = (in_field ? field_entry(scheme, field, from.name) : find(from, request, document, keep)).value_or("");
  claim.timestamp_ms = parse_timestamp(claim.timestamp, scheme.timestamp->unit);
  const std::string place = in_field ? "'" + from.name + "' in " + describe(scheme.signature.from) : describe(from);
  const bool limited = limits.max_age || limits.max_future;
  if (claim.timestamp.empty() && (limited || has_part(scheme, Part::timestamp)))
    return Fault{in_field ? "malformed_signature" : missing_at(from), "there is no " + place + ", or it is empty"};
  if (!claim.timestamp_ms && limited)
    return Fault{"malformed_timestamp",
                 place + " is '" + printable(claim.timestamp) + "', expected " + std::string(unit_name(scheme.timestamp->unit)),
                 unit_hint(scheme.timestamp->unit, claim.timestamp, limits.now)};
  return std::nullopt;
}

// Ages and limits are near each other: minutes would show them as the same.
std::string age_text(std::int64_t ms) {
  constexpr std::int64_t kLong = 3'600'000;
  return ms >= 1000 && ms < kLong ? std::to_string(ms / 1000) + " s" : duration_text(ms);
}

}  // namespace

AgeLimits age_limits(const Scheme& scheme, const VerifyInputs& inputs) {
  if (!scheme.timestamp && !scheme.jwt) return {};
  constexpr std::int64_t kFar = 1'000'000'000'000'000;  // no difference to such a time overflows
  AgeLimits limits{std::clamp(inputs.now, -kFar, kFar)};
  if (scheme.timestamp) {
    limits.max_age = scheme.timestamp->max_age_ms;
    limits.max_future = scheme.timestamp->max_future_ms;
  } else if (scheme.jwt->max_iat_age_ms) {
    limits.max_age = scheme.jwt->max_iat_age_ms;
    limits.max_future = 0;
  }
  if (!inputs.tolerance_s || !std::isfinite(*inputs.tolerance_s)) return limits;
  limits.max_age = std::llround(std::clamp(*inputs.tolerance_s, 0.0, 1e12) * 1000);
  if (limits.max_future) limits.max_future = limits.max_age;
  return limits;
}

std::optional<Fault> read_claim(const Scheme& scheme, const http::Request& request, std::string_view document, const AgeLimits& limits,
                                std::list<std::string>& keep, Reading& reading) {
  const auto value = find(scheme.signature.from, request, document, keep);
  const auto timestamp = [&] { return read_timestamp(scheme, request, document, value.value_or(""), limits, keep, reading.claim); };
  const auto id = [&] { return read_id(scheme, request, document, keep, reading.claim); };
  std::optional<Fault> fault;
  if (!value) {
    fault = missing_signature(scheme, request, document);
  } else if (trim(*value).empty()) {
    fault = Fault{"malformed_signature", describe(scheme.signature.from) + " is empty"};
  } else {
    fault = read_signatures(scheme, *value, reading);
  }
  if (!fault) fault = check_repeats(scheme, request.headers);
  if (!fault) fault = check_required(scheme, request, document, keep);
  // Read in any case, so that the claim is whole.
  auto no_id = id();
  auto no_timestamp = timestamp();
  if (!fault) fault = std::move(no_id);
  if (!fault) fault = std::move(no_timestamp);
  if (!fault) fault = check_length(scheme, reading);
  return fault;
}

std::optional<Fault> check_age(const Scheme& scheme, const Claim& claim, const AgeLimits& limits, std::optional<std::int64_t>& age) {
  if (!scheme.timestamp || !claim.timestamp_ms) return std::nullopt;
  age = age_ms(*claim.timestamp_ms, limits.now, scheme.timestamp->unit);
  const bool old = limits.max_age && *age > *limits.max_age;
  const bool ahead = limits.max_future && -*age > *limits.max_future;
  if (!old && !ahead) return std::nullopt;
  const std::string limit = age_text(old ? *limits.max_age : *limits.max_future);
  std::string hint = unit_hint(scheme.timestamp->unit, claim.timestamp, limits.now);
  if (old) {
    if (hint.empty()) hint = "send it again, or allow a longer tolerance; if it is fresh, compare the clocks";
    return Fault{"timestamp_too_old", "the signature is right, but the timestamp is " + age_text(*age) + " old and the limit is " + limit,
                 std::move(hint)};
  }
  if (hint.empty()) hint = "compare the clocks of sender and receiver";
  return Fault{"timestamp_in_future",
               "the signature is right, but the timestamp is " + age_text(-*age) + " ahead and the limit is " + limit, std::move(hint)};
}

}  // namespace hookctl::signing
