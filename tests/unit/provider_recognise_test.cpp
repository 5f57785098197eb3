// Who sent this, how sure that is, who else it could be, and how keys settle it.
#include <doctest/doctest.h>

#include "provider/catalog.hpp"

using namespace hookctl;
using namespace hookctl::provider;

namespace {

Provider made(const std::string& id, const std::string& recognise, const std::string& header) {
  auto provider = parse_provider(R"({"schema":"hookctl.provider.v1","id":")" + id + R"(","scheme":{"kind":"hmac","hash":"sha256","signed":"{body}","signature":{"from":"header:)" + header +
                                     R"(","encoding":"hex"}},"recognise":)" + recognise + "}",
                                 id + ".json");
  REQUIRE_MESSAGE(provider.ok(), provider.error().message);
  return *std::move(provider);
}

std::vector<std::string> ids(const std::vector<const Provider*>& providers) {
  std::vector<std::string> names;
  for (const Provider* each : providers) names.push_back(each->id);
  return names;
}

const http::Headers kStandard{{"webhook-id", "1"}, {"webhook-timestamp", "1"}, {"webhook-signature", "v1,a"}};

}  // namespace

TEST_CASE("recognition: a header that nobody else sends is certain, and the only one told") {
  Catalog catalog;
  const Recognition found = catalog.identify({{"stripe-signature", "t=1,v1=a"}, {"User-Agent", "x"}});
  REQUIRE(found.provider != nullptr);
  CHECK(found.provider->id == "stripe");
  CHECK(found.sureness == Sureness::certain);
  CHECK(found.by == std::vector<std::string>{"Stripe-Signature"});
  CHECK(found.others.empty());
  CHECK(sentence(found) == "recognised as stripe by the header Stripe-Signature (certain: no other provider sends it)");
}

TEST_CASE("recognition: nobody's headers") {
  Catalog catalog;
  CHECK(catalog.identify({}).provider == nullptr);
  CHECK(catalog.identify({{"Host", "h"}}).provider == nullptr);
}

TEST_CASE("recognition: who only lacks its User-Agent may have sent it") {
  Catalog catalog;
  const Recognition found = catalog.identify(kStandard);
  REQUIRE(found.provider != nullptr);
  CHECK(found.provider->id == "standard-webhooks");
  CHECK(found.sureness == Sureness::possible);
  const auto others = ids(found.others);
  for (const char* id : {"openai", "polar", "svix"}) CHECK_MESSAGE(std::find(others.begin(), others.end(), id) != others.end(), id);
  CHECK(sentence(found).starts_with("taken as standard-webhooks by the headers webhook-id, webhook-timestamp, webhook-signature (possible: "));
}

TEST_CASE("recognition: a User-Agent that is there tells, but is not certain") {
  Catalog catalog;
  http::Headers headers = kStandard;
  headers.add("User-Agent", "OpenAI/1");
  const Recognition found = catalog.identify(headers);
  REQUIRE(found.provider != nullptr);
  CHECK(found.provider->id == "openai");
  CHECK(found.sureness == Sureness::likely);
  CHECK(ids(found.others) == std::vector<std::string>{"standard-webhooks"});
}

TEST_CASE("recognition: a header that another sends too is not certain, though that one does not fit") {
  Catalog catalog;
  const Recognition meta = catalog.identify({{"X-Hub-Signature-256", "sha256=a"}});
  REQUIRE(meta.provider != nullptr);
  CHECK(meta.provider->id == "meta");
  CHECK(meta.sureness == Sureness::likely);
  const Recognition github = catalog.identify({{"X-Hub-Signature-256", "sha256=a"}, {"X-GitHub-Event", "push"}, {"X-GitHub-Delivery", "1"}});
  CHECK(github.provider->id == "github");
  CHECK(github.sureness == Sureness::certain);
}

TEST_CASE("recognition: of equals the first, and the other is told") {
  const Provider one = made("one", R"([[{"header":"X-Same"}]])", "X-Same");
  const Provider two = made("two", R"([[{"header":"X-Same"}]])", "X-Same");
  const Recognition found = recognise({&one, &two}, {{"x-same", "a"}});
  CHECK(found.provider == &one);
  CHECK(found.sureness == Sureness::possible);
  CHECK(ids(found.others) == std::vector<std::string>{"two"});
  CHECK(sentence(found) == "taken as one by the header X-Same (possible: two sends the same; --provider P names yours)");
  CHECK(recognise({&two, &one}, {{"x-same", "a"}}).provider == &two);
}

TEST_CASE("recognition: one that says nothing of how it is recognised is still one of the others") {
  const Provider loud = made("loud", R"([[{"header":"X-Same"}]])", "X-Same");
  const Provider silent = made("silent", "[]", "X-Same");
  const Provider elsewhere = made("elsewhere", "[]", "X-Other");
  const Recognition found = recognise({&elsewhere, &silent, &loud}, {{"X-Same", "a"}});
  CHECK(found.provider == &loud);
  CHECK(found.sureness == Sureness::possible);
  CHECK(ids(found.others) == std::vector<std::string>{"silent"});
  CHECK(recognise({&silent}, {{"X-Same", "a"}}).provider == nullptr);
}

TEST_CASE("recognition: a signature settles who it was") {
  const Provider one = made("one", R"([[{"header":"X-Same"}]])", "X-Same");
  const Provider two = made("two", R"([[{"header":"X-Same"}]])", "X-Same");
  const Recognition open = recognise({&one, &two}, {{"X-Same", "a"}});

  Recognition other = open;
  settle(other, [&](const Provider& each) { return each.id == "two"; });
  CHECK(other.provider == &two);
  CHECK(other.sureness == Sureness::certain);
  CHECK(other.others.empty());
  CHECK(sentence(other) == "recognised as two by the header X-Same (certain: only its signature holds)");

  Recognition both = open;
  settle(both, [](const Provider&) { return true; });
  CHECK(both.provider == &one);
  CHECK(both.sureness == Sureness::likely);
  CHECK(sentence(both).find("its signature holds, and two signs the same way") != std::string::npos);

  Recognition none = open;
  settle(none, [](const Provider&) { return false; });
  CHECK(none.provider == &one);
  CHECK(none.sureness == Sureness::possible);
  CHECK_FALSE(none.by_signature);

  Recognition nobody;
  settle(nobody, [](const Provider&) { return true; });
  CHECK(nobody.provider == nullptr);
}

TEST_CASE("recognition: a certain one is not asked for its signature") {
  const Provider one = made("one", R"([[{"header":"X-Own"}]])", "X-Own");
  Recognition found = recognise({&one}, {{"X-Own", "a"}});
  CHECK(found.sureness == Sureness::certain);
  bool asked = false;
  settle(found, [&](const Provider&) { return asked = true; });
  CHECK_FALSE(asked);
}

TEST_CASE("recognition: the most conditions of one whole alternative") {
  const Provider acme = made("acme", R"([[{"header":"X-Acme"}],[{"header":"X-Acme","prefix":"v1="},{"header":"X-Event"}]])", "X-Acme");
  CHECK(recognition(acme, {{"x-acme", "abc"}}) == 1);
  CHECK(recognition(acme, {{"X-Acme", "v1=abc"}}) == 1);
  CHECK(recognition(acme, {{"X-Acme", "v1=abc"}, {"X-Event", ""}}) == 2);
  CHECK(recognition(acme, {{"X-Event", "e"}}) == 0);
  CHECK(recognition(acme, {}) == 0);
}
