// Places of bodies: what is found, what it is taken for, and bodies written with changes.
#include <doctest/doctest.h>

#include <string>

#include "check/places.hpp"
#include "check_subjects.hpp"

using namespace hookctl;
using namespace hookctl::check;

namespace {

Body json(const std::string& text) { return Body::read("application/json", text).value(); }
Meaning meaning(const std::string& text, const std::string& path) {
  const Body body = json(text);
  const auto at = body.find(path);
  REQUIRE_MESSAGE(at.has_value(), path);
  return body.places()[*at].meaning;
}
std::string changed(const Body& body, const std::string& path, Change change) {
  return body.with({{body.find(path).value(), std::move(change)}});
}

constexpr auto kOut = Change::Op::take_out;
constexpr auto kAdd = Change::Op::add;
const std::string kText = "{ \"a\": 1,\n  \"b\": [ {\"c\": \"x\\u00e9\"}, 2 ],\n  \"d.e\": null, \"f\": {} }\n";

}  // namespace

TEST_CASE("places: every value has a path, a kind and a text") {
  const Body body = json(kText);
  std::string paths;
  for (const Place& place : body.places()) paths += place.path + "|";
  CHECK(paths == "|a|b|b[0]|b[0].c|b[1]|[\"d.e\"]|f|");
  CHECK(body.places()[4].text == "x\xC3\xA9");
  CHECK(body.places()[4].depth == 3);
  CHECK(body.places()[5].is_item);
  CHECK(body.places()[5].name == "b");
  CHECK(body.places()[2].size == 2);
  CHECK(body.raw(3) == "{\"c\": \"x\\u00e9\"}");
  CHECK(body.is_within(4, 2));
  CHECK_FALSE(body.is_within(6, 2));
}

TEST_CASE("places: a body is written as it was, but for what is changed") {
  const Body body = json(kText);
  CHECK(body.with({}) == kText);
  CHECK(changed(body, "a", {Change::Op::put, "1e400"}) ==
        "{ \"a\": 1e400,\n  \"b\": [ {\"c\": \"x\\u00e9\"}, 2 ],\n  \"d.e\": null, \"f\": {} }\n");
  CHECK(changed(body, "a", {kOut}) == "{\n  \"b\": [ {\"c\": \"x\\u00e9\"}, 2 ],\n  \"d.e\": null, \"f\": {} }\n");
  CHECK(changed(body, "b[0].c", {kOut}) == "{ \"a\": 1,\n  \"b\": [ {}, 2 ],\n  \"d.e\": null, \"f\": {} }\n");
  CHECK(changed(body, "f", {kOut}) == "{ \"a\": 1,\n  \"b\": [ {\"c\": \"x\\u00e9\"}, 2 ],\n  \"d.e\": null }\n");
  CHECK(changed(body, "f", {kAdd, "\"g\":1"}) ==
        "{ \"a\": 1,\n  \"b\": [ {\"c\": \"x\\u00e9\"}, 2 ],\n  \"d.e\": null, \"f\": {\"g\":1} }\n");
  CHECK(json("{\"a\":1}").with({{0, {kAdd, "\"b\":2"}}, {0, {kAdd, "\"c\":3"}}}) == "{\"a\":1,\"b\":2,\"c\":3}");
}

TEST_CASE("places: forms are bodies, too") {
  const Body form = Body::read("application/x-www-form-urlencoded", "a=1&b=x+y%21&c").value();
  CHECK(form.is_form());
  CHECK(form.with({}) == "a=1&b=x+y%21&c");
  CHECK(form.places()[form.find("b").value()].text == "x y!");
  CHECK(changed(form, "b", {Change::Op::put, "\"\\u00e9&\""}) == "a=1&b=%C3%A9%26&c");
  CHECK(changed(form, "a", {kOut}) == "b=x+y%21&c");
  CHECK(form.with({{0, {kAdd, "d=2"}}}) == "a=1&b=x+y%21&c&d=2");
  CHECK(Body::read("application/x-www-form-urlencoded", "").value().with({}).empty());
}

TEST_CASE("places: what is no JSON is refused") {
  for (const char* text : {"", "{", "{}x", "[1,]", "nul"}) CHECK_FALSE(Body::read("application/json", text).ok());
  CHECK_FALSE(Body::read("application/json", std::string(600, '[') + std::string(600, ']')).ok());
  CHECK_FALSE(Body::read("multipart/form-data; boundary=x", "--x--").ok());
}

TEST_CASE("places: meanings are guessed by name and look") {
  const std::string text =
      R"({"id":"evt_1","customer":"cus_Qa8Z1","user":"octocat","customer_id":7,"title":"Printer on fire","name":"Ada","status":"open","currency":"USD",
    "amount":1999,"unit_amount":"19.99","quantity":3,"created":1767225600,"created_at":"2026-01-02T10:00:00Z","ts":"1767225600.000100","url":"https://a.example/x",
    "from":"ada@example.com","paid":true,"gone":null,"sha":"6113728f27ae82c7b1a177c8d03f9e96e0adf246","note":"call a@b.example now","size":1767225600})";
  const std::pair<const char*, Meaning> expected[] = {{"id", Meaning::own_id},       {"customer", Meaning::reference},
                                                      {"user", Meaning::reference},  {"customer_id", Meaning::reference},
                                                      {"title", Meaning::prose},     {"name", Meaning::prose},
                                                      {"status", Meaning::word},     {"currency", Meaning::word},
                                                      {"amount", Meaning::amount},   {"unit_amount", Meaning::amount},
                                                      {"quantity", Meaning::count},  {"created", Meaning::date},
                                                      {"created_at", Meaning::date}, {"ts", Meaning::date},
                                                      {"url", Meaning::url},         {"from", Meaning::email},
                                                      {"paid", Meaning::flag},       {"gone", Meaning::none},
                                                      {"sha", Meaning::own_id},      {"note", Meaning::prose},
                                                      {"size", Meaning::count}};
  for (const auto& entry : expected) CHECK_MESSAGE(meaning(text, entry.first) == entry.second, entry.first);
}

TEST_CASE("places: the main object is what the envelope is there for") {
  const auto main_of = [](const std::string& text) {
    const Body body = json(text);
    return body.places()[body.main_object()].path;
  };
  CHECK(main_of(R"({"id":"e","type":"t","data":{"object":{"id":"o","a":1,"b":2,"inner":{"c":3}}},"request":{"id":null}})") ==
        "data.object");
  CHECK(main_of(R"({"type":"t","data":{"id":"o","name":"x","plan":"y","address":{"city":"z"}}})") == "data");
  CHECK(main_of(R"([{"id":"e","data":{"a":1,"b":2,"c":3}}])") == "[0].data");
  CHECK(main_of(R"({"id":1,"amount":2,"customer":{"id":3,"name":"a name that is longer than all the rest"}})").empty());
  CHECK(main_of(R"({"action":"x","issue":{"id":1,"t":"abcdefgh"},"comment":{"id":2,"t":"abcdefgh"},"repository":{"id":3,"t":"abcdefgh"}})")
            .empty());
  CHECK(main_of("1").empty());
}

TEST_CASE("places: ids, types, what the scheme reads and what holds them are left alone") {
  const auto left = [](const std::string& provider, const std::string& event, const std::string& path) {
    const Subject& subject = test::checked(provider).subject;
    const auto* sample = subject.sample(event);
    REQUIRE(sample != nullptr);
    const Body body = Body::read(sample->media_type, sample->body).value();
    const auto at = body.find(path);
    REQUIRE_MESSAGE(at.has_value(), path);
    return static_cast<bool>(left_alone(subject, body)[*at]);
  };
  CHECK(left("stripe", "invoice.paid", "id"));
  CHECK(left("stripe", "invoice.paid", "type"));
  CHECK(left("stripe", "invoice.paid", "data"));
  CHECK(left("stripe", "invoice.paid", "data.object"));
  CHECK_FALSE(left("stripe", "invoice.paid", "data.object.customer"));
  CHECK(left("github", "issue_comment.created", "action"));
  CHECK_FALSE(left("github", "issue_comment.created", "comment.user"));
}

TEST_CASE("places: the fixtures of all providers are read and written as they are") {
  auto& catalog = test::check_catalog();
  for (const std::string& id : catalog.ids()) {
    const auto* provider = catalog.find(id).value();
    for (const std::string& event : catalog.events(*provider)) {
      const auto sample = catalog.fixture(*provider, event).value();
      if (sample.media_type.starts_with("multipart/")) continue;
      const auto body = Body::read(sample.media_type, sample.body);
      CHECK_MESSAGE(body.ok(), id << " " << event);
      if (body.ok()) CHECK_MESSAGE(body->with({}) == sample.body, id << " " << event);
    }
  }
}
