// The catalogue: embedded providers, a user's own on disk, fixtures by name, and what is said about names that are none.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "provider/catalog.hpp"
#include "store_scratch.hpp"

using namespace hookctl;
using namespace hookctl::provider;

namespace {

void write(const std::string& path, const std::string& text) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

const char* const kAcme = R"({"schema":"hookctl.provider.v1","id":"acme","scheme":{"kind":"none"},"event_type":["{json:type}"]})";

}  // namespace

TEST_CASE("catalog: embedded providers are found by id, once") {
  Catalog catalog;
  const auto stripe = catalog.find("stripe");
  REQUIRE(stripe);
  CHECK((*stripe)->id == "stripe");
  CHECK((*stripe)->folder.empty());
  CHECK(*catalog.find("stripe") == *stripe);
  const auto all = catalog.all();
  REQUIRE(all);
  CHECK(all->size() == catalog.ids().size());
}

TEST_CASE("catalog: an unknown provider has a hint") {
  Catalog catalog;
  const auto none = catalog.find("strpie");
  REQUIRE_FALSE(none);
  CHECK(none.error().kind == ErrorKind::usage);
  CHECK(none.error().message == "no provider 'strpie'");
  CHECK(none.error().hint.find("did you mean 'stripe'?") != std::string::npos);
  CHECK_FALSE(catalog.find(""));
  CHECK(catalog.find("\x1b[2J").error().message.find('\x1b') == std::string::npos);
}

TEST_CASE("catalog: fixtures by event, exact bytes, and hints for names that are none") {
  Catalog catalog;
  const Provider& stripe = **catalog.find("stripe");
  const auto fixture = catalog.fixture(stripe, "payment_intent.payment_failed");
  REQUIRE(fixture);
  std::ifstream file(HOOKCTL_SOURCE_DIR "/fixtures/stripe/payment_intent.payment_failed.json", std::ios::binary);
  CHECK(fixture->body == std::string(std::istreambuf_iterator<char>(file), {}));
  CHECK(fixture->media_type == "application/json");

  const auto near = catalog.fixture(stripe, "payment_intent.failed");
  REQUIRE_FALSE(near);
  CHECK(near.error().message == "no fixture 'payment_intent.failed' for provider 'stripe'");
  CHECK(near.error().hint.find("did you mean 'payment_intent.payment_failed'?") != std::string::npos);
  CHECK(near.error().hint.find("lists all " + std::to_string(catalog.events(stripe).size())) != std::string::npos);

  const auto elsewhere = catalog.fixture(stripe, "order.placed");
  REQUIRE_FALSE(elsewhere);
  CHECK(elsewhere.error().hint.find("this event is in: ") == 0);
  for (const char* name : {"provider", "", "../stripe/invoice.paid", "..", "/etc/passwd"}) CHECK_FALSE(catalog.fixture(stripe, name));
}

TEST_CASE("catalog: events in folders and forms") {
  Catalog catalog;
  CHECK(catalog.fixture(**catalog.find("shopify"), "orders/create"));
  const auto form = catalog.fixture(**catalog.find("twilio"), "message.received");
  REQUIRE(form);
  CHECK(form->media_type == "application/x-www-form-urlencoded");
}

TEST_CASE("catalog: a provider on disk, by file and by folder") {
  const store::ScratchFolder folder;
  write(folder / "acme/provider.json", kAcme);
  write(folder / "acme/a.b.json", "{\"type\":\"a.b\"}");
  write(folder / "acme/x/y.form", "type=x");
  write(folder / "acme/notes.txt", "not a fixture");
  for (const std::string& path : {folder / "acme/provider.json", folder / "acme"}) {
    Catalog catalog;
    const auto acme = catalog.find(path);
    REQUIRE(acme);
    CHECK((*acme)->id == "acme");
    CHECK(catalog.events(**acme) == std::vector<std::string>{"a.b", "x/y"});
    CHECK(catalog.fixture(**acme, "a.b")->body == "{\"type\":\"a.b\"}");
    CHECK_FALSE(catalog.fixture(**acme, "../acme/a.b"));
  }
}

TEST_CASE("catalog: a file that is missing is unavailable, a malformed one usage, both by name") {
  const store::ScratchFolder folder;
  Catalog catalog;
  const auto missing = catalog.find(folder / "none/provider.json");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().kind == ErrorKind::unavailable);
  CHECK(missing.error().message.find(folder / "none/provider.json") != std::string::npos);
  write(folder / "bad/provider.json", "{\n  \"id\": }");
  const auto bad = catalog.find(folder / "bad/provider.json");
  REQUIRE_FALSE(bad);
  CHECK(bad.error().kind == ErrorKind::usage);
  CHECK(bad.error().message.starts_with((folder / "bad/provider.json") + ":2:9: "));
}

TEST_CASE("catalog: recognition by headers") {
  Catalog catalog;
  const auto id_of = [&](const http::Headers& headers) {
    const Provider* provider = catalog.recognise(headers);
    return provider == nullptr ? std::string("none") : provider->id;
  };
  CHECK(id_of({{"stripe-signature", "t=1,v1=a"}}) == "stripe");
  CHECK(id_of({{"x-github-event", "push"}, {"X-GitHub-Delivery", "1"}}) == "github");
  CHECK(id_of({{"webhook-id", "1"}, {"webhook-timestamp", "1"}, {"webhook-signature", "v1,a"}}) == "standard-webhooks");
  CHECK(id_of({{"webhook-id", "1"}, {"webhook-timestamp", "1"}, {"webhook-signature", "v1,a"}, {"User-Agent", "OpenAI/1"}}) == "openai");
  CHECK(id_of({{"Host", "h"}, {"Content-Type", "application/json"}}) == "none");
  CHECK(id_of({}) == "none");
}
