// The fields phase: every mutator on every place, few requests for a sound endpoint, and each flawed place found once.
#include <doctest/doctest.h>

#include <cstdlib>

#include "fuzz/describe.hpp"
#include "fuzz/fields.hpp"
#include "fuzz_endpoint.hpp"

using namespace hookctl;
using test::FakeEndpoint;
using test::odd_case;
using test::put;
using test::StripeFuzz;

namespace {

const std::string kObject = "data.object.";

void try_fields(test::FuzzCheck& check) {
  check.bench();
  for (const bool destructive : {false, true}) {
    const auto done = fuzz::try_fields(check.bench(), check.pursuit(), destructive);
    REQUIRE_MESSAGE(done.ok(), (done ? "" : done.error().message));
  }
}

// Stripe with one event type.
struct OneEvent : StripeFuzz {
  explicit OneEvent(bool with_probe = false) : StripeFuzz(with_probe) { subject.samples.resize(1); }
};

std::vector<std::string> places(test::FuzzCheck& check) {
  std::vector<std::string> out;
  for (const report::Finding& finding : check.findings()) out.insert(out.end(), finding.places.begin(), finding.places.end());
  std::sort(out.begin(), out.end());
  return out;
}

// The value at a path of data.object, null where there is none.
nlohmann::json value(const http::Request& request, const std::string& name) {
  const auto body = nlohmann::json::parse(request.body, nullptr, false);
  const auto at = nlohmann::json::json_pointer("/data/object/" + name);
  return body.is_object() && body.contains(at) ? body[at] : nlohmann::json();
}

// The product of the first "A*B" in the text.
std::string computed(const std::string& text) {
  for (std::size_t star = text.find('*'); star != std::string::npos; star = text.find('*', star + 1)) {
    std::size_t begin = star;
    while (begin > 0 && text[begin - 1] >= '0' && text[begin - 1] <= '9') --begin;
    const unsigned long long product =
        std::strtoull(text.c_str() + begin, nullptr, 10) * std::strtoull(text.c_str() + star + 1, nullptr, 10);
    if (begin < star && product > 0) return std::to_string(product);
  }
  return "";
}

}  // namespace

TEST_CASE("fuzz fields: a sound endpoint gives no finding, for less than 700 requests") {
  StripeFuzz check;
  try_fields(check);
  CHECK(check.findings().empty());
  CHECK(check.bench().requests() > 100);
  CHECK(check.bench().requests() < 700);
  // Whatever is sent is rightly signed.
  for (const http::Request& request : check.endpoint.requests) {
    CHECK(check.endpoint.verify(request).verdict == signing::Verdict::valid);
  }
}

TEST_CASE("fuzz fields: an endpoint that checks all shapes strictly gives none either") {
  OneEvent check;
  check.bench();
  const nlohmann::json plain = nlohmann::json::parse(check.endpoint.requests[0].body)["data"]["object"];
  check.endpoint.work = [plain](const http::Request& request, const provider::EventName&) -> std::optional<http::Response> {
    const auto body = nlohmann::json::parse(request.body);
    for (const auto& [key, member] : plain.items()) {
      if (!body["data"]["object"].contains(key) || body["data"]["object"][key].type() != member.type())
        return FakeEndpoint::say(422, "no " + key);
    }
    return std::nullopt;
  };
  try_fields(check);
  CHECK(check.findings().empty());
  CHECK(check.bench().requests() < 500);
}

TEST_CASE("fuzz fields: each flawed place is found, and once") {
  OneEvent check;
  check.bench();
  check.endpoint.work = [](const http::Request& request, const provider::EventName&) -> std::optional<http::Response> {
    if (!value(request, "customer").is_string()) return FakeEndpoint::say(500, "TypeError: customer");
    if (!value(request, "currency").is_string()) return FakeEndpoint::say(500, "TypeError: currency");
    if (!value(request, "amount").is_number()) return FakeEndpoint::say(500, "TypeError: amount");
    return std::nullopt;
  };
  try_fields(check);
  CHECK(places(check) == std::vector<std::string>{"data.object.amount", "data.object.currency", "data.object.customer"});
  CHECK(check.kept.size() == 3);
  for (const report::Finding& finding : check.findings()) {
    CHECK(finding.rule == "fuzz/server-error");
    CHECK(finding.confidence.text() == "3 of 3");
    CHECK(finding.recipe.find("data.object.") != std::string::npos);
  }
}

TEST_CASE("fuzz fields: a place that is known to fail is left alone from then on") {
  OneEvent check;
  check.bench();
  test::fails_on_null(check.endpoint, {kObject + "customer"});
  bool known = false;
  check.options.on_finding = [&](const fuzz::Record&) { known = true; };
  int changed = 0;
  check.endpoint.first = [&](http::Request& request) -> std::optional<http::Response> {
    if (known && request.body.find("\"customer\": \"cus_") == std::string::npos) ++changed;
    return std::nullopt;
  };
  try_fields(check);
  CHECK(known);
  CHECK(changed == 0);
}

TEST_CASE("fuzz fields: what is computed shows in the effects alone") {
  OneEvent check(true);
  check.bench();
  check.endpoint.work = [&](const http::Request& request, const provider::EventName&) -> std::optional<http::Response> {
    const auto text = value(request, "description");
    const std::string result = text.is_string() ? computed(text.get<std::string>()) : "";
    if (!result.empty()) check.endpoint.state = {{"note", result}};
    return std::nullopt;
  };
  try_fields(check);
  bool any = false;
  for (const report::Finding& finding : check.findings()) {
    CHECK(finding.rule == "fuzz/computed");
    CHECK(finding.places == std::vector<std::string>{"data.object.description"});
    any = any || finding.confidence.confirmed();
  }
  CHECK(any);
}

TEST_CASE("fuzz fields: an address that is fetched, and an endpoint that fetches none") {
  for (const bool fetches : {true, false}) {
    OneEvent check;
    test::FakeListener ours;
    check.listener = &ours;
    check.bench();
    bool offered = false;
    check.endpoint.work = [&](const http::Request& request, const provider::EventName&) -> std::optional<http::Response> {
      offered = offered || request.body.find(test::FakeListener::kUrl) != std::string::npos;
      const auto text = value(request, "description");
      if (fetches && text.is_string()) ours.fetch_all(text.get<std::string>());
      return std::nullopt;
    };
    try_fields(check);
    CHECK(offered);
    REQUIRE(check.findings().size() == (fetches ? 1u : 0u));
    if (!fetches) continue;
    CHECK(check.findings()[0].rule == "fuzz/fetched");
    CHECK(check.findings()[0].places == std::vector<std::string>{"data.object.description"});
    CHECK(check.findings()[0].severity == report::Severity::critical);
  }
}

TEST_CASE("fuzz fields: a body that has no places is no error") {
  test::FuzzCheck check("generic");
  check.subject.samples.resize(1);
  check.subject.samples[0].media_type = "text/plain";
  check.subject.samples[0].body = "hello";
  try_fields(check);
  CHECK(check.findings().empty());
}

TEST_CASE("fuzz describe: a case in words, and its places as a key") {
  fuzz::Case wanted = odd_case("invoice.paid", {put("items[3].price", "null")});
  CHECK(fuzz::describe(wanted) == "invoice.paid with items[3].price = null");
  CHECK(fuzz::place_key(wanted) == "items[].price");
  wanted.play.steps[0].patches = {put("items[0].price", "1"), put("items[9].price", "2"), {"a", {check::Change::Op::take_out, ""}, {}}};
  CHECK(fuzz::describe(wanted) == "invoice.paid with items[0].price = 1, items[9].price = 2, a missing");
  CHECK(fuzz::place_key(wanted) == "a,items[].price");
  wanted.play.steps[0].patches = {{"a", {check::Change::Op::put, "\"{*}\""}, check::Patch::Repeat{"x", "", 65'537}}};
  CHECK(fuzz::describe(wanted) == "invoice.paid with a = \"x…\" (65537 times)");
  wanted.play.steps[0].patches = {{"", {check::Change::Op::add, "\"k\":1"}, {}}};
  CHECK(fuzz::describe(wanted) == "invoice.paid with \"k\":1 added to the body");
  wanted.play.steps[0].patches.clear();
  wanted.play.name = "as it is";
  wanted.mutator = "wire";
  CHECK(fuzz::describe(wanted) == "as it is");
  CHECK(fuzz::place_key(wanted) == "wire");
  wanted.play.steps[0].splices = {{7, 2, "\x01", 3}};
  CHECK(fuzz::place_key(wanted) == "*7-201");
  CHECK(fuzz::describe(wanted).starts_with("invoice.paid with at byte 7 2 bytes cut and '"));
  for (const char c : fuzz::describe(wanted)) CHECK(static_cast<unsigned char>(c) >= 0x20);
  wanted.play.steps[0].splices.clear();
  for (int i = 0; i < 7; ++i) wanted.play.steps[0].patches.push_back(put("p" + std::to_string(i), "1"));
  CHECK(fuzz::describe(wanted).ends_with("p3 = 1 and 3 more"));
  // Of a long value the beginning is shown, and no half character.
  wanted.play.steps[0].patches = {put("a", "\"" + std::string(38, 'x') + "é and more\"")};
  const std::string words = fuzz::describe(wanted);
  CHECK(words.size() < 100);
  CHECK(words.find("\xC3…") == std::string::npos);
}
