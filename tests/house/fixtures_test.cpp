// The law of fixtures/: table and files agree, every body is what it says, every event is recognised, signed and verified as its own.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "crypto/asymmetric.hpp"
#include "event/compose.hpp"
#include "provider/embedded.hpp"
#include "signing/canonical.hpp"
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

crypto::KeyType key_type(signing::Kind kind) {
  if (kind == signing::Kind::ed25519) return crypto::KeyType::ed25519;
  return kind == signing::Kind::ecdsa ? crypto::KeyType::p256 : crypto::KeyType::rsa;
}

// Keys of the form that the provider hands out; `seed` makes different ones.
signing::Keys keys_for(const provider::Provider& provider, char seed) {
  const signing::Scheme& way = signing::in_effect(signing::ways(provider.scheme).front());
  signing::Keys keys;
  if (signing::is_key_pair(way.kind)) {
    keys.private_key = Secret(crypto::PrivateKey::generate(key_type(way.kind))->pem());
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
    CHECK_FALSE(each->recognise.empty());
    CHECK(signing::is_supported(each->scheme));
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

TEST_CASE("fixtures: every body is JSON that the gate lets in, or a form") {
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
    const signing::Keys keys = keys_for(*provider, 'k');
    const signing::Keys others = keys_for(*provider, 'o');
    const bool over_body = signing::in_effect(signing::ways(provider->scheme).front()).kind != signing::Kind::token;
    for (const std::string& event : catalog().events(*provider)) {
      INFO(provider->id << " " << event);
      const signing::Signed done = sign(*provider, keys, compose(*provider, event));
      const signing::Verification right = verify(*provider, keys, done.request, done.url);
      CHECK_MESSAGE(right.verdict == signing::Verdict::valid, right.code);
      CHECK(verify(*provider, others, done.request, done.url).verdict == signing::Verdict::invalid);
      if (!over_body) continue;
      http::Request tampered = done.request;
      tampered.body += tampered.headers.find("Content-Type")->starts_with("application/json") ? " " : "&x=y";
      CHECK(verify(*provider, keys, tampered, done.url).verdict == signing::Verdict::invalid);
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
