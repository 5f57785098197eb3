#include "signing/diagnose_claim.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "base/json_path.hpp"
#include "base/text.hpp"
#include "signing/diagnose_url.hpp"
#include "signing/place.hpp"
#include "signing/scheme_json.hpp"
#include "signing/timestamp.hpp"

namespace hookctl::signing {

namespace {

constexpr std::size_t kMostHeaders = 16;
constexpr UnixMs kFirst = 978'307'200'000;    // 2001
constexpr UnixMs kLast = 4'070'908'800'000;   // 2099

constexpr std::array<TimeUnit, 3> kUnits{TimeUnit::seconds, TimeUnit::milliseconds, TimeUnit::iso8601};

std::optional<UnixMs> likely_time(std::string_view text, TimeUnit unit) {
  const auto time = parse_timestamp(trim(text), unit);
  return time && *time >= kFirst && *time <= kLast ? time : std::nullopt;
}

bool has_part(const Scheme& scheme, Part part) { return std::ranges::find(scheme.signed_content, part, &Piece::part) != scheme.signed_content.end(); }

// The content without the id and the text that stands behind it.
std::vector<Piece> without_id(const std::vector<Piece>& content) {
  std::vector<Piece> out;
  bool after_id = false;
  for (const Piece& piece : content) {
    const bool separator = after_id && piece.part == Part::text;
    after_id = piece.part == Part::id;
    if (!after_id && !separator) out.push_back(piece);
  }
  return out;
}

// A template as provider.json has it.
std::string template_of(const std::vector<Piece>& content) {
  std::string out;
  for (const Piece& piece : content) {
    switch (piece.part) {
      case Part::text:
        out += piece.text;
        break;
      case Part::body:
        out += "{body}";
        break;
      case Part::timestamp:
        out += "{timestamp}";
        break;
      case Part::id:
        out += "{id}";
        break;
      case Part::secret:
        out += "{secret}";
        break;
      case Part::method:
        out += "{method}";
        break;
      case Part::url:
        out += "{url}";
        break;
      default:
        out += "{…}";
        break;
    }
  }
  return out;
}

}  // namespace

std::string_view other_unit(std::string_view text, TimeUnit unit) {
  if (likely_time(text, unit)) return {};
  for (TimeUnit other : kUnits) {
    if (other != unit && likely_time(text, other)) return unit_name(other);
  }
  return {};
}

std::vector<ClaimGuess> other_ids(const Trial& trial) {
  std::vector<ClaimGuess> out;
  const Scheme& scheme = trial.scheme();
  if (!scheme.id || !has_part(scheme, Part::id)) return out;
  const std::string place = describe(*scheme.id);
  const auto add = [&](std::string id, const std::string& where) {
    if (id == trial.id()) return;
    out.push_back({"id_mismatch", "the signature is over another message id than the one in " + place + ": " + where,
                   "send the id that was signed in " + place + ", and sign and send every attempt with one id", {.id = std::move(id)}});
  };
  for (const http::Header& field : trial.request().headers) {
    if (out.size() < kMostHeaders && lower(field.name).ends_with("id")) add(field.value, "the one in header '" + printable(field.name) + "'");
  }
  const std::string_view document = document_of(scheme, trial.request());
  for (const char* path : {"id", "event_id", "eventId", "webhook_id", "event.id", "data.id", "data.object.id"}) {
    if (auto id = json_text_at(document, path)) add(*std::move(id), "the body's '" + std::string(path) + "'");
  }
  add(std::string(trim(trial.id())), "the same without the blanks around it");
  add("", "an empty one");
  out.push_back({"id_mismatch", "the signature is over the content without the message id", "sign '" + template_of(scheme.signed_content) + "', as the provider does",
                 {.content = without_id(scheme.signed_content)}});
  return out;
}

std::vector<ClaimGuess> other_timestamps(const Trial& trial) {
  std::vector<ClaimGuess> out;
  const Scheme& scheme = trial.scheme();
  if (!scheme.timestamp || !has_part(scheme, Part::timestamp)) return out;
  const std::string given(trial.timestamp());
  const auto add = [&](std::string text, const std::string& words) {
    if (text == given || text.empty()) return;
    out.push_back({"timestamp_unit", "the signature is over the timestamp " + words + ", and another spelling of it was sent",
                   "sign the very text that is sent; this provider sends " + std::string(unit_name(scheme.timestamp->unit)), {.timestamp = std::move(text)}});
  };
  for (TimeUnit unit : kUnits) {
    const auto time = likely_time(given, unit);
    if (!time) continue;
    add(timestamp_text(*time, TimeUnit::seconds), "in seconds since 1970");
    add(timestamp_text(*time, TimeUnit::milliseconds), "in milliseconds since 1970");
    add(iso8601(*time), "as an ISO 8601 time");
    add(iso8601_ms(*time), "as an ISO 8601 time with milliseconds");
    add(timestamp_text(*time, TimeUnit::seconds) + ".0", "as a decimal fraction");
  }
  add(std::string(trim(given)), "without the blanks around it");
  if (!given.empty()) return out;
  for (const http::Header& field : trial.request().headers) {
    const std::string name = lower(field.name);
    if (out.size() >= kMostHeaders || (name.find("time") == std::string::npos && name != "date")) continue;
    out.push_back({"missing_header", "the timestamp is not where this provider sends it: the signature is over the one in header '" + printable(field.name) + "'",
                   "send it in " + (scheme.timestamp->from.place == Place::kv ? "the signature's own field" : describe(scheme.timestamp->from)), {.timestamp = field.value}});
  }
  return out;
}

std::vector<ClaimGuess> other_url_guesses(const Trial& trial) {
  std::vector<ClaimGuess> out;
  if (!signs_url(trial.way())) return out;
  for (UrlGuess& other : other_urls(trial.url(), trial.request())) {
    out.push_back({"url_mismatch", "the signature is for the URL '" + printable(other.url) + "', and '" + printable(trial.url()) + "' was checked: " + other.changed + " differ" +
                                       (other.changed.find(" and ") == std::string::npos ? "s" : ""),
                   "verify with the URL exactly as the provider has it; behind a proxy that is not the one the server sees", {.url = std::move(other.url)}});
  }
  return out;
}

std::vector<ClaimGuess> other_contents(const Trial& trial) {
  static constexpr std::array<const char*, 9> kTemplates{"{body}",       "{timestamp}.{body}", "{timestamp}{body}",     "{body}{timestamp}",        "{timestamp}:{body}",
                                                         "{url}{body}", "v0:{timestamp}:{body}", "{id}.{timestamp}.{body}", "{method}{url}{body}{timestamp}"};
  std::vector<ClaimGuess> out;
  const Scheme& scheme = trial.scheme();
  if (trial.way().kind == Kind::code || scheme.kind == Kind::token || has_part(scheme, Part::secret)) return out;
  for (const char* text : kTemplates) {
    auto content = parse_signed_content(text, "content");
    if (!content || *content == scheme.signed_content) continue;
    out.push_back({"unsupported_scheme", "the signature is over '" + std::string(text) + "', and this scheme signs '" + template_of(scheme.signed_content) + "'",
                   "make the sender sign '" + template_of(scheme.signed_content) + "', or name what it signs (--provider generic --signed-content '" + std::string(text) + "')",
                   {.content = *std::move(content)}});
  }
  return out;
}

}  // namespace hookctl::signing
