// A signed request is changed: at the right place, and so that it is no longer right; or there is a reason why not.
#include "check/tampering.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "base/json_path.hpp"
#include "base/text.hpp"
#include "check_subjects.hpp"
#include "signing/canonical.hpp"

using namespace hookctl;
using namespace hookctl::check;
using test::checked;
using test::Checked;
using test::make;
using test::verified;

namespace {

using signing::Verdict;
using Op = Tamper::Op;

Step with(std::vector<Tamper> tampers) {
  Step step;
  step.tampers = std::move(tampers);
  return step;
}

std::string field_of(const std::string& id, const char* name, std::vector<Tamper> tampers) {
  const auto made = make(checked(id), with(std::move(tampers)));
  return made ? std::string(made->request.headers.find(name).value_or("(none)")) : "(" + made.error().message + ")";
}

std::string why_not(const std::string& id, Tamper change) {
  const auto made = make(checked(id), with({std::move(change)}));
  return made ? "" : made.error().message;
}

const signing::Scheme& scheme_of(const Checked& subject) { return signing::in_effect(signing_way(*subject.subject.provider)); }

// Every change that no signature outlives.
std::vector<Tamper> forgeries() {
  std::vector<Tamper> all{
      {.op = Op::drop_signature},
      {.op = Op::set_signature},
      {.op = Op::set_signature, .text = "00"},
      {.op = Op::set_signature, .text = "undefined"},
      {.op = Op::cut_signature, .number = 0},
      {.op = Op::cut_signature, .number = 8},
      {.op = Op::cut_signature, .number = -4},
      {.op = Op::set_field, .text = "x"},
      {.op = Op::set_field},
      {.op = Op::set_timestamp, .text = "1700000000"},
      {.op = Op::set_timestamp, .text = ""},
      {.op = Op::set_timestamp, .text = "NaN"},
      {.op = Op::set_id, .text = "other"},
      {.op = Op::set_body, .text = "{}"},
      {.op = Op::set_body, .text = ""},
      {.op = Op::append_body, .text = " "},
      {.op = Op::append_body, .text = "x=1"},
  };
  for (const std::int64_t place : {0, 1, 2}) all.push_back({.op = Op::flip_signature, .number = place});
  for (const std::int64_t percent : {0, 10, 50, 90, 100}) all.push_back({.op = Op::flip_body, .number = percent});
  return all;
}

// The reasons that a change of this kind may give.
bool may_say(const Checked& subject, Op op, const std::string& reason) {
  const signing::Scheme& scheme = scheme_of(subject);
  if (scheme.kind == signing::Kind::none) return reason == "this provider signs nothing" || reason == "the signature scheme has no timestamp" || reason == "the signature scheme has no message id";
  if (op == Op::set_timestamp) return (!scheme.timestamp && reason == "the signature scheme has no timestamp") || (scheme.kind == signing::Kind::jwt && reason == "the timestamp is a claim inside the token");
  if (op == Op::set_id) return !scheme.id && reason == "the signature scheme has no message id";
  if (op == Op::set_body || op == Op::append_body || op == Op::flip_body) return reason == "the signature does not cover what of the body would be changed";
  return false;
}

}  // namespace

TEST_CASE("no signature of any provider outlives a forgery") {
  std::size_t tried = 0;
  for (const std::string& id : test::check_catalog().ids()) {
    const Checked subject = checked(id);
    const std::size_t samples = std::min<std::size_t>(subject.subject.samples.size(), 2);  // each takes its time
    for (std::size_t i = 0; i < samples; ++i) {
      const provider::Fixture& sample = subject.subject.samples[i];
      for (const Tamper& change : forgeries()) {
        Step step = with({change});
        step.event = sample.event;
        const auto made = make(subject, step);
        CAPTURE(id);
        CAPTURE(sample.event);
        CAPTURE(static_cast<int>(change.op));
        CAPTURE(change.text);
        CAPTURE(change.number);
        if (!made) {
          CHECK_MESSAGE(may_say(subject, change.op, made.error().message), made.error().message);
          continue;
        }
        ++tried;
        const auto verification = verified(subject.subject, *made);
        CHECK(verification.verdict == Verdict::invalid);
      }
    }
  }
  CHECK(tried > 2000);
}

TEST_CASE("the body is covered where the scheme says so") {
  const auto covers = [](const std::string& id, Tamper change) { return why_not(id, std::move(change)).empty(); };
  for (const char* id : {"stripe", "github", "twilio", "twilio-json", "paypal", "netlify", "mandrill", "contentful", "linear"}) {
    CAPTURE(id);
    CHECK(covers(id, {.op = Op::flip_body, .number = 50}));
    CHECK(covers(id, {.op = Op::append_body, .text = "&x=1"}));
  }
  for (const char* id : {"adyen", "mailgun", "aws-sns", "dropbox-sign"}) {  // some values of it
    CAPTURE(id);
    CHECK(covers(id, {.op = Op::flip_body, .number = 50}));
    CHECK_FALSE(covers(id, {.op = Op::append_body, .text = " "}));
    CHECK(covers(id, {.op = Op::set_body, .text = "{}"}));
  }
  for (const char* id : {"gitlab", "figma", "google-pubsub-push"}) {
    CAPTURE(id);
    CHECK_FALSE(covers(id, {.op = Op::flip_body, .number = 50}));
    CHECK_FALSE(covers(id, {.op = Op::append_body, .text = " "}));
  }
}

TEST_CASE("a flipped body is still JSON and differs in one letter") {
  for (const char* id : {"stripe", "mailgun", "aws-sns", "auth0-log-stream", "slack"}) {
    for (const std::int64_t percent : {0, 33, 66, 100}) {
      const auto made = make(checked(id), with({{.op = Op::flip_body, .number = percent}}));
      if (!made) continue;  // auth0 signs no body
      const std::string before = make(checked(id), {})->request.body;
      REQUIRE(made->request.body.size() == before.size());
      CHECK(parse_json(made->request.body, "body", {.duplicate_keys = true}).ok());
      std::size_t different = 0, at = 0;
      for (std::size_t i = 0; i < before.size(); ++i) {
        if (before[i] != made->request.body[i]) ++different, at = i;
      }
      CHECK(different == 1);
      if (id == std::string("stripe")) CHECK(at * 100 / before.size() + 5 >= static_cast<std::size_t>(percent));
    }
  }
}

TEST_CASE("the signature alone is changed, wherever it stands") {
  const std::string hex(64, '0');
  CHECK(field_of("github", "X-Hub-Signature-256", {{.op = Op::set_signature, .text = hex}}) == "sha256=" + hex);
  CHECK(field_of("github", "X-Hub-Signature-256", {{.op = Op::set_signature}}) == "sha256=");
  CHECK(field_of("stripe", "Stripe-Signature", {{.op = Op::set_signature, .text = hex}}) == "t=1790000000,v1=" + hex);
  CHECK(field_of("workos", "WorkOS-Signature", {{.op = Op::set_signature, .text = hex}}) == "t=1790000000123, v1=" + hex);
  CHECK(field_of("standard-webhooks", "webhook-signature", {{.op = Op::set_signature, .text = "AAAA"}}) == "v1,AAAA");
  CHECK(field_of("gitlab", "X-Gitlab-Token", {{.op = Op::set_signature, .text = "AAAA"}}) == "AAAA");
  const std::string token = field_of("google-pubsub-push", "Authorization", {{.op = Op::set_signature, .text = "AAAA"}});
  CHECK(token.starts_with("Bearer "));
  CHECK(token.ends_with(".AAAA"));
  CHECK(std::count(token.begin(), token.end(), '.') == 2);
  const auto body = [](const std::string& id) { return make(checked(id), with({{.op = Op::set_signature, .text = "AAAA"}}))->request.body; };
  CHECK(json_text_at(body("mailgun"), "signature.signature") == "AAAA");
  CHECK(json_text_at(body("aws-sns"), "Signature") == "AAAA");
  CHECK(json_text_at(body("adyen"), "notificationItems[0].NotificationRequestItem.additionalData.hmacSignature") == "AAAA");
  CHECK(json_text_at(body("figma"), "passcode") == "AAAA");
  CHECK(body("dropbox-sign").find("\"event_hash\":\"AAAA\"") != std::string::npos);
}

TEST_CASE("every signature of several is changed") {
  Step step = with({{.op = Op::set_signature, .text = "ab"}});
  step.signing.keys = {{SigningKey::Which::stranger, ""}, {}};
  CHECK(make(checked("stripe"), step)->request.headers.find("Stripe-Signature") == "t=1790000000,v1=ab,v1=ab");
}

TEST_CASE("cut and flipped signatures") {
  const std::string whole = field_of("github", "X-Hub-Signature-256", {});
  const auto cut = [](std::int64_t number) { return field_of("github", "X-Hub-Signature-256", {{.op = Op::cut_signature, .number = number}}); };
  CHECK(cut(8) == whole.substr(0, 15));
  CHECK(cut(-1) == whole.substr(0, whole.size() - 1));
  CHECK(cut(-100) == "sha256=");
  CHECK(why_not("github", {.op = Op::cut_signature, .number = 64}) == "the change leaves header 'X-Hub-Signature-256' as it is");
  const auto bytes = [](const std::string& field) { return from_hex(field.substr(7)).value(); };
  const std::string right = bytes(whole);
  for (const auto& [number, at] : {std::pair<std::int64_t, std::size_t>{0, 0}, {1, 16}, {2, 31}}) {
    const std::string flipped = bytes(field_of("github", "X-Hub-Signature-256", {{.op = Op::flip_signature, .number = number}}));
    REQUIRE(flipped.size() == right.size());
    for (std::size_t i = 0; i < right.size(); ++i) CHECK((flipped[i] != right[i]) == (i == at));
  }
  CHECK(why_not("github", {.op = Op::flip_signature}).empty());
  const auto broken = make(checked("github"), with({{.op = Op::set_signature, .text = "zz"}, {.op = Op::flip_signature}}));
  REQUIRE_FALSE(broken);
  CHECK(broken.error().message == "the signature is not of the scheme's form any more");
  const auto gone = make(checked("github"), with({{.op = Op::set_field, .text = "zz"}, {.op = Op::flip_signature}}));
  REQUIRE_FALSE(gone);
  CHECK(gone.error().message == "the signature field holds no signature any more");
}

TEST_CASE("the field around the signature") {
  const std::string whole = field_of("stripe", "Stripe-Signature", {});
  CHECK(field_of("stripe", "Stripe-Signature", {{.op = Op::prepend_field, .text = "v0=1,"}}) == "v0=1," + whole);
  CHECK(field_of("stripe", "Stripe-Signature", {{.op = Op::append_field, .text = ",v1=2"}}) == whole + ",v1=2");
  CHECK(field_of("stripe", "Stripe-Signature", {{.op = Op::set_field, .text = "t=1"}}) == "t=1");
  CHECK(field_of("stripe", "Stripe-Signature", {{.op = Op::drop_signature}}) == "(none)");
  CHECK(field_of("stripe", "Stripe-Signature", {{.op = Op::drop_signature}, {.op = Op::set_signature, .text = "1"}}) == "(there is no signature in the request)");
  const auto repeated = [](std::int64_t number) { return make(checked("stripe"), with({{.op = Op::repeat_field, .text = "t=1,v1=2", .number = number}}))->request.headers; };
  using Values = std::vector<std::string_view>;
  const http::Headers before = repeated(0), behind = repeated(1);
  CHECK(before.find_all("stripe-signature") == Values{"t=1,v1=2", whole});
  CHECK(behind.find_all("stripe-signature") == Values{whole, "t=1,v1=2"});
  CHECK(why_not("mailgun", {.op = Op::repeat_field, .text = "1"}) == "the signature stands in the body, not in a header");
}

TEST_CASE("timestamp and id") {
  const std::string whole = field_of("stripe", "Stripe-Signature", {});
  CHECK(field_of("stripe", "Stripe-Signature", {{.op = Op::set_timestamp, .text = "5"}}) == "t=5" + whole.substr(12));
  CHECK(field_of("workos", "WorkOS-Signature", {{.op = Op::set_timestamp, .text = " "}, {.op = Op::set_timestamp, .text = "5"}, {.op = Op::set_signature}, {.op = Op::set_signature, .text = "6"}}) ==
        "t=5 , v1=6");
  CHECK(field_of("slack", "X-Slack-Request-Timestamp", {{.op = Op::set_timestamp, .text = "5"}}) == "5");
  const auto linear = make(checked("linear"), with({{.op = Op::set_timestamp, .text = "5"}}));
  REQUIRE(linear);
  CHECK(json_raw_at(linear->request.body, "webhookTimestamp") == "5");
  const auto odd = make(checked("linear"), with({{.op = Op::set_timestamp, .text = "5x"}}));
  REQUIRE(odd);
  CHECK(json_raw_at(odd->request.body, "webhookTimestamp") == "\"5x\"");
  CHECK(field_of("standard-webhooks", "webhook-id", {{.op = Op::set_id, .text = "msg_other"}}) == "msg_other");
  CHECK(why_not("stripe", {.op = Op::set_timestamp, .text = "1790000000"}) == "the change leaves header 'Stripe-Signature' as it is");
  CHECK(make(checked("standard-webhooks"), with({{.op = Op::set_id, .text = "msg_other"}}))->event_id == "msg_other");
}

TEST_CASE("fields, method and path") {
  const auto made = make(checked("stripe"), with({{.op = Op::set_header, .name = "user-agent", .text = "x"},
                                                  {.op = Op::add_header, .name = "X-Two", .text = "1"},
                                                  {.op = Op::add_header, .name = "X-Two", .text = "2"},
                                                  {.op = Op::remove_header, .name = "Accept"},
                                                  {.op = Op::set_method, .text = "PUT"},
                                                  {.op = Op::set_path, .text = "//x{path}?y"}}));
  REQUIRE(made);
  CHECK(made->request.headers.find_all("User-Agent") == std::vector<std::string_view>{"x"});
  CHECK(made->request.headers.find_all("X-Two") == std::vector<std::string_view>{"1", "2"});
  CHECK_FALSE(made->request.headers.has("Accept"));
  CHECK(made->request.method == "PUT");
  CHECK(made->request.target == "//x/in/webhook?y");
  CHECK(made->url.target == "//x/in/webhook?y");
  CHECK(verified(checked("stripe").subject, *made).verdict == Verdict::valid);  // Stripe signs none of it
}

TEST_CASE("texts of a signature field") {
  const signing::Scheme token{.kind = signing::Kind::jwt};
  CHECK(signature_texts(token, "a.b.c") == std::vector<std::string_view>{"c"});
  CHECK(signature_texts(token, "abc") == std::vector<std::string_view>{"abc"});
  CHECK(signature_texts(token, "a.b.") == std::vector<std::string_view>{""});
  CHECK(signature_texts(scheme_of(checked("stripe")), "t=1,v0=2,v1=3,v1=4") == std::vector<std::string_view>{"3", "4"});
}
