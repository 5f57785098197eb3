// hookctl providers new: a provider.json to start from, with a word on each key, and an event to send.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/json_path.hpp"
#include "base/text.hpp"
#include "commands/options.hpp"
#include "commands/providers.hpp"
#include "signing/scheme.hpp"

namespace hookctl {

namespace {

using Json = nlohmann::ordered_json;
using Comments = std::map<std::string, const char*>;

constexpr std::string_view kSample = R"({
  "id": "evt_sample",
  "type": "sample.created",
  "created_at": "2026-01-31T12:00:00Z",
  "data": {"name": "A first event", "amount": 4200, "currency": "eur"}
}
)";
constexpr const char* kSampleEvent = "sample.created";

const Comments kRootComments{
    {"id", "small letters, digits and '-'; the file is called so too"},
    {"title", "the name that people use"},
    {"secret", "for people: what the secret looks like, and where to find it"},
    {"scheme", "how it signs. 'hookctl providers show ID' puts it in words"},
    {"event_type", "where a request says what event it is, the first that is there counts: {json:PATH}, {header:NAME}, {form:KEY}"},
    {"event_id", "the same for the event's id, by which repeated deliveries are known"},
    {"new_event_id", "what a fresh id looks like: {alnum:N}, {hex:N}, {digits:N}, {uuid}, {unix} and text"},
    {"request", "what it sends beside the signature; values may hold {event_type}, {event_id}, {unix}, {iso}, {uuid}"},
    {"fresh", "places in the body that are new with every event: at json:PATH or form:KEY"},
    {"recognise", "headers by which its requests are known; each list is one way, all of it must be there"},
    {"events", "a line about each sample event; the events are files in .hookctl/fixtures/ID: EVENT.json, EVENT.form"},
    {"delivery", "how it delivers: timeout_s, retry_after_s (seconds before each further try) and words for people; null where you do not know"},
};
const Comments kSchemeComments{
    {"kind", "hmac (a hash with a key: what most use), token (a word in a header), hash (a digest over content with {secret} in it), ed25519, ecdsa, rsa (key pairs), jwt, none"},
    {"hash", "sha256, sha1 or sha512"},
    {"key", "how the secret becomes bytes: utf8 (as it is), base64 or hex; strip_prefix is taken off first, as in whsec_"},
    {"signed", "what is signed, letter for letter: {body} {timestamp} {id} {secret} {method} {url} {json:PATH} {header:NAME}, and text"},
    {"signature", "where it stands: from header:NAME or json:PATH, in hex, base64 or base64url; prefix: what stands before it. kv reads t=1,v1=…; list reads v1,… v1,…"},
    {"timestamp", "from header:NAME, json:PATH or kv:KEY; unit s, ms or iso8601; max_age and max_future in seconds, null: not checked. Leave it out if there is none"},
    {"id", "where the id that is signed stands"},
};

// The object with a comment in front of each key that has one; comments of its own go.
Json commented(const Json& object, const Comments& comments) {
  Json out = Json::object();
  for (const auto& [key, value] : object.items()) {
    if (key.starts_with("//")) continue;
    if (const auto words = comments.find(key); words != comments.end()) out["// " + key] = words->second;
    out[key] = value;
  }
  return out;
}

// "acme-pay" -> "Acme-Pay"
std::string capitals(std::string name) {
  for (std::size_t i = 0; i < name.size(); ++i) {
    if ((i == 0 || name[i - 1] == '-') && name[i] >= 'a' && name[i] <= 'z') name[i] = static_cast<char>(name[i] - 32);
  }
  return name;
}

Json& first_way(Json& scheme) {
  Json* way = &scheme;
  while (way->contains("alternatives") && way->at("alternatives").is_array() && !way->at("alternatives").empty()) way = &way->at("alternatives").front();
  return *way;
}

void set_timestamp(const Arguments& arguments, Json& way) {
  const auto name = arguments.text("timestamp-header");
  if (!name) return;
  if (*name == "none") way.erase("timestamp");
  else if (way.contains("timestamp")) way["timestamp"]["from"] = "header:" + *name;
  else way["timestamp"] = {{"from", "header:" + *name}, {"unit", "s"}, {"max_age", 300}, {"max_future", 300}};
}

// --algorithm and its kin, as they change a scheme.
void set_form(const Arguments& arguments, Json& way) {
  Json& signature = way["signature"];
  if (const auto hash = arguments.text("algorithm")) {
    way["hash"] = *hash;
    if (signature.value("prefix", "") == "sha256=") signature["prefix"] = *hash + "=";
  }
  if (const auto encoding = arguments.text("encoding")) signature["encoding"] = *encoding;
  if (const auto name = arguments.text("signature-header")) signature["from"] = "header:" + *name;
  if (const auto prefix = arguments.text("signature-prefix")) signature["prefix"] = *prefix;
  if (const auto content = arguments.text("signed-content")) way["signed"] = *content;
  set_timestamp(arguments, way);
}

// Its headers are known by the place of its signature.
void set_recognition(Json& facts, const Json& way) {
  const std::string from = way.contains("signature") ? way["signature"].value("from", "") : "";
  if (from.starts_with("header:")) facts["recognise"] = Json::array({Json::array({{{"header", from.substr(7)}}})});
}

// The facts of `from` as those of a new provider: what was said of the other one goes.
Json renamed(Json facts, const std::string& name, bool generic) {
  facts["id"] = name;
  facts["title"] = capitals(name);
  for (const char* key : {"summary", "challenge", "challenges", "common_events", "quirks"}) facts.erase(key);
  facts["source"] = "your own";
  facts["confidence"] = "your own";
  for (const char* key : {"source", "confidence"}) {
    if (facts.contains("delivery") && facts["delivery"].is_object()) facts["delivery"].erase(key);
  }
  if (generic) {
    Json& way = first_way(facts["scheme"]);
    way["signature"]["from"] = "header:X-" + capitals(name) + "-Signature";
    way["timestamp"]["from"] = "header:X-" + capitals(name) + "-Timestamp";
    set_recognition(facts, way);
  }
  return facts;
}

// The sample event: hookctl's own for a generic start, otherwise one of the provider's that it is made from.
Result<provider::Fixture> sample(Session& session, const Arguments& arguments, const provider::Provider& from, bool generic) {
  if (!generic) {
    const auto events = session.catalog.events(from);
    if (events.empty()) return usage_error("'" + from.id + "' has no event to start with", "--from another one");
    return session.catalog.fixture(from, from.events.empty() ? events.front() : from.events.front().type);
  }
  provider::Fixture fixture{kSampleEvent, "application/json", std::string(kSample)};
  for (const auto& [option, key] : {std::pair("id-path", "id"), std::pair("type-path", "type")}) {
    const auto path = arguments.text(option);
    const auto value = json_raw_at(fixture.body, key);
    if (!path || !value || *path == key) continue;
    auto moved = json_set(fixture.body, *path, *value);
    if (!moved) return Error{moved.error().kind, "--" + std::string(option) + ": " + moved.error().message, moved.error().hint};
    auto without = json_unset(*moved, key);
    if (!without) return without.error();
    fixture.body = *std::move(without);
  }
  return fixture;
}

void set_paths(const Arguments& arguments, Json& facts) {
  if (const auto path = arguments.text("id-path")) {
    facts["event_id"] = Json::array({"{json:" + *path + "}"});
    for (Json& place : facts["fresh"]) {
      if (place.value("value", "") == "{event_id}") place["at"] = "json:" + *path;
    }
  }
  if (const auto path = arguments.text("type-path")) facts["event_type"] = Json::array({"{json:" + *path + "}"});
}

// The whole file as text.
Result<std::string> written(const Arguments& arguments, const std::string& name, const provider::ProviderFile& from, bool generic, const std::string& event) {
  auto parsed = parse_json(from.text, from.name);
  if (!parsed) return parsed.error();
  Json facts = renamed(*std::move(parsed), name, generic);
  Json& way = first_way(facts["scheme"]);
  set_form(arguments, way);
  if (arguments.has("signature-header")) set_recognition(facts, way);
  set_paths(arguments, facts);
  way = commented(way, kSchemeComments);
  const Json known = facts.contains("events") && facts["events"].contains(event) ? facts["events"][event] : Json{{"summary", "A sample, to try things out"}};
  facts["events"] = Json{{event, known}};
  Json whole{{"//", "How " + capitals(name) + " signs its webhooks, for hookctl. Keys that begin with // are comments."}};
  whole.update(commented(facts, kRootComments));
  std::string text = to_text(whole, true) + "\n";
  const provider::Reading reading = provider::read_provider_file(text);
  if (!reading.faults.empty()) return usage_error("these options make no provider: " + reading.faults.front().path + ": " + reading.faults.front().words);
  return text;
}

void print_next(Session& session, const provider::Provider& provider, const std::string& name, const std::string& file, const std::string& fixture, const std::string& event) {
  std::string variable = provider.id;
  std::transform(variable.begin(), variable.end(), variable.begin(), [](char c) { return c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c); });
  const std::string key = signing::uses_key_pair(provider.scheme) ? " --private-key file:private.pem" : signing::uses_secret(provider.scheme) ? " --secret env:" + variable + "_SECRET" : "";
  session.out << "wrote " << printable(file) << " and " << printable(fixture) << "\nNext:\n"
              << "  edit it until it says how " << provider.title << " signs; every key has a word on it\n"
              << "  hookctl providers validate " << printable(name) << "\n"
              << "  hookctl send " << printable(name) << " " << printable(event) << " --to 3000/webhook" << key << "\n";
}

}  // namespace

Result<ExitCode> start_provider(Session& session, const Arguments& arguments, const std::string& name) {
  if (!provider::is_provider_id(name)) return usage_error("'" + printable(name) + "' is no name for a provider: small letters, digits and '-'", "as in 'hookctl providers new acme-pay'");
  const std::string from_name = arguments.text("from", "generic");
  auto file = session.catalog.file(from_name);
  if (!file) return file.error();
  auto from = read_provider(session, arguments, from_name);  // tells what is wrong with --signed-content and its kin
  if (!from) return from.error();
  const bool generic = !arguments.has("from");
  auto fixture = sample(session, arguments, **from, generic);
  if (!fixture) return fixture.error();
  auto text = written(arguments, name, *file, generic, fixture->event);
  if (!text) return text.error();
  const std::string path = arguments.text("out", std::string(kOwnProviders) + "/" + name + ".json");
  if (auto done = write_for_user(arguments, path, *text); !done) return done.error();
  const std::string sample_path = std::string(kOwnFixtures) + "/" + name + "/" + provider::file_name_of(*fixture);
  if (!file_exists(sample_path) || arguments.has("force")) {
    if (auto done = write_for_user(arguments, sample_path, fixture->body); !done) return done.error();
  }
  if (arguments.has("json")) {
    session.out << to_text(Json{{"schema", "hookctl.new_provider.v1"}, {"id", name}, {"file", path}, {"fixture", sample_path}, {"event_type", fixture->event}}) << "\n";
    return ExitCode::yes;
  }
  auto made = provider::parse_provider(*text, path);
  if (made) print_next(session, *made, arguments.has("out") ? path : name, path, sample_path, fixture->event);
  return ExitCode::yes;
}

}  // namespace hookctl
