// Tampers with signature, claim, fields, body, method and path.
#include "check/tampering.hpp"

#include <algorithm>
#include <functional>
#include <list>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "signing/canonical.hpp"
#include "signing/coverage.hpp"
#include "signing/place.hpp"
#include "signing/signature_field.hpp"

namespace hookctl::check {

namespace {

using signing::Kind;
using signing::Place;
using signing::Scheme;
using signing::Source;
using Op = Tamper::Op;

constexpr std::size_t kTries = 4096;  // letters that are looked at for one that the signature covers
constexpr JsonLimits kAnyJson{.depth = 512, .duplicate_keys = true};

// --- text ----------------------------------------------------------------------------------------------------------------------------

bool is_letter_or_digit(char c) { return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z'); }

// Another one of the same kind; never '0', which may not begin a number.
char another(char c) {
  if (!is_letter_or_digit(c)) return 'A';
  return c == '9' || c == 'z' || c == 'Z' ? static_cast<char>(c - 1) : static_cast<char>(c + 1);
}

// `number` as Tamper::flip_signature counts places in `size` things; `size` is not 0.
std::size_t place_of(std::int64_t number, std::size_t size) { return number <= 0 ? 0 : number == 1 ? size / 2 : size - 1; }

std::string cut(std::string_view text, std::int64_t number) {
  const auto size = static_cast<std::int64_t>(text.size());
  const std::int64_t kept = number >= 0 ? std::min(number, size) : std::max<std::int64_t>(size + number, 0);
  return std::string(text.substr(0, static_cast<std::size_t>(kept)));
}

// The field's value with `part`, a view into it, replaced.
std::string with_part(std::string_view value, std::string_view part, std::string_view text) {
  const auto start = static_cast<std::size_t>(part.data() - value.data());
  return std::string(value.substr(0, start)).append(text).append(value.substr(start + part.size()));
}

// --- the signature -------------------------------------------------------------------------------------------------------------------

// The signature with other bits in one of its bytes, or nothing when it is none of the scheme.
std::optional<std::string> flipped(const Scheme& scheme, std::string_view text, std::int64_t number) {
  const bool is_token = scheme.kind == Kind::jwt;
  auto bytes = is_token ? from_base64url(text) : signing::decode_signature(scheme.signature, text);
  if (!bytes || bytes->empty()) return std::nullopt;
  char& byte = (*bytes)[place_of(number, bytes->size())];
  if (scheme.kind == Kind::token) {
    byte = another(byte);
  } else {
    byte = static_cast<char>(static_cast<unsigned char>(byte) ^ 0x01U);
  }
  return is_token ? to_base64url(*bytes) : signing::encode_signature(scheme.signature, *bytes);
}

std::optional<std::string> value_at(const Source& source, const Scheme& scheme, const http::Request& request) {
  std::list<std::string> keep;
  const auto value = signing::find(source, request, signing::document_of(scheme, request), keep);
  if (!value) return std::nullopt;
  return std::string(*value);
}

Result<void> replace(const Source& source, const Scheme& scheme, http::Request& request, const std::string& old, const std::string& text) {
  if (text == old) return usage_error("the change leaves " + signing::describe(source) + " as it is");
  return signing::put(source, scheme, request, text, false);
}

// Every signature in the field through `change`, which may say that it cannot.
Result<std::string> change_signatures(const Scheme& scheme, const std::string& field, const std::function<std::optional<std::string>(std::string_view)>& change) {
  const auto texts = signature_texts(scheme, field);
  std::string out;
  std::size_t done = 0;
  for (const std::string_view text : texts) {
    const auto start = static_cast<std::size_t>(text.data() - field.data());
    const auto changed = change(text);
    if (!changed) return usage_error("the signature is not of the scheme's form any more");
    out.append(field, done, start - done).append(*changed);
    done = start + text.size();
  }
  if (texts.empty()) return usage_error("the signature field holds no signature any more");
  return out.append(field, done);
}

Result<void> repeat_field(const Source& source, const Tamper& change, http::Request& request) {
  if (source.place != Place::header) return usage_error("the signature stands in the body, not in a header");
  http::Headers fields;
  bool done = false;
  for (const http::Header& field : request.headers) {
    const bool here = !done && same_ignoring_case(field.name, source.name);
    done = done || here;
    if (here && change.number == 0) fields.add(field.name, change.text);
    fields.add(field.name, field.value);
    if (here && change.number != 0) fields.add(field.name, change.text);
  }
  request.headers = std::move(fields);
  return {};
}

Result<void> tamper_signature(const Tamper& change, const Scheme& scheme, http::Request& request) {
  if (scheme.kind == Kind::none) return usage_error("this provider signs nothing");
  const Source& source = scheme.signature.from;
  const auto field = value_at(source, scheme, request);
  if (!field) return usage_error("there is no signature in the request");
  Result<std::string> changed = change.text;
  switch (change.op) {
    case Op::drop_signature:
      return signing::take_out(source, scheme, request);
    case Op::repeat_field:
      return repeat_field(source, change, request);
    case Op::set_signature:
      changed = change_signatures(scheme, *field, [&](std::string_view) { return change.text; });
      break;
    case Op::cut_signature:
      changed = change_signatures(scheme, *field, [&](std::string_view text) { return cut(text, change.number); });
      break;
    case Op::flip_signature:
      changed = change_signatures(scheme, *field, [&](std::string_view text) { return flipped(scheme, text, change.number); });
      break;
    case Op::prepend_field:
      changed = change.text + *field;
      break;
    case Op::append_field:
      changed = *field + change.text;
      break;
    default:  // set_field
      break;
  }
  if (!changed) return changed.error();
  return replace(source, scheme, request, *field, *changed);
}

// --- the rest of the claim -----------------------------------------------------------------------------------------------------------

Result<void> set_timestamp(const std::string& text, const Scheme& scheme, http::Request& request) {
  if (scheme.kind == Kind::jwt) return usage_error("the timestamp is a claim inside the token");
  if (!scheme.timestamp) return usage_error("the signature scheme has no timestamp");
  const bool in_field = scheme.timestamp->from.place == Place::kv;
  const Source& source = in_field ? scheme.signature.from : scheme.timestamp->from;
  const auto value = value_at(source, scheme, request);
  if (!value) return usage_error("there is no timestamp in the request");
  if (!in_field) return replace(source, scheme, request, *value, text);
  const auto entry = signing::field_entry(scheme, *value, scheme.timestamp->from.name);
  if (!entry) return usage_error("there is no timestamp in the signature field");
  return replace(source, scheme, request, *value, with_part(*value, *entry, text));
}

Result<void> set_id(const std::string& text, const Scheme& scheme, http::Request& request) {
  if (!scheme.id) return usage_error("the signature scheme has no message id");
  const auto value = value_at(*scheme.id, scheme, request);
  if (!value) return usage_error("there is no message id in the request");
  return replace(*scheme.id, scheme, request, *value, text);
}

// --- the body ------------------------------------------------------------------------------------------------------------------------

std::optional<std::string> covered(const Tampered& target) { return signing::covered_bytes(target.way, target.request, target.url.text()); }

Error not_covered(const Tampered& target) {
  if (target.way.kind == Kind::none) return usage_error("this provider signs nothing");
  return usage_error("the signature does not cover what of the body would be changed");
}

// A body that must not be as right as the one before.
Result<void> set_body(const Tampered& target, std::string body) {
  const auto before = covered(target);
  std::swap(target.request.body, body);
  if (!before || before != covered(target)) return {};
  std::swap(target.request.body, body);
  return not_covered(target);
}

// Goes outwards from the wanted place to a letter that can be changed so that JSON stays JSON, and the signature stays but is wrong.
Result<void> flip_body(const Tampered& target, std::int64_t percent) {
  const std::string body = target.request.body;
  if (covered(target) == "") return not_covered(target);
  if (body.empty()) return usage_error("the body is empty");
  const bool is_json = parse_json(body, "body", kAnyJson).ok();
  const Scheme& scheme = signing::in_effect(target.way);
  const auto field = value_at(scheme.signature.from, scheme, target.request);
  const std::size_t start = std::min(body.size() * static_cast<std::size_t>(std::clamp<std::int64_t>(percent, 0, 100)) / 100, body.size() - 1);
  for (std::size_t step = 0; step < std::min(2 * body.size(), kTries); ++step) {
    const std::size_t away = (step + 1) / 2;
    const bool forward = step % 2 == 1;
    if (forward ? start + away >= body.size() : away > start) continue;
    const std::size_t at = forward ? start + away : start - away;
    if (!is_letter_or_digit(body[at])) continue;
    std::string changed = body;
    changed[at] = another(changed[at]);
    if (is_json && !parse_json(changed, "body", kAnyJson)) continue;
    if (set_body(target, std::move(changed)) && field == value_at(scheme.signature.from, scheme, target.request)) return {};
    target.request.body = body;
  }
  return not_covered(target);
}

// --- the request ---------------------------------------------------------------------------------------------------------------------

void set_path(const Tampered& target, const std::string& text) {
  const std::string own = target.url.origin_form();
  const std::string path = own.substr(0, own.find('?'));
  const std::size_t at = text.find("{path}");
  target.request.target = at == std::string::npos ? text : std::string(text).replace(at, 6, path);
  target.url.target = target.request.target;
}

}  // namespace

std::vector<std::string_view> signature_texts(const signing::Scheme& scheme, std::string_view field) {
  auto texts = signing::read_signature_field(scheme, field).candidates;
  if (scheme.kind != Kind::jwt) return texts;
  for (std::string_view& text : texts) text.remove_prefix(text.rfind('.') + 1);  // npos + 1 is 0
  return texts;
}

Result<void> tamper(const Tamper& change, const Tampered& target) {
  const Scheme& scheme = signing::in_effect(target.way);
  http::Request& request = target.request;
  switch (change.op) {
    case Op::drop_signature:
    case Op::set_signature:
    case Op::cut_signature:
    case Op::flip_signature:
    case Op::set_field:
    case Op::prepend_field:
    case Op::append_field:
    case Op::repeat_field:
      return tamper_signature(change, scheme, request);
    case Op::set_timestamp:
      return set_timestamp(change.text, scheme, request);
    case Op::set_id:
      return set_id(change.text, scheme, request);
    case Op::set_header:
      request.headers.set(change.name, change.text);
      return {};
    case Op::add_header:
      request.headers.add(change.name, change.text);
      return {};
    case Op::remove_header:
      request.headers.remove(change.name);
      return {};
    case Op::set_body:
      return set_body(target, change.text);
    case Op::append_body:
      return set_body(target, request.body + change.text);
    case Op::flip_body:
      return flip_body(target, change.number);
    case Op::set_method:
      request.method = change.text;
      return {};
    case Op::set_path:
      set_path(target, change.text);
      return {};
  }
  return {};
}

}  // namespace hookctl::check
