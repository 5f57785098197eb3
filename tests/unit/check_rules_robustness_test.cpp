// The rules of the group "robustness": silent on a sound endpoint, and each fires on the flaw it is there for.
#include <doctest/doctest.h>

#include <map>
#include <string>

#include "base/json_path.hpp"
#include "check_fake_endpoint.hpp"

using namespace hookctl;
using test::FakeCheck;
using test::FakeEndpoint;

namespace {

using Json = nlohmann::ordered_json;

const std::vector<check::RuleCode>& rules() {
  static const auto all = check::robustness_rules();
  return all;
}

// The provider with these of its events only.
struct SomeOf : FakeCheck {
  SomeOf(const std::string& provider, const std::vector<std::string>& events) : FakeCheck(provider) {
    std::vector<provider::Fixture> samples;
    for (const std::string& event : events) samples.push_back(*subject.sample(event));
    subject.samples = samples;
    endpoint.known = {events.begin(), events.end()};
  }
};

const std::vector<std::string> kStripe{"invoice.paid", "charge.refunded", "checkout.session.completed"};
const std::vector<std::string> kGithub{"issue_comment.created", "push", "pull_request.opened", "issues.opened"};

// Does that rule say this of an endpoint whose work on a body is `work`? It throws as a careless handler does, and that becomes a 500.
std::string verdict_of(const std::string& provider, const std::vector<std::string>& events, const std::string& rule,
                       const std::function<void(const Json&, const http::Request&)>& work) {
  SomeOf check(provider, events);
  check.endpoint.work = [&](const http::Request& request, const provider::EventName&) -> std::optional<http::Response> {
    try {
      work(Json::parse(request.body), request);
    } catch (const Json::exception&) {
      return FakeEndpoint::say(500, "oops");
    }
    return std::nullopt;
  };
  return check.verdict(rules(), "robustness/" + rule);
}

// The same of an endpoint that looks at the whole request before anything else.
std::string verdict_before(const std::string& rule, const std::function<std::optional<http::Response>(http::Request&)>& first, bool of_github = false) {
  SomeOf check(of_github ? "github" : "stripe", of_github ? kGithub : kStripe);
  check.endpoint.first = first;
  return check.verdict(rules(), "robustness/" + rule);
}

http::Response broken() { return FakeEndpoint::say(500, "oops"); }
bool has(const std::string& text, std::string_view piece) { return text.find(piece) != std::string::npos; }

}  // namespace

TEST_CASE("robustness: a sound endpoint fails no rule, whatever the provider") {
  for (const char* provider : {"stripe", "github", "slack", "standard-webhooks", "generic", "shopify", "twilio", "adyen", "aws-sns",
                               "discord", "mandrill", "dropbox-sign", "sendgrid", "telegram"}) {
    FakeCheck check(provider);
    if (check.subject.samples.size() > 3) check.subject.samples.resize(3);
    for (const check::RuleCode& rule : rules()) {
      const std::string verdict = check.verdict(rules(), rule.id);
      CHECK_MESSAGE((verdict.empty() || verdict.starts_with("skipped: ")), std::string(provider) << " " << rule.id << ": " << verdict);
      if (std::string(provider) == "stripe") CHECK_MESSAGE(verdict.empty(), rule.id << ": " << verdict);
    }
  }
}

TEST_CASE("robustness: an endpoint that refuses all odd bodies with 400 fails no rule about them") {
  SomeOf check("github", kGithub);
  std::set<std::string> plain;
  const auto keys = [](const Json& value) {
    std::string out;
    const Json flat = value.flatten();
    for (const auto& [path, leaf] : flat.items()) out += path + std::string(leaf.type_name());
    return out;
  };
  for (const auto& sample : check.subject.samples) plain.insert(keys(Json::parse(sample.body)));
  check.endpoint.work = [&](const http::Request& request, const provider::EventName&) -> std::optional<http::Response> {
    const bool deep = has(request.body, "hookctl_nested") || request.body.starts_with("[[");  // too deep to be walked here
    if (!deep && plain.contains(keys(Json::parse(request.body)))) return std::nullopt;
    return FakeEndpoint::say(400, "not as documented");
  };
  const std::set<std::string> strict{"robustness/unknown-fields", "robustness/large-body", "robustness/body-lengths"};
  for (const check::RuleCode& rule : rules()) {
    if (!strict.contains(std::string(rule.id))) CHECK_MESSAGE(check.verdict(rules(), rule.id).empty(), rule.id);
  }
}

TEST_CASE("robustness: the rules stand in the order of the list, each once") {
  std::set<std::string_view> seen;
  for (const check::RuleCode& rule : rules()) {
    CHECK(rule.id.starts_with("robustness/"));
    CHECK(seen.insert(rule.id).second);
    CHECK((rule.cases != nullptr) != (rule.trial != nullptr));
  }
  CHECK(rules().front().id == "robustness/malformed-json");
  CHECK(rules().back().id == "robustness/refusals");
}

TEST_CASE("robustness: the requests it takes with six event types") {
  SomeOf check("github",
               {"push", "pull_request.opened", "issues.opened", "issue_comment.created", "workflow_run.completed", "release.published"});
  const auto before = check.bench().requests();
  for (const check::RuleCode& rule : rules()) CHECK_MESSAGE(check.verdict(rules(), rule.id).empty(), rule.id);
  const auto took = check.bench().requests() - before;
  CHECK_MESSAGE(took <= 200, took);
}

TEST_CASE("robustness: every event has an id of its own, or it would only be taken for a duplicate") {
  SomeOf check("github", kGithub);
  for (const check::RuleCode& rule : rules()) CHECK(check.verdict(rules(), rule.id).empty());
  std::map<std::string, int> count;
  for (const http::Request& request : check.endpoint.requests) ++count[std::string(request.headers.find("X-GitHub-Delivery").value_or(""))];
  for (const auto& entry : count) CHECK_MESSAGE(entry.second == 1, entry.first);
  SomeOf deep("github", {"push"});
  deep.endpoint.work = [](const http::Request& request, const provider::EventName&) -> std::optional<http::Response> {
    return has(request.body, std::string(5'000, '[')) ? std::optional(broken()) : std::nullopt;
  };
  CHECK(has(deep.verdict(rules(), "robustness/nesting"), "20,000 nested arrays"));
}

TEST_CASE("robustness: nulls and missing objects, with the smallest place that does it") {
  const auto customer = [](const Json& body, const http::Request&) {
    static_cast<void>(body.at("data").at("object").value("customer", Json("x")).get<std::string>());
  };
  CHECK(verdict_of("stripe", kStripe, "nulls", customer) == "invoice.paid with data.object.customer is null: the endpoint failed");
  const auto user = [](const Json& body, const http::Request&) {
    if (body.contains("comment")) static_cast<void>(body.at("comment").at("user").at("login"));
  };
  CHECK(verdict_of("github", kGithub, "null-objects", user) == "issue_comment.created with comment.user is null: the endpoint failed");
  CHECK(verdict_of("github", kGithub, "missing-fields", user) == "issue_comment.created with comment.user left out: the endpoint failed");
  const auto fork = [](const Json& body, const http::Request&) {
    if (body.contains("pull_request") && body["pull_request"].contains("head") && body["pull_request"]["head"].is_object())
      static_cast<void>(body["pull_request"]["head"].at("repo").at("id"));
  };
  CHECK(has(verdict_of("github", kGithub, "null-objects", fork), "pull_request.head.repo is null"));
}

TEST_CASE("robustness: values of other types, empty ones and odd numbers") {
  const auto amount = [](const Json& body) { return body.at("data").at("object").value("amount", Json(1)); };
  const auto whole = [&](const Json& body, const http::Request&) {
    const Json value = amount(body);
    if (value.is_number() && !value.is_number_integer()) throw Json::parse_error::create(101, 0, "fraction", nullptr);
  };
  const auto small = [&](const Json& body, const http::Request&) {
    if (amount(body).get<double>() > 2'147'483'647.0) throw Json::parse_error::create(101, 0, "huge", nullptr);
  };
  CHECK(has(verdict_of("stripe", kStripe, "fractions", whole), "charge.refunded with data.object.amount set to 19.99"));
  CHECK(has(verdict_of("stripe", kStripe, "huge-numbers", small), "data.object.amount"));
  CHECK(has(verdict_of("stripe", kStripe, "wrong-types",
                       [&](const Json& body, const http::Request&) { static_cast<void>(amount(body).get<int>()); }),
            "data.object.amount"));
  const auto refunds = [](const Json& body, const http::Request&) {
    const Json commits = body.value("commits", Json::array({Json{{"id", 1}}}));
    static_cast<void>(commits.at(0).at("id"));
  };
  CHECK(has(verdict_of("github", kGithub, "empty-values", refunds), "commits empty"));
  const auto dates = [](const Json& body, const http::Request&) {
    static_cast<void>(body.at("data").at("object").at("created").get<int>());
  };
  CHECK(has(verdict_of("stripe", kStripe, "dates", dates), "data.object.created set to 'soon'"));
}

TEST_CASE("robustness: odd texts") {
  const auto failing_on = [](std::string piece) {
    return [piece](const Json& body, const http::Request&) {
      const std::string text =
          body.contains("comment") && body["comment"]["body"].is_string() ? body["comment"]["body"].get<std::string>() : "";
      if (text.find(piece) != std::string::npos) throw Json::parse_error::create(101, 0, "odd", nullptr);
    };
  };
  CHECK(has(verdict_of("github", kGithub, "control-characters", failing_on(std::string(1, '\0'))),
            "comment.body holding control characters"));
  CHECK(has(verdict_of("github", kGithub, "cut-characters", failing_on("a\xF0\x9F\x98\x80")), "comment.body of emoji"));
  CHECK(has(verdict_of("github", kGithub, "odd-text", failing_on("\u202E")), "comment.body of odd characters"));
  CHECK(has(verdict_of("github", kGithub, "long-text", failing_on("word word word word")), "comment.body of 300 characters"));
  SomeOf check("github", kGithub);
  check.endpoint.takes_ms = [](const http::Request& request, const http::Response&) -> std::int64_t {
    return has(json_text_at(request.body, "comment.body").value_or(""), "aaaaa(") ? 100'000 : 1;
  };
  const auto verdict = check.verdict(rules(), "robustness/slow-patterns");
  CHECK_MESSAGE((has(verdict, "comment.body") && has(verdict, "set to 'aaa…('") && has(verdict, "no answer")), verdict);
}

TEST_CASE("robustness: a process that dies of its work after the answer is named with what it worked on") {
  SomeOf check("github", kGithub);
  check.endpoint.work = [&](const http::Request& request, const provider::EventName&) -> std::optional<http::Response> {
    const auto raw = json_raw_at(request.body, "pull_request.body");
    if (raw && *raw == "null") check.endpoint.down = true;
    return std::nullopt;
  };
  const auto verdict = check.verdict(rules(), "robustness/nulls");
  CHECK(has(verdict, "pull_request.opened with"));
  CHECK(has(verdict, "the endpoint was gone after it"));
}

TEST_CASE("robustness: a group that is refused is tried in smaller ones") {
  SomeOf check("stripe", kStripe);
  check.endpoint.work = [](const http::Request& request, const provider::EventName&) -> std::optional<http::Response> {
    const auto is_null = [&](const char* path) { return json_raw_at(request.body, path).value_or("") == "null"; };
    if (is_null("data.object.currency")) return FakeEndpoint::say(400, "currency is required");
    if (is_null("data.object.total")) return broken();
    return std::nullopt;
  };
  CHECK(has(check.verdict(rules(), "robustness/nulls"), "data.object.total is null: the endpoint failed"));
}

TEST_CASE("robustness: bodies as a whole") {
  const auto fails_unless_json = [](http::Request& request) -> std::optional<http::Response> {
    return request.body.empty() || !Json::accept(request.body) ? std::optional(broken()) : std::nullopt;
  };
  CHECK(has(verdict_before("malformed-json", fails_unless_json), "a body of one brace: the endpoint failed"));
  CHECK(has(verdict_before("empty-body", fails_unless_json), "an empty body"));
  CHECK(has(verdict_before("encoding", fails_unless_json), "UTF-16"));
  const auto fails_unless_object = [](http::Request& request) -> std::optional<http::Response> {
    return request.body.starts_with('{') ? std::nullopt : std::optional(broken());
  };
  CHECK(has(verdict_before("non-object", fails_unless_object), "a body that is null"));
  const auto fails_on_depth = [](http::Request& request) -> std::optional<http::Response> {
    return has(request.body, std::string(5'000, '[')) ? std::optional(broken()) : std::nullopt;
  };
  CHECK(has(verdict_before("nesting", fails_on_depth), "20,000 nested arrays"));
  const auto fails_on_two = [](http::Request& request) -> std::optional<http::Response> {
    const std::size_t first = request.body.find("\"type\":\"charge.refunded\"");
    return first != std::string::npos && has(request.body, "\"invoice.paid\"") ? std::optional(broken()) : std::nullopt;
  };
  CHECK(has(verdict_before("duplicate-keys", fails_on_two), "members twice"));
}

TEST_CASE("robustness: types and fields that nobody knows") {
  const auto fails_on = [](std::string piece, int status) {
    return [=](http::Request& request) -> std::optional<http::Response> {
      return has(request.body, piece) ? std::optional(FakeEndpoint::say(status, "oops")) : std::nullopt;
    };
  };
  CHECK(has(verdict_before("unknown-type", fails_on("hookctl.unknown", 500)), "a type that nobody knows"));
  CHECK(has(verdict_before("unknown-type", fails_on("invoice.hookctl_unknown", 500)), "a known family"));
  CHECK(has(verdict_before("unknown-fields", fails_on("hookctl_unknown", 400)), "fields that nobody knows"));

  SomeOf tolerant("stripe", kStripe);
  tolerant.endpoint.first = fails_on("hookctl.unknown", 404);
  const auto rule = std::find_if(rules().begin(), rules().end(), [](const auto& each) { return each.id == "robustness/unknown-type"; });
  const auto outcome = tolerant.outcome(*rule).value();
  CHECK_FALSE(outcome.fault);
  CHECK(has(outcome.remark, "answered 404"));

  SomeOf polluted("stripe", kStripe);
  bool is_polluted = false;
  polluted.endpoint.work = [&](const http::Request& request, const provider::EventName&) -> std::optional<http::Response> {
    if (is_polluted) return broken();
    is_polluted = json_raw_at(request.body, "data.object.__proto__").has_value() && !json_raw_at(request.body, "data.object.id");
    return std::nullopt;
  };
  CHECK(has(polluted.verdict(rules(), "robustness/prototype"), "nothing but __proto__"));
}

TEST_CASE("robustness: sizes") {
  const auto longer_than = [](std::size_t size) {
    return [size](http::Request& request) -> std::optional<http::Response> {
      return request.body.size() > size ? std::optional(FakeEndpoint::say(413, "too large")) : std::nullopt;
    };
  };
  CHECK(has(verdict_before("large-body", longer_than(102'400)), "150,000 bytes"));
  CHECK(verdict_before("large-body", longer_than(500'000)).empty());  // Stripe does not say that it sends such
  CHECK(has(verdict_before("large-body", longer_than(500'000), true), "1,000,000 bytes"));
  CHECK(has(verdict_before("body-lengths",
                           [](http::Request& request) -> std::optional<http::Response> {
                             return request.body.size() == 65'536 ? std::optional(broken()) : std::nullopt;
                           }),
            "65,536 bytes"));
  SomeOf check("stripe", kStripe);
  check.endpoint.takes_ms = [](const http::Request& request, const http::Response&) -> std::int64_t {
    return request.body.size() > 100'000 ? 100'000 : 1;
  };
  CHECK(has(check.verdict(rules(), "robustness/many-items"), "arrays of up to 1,000 items: the endpoint gave no answer"));
  CHECK(has(check.verdict(rules(), "robustness/many-keys"), "10,000 keys"));
}

TEST_CASE("robustness: ways of travelling") {
  const auto unless = [](std::function<bool(const http::Request&)> fits, int status) {
    return [=](http::Request& request) -> std::optional<http::Response> {
      return fits(request) ? std::nullopt : std::optional(FakeEndpoint::say(status, "oops"));
    };
  };
  const auto has_length = [](const http::Request& request) { return request.headers.has("Content-Length"); };
  CHECK(has(verdict_before("chunked", unless(has_length, 500)), "a chunked body, one chunk"));
  CHECK(verdict_before("chunked", unless(has_length, 411)).empty());
  CHECK(has(verdict_before("expect", unless([](const auto& request) { return !request.headers.has("Expect"); }, 417)), "Expect"));
  CHECK(has(verdict_before("charset", unless(
                                          [](const auto& request) {
                                            return request.headers.find("Content-Type") == "application/json" ||
                                                   request.headers.find("Content-Type") == "application/json; charset=utf-8";
                                          },
                                          415)),
            "charset=UTF-8"));
  const auto no_capitals = [](const http::Request& request) { return !has(request.raw_head, "CONTENT-TYPE"); };
  CHECK(has(verdict_before("header-case", unless(no_capitals, 401)), "capitals"));
  CHECK(
      has(verdict_before("many-headers", unless([](const auto& request) { return request.headers.size() < 40; }, 500)), "60 more fields"));
  CHECK(has(verdict_before("content-encoding", unless([](const auto& request) { return !request.headers.has("Content-Encoding"); }, 500)),
            "Content-Encoding"));
  CHECK(verdict_before("content-encoding", unless([](const auto& request) { return !request.headers.has("Content-Encoding"); }, 415))
            .empty());
  int calls = 0;
  const auto in_order = verdict_before("pipelined", [&](http::Request& request) -> std::optional<http::Response> {
    return !request.headers.has("Connection") || ++calls <= 3 ? std::nullopt : std::optional(broken());
  });
  CHECK_MESSAGE(has(in_order, "the second was not accepted"), in_order << calls);
}

TEST_CASE("robustness: two lengths in one head must not both be believed") {
  SomeOf check("stripe", kStripe);
  check.endpoint.malformed = [](const http::Request&, const http::Refusal&) -> std::optional<http::Response> {
    return FakeEndpoint::json(200, {{"received", true}});
  };
  CHECK(has(check.verdict(rules(), "robustness/framing"), "two lengths that differ: the request was accepted"));
}

TEST_CASE("robustness: what others cost") {
  SomeOf leaking("stripe", kStripe);
  int free = 10;
  leaking.endpoint.accepts = [&](const http::Request&, const signing::Verification& verification) {
    if (verification.verdict == signing::Verdict::invalid) --free;
    return verification.verdict != signing::Verdict::invalid;
  };
  leaking.endpoint.takes_ms = [&](const http::Request&, const http::Response& answer) -> std::int64_t {
    return free < 0 && answer.status == 200 ? 100'000 : 1;
  };
  CHECK(has(leaking.verdict(rules(), "robustness/refusals"), "24 refused requests"));

  SomeOf crashing("stripe", kStripe);
  crashing.endpoint.on_plan = [&](const http::WirePlan& plan) {
    crashing.endpoint.down = crashing.endpoint.down || plan.ending != http::WirePlan::Ending::answers;
  };
  CHECK(has(crashing.verdict(rules(), "robustness/cut-off"), "senders that went away in mid-body"));

  SomeOf full("stripe", kStripe);
  bool is_full = false;
  full.endpoint.first = [&](http::Request& request) -> std::optional<http::Response> {
    is_full = is_full || request.body.size() > 20'000'000;
    return is_full ? std::optional(broken()) : std::nullopt;
  };
  CHECK(has(full.verdict(rules(), "robustness/oversized"), "30 MB"));
}
