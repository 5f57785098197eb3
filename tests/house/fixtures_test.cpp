// The law of fixtures/: table and files agree, every body is what it says, every event is recognised, signed and verified as its own.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "base/json_path.hpp"
#include "base/text.hpp"
#include "crypto/asymmetric.hpp"
#include "event/compose.hpp"
#include "provider/embedded.hpp"
#include "signing/canonical.hpp"
#include "signing/place.hpp"
#include "signing/sign.hpp"
#include "signing/verify.hpp"
#include "source_tree.hpp"

#include <nlohmann/json.hpp>

using namespace hookctl;

namespace {

constexpr UnixMs kNow = 1'769'860'800'000;
const char* const kUrl = "https://hooks.example/in";

provider::Catalog& catalog() {
  static provider::Catalog catalog;
  return catalog;
}

std::vector<const provider::Provider*> providers() {
  auto all = catalog().all();
  if (!all) FAIL(all.error().message);
  return *all;
}

// How the provider signs: of alternatives the first.
const signing::Scheme& way_of(const provider::Provider& provider) { return signing::in_effect(signing::ways(provider.scheme).front()); }

crypto::KeyType key_type(const signing::Scheme& way) {
  if (way.kind == signing::Kind::ed25519) return crypto::KeyType::ed25519;
  const bool is_es256 = way.jwt && way.jwt->algorithms.front() == signing::JwtAlgorithm::es256;
  return way.kind == signing::Kind::ecdsa || is_es256 ? crypto::KeyType::p256 : crypto::KeyType::rsa;
}

// Keys of the form that the provider hands out: a key pair, a secret, or both; `seed` makes different ones.
signing::Keys keys_for(const provider::Provider& provider, char seed) {
  const signing::Scheme& way = way_of(provider);
  signing::Keys keys;
  if (signing::is_key_pair(way)) {
    keys.private_key = Secret(crypto::PrivateKey::generate(key_type(way))->pem());
    if (signing::uses_secret(way)) keys.secrets.push_back(Secret(std::string(16, seed)));
    return keys;
  }
  const std::string bytes(32, seed);
  const signing::KeyForm& form = way.keys.front();
  std::string text = bytes;
  if (form.encoding == signing::KeyEncoding::base64) text = to_base64(bytes);
  if (form.encoding == signing::KeyEncoding::hex) text = to_hex(bytes);
  keys.secrets.push_back(Secret(form.strip_prefix + text));
  return keys;
}

event::Event compose(const provider::Provider& provider, const std::string& event, std::uint64_t seed = 1) {
  const auto fixture = catalog().fixture(provider, event);
  REQUIRE(fixture);
  event::ComposeInputs inputs;
  inputs.now = kNow;
  SeededRandom random(seed);
  auto composed = event::compose(provider, *fixture, inputs, random);
  if (!composed) FAIL(provider.id << " " << event << ": " << composed.error().message);
  return *std::move(composed);
}

signing::Signed sign(const provider::Provider& provider, const signing::Keys& keys, const event::Event& event) {
  auto done = signing::sign(provider.scheme, keys, event.request, {event.id, kNow, kUrl});
  if (!done) FAIL(provider.id << " " << event.type << ": " << done.error().message);
  return *std::move(done);
}

signing::Verification verify(const provider::Provider& provider, const signing::Keys& keys, const http::Request& request, const std::string& url) {
  signing::VerifyInputs inputs;
  inputs.now = kNow;
  inputs.url = url;
  auto verification = signing::verify(provider.scheme, keys, request, inputs);
  if (!verification) FAIL(provider.id << ": " << verification.error().message);
  return *std::move(verification);
}

template <typename Check>
void for_each_event(Check check) {
  for (const provider::Provider* provider : providers()) {
    for (const std::string& event : catalog().events(*provider)) {
      INFO(provider->id << " " << event);
      check(*provider, event);
    }
  }
}

bool signs(const provider::Provider& provider) { return provider.scheme.kind != signing::Kind::none || !provider.scheme.alternatives.empty(); }

bool has_part(const signing::Scheme& way, signing::Part part) {
  return std::any_of(way.signed_content.begin(), way.signed_content.end(), [&](const signing::Piece& piece) { return piece.part == part; });
}

// How far a signature vouches for the body: as far as the scheme signs it, or a token in it carries its digest.
bool covers_all(const signing::Scheme& way) {
  return has_part(way, signing::Part::body) || has_part(way, signing::Part::body_crc32) || has_part(way, signing::Part::form_sorted_kv) || (way.jwt && way.jwt->body_hash);
}
bool covers_nothing(const signing::Scheme& way) { return way.kind == signing::Kind::token || (way.jwt && !way.jwt->body_hash); }

// The paths of all texts, numbers and truth values in a JSON document.
void list_leaves(const nlohmann::ordered_json& value, const std::string& path, std::vector<std::string>& leaves) {
  if (value.is_object()) {
    for (const auto& [key, inner] : value.items()) {
      const bool plain = key.find_first_of(".[\"") == std::string::npos;
      list_leaves(inner, plain ? path + (path.empty() ? "" : ".") + key : path + "[\"" + key + "\"]", leaves);
    }
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) list_leaves(value[i], path + "[" + std::to_string(i) + "]", leaves);
  } else if (!value.is_null()) {
    leaves.push_back(path);
  }
}

// The request with one value of its JSON changed.
http::Request changed_at(const signing::Scheme& way, http::Request request, const std::string& path) {
  const std::string_view document = signing::document_of(way, request);
  const std::string old(json_raw_at(document, path).value());
  const std::string value = old.front() == '"' ? json_quote(json_text_at(document, path).value() + "x") : old == "true" ? "false" : old == "false" ? "true" : old == "7" ? "8" : "7";
  const std::string edited = json_set(document, path, value).value();
  const auto start = static_cast<std::size_t>(document.data() - request.body.data());
  request.body.replace(start, document.size(), edited);
  return request;
}

// Where only some of the body is signed: every change there is refused that makes what is signed another one. How many there were.
std::size_t check_signed_fields(const provider::Provider& provider, const signing::Keys& keys, const signing::Signed& done, const std::string& id) {
  const signing::Scheme& way = way_of(provider);
  std::vector<std::string> leaves;
  const auto document = parse_json(signing::document_of(way, done.request), provider.id);
  if (!document) FAIL(document.error().message);
  list_leaves(*document, "", leaves);
  std::size_t refused = 0;
  for (const std::string& leaf : leaves) {
    const http::Request tampered = changed_at(way, done.request, leaf);
    const auto again = signing::sign(provider.scheme, keys, tampered, {id, kNow, kUrl});
    if (again && again->content == done.content) continue;
    INFO(leaf);
    CHECK(verify(provider, keys, tampered, done.url).verdict == signing::Verdict::invalid);
    ++refused;
  }
  return refused;
}

}  // namespace

TEST_CASE("fixtures: the binary holds the files of the tree, all of them, byte for byte") {
  std::size_t found = 0;
  for (const house::SourceFile& file : house::source_files({"fixtures"})) {
    if (!file.path.ends_with(".json") && !file.path.ends_with(".form") && !file.path.ends_with(".multipart")) continue;
    ++found;
    std::string text;
    for (const std::string& line : file.lines) text += line + "\n";
    const auto embedded = provider::embedded_files();
    const auto same = std::find_if(embedded.begin(), embedded.end(), [&](const provider::EmbeddedFile& each) { return "fixtures/" + std::string(each.path) == file.path; });
    INFO(file.path);
    REQUIRE(same != embedded.end());
    CHECK((same->bytes == text || std::string(same->bytes) + "\n" == text));
  }
  CHECK(found == provider::embedded_files().size());
}

TEST_CASE("fixtures: every provider says who it is, how it signs and where that is known from") {
  for (const provider::Provider* each : providers()) {
    INFO(each->id);
    CHECK(catalog().find(each->id).value() == each);
    CHECK_FALSE(each->title.empty());
    CHECK_FALSE(each->summary.empty());
    CHECK_FALSE(each->secret_form.empty());
    CHECK_FALSE(each->source.empty());
    CHECK_FALSE(each->event_type.empty());
    CHECK(signing::is_supported(each->scheme));
    // Whose headers are everyone's says so.
    if (each->recognise.empty()) CHECK(each->quirks.find("not recognised") != std::string::npos);
  }
}

TEST_CASE("fixtures: the events table and the files agree, each with a line about it") {
  for (const provider::Provider* each : providers()) {
    std::vector<std::string> table;
    for (const provider::EventFacts& facts : each->events) {
      INFO(each->id << " " << facts.type);
      CHECK_FALSE(facts.summary.empty());
      CHECK(facts.summary.size() <= 100);
      table.push_back(facts.type);
    }
    std::sort(table.begin(), table.end());
    INFO(each->id);
    CHECK(table == catalog().events(*each));
  }
}

TEST_CASE("fixtures: at least 40, with those that agent builders meet") {
  std::size_t count = 0;
  std::set<std::string> names;
  for_each_event([&](const provider::Provider&, const std::string& event) {
    ++count;
    names.insert(event);
  });
  CHECK(count >= 40);
  for (const char* name : {"deployment.created", "payment_intent.payment_failed", "lead.created", "secret_scanning_alert.created", "article.published", "order.status_updated",
                           "customer.inquiry.new", "payment.succeeded", "return.initiated", "contact.created", "order.placed", "response.completed"}) {
    INFO(name);
    CHECK(names.count(name) == 1);
  }
}

TEST_CASE("fixtures: every body is JSON that the gate lets in, a form, or a form that holds JSON") {
  for_each_event([](const provider::Provider& provider, const std::string& event) {
    const auto fixture = catalog().fixture(provider, event);
    REQUIRE(fixture);
    if (fixture->media_type == "application/json") {
      const auto json = parse_json(fixture->body, event);
      if (!json) FAIL_CHECK(json.error().message);
      return;
    }
    if (fixture->media_type.starts_with("multipart/")) {
      CHECK(fixture->body.ends_with("--\r\n"));
      const event::Event composed = compose(provider, event);
      CHECK(parse_json(signing::document_of(way_of(provider), composed.request), event).ok());
      return;
    }
    for (const std::string_view pair : split(fixture->body, "&")) {
      CHECK(pair.find('=') != std::string_view::npos);
      CHECK(pair.find_first_of(" \r\n") == std::string_view::npos);
    }
  });
}

TEST_CASE("fixtures: what is composed is named as its file is, with a fresh id each time") {
  for_each_event([](const provider::Provider& provider, const std::string& event) {
    const event::Event one = compose(provider, event, 1);
    const event::Event two = compose(provider, event, 2);
    const provider::EventName name = provider::name_event(provider, one.request);
    CHECK(name.type == event);
    CHECK(one.type == event);
    CHECK_FALSE(one.id.empty());
    CHECK(one.id != two.id);
    if (!name.id.empty()) CHECK(name.id == one.id);
    CHECK(one.request.headers.has("Content-Type"));
    for (const http::Header& field : one.request.headers) {
      INFO(field.name << ": " << field.value);
      CHECK(field.value.find('{') == std::string::npos);
    }
  });
}

TEST_CASE("fixtures: a signed event verifies, its tampered twin and another key do not") {
  for (const provider::Provider* provider : providers()) {
    if (!signs(*provider)) continue;
    const signing::Scheme& way = way_of(*provider);
    const signing::Keys keys = keys_for(*provider, 'k');
    const signing::Keys others = keys_for(*provider, 'o');
    for (const std::string& event : catalog().events(*provider)) {
      INFO(provider->id << " " << event);
      const event::Event composed = compose(*provider, event);
      const signing::Signed done = sign(*provider, keys, composed);
      const signing::Verification right = verify(*provider, keys, done.request, done.url);
      CHECK_MESSAGE(right.verdict == signing::Verdict::valid, right.code);
      CHECK(verify(*provider, others, done.request, done.url).verdict == signing::Verdict::invalid);
      if (keys.private_key && !keys.secrets.empty()) {  // both must be right
        CHECK(verify(*provider, {.secrets = others.secrets, .private_key = keys.private_key}, done.request, done.url).verdict == signing::Verdict::invalid);
        CHECK(verify(*provider, {.secrets = keys.secrets, .private_key = others.private_key}, done.request, done.url).verdict == signing::Verdict::invalid);
      }
      if (covers_nothing(way)) continue;
      http::Request tampered = done.request;
      tampered.body += tampered.headers.find("Content-Type")->find("form") == std::string_view::npos ? " " : "&x=y";
      const bool refused = verify(*provider, keys, tampered, done.url).verdict == signing::Verdict::invalid;
      if (covers_all(way)) CHECK(refused);
      if (!refused) CHECK(check_signed_fields(*provider, keys, done, composed.id) > 0);
    }
  }
}

TEST_CASE("fixtures: a signed event is recognised as its own provider's and no other's") {
  for (const provider::Provider* provider : providers()) {
    if (!signs(*provider)) continue;
    const signing::Keys keys = keys_for(*provider, 'k');
    for (const std::string& event : catalog().events(*provider)) {
      INFO(provider->id << " " << event);
      const signing::Signed done = sign(*provider, keys, compose(*provider, event));
      const provider::Provider* recognised = catalog().recognise(done.request.headers);
      if (provider->recognise.empty()) {  // nobody's, or one of those that sign in the same field
        CHECK((recognised == nullptr || way_of(*recognised).signature.from == way_of(*provider).signature.from));
        continue;
      }
      REQUIRE(recognised != nullptr);
      CHECK(recognised->id == provider->id);
      for (const provider::Provider* other : providers()) {
        if (other == provider) continue;
        INFO("as sure: " << other->id);
        CHECK(provider::recognition(*other, done.request.headers) < provider::recognition(*provider, done.request.headers));
      }
    }
  }
}
