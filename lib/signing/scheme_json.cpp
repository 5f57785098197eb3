// Scheme files are written by people: every refusal says where, what was found and what would do.
#include "signing/scheme_json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/json_path.hpp"
#include "base/text.hpp"
#include "signing/json_fields.hpp"
#include "signing/jwt_json.hpp"
#include "signing/key_json.hpp"

namespace hookctl::signing {

namespace {

using Json = nlohmann::ordered_json;

constexpr Words<Kind, 9> kKinds{{{"hmac", Kind::hmac},
                                 {"hash", Kind::hash},
                                 {"token", Kind::token},
                                 {"ed25519", Kind::ed25519},
                                 {"ecdsa", Kind::ecdsa},
                                 {"rsa", Kind::rsa},
                                 {"jwt", Kind::jwt},
                                 {"code", Kind::code},
                                 {"none", Kind::none}}};
constexpr Words<TimeUnit, 3> kUnits{{{"s", TimeUnit::seconds}, {"ms", TimeUnit::milliseconds}, {"iso8601", TimeUnit::iso8601}}};
constexpr Words<bool, 2> kCases{{{"exact", false}, {"any", true}}};
constexpr Words<bool, 1> kCurves{{{"p256", true}}};
constexpr Words<bool, 1> kFormats{{{"der", true}}};

constexpr std::array<std::pair<std::string_view, Part>, 8> kParts{{{"body", Part::body},
                                                                   {"body:crc32", Part::body_crc32},
                                                                   {"timestamp", Part::timestamp},
                                                                   {"id", Part::id},
                                                                   {"secret", Part::secret},
                                                                   {"method", Part::method},
                                                                   {"url", Part::url},
                                                                   {"form:sorted_kv", Part::form_sorted_kv}}};

SignatureForm read_signature(const Fields& fields, Kind kind) {
  SignatureForm form;
  form.from = fields.source("from", false);
  form.encoding = fields.choice("encoding", kEncodings, kind == Kind::token ? std::optional(Encoding::plain) : std::nullopt);
  form.prefix = fields.text("prefix", false);
  form.any_case = fields.choice("case", kCases, {false});
  form.single = fields.flag("single");
  fields.choice("format", kFormats, {true});
  if (fields.has("format") && kind != Kind::ecdsa) fields.fail("format", "only a signature of kind ecdsa has one");
  if (form.any_case && form.encoding != Encoding::hex) fields.fail("case", "only hex has letters of two cases");
  if (fields.has("kv") && fields.has("list")) fields.fail("list", "there is a 'kv' already; only one of them can be");
  if (fields.has("kv")) {
    const Fields kv = fields.object("kv", {"sep", "eq", "key"});
    form.kv = KeyValueForm{kv.text("sep", true), kv.text("eq", true), kv.text("key", true)};
    if (form.kv->sep.empty() || form.kv->eq.empty() || form.kv->key.empty()) kv.fail("", "'sep', 'eq' and 'key' must not be empty");
  }
  if (fields.has("list")) {
    const Fields list = fields.object("list", {"sep", "scheme_sep", "scheme"});
    form.list = ListForm{list.text("sep", true), list.text("scheme_sep", true), list.text("scheme", true)};
    if (form.list->sep.empty() || form.list->scheme_sep.empty() || form.list->scheme.empty())
      list.fail("", "'sep', 'scheme_sep' and 'scheme' must not be empty");
  }
  return form;
}

TimestampForm read_timestamp(const Fields& fields, const SignatureForm& signature) {
  TimestampForm form;
  form.from = fields.source("from", true);
  form.unit = fields.choice("unit", kUnits, {});
  form.max_age_ms = fields.seconds("max_age");
  form.max_future_ms = fields.seconds("max_future");
  if (form.from.place == Place::kv && !signature.kv) fields.fail("from", "'kv:' needs a signature with 'kv'");
  return form;
}

void read_required(const Fields& fields, Scheme& scheme) {
  if (const Json* require = fields.get("require")) {
    if (!require->is_object()) return fields.fail("require", "expected an object of names and values");
    for (const auto& item : require->items()) {
      if (!item.value().is_string()) return fields.fail("require." + printable(item.key()), "expected a text");
      const bool placed = item.key().starts_with("json:") || item.key().starts_with("header:");
      Source source = placed ? fields.source("require", item.key(), false) : Source{Place::header, item.key()};
      scheme.require.emplace_back(std::move(source), item.value().get<std::string>());
    }
  }
  if (const Json* names = fields.get("require_headers")) {
    if (!names->is_array()) return fields.fail("require_headers", "expected a list of header names");
    for (const Json& name : *names) {
      if (!name.is_string()) return fields.fail("require_headers", "expected a list of header names");
      scheme.require_headers.push_back(name.get<std::string>());
    }
  }
}

// What would never verify, or verify anything.
void check_whole(const Fields& fields, const Scheme& scheme) {
  const auto signs = [&](Part part) { return std::ranges::find(scheme.signed_content, part, &Piece::part) != scheme.signed_content.end(); };
  if (scheme.kind != Kind::token && scheme.signed_content.empty())
    fields.fail("signed", "missing; expected a template such as '{timestamp}.{body}'");
  if (scheme.kind == Kind::token && !scheme.signed_content.empty()) fields.fail("signed", "a token signs nothing");
  if (signs(Part::timestamp) && !scheme.timestamp) fields.fail("signed", "'{timestamp}' needs a 'timestamp'");
  if (signs(Part::id) && !scheme.id) fields.fail("signed", "'{id}' needs an 'id'");
  if (scheme.kind == Kind::hash && !signs(Part::secret)) fields.fail("signed", "without '{secret}' anyone could make this digest");
}

Scheme read_signed_scheme(const Json& value, const std::string& where, std::optional<Error>& error) {
  const Fields fields(value, where, error,
                      {"kind", "hash", "curve", "key", "signed", "signature", "timestamp", "id", "require", "require_headers",
                       "secret_index", "json_source", "trim"});
  Scheme scheme;
  scheme.kind = fields.choice("kind", kKinds, {});
  const bool keyed = scheme.kind == Kind::hmac || scheme.kind == Kind::hash;
  scheme.hash = fields.choice("hash", kHashes, keyed ? std::nullopt : std::optional(Hash::sha256));
  fields.choice("curve", kCurves, {true});
  if (fields.has("curve") && scheme.kind != Kind::ecdsa) fields.fail("curve", "only kind ecdsa has one");
  if (fields.has("key")) {
    read_key(fields.object("key", {"encoding", "strip_prefix", "prefixed_only", "separator", "alternatives", "url", "url_from", "hosts"}),
             scheme);
  } else if (is_key_pair(scheme)) {
    fields.fail("key", "missing; expected an object with the public key's 'encoding'");
  }
  if (const std::string text = fields.text("signed", false); !text.empty()) {
    auto content = parse_signed_content(text, fields.at("signed"));
    if (!content && !error) error = content.error();
    if (content) scheme.signed_content = std::move(*content);
  }
  if (!fields.has("signature")) fields.fail("signature", "missing; expected an object");
  if (fields.failed()) return scheme;
  scheme.signature =
      read_signature(fields.object("signature", {"from", "encoding", "prefix", "case", "format", "kv", "list", "single"}), scheme.kind);
  if (fields.has("timestamp"))
    scheme.timestamp = read_timestamp(fields.object("timestamp", {"from", "unit", "max_age", "max_future"}), scheme.signature);
  if (fields.has("id")) scheme.id = fields.object("id", {"from"}).source("from", false);
  read_required(fields, scheme);
  if (const Json* index = fields.get("secret_index")) {
    if (!index->is_number_integer() || *index < 0 || *index > 100) fields.fail("secret_index", "expected a whole number from 0");
    if (!fields.failed()) scheme.secret_index = index->get<std::size_t>();
  }
  if (const std::string source = fields.text("json_source", false); !source.empty()) {
    constexpr std::string_view kMultipart = "multipart:";
    if (!source.starts_with(kMultipart) || source.size() == kMultipart.size()) fields.fail("json_source", "expected 'multipart:PART'");
    scheme.multipart_part = source.substr(std::min(source.size(), kMultipart.size()));
  }
  scheme.trim = fields.flag("trim");
  check_whole(fields, scheme);
  return scheme;
}

Scheme read_one(const Json& value, const std::string& where, std::optional<Error>& error) {
  const Json* kind = value.is_object() && value.contains("kind") ? &value["kind"] : nullptr;
  const std::string name = kind != nullptr && kind->is_string() ? kind->get<std::string>() : "";
  Scheme scheme;
  if (name == "code" || name == "none") {
    const Fields fields(value, where, error, {"kind", "code", "note"});
    scheme.kind = name == "code" ? Kind::code : Kind::none;
    scheme.code = fields.text("code", scheme.kind == Kind::code);
    scheme.note = fields.text("note", false);
    return scheme;
  }
  if (name == "jwt") return read_jwt_scheme(value, where, error);
  return read_signed_scheme(value, where, error);
}

// Alternatives inside alternatives become one list.
void read_alternatives(const Json& value, const std::string& where, std::optional<Error>& error, int depth, std::vector<Scheme>& out) {
  constexpr int kDeepest = 8;
  if (!value.is_object() || !value.contains("alternatives")) {
    out.push_back(read_one(value, where, error));
    return;
  }
  const Fields fields(value, where, error, {"alternatives"});
  const Json& list = value["alternatives"];
  if (!list.is_array() || list.empty()) return fields.fail("alternatives", "expected a list of at least one scheme");
  if (depth >= kDeepest) return fields.fail("alternatives", "nested too deeply");
  for (std::size_t i = 0; i < list.size(); ++i)
    read_alternatives(list[i], fields.at("alternatives[" + std::to_string(i) + "]"), error, depth + 1, out);
}

// One placeholder without its braces.
std::optional<Piece> read_placeholder(std::string_view name) {
  for (const auto& [word, part] : kParts) {
    if (name == word) return Piece{part};
  }
  if (name.starts_with("json:") && name.size() > 5 && parse_path(name.substr(5))) return Piece{Part::json, std::string(name.substr(5))};
  if (name.starts_with("header:") && name.size() > 7) return Piece{Part::header, std::string(name.substr(7))};
  return std::nullopt;
}

}  // namespace

Result<std::vector<Piece>> parse_signed_content(std::string_view text, std::string_view where) {
  std::vector<Piece> pieces;
  while (!text.empty()) {
    const std::size_t open = std::min(text.find_first_of("{}"), text.size());
    if (open > 0) pieces.push_back({Part::text, std::string(text.substr(0, open))});
    text.remove_prefix(open);
    if (text.empty()) break;
    const std::size_t close = text.find('}');
    if (text.front() == '}' || close == std::string_view::npos)
      return usage_error(std::string(where) + ": a '" + text.front() + "' has no counterpart");
    const std::string_view name = text.substr(1, close - 1);
    auto piece = read_placeholder(name);
    if (!piece)
      return usage_error(std::string(where) + ": '{" + printable(name) +
                         "}' is not known; expected {body}, {timestamp}, {id}, {secret}, {method}, {url}, {json:PATH}, {header:NAME}, "
                         "{form:sorted_kv} or {body:crc32}");
    pieces.push_back(std::move(*piece));
    text.remove_prefix(close + 1);
  }
  return pieces;
}

Result<Scheme> parse_scheme(const Json& value, std::string_view where) {
  std::optional<Error> error;
  std::vector<Scheme> found;
  read_alternatives(value, std::string(where), error, 0, found);
  if (error) return *error;
  if (found.size() == 1) return std::move(found.front());
  Scheme scheme;
  scheme.alternatives = std::move(found);
  return scheme;
}

}  // namespace hookctl::signing
