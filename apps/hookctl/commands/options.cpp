#include "commands/options.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "base/file.hpp"
#include "base/secret.hpp"
#include "base/text.hpp"
#include "signing/scheme_json.hpp"

namespace hookctl {

namespace {

constexpr double kFarS = 1e11;  // thousands of years: no time of day, and beyond it milliseconds would overflow
constexpr const char* kFormGroup = "Form of a provider's signature (mostly with --provider generic)";
constexpr const char* kKeyGroup = "Keys (VALUE, env:NAME, file:PATH or - for standard input)";

Option secret_option() { return {"secret", 's', ValueKind::text, "S", "the shared signing secret; several while it is being rotated", kKeyGroup, true}; }

// The first scheme of a provider, the one that signing uses.
signing::Scheme& first_way(signing::Scheme& scheme) { return scheme.alternatives.empty() ? scheme : scheme.alternatives.front(); }

Result<void> apply_form(const Arguments& arguments, provider::Provider& provider) {
  using namespace signing;
  Scheme& scheme = first_way(provider.scheme);
  if (const auto name = arguments.text("algorithm")) scheme.hash = *name == "sha1" ? Hash::sha1 : *name == "sha512" ? Hash::sha512 : Hash::sha256;
  if (const auto name = arguments.text("encoding")) scheme.signature.encoding = *name == "hex" ? Encoding::hex : *name == "base64" ? Encoding::base64 : Encoding::base64url;
  if (const auto name = arguments.text("signature-header")) scheme.signature.from = {Place::header, *name};
  if (const auto prefix = arguments.text("signature-prefix")) scheme.signature.prefix = *prefix;
  if (const auto name = arguments.text("timestamp-header")) {
    if (*name == "none") scheme.timestamp.reset();
    else if (!scheme.timestamp) scheme.timestamp = TimestampForm{{Place::header, *name}, TimeUnit::seconds, 300'000, 300'000};
    else scheme.timestamp->from = {Place::header, *name};
  }
  if (const auto text = arguments.text("signed-content")) {
    auto pieces = parse_signed_content(*text, "--signed-content");
    if (!pieces) return pieces.error();
    scheme.signed_content = *std::move(pieces);
  }
  const bool needs_time = std::any_of(scheme.signed_content.begin(), scheme.signed_content.end(), [](const Piece& piece) { return piece.part == Part::timestamp; });
  if (needs_time && !scheme.timestamp) return usage_error("the signed content holds {timestamp}, but there is no timestamp header", "add --signed-content '{body}', or name the --timestamp-header");
  if (const auto path = arguments.text("id-path")) provider.event_id = {"{json:" + *path + "}"};
  if (const auto path = arguments.text("type-path")) provider.event_type = {"{json:" + *path + "}"};
  return {};
}

}  // namespace

std::vector<Option> form_options() {
  return {
      {"algorithm", 0, ValueKind::choice, "HASH", "hash of the HMAC", kFormGroup, false, {"sha256", "sha1", "sha512"}},
      {"encoding", 0, ValueKind::choice, "FORM", "how the signature is written", kFormGroup, false, {"hex", "base64", "base64url"}},
      {"signature-header", 0, ValueKind::text, "NAME", "header that carries the signature", kFormGroup},
      {"signature-prefix", 0, ValueKind::text, "TEXT", "what stands before the signature, as in 'sha256='", kFormGroup},
      {"timestamp-header", 0, ValueKind::text, "NAME", "header with the Unix seconds, or 'none'", kFormGroup},
      {"signed-content", 0, ValueKind::text, "TEMPLATE", "what is signed, as in '{timestamp}.{body}'", kFormGroup},
      {"id-path", 0, ValueKind::text, "PATH", "where the event's id is in the body", kFormGroup},
      {"type-path", 0, ValueKind::text, "PATH", "where the event's type is in the body", kFormGroup},
  };
}

std::vector<Option> provider_options() {
  return joined({{{"provider", 'p', ValueKind::text, "P", "whose events these are: a name from 'hookctl providers', or a provider.json"}}, form_options()});
}

Option audience_option() { return {"audience", 0, ValueKind::text, "TEXT", "whom a JSON Web Token is for, where it says so (the URL)", kKeyGroup}; }

std::vector<Option> signing_key_options() {
  return {secret_option(), {"private-key", 0, ValueKind::text, "KEY", "signs with ed25519, ECDSA and RSA", kKeyGroup}, audience_option()};
}

std::vector<Option> verifying_key_options() {
  return {secret_option(),
          {"public-key", 0, ValueKind::text, "KEY", "verifies ed25519, ECDSA and RSA signatures: PEM, a JSON Web Key (set), or as the provider shows it", kKeyGroup},
          {"certificate", 0, ValueKind::text, "FILE", "a PEM certificate whose key verifies, instead of --public-key", kKeyGroup},
          {"fetch-keys", 0, ValueKind::flag, "", "fetch the provider's published key: by HTTPS, from its own hosts only", kKeyGroup},
          audience_option()};
}

std::vector<Option> tls_options() {
  return {
      {"cacert", 0, ValueKind::text, "FILE", "trust the certificates in this PEM file too", "TLS"},
      {"insecure", 'k', ValueKind::flag, "", "accept any certificate", "TLS"},
  };
}

std::vector<Option> output_options() {
  return {
      {"json", 0, ValueKind::flag, "", "answer in JSON, one record a line", "Output and settings"},
      {"color", 0, ValueKind::choice, "WHEN", "colour", "Output and settings", false, {"auto", "always", "never"}},
      {"config", 0, ValueKind::text, "FILE", "read settings from here instead of ./hookctl.toml", "Output and settings"},
  };
}

Option journal_option() { return {"journal", 0, ValueKind::text, "FILE", "the journal of received requests (.hookctl/journal.db)"}; }
Option now_option() { return {"now", 0, ValueKind::text, "TIME", "take this for the time of day: Unix seconds or 2026-01-31T12:00:00Z"}; }
Option header_option(const std::string& help) { return {"header", 'H', ValueKind::text, "'K: V'", help, "Options", true}; }
Option fixtures_option() { return {"fixtures", 0, ValueKind::text, "DIR", "sample events of your own, in front of all others: DIR/PROVIDER/EVENT.json"}; }
Option verify_token_option(const std::string& group) {
  return {"verify-token", 0, ValueKind::text, "T", "the word agreed on with the provider (Meta): VALUE, env:NAME, file:PATH", group};
}
Option timeout_option(const std::string& help) { return {"timeout", 0, ValueKind::duration, "TIME", help}; }

std::vector<Option> joined(std::vector<std::vector<Option>> groups) {
  std::vector<Option> all;
  for (auto& group : groups) all.insert(all.end(), std::make_move_iterator(group.begin()), std::make_move_iterator(group.end()));
  return all;
}

void set_colours(Session& session, const Arguments& arguments) {
  const std::string when = arguments.text("color", "auto");
  const auto wish = when == "always" ? ui::ColourWish::always : when == "never" ? ui::ColourWish::never : ui::ColourWish::automatic;
  session.paint = ui::Paint(ui::wants_colour(wish, session.out_is_terminal));
  session.err_paint = ui::Paint(ui::wants_colour(wish, session.err_is_terminal));
}

Result<void> use_fixtures(Session& session, const Arguments& arguments) {
  const auto folder = arguments.text("fixtures");
  if (!folder) return {};
  std::error_code error;
  if (!std::filesystem::is_directory(*folder, error)) return usage_error("--fixtures: there is no folder '" + printable(*folder) + "'", "it holds a folder for each provider: DIR/PROVIDER/EVENT.json");
  session.catalog.use_fixtures(*folder);
  return {};
}

Result<signing::Keys> read_keys(const Arguments& arguments) {
  signing::Keys keys;
  for (const std::string& words : arguments.list("secret")) {
    auto secret = read_secret(words);
    if (!secret) return Error{secret.error().kind, "--secret: " + secret.error().message, secret.error().hint};
    keys.secrets.push_back(*std::move(secret));
  }
  if (const auto words = arguments.text("public-key")) {
    auto key = read_secret(*words);
    if (!key) return Error{key.error().kind, "--public-key: " + key.error().message, key.error().hint};
    keys.public_key = std::string(key->reveal());
  }
  if (const auto file = arguments.text("certificate")) {
    if (keys.public_key) return usage_error("--certificate and --public-key both name a key", "give one of them");
    auto certificate = read_file(*file);
    if (!certificate) return Error{certificate.error().kind, "--certificate: " + certificate.error().message, certificate.error().hint};
    keys.public_key = *std::move(certificate);
  }
  if (const auto words = arguments.text("private-key")) {
    auto key = read_secret(*words);
    if (!key) return Error{key.error().kind, "--private-key: " + key.error().message, key.error().hint};
    keys.private_key = *std::move(key);
  }
  return keys;
}

Result<std::optional<std::string>> read_verify_token(const Arguments& arguments) {
  const auto words = arguments.text("verify-token");
  if (!words) return std::optional<std::string>();
  auto token = read_secret(*words);
  if (!token) return Error{token.error().kind, "--verify-token: " + token.error().message, token.error().hint};
  return std::optional<std::string>(token->reveal());
}

Result<ProviderPtr> read_provider(Session& session, const Arguments& arguments, const std::string& id_or_path) {
  auto found = session.catalog.find(id_or_path);
  if (!found) return found.error();
  static constexpr const char* kForm[] = {"algorithm", "encoding", "signature-header", "signature-prefix", "timestamp-header", "signed-content", "id-path", "type-path"};
  if (std::none_of(std::begin(kForm), std::end(kForm), [&](const char* name) { return arguments.has(name); })) {
    return ProviderPtr(std::shared_ptr<void>(), *found);  // the catalog owns it
  }
  auto own = std::make_shared<provider::Provider>(**found);
  if (auto applied = apply_form(arguments, *own); !applied) return applied.error();
  return ProviderPtr(own);
}

Result<void> check_signing_keys(const provider::Provider& provider, const signing::Keys& keys) {
  if (signing::uses_secret(provider.scheme) && keys.secrets.empty()) {
    return usage_error("signing as " + provider.title + " needs --secret S: the signing secret", "as in --secret env:WEBHOOK_SECRET; the same one goes to the endpoint");
  }
  if (signing::uses_key_pair(provider.scheme) && !keys.private_key) {
    return usage_error("signing as " + provider.title + " needs --private-key KEY: it signs with a key pair", "as in --private-key file:private.pem; the endpoint holds the public key");
  }
  return {};
}

Result<void> check_verifying_keys(const provider::Provider& provider, const signing::Keys& keys) {
  if (signing::uses_secret(provider.scheme) && keys.secrets.empty()) {
    return usage_error("verifying " + provider.title + " needs --secret S: the signing secret", "as in --secret env:WEBHOOK_SECRET");
  }
  if (signing::uses_key_pair(provider.scheme) && !keys.public_key && !keys.private_key) {
    return usage_error("verifying " + provider.title + " needs --public-key KEY: it signs with a key pair", "the value itself, or as in --public-key file:public.pem");
  }
  return {};
}

Error no_such_action(const std::string& word, const std::string& hint) {
  const std::vector<std::string> known{"list", "show"};
  const auto near = nearest(word, known);
  return usage_error("'" + printable(word) + "' is neither 'list' nor 'show'", near ? "did you mean '" + *near + "'?" : hint);
}

Result<UnixMs> read_now(const Session& session, const Arguments& arguments) {
  const auto text = arguments.text("now");
  if (!text) return session.clock.now();
  if (const auto seconds = parse_decimal(*text); seconds && std::abs(*seconds) < kFarS) return static_cast<UnixMs>(*seconds * 1000);
  if (const auto time = parse_iso8601(*text)) return *time;
  return usage_error("--now: '" + printable(*text) + "' is no time", "give Unix seconds or 2026-01-31T12:00:00Z");
}

Result<http::Headers> read_headers(const Arguments& arguments) {
  http::Headers headers;
  for (const std::string& text : arguments.list("header")) {
    const std::size_t colon = text.find(':');
    const std::string_view name = std::string_view(text).substr(0, colon);
    const bool fits = colon != std::string::npos && !name.empty() && name.find_first_of(" \t\r\n") == std::string_view::npos && text.find_first_of("\r\n") == std::string::npos;
    if (!fits) return usage_error("--header: '" + printable(text) + "' is no header", "write it as 'Name: value'");
    headers.add(std::string(name), std::string(trim_blanks(std::string_view(text).substr(colon + 1))));
  }
  return headers;
}

Result<http::Url> read_url(const std::string& option, const std::string& text) {
  auto url = http::parse_url(text);
  if (!url) return Error{url.error().kind, "--" + option + ": " + url.error().message, url.error().hint};
  return url;
}

net::ClientOptions client_options(const Arguments& arguments) {
  net::ClientOptions options;
  options.ca_file = arguments.text("cacert", "");
  options.insecure = arguments.has("insecure");
  return options;
}

std::string journal_path(const Arguments& arguments) { return arguments.text("journal", ".hookctl/journal.db"); }

std::optional<double> tolerance_s(const Arguments& arguments) {
  if (!arguments.has("tolerance")) return std::nullopt;
  return static_cast<double>(arguments.duration_ms("tolerance", 0)) / 1000;
}

}  // namespace hookctl
