// The rules about order, and how they find the object that an event is about.
#include <doctest/doctest.h>

#include "base/json_path.hpp"
#include "check/event_object.hpp"
#include "check/object_state.hpp"
#include "check_fake_endpoint.hpp"

using namespace hookctl;
using test::FakeCheck;

namespace {

std::string tried(FakeCheck& check, const std::string& rule) { return check.verdict(check::order_rules(), "order/" + rule); }

const std::vector<std::string> kRules{"permuted", "concurrent", "unknown-object", "same-time"};

std::optional<http::Response> nothing() { return std::nullopt; }

// Keeps the state of subscriptions: the newest, as `is_newer` says.
struct Subscriptions : FakeCheck {
  Subscriptions() : FakeCheck("stripe") {
    subject.samples = {*subject.sample("customer.subscription.updated"), *subject.sample("customer.subscription.deleted")};
    endpoint.state = nlohmann::ordered_json::object();
    endpoint.work = [this](const http::Request& request, const provider::EventName&) {
      const std::string id = json_text_at(request.body, "data.object.id").value_or("");
      const std::int64_t at = std::stoll(json_text_at(request.body, "created").value_or("0"));
      if (!is_newer(id, at)) return nothing();
      newest[id] = at;
      keep(id, json_text_at(request.body, "data.object.status").value_or(""));
      return nothing();
    };
  }
  std::map<std::string, std::int64_t> newest;
  std::function<bool(const std::string&, std::int64_t)> is_newer = [this](const std::string& id, std::int64_t at) {
    return at > newest[id];
  };
  std::function<void(const std::string&, const std::string&)> keep = [this](const std::string& id, const std::string& status) {
    endpoint.state["sub:" + id] = status;
  };
};

}  // namespace

TEST_CASE("check rules, order: a sound endpoint passes them all, with few requests") {
  Subscriptions check;
  const auto before = check.bench().requests();
  for (const std::string& rule : kRules) CHECK_MESSAGE(tried(check, rule) == "", rule);
  CHECK(check.bench().requests() - before <= 16);
}

TEST_CASE("check rules, order: the last delivery wins") {
  Subscriptions check;
  check.is_newer = [](const std::string&, std::int64_t) { return true; };
  CHECK(tried(check, "permuted").find("the older one overwrote it") != std::string::npos);
  CHECK(tried(check, "concurrent").find("overwrote the newest") != std::string::npos);
  CHECK(tried(check, "unknown-object") == "");
  CHECK(tried(check, "same-time") == "");
}

TEST_CASE("check rules, order: the state holds objects in a list, or what follows from the status") {
  Subscriptions listed;
  listed.is_newer = [](const std::string&, std::int64_t) { return true; };
  std::map<std::string, std::string> rows;
  listed.keep = [&](const std::string& id, const std::string& status) {
    rows[id] = status;
    auto& list = listed.endpoint.state["subscriptions"] = nlohmann::ordered_json::array();
    for (const auto& [key, value] : rows) list.push_back({{"id", key}, {"status", value}, {"seen", rows.size()}});
  };
  CHECK(tried(listed, "permuted").find("overwrote") != std::string::npos);
  Subscriptions granted;
  granted.is_newer = [](const std::string&, std::int64_t) { return true; };
  granted.keep = [&](const std::string& id, const std::string& status) { granted.endpoint.state["access"][id] = status == "active"; };
  CHECK(tried(granted, "permuted").find("overwrote") != std::string::npos);
}

TEST_CASE("check rules, order: logs and counts of what arrived are no fault") {
  Subscriptions check;
  std::map<std::string, std::vector<std::string>> arrived;
  std::map<std::string, std::string> current;
  const auto original = check.endpoint.work;
  check.keep = [&](const std::string& id, const std::string& status) { current[id] = status; };
  check.endpoint.work = [&](const http::Request& request, const provider::EventName& name) {
    const std::string id = json_text_at(request.body, "data.object.id").value_or("");
    const std::string status = json_text_at(request.body, "data.object.status").value_or("");
    arrived[id].push_back(status);
    auto done = original(request, name);
    check.endpoint.state[id] = {
        {"status", current[id]}, {"log", arrived[id]}, {"count", arrived[id].size()}, {"last_seen", status}, {"last_event", name.id}};
    return done;
  };
  CHECK(tried(check, "permuted") == "");
}

TEST_CASE("check rules, order: a state that does not tell is no proof") {
  Subscriptions silent;
  silent.keep = [](const std::string&, const std::string&) {};
  CHECK(tried(silent, "permuted") == "skipped: the probe's state does not show the object");
  Subscriptions none;
  none.endpoint.state = nullptr;
  none.keep = [](const std::string&, const std::string&) {};
  CHECK(tried(none, "permuted") == "skipped: the probe tells no state");
  Subscriptions strict;
  strict.bench();
  strict.endpoint.work = [](const http::Request&, const provider::EventName&) -> std::optional<http::Response> {
    return test::FakeEndpoint::say(404, "no such subscription");
  };
  CHECK(tried(strict, "permuted").starts_with("skipped: the endpoint does not take updates"));
  CHECK(tried(strict, "unknown-object") == "");
  FakeCheck other("stripe");
  other.subject.samples = {*other.subject.sample("payment_intent.succeeded")};
  CHECK(tried(other, "permuted") == "skipped: none of the event types tells of an update");
}

TEST_CASE("check rules, order: stale or unknown makes it fail") {
  Subscriptions stale;
  stale.is_newer = [&](const std::string& id, std::int64_t at) { return at > stale.newest[id]; };
  const auto original = stale.endpoint.work;
  stale.bench();
  stale.endpoint.work = [&](const http::Request& request, const provider::EventName& name) -> std::optional<http::Response> {
    const std::string id = json_text_at(request.body, "data.object.id").value_or("");
    if (std::stoll(json_text_at(request.body, "created").value_or("0")) < stale.newest[id]) return test::FakeEndpoint::say(500, "stale");
    return original(request, name);
  };
  CHECK(tried(stale, "permuted") == "updates of one object in reverse order: the endpoint failed");
  Subscriptions unknown;
  unknown.bench();
  unknown.endpoint.work = [&](const http::Request& request, const provider::EventName&) -> std::optional<http::Response> {
    if (!unknown.newest.contains(json_text_at(request.body, "data.object.id").value_or("")))
      return test::FakeEndpoint::say(500, "undefined");
    return std::nullopt;
  };
  CHECK(tried(unknown, "unknown-object").find("that was never seen: the endpoint failed") != std::string::npos);
}

TEST_CASE("check rules, order: two updates with the same time") {
  Subscriptions failing;
  failing.bench();
  const auto original = failing.endpoint.work;
  failing.endpoint.work = [&](const http::Request& request, const provider::EventName& name) -> std::optional<http::Response> {
    const std::string id = json_text_at(request.body, "data.object.id").value_or("");
    if (failing.newest.contains(id) && std::stoll(json_text_at(request.body, "created").value_or("0")) == failing.newest[id])
      return test::FakeEndpoint::say(500, "unique constraint");
    return original(request, name);
  };
  CHECK(tried(failing, "same-time") == "two updates of one object with the same time: the endpoint failed");
  Subscriptions mixing;
  mixing.is_newer = [](const std::string&, std::int64_t) { return true; };
  std::map<std::string, int> count;
  mixing.keep = [&](const std::string& id, const std::string& status) {
    mixing.endpoint.state[id] = ++count[id] > 1 ? "conflict" : status;
  };
  CHECK(tried(mixing, "same-time").find("neither of the two") != std::string::npos);
}

TEST_CASE("check rules, order: no provider's events make it stumble") {
  for (const std::string& id : test::check_catalog().ids()) {
    FakeCheck check(id);
    check.endpoint.state = nlohmann::ordered_json::object();
    for (const std::string& rule : kRules) {
      const std::string verdict = tried(check, rule);
      CHECK_MESSAGE((verdict == "" || verdict.starts_with("skipped: ")), id, " ", rule, ": ", verdict);
    }
  }
}

TEST_CASE("check, event object: what an event is about") {
  const auto stripe = test::checked("stripe").subject;
  const auto subscription = check::object_of(stripe, "customer.subscription.updated", true);
  REQUIRE(subscription);
  CHECK(subscription->names.front().path == "data.object.id");
  CHECK(subscription->states.front().path == "data.object.status");
  CHECK(subscription->is_ordered());
  const auto github = test::checked("github").subject;
  const auto issue = check::object_of(github, "issues.edited", true);
  REQUIRE(issue);
  CHECK(issue->names.front().path.starts_with("issue."));
  CHECK(std::any_of(issue->times.begin(), issue->times.end(), [](const auto& time) { return time.path == "issue.updated_at"; }));
  auto generic = test::checked("generic").subject;
  generic.samples[0] = {
      "ticket.updated", "application/json",
      R"({"id":7,"type":"ticket.updated","seq":2,"created_at":"2026-01-02T10:00:00Z","data":{"ticket_id":"TCK-1","status":"in_progress","due":"2026-05-01T00:00:00Z"}})"};
  const auto ticket = check::object_of(generic, "ticket.updated", true);
  REQUIRE(ticket);
  CHECK(ticket->names.front().path == "data.ticket_id");
  CHECK(ticket->versions == std::vector<std::string>{"seq"});
  REQUIRE(ticket->times.size() == 1);
  CHECK(ticket->times[0].path == "created_at");
  SeededRandom random(3);
  const auto one = check::other_names(*ticket, random);
  const auto two = check::other_names(*ticket, random);
  CHECK(one[0].starts_with("\"TCK-"));
  CHECK(one != two);
  const auto shopify = test::checked("shopify").subject;
  const auto order = check::object_of(shopify, "orders/updated", false);
  REQUIRE(order);
  CHECK(order->names.front().path == "id");
  // Who goes by the time in the header must find the same order there.
  CHECK(std::any_of(order->times.begin(), order->times.end(),
                    [](const auto& time) { return time.in_header && time.path == "X-Shopify-Triggered-At"; }));
}

TEST_CASE("check, event object: updates and removals") {
  for (const char* type : {"customer.subscription.updated", "orders/update", "issues.edited", "jira:issue_updated",
                           "pull_request.synchronize", "Issue.update", "contact.propertyChange", "order.status_updated"})
    CHECK_MESSAGE(check::is_update(type), type);
  for (const char* type : {"customer.created", "editor.created", "changes.deleted", "push", "invoice.paid", ""})
    CHECK_MESSAGE(!check::is_update(type), type);
  CHECK(check::is_removal("customer.deleted"));
  CHECK(!check::is_removal("deletion.requested"));
}

TEST_CASE("check, object state: what is said of one object") {
  const std::string state =
      R"({"count":3,"last":"obj_12345678","items":[{"id":"obj_12345678","status":"a","log":["x"],"n":2,"ok":true},{"id":"obj_87654321","status":"b"}],"by":{"k:obj_12345678":{"s":"c"}}})";
  const auto values = check::values_of_object(state, {"obj_12345678"});
  CHECK(values.at(".items[].status") == "\"a\"");
  CHECK(values.at(".items[].ok") == "true");
  CHECK(values.at(".items[].id") == "\"<object>\"");
  CHECK(values.at(".by.k:<object>.s") == "\"c\"");
  CHECK(values.at(".last") == "\"<object>\"");
  CHECK(values.size() == 5);
  for (const char* odd : {"", "null", "[]", "{", "1", "\"obj_12345678\"", "[\"obj_12345678\"]"})
    CHECK_MESSAGE(check::values_of_object(odd, {"obj_12345678"}).empty(), odd);
  CHECK(check::values_of_object(state, {""}).empty());
}
