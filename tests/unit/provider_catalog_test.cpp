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

std::string with_id(const std::string& id, const std::string& title) {
  return R"({"schema":"hookctl.provider.v1","id":")" + id + R"(","title":")" + title + R"(","scheme":{"kind":"none"},"event_type":["{json:type}"]})";
}

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

TEST_CASE("catalog: a user's own, in both forms, in front of hookctl's") {
  const store::ScratchFolder folder;
  write(folder / "mine/acme.json", kAcme);
  write(folder / "mine/notes.txt", "no provider");
  write(folder / "mine/.hidden.json", "{");
  write(folder / "user/acme/provider.json", with_id("acme", "Far"));
  write(folder / "user/beta/provider.json", with_id("beta", "Beta"));
  write(folder / "user/beta/b.c.json", "{}");
  write(folder / "user/stripe.json", with_id("stripe", "My Stripe"));
  Catalog catalog({{folder / "mine", folder / "user", folder / "none"}, {}});
  REQUIRE(catalog.find("acme"));
  CHECK((*catalog.find("acme"))->file == folder / "mine/acme.json");
  CHECK((*catalog.find("beta"))->title == "Beta");
  CHECK(catalog.events(**catalog.find("beta")) == std::vector<std::string>{"b.c"});
  CHECK((*catalog.find("stripe"))->title == "My Stripe");
  CHECK(catalog.fixture(**catalog.find("stripe"), "invoice.paid"));  // hookctl's fixtures are still there
  const auto ids = catalog.ids();
  CHECK(ids.size() == Catalog().ids().size() + 2);
  std::size_t own = 0;
  for (const Entry& entry : catalog.entries()) {
    if (!entry.file.empty()) ++own;
    CHECK(entry.replaces == (entry.id == "stripe"));
  }
  CHECK(own == 3);
}

TEST_CASE("catalog: a broken file of a user's breaks nothing else") {
  const store::ScratchFolder folder;
  write(folder / "p/acme.json", "{\n  \"id\": }");
  write(folder / "p/other.json", kAcme);
  write(folder / "p/My Own.json", kAcme);
  Catalog catalog({{folder / "p"}, {}});
  std::vector<std::string> broken;
  for (const Entry& entry : catalog.entries()) {
    if (!entry.found) broken.push_back(entry.found.error().message);
  }
  REQUIRE(broken.size() == 3);
  CHECK(broken[0] == (folder / "p/My Own.json") + ": its name must be small letters, digits and '-', as an id is");
  CHECK(broken[1].starts_with((folder / "p/acme.json") + ":2:9: expected "));
  CHECK(broken[2] == (folder / "p/other.json") + ":1:38: id: expected \"other\", as the file is called");
  CHECK(catalog.find("stripe"));
  REQUIRE(catalog.all());
  CHECK(catalog.all()->size() == Catalog().ids().size());
  CHECK(catalog.recognise({{"Stripe-Signature", "t=1,v1=a"}})->id == "stripe");
  CHECK(catalog.find("acme").error().kind == ErrorKind::usage);
}

TEST_CASE("catalog: beside ID.json the fixtures are in the folder ID, never in all the files around") {
  const store::ScratchFolder folder;
  write(folder / "acme.json", kAcme);
  write(folder / "package.json", "{}");
  Catalog before;
  CHECK(before.events(**before.find(folder / "acme.json")).empty());
  write(folder / "acme/a.b.json", "{}");
  Catalog after;
  CHECK(after.events(**after.find(folder / "acme.json")) == std::vector<std::string>{"a.b"});
}

TEST_CASE("catalog: fixtures of one's own stand in front, and are marked") {
  const store::ScratchFolder folder;
  write(folder / "own/stripe/invoice.paid.json", "{\"mine\":1}");
  write(folder / "own/stripe/x/new.form", "a=1");
  write(folder / "own/stripe/.git/config.json", "{}");
  write(folder / "given/stripe/invoice.paid.json", "{\"given\":1}");
  Catalog catalog({{}, {folder / "own"}});
  const Provider& stripe = **catalog.find("stripe");
  CHECK(catalog.fixture(stripe, "invoice.paid")->body == "{\"mine\":1}");
  CHECK(catalog.fixture(stripe, "invoice.paid")->file == folder / "own/stripe/invoice.paid.json");
  CHECK(catalog.fixture(stripe, "x/new")->media_type == "application/x-www-form-urlencoded");
  CHECK(catalog.fixture(stripe, "charge.succeeded")->file.empty());
  CHECK(catalog.events(stripe).size() == Catalog().events(stripe).size() + 1);
  for (const FixtureFile& each : catalog.fixtures(stripe)) {
    CHECK(each.overrides == (each.event == "invoice.paid"));
    CHECK(each.file.empty() == (each.event != "invoice.paid" && each.event != "x/new"));
  }
  catalog.use_fixtures(folder / "given");
  CHECK(catalog.fixture(stripe, "invoice.paid")->body == "{\"given\":1}");
}

TEST_CASE("catalog: a fixture of one's own that is no JSON says where, when it is used") {
  const store::ScratchFolder folder;
  write(folder / "stripe/invoice.paid.json", "{\n \"a\": }");
  Catalog catalog({{}, {folder / ""}});
  const auto broken = catalog.fixture(**catalog.find("stripe"), "invoice.paid");
  REQUIRE_FALSE(broken);
  CHECK(broken.error().kind == ErrorKind::usage);
  CHECK(broken.error().message.find("stripe/invoice.paid.json:2:7: expected ") != std::string::npos);
  CHECK(catalog.fixture(**catalog.find("stripe"), "charge.succeeded"));
}

TEST_CASE("catalog: no name leads out of a folder of fixtures") {
  const store::ScratchFolder folder;
  write(folder / "secret.json", "{}");
  write(folder / "own/stripe/ok.json", "{}");
  Catalog catalog({{}, {folder / "own"}});
  const Provider& stripe = **catalog.find("stripe");
  REQUIRE(catalog.fixture(stripe, "ok"));
  for (const std::string& name : {std::string("../../secret"), std::string("x/../ok"), std::string("./ok"), std::string("/ok"), std::string("ok\0", 3), std::string("//ok")}) CHECK_FALSE(catalog.fixture(stripe, name));
  for (const char* id : {"..", ".", "a/../stripe", "Stripe"}) CHECK_FALSE(catalog.find(id));
}

TEST_CASE("catalog: a user's own wins a tie of recognition") {
  const store::ScratchFolder folder;
  const char* const text = R"({"schema":"hookctl.provider.v1","id":"zz","scheme":{"kind":"none"},"recognise":[[{"header":"Stripe-Signature"}]]})";
  write(folder / "zz.json", text);
  Catalog catalog({{folder / ""}, {}});
  CHECK(catalog.recognise({{"Stripe-Signature", "t=1"}})->id == "zz");
  const Recognition found = catalog.identify({{"Stripe-Signature", "t=1"}});
  CHECK(found.provider->id == "zz");
  CHECK(found.sureness == Sureness::possible);
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
