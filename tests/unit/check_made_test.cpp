// Steps become requests: right when nothing is forged, wrong with every key that is not the right one, and the bytes on the wire are the request.
#include "check/made.hpp"

#include <doctest/doctest.h>

#include "base/json_path.hpp"
#include "base/text.hpp"
#include "check_subjects.hpp"
#include "http/codec.hpp"
#include "provider/provider.hpp"

using namespace hookctl;
using namespace hookctl::check;
using test::checked;
using test::Checked;
using test::kCheckNow;
using test::make;
using test::verified;

namespace {

using signing::Verdict;
using Which = SigningKey::Which;

Step with_keys(std::vector<SigningKey> keys) {
  Step step;
  step.signing.keys = std::move(keys);
  return step;
}

// The verdict on the step, or the reason why there is no such request.
std::string outcome(const Checked& subject, const Step& step) {
  auto made = make(subject, step);
  if (!made) return made.error().message;
  return std::string(signing::to_text(verified(subject.subject, *made).verdict));
}

bool is_none(const Checked& subject) { return signing_way(*subject.subject.provider).kind == signing::Kind::none; }

Made plain(const std::string& id, const Step& step = {}) { return make(checked(id), step).value(); }

std::string text_of(const http::WirePlan& plan) {
  std::string out;
  for (const http::WirePiece& piece : plan.pieces) out += piece.bytes;
  return out;
}

http::WirePlan plan_of(const Made& made, const WireStyle& style, bool together = false) { return plan({&made}, {&style}, together, 1000); }

// What a receiver reads of the bytes.
http::Request read_back(const Made& made, const WireStyle& style) {
  const std::string bytes = wire_head(made, style) + wire_body(made, style);
  const std::size_t end = http::find_head_end(bytes, 0);
  REQUIRE(end != std::string::npos);
  auto head = http::parse_request_head(bytes.substr(0, end), {});
  REQUIRE(std::holds_alternative<http::Request>(head));
  auto request = std::get<http::Request>(std::move(head));
  if (request.framing != http::Framing::chunked) {
    CHECK(http::content_length(request.headers) == bytes.size() - end);
    request.body = bytes.substr(end);
    return request;
  }
  http::ChunkedDecoder decoder{http::Limits{}};
  const auto taken = decoder.feed(std::string_view(bytes).substr(end), request.body, request.raw_body);
  REQUIRE(std::holds_alternative<std::size_t>(taken));
  CHECK(decoder.done());
  CHECK(std::get<std::size_t>(taken) == bytes.size() - end);
  return request;
}

}  // namespace

TEST_CASE("every sample of every provider is made so that it verifies") {
  for (const std::string& id : test::check_catalog().ids()) {
    const Checked subject = checked(id);
    for (const provider::Fixture& sample : subject.subject.samples) {
      CAPTURE(id);
      CAPTURE(sample.event);
      const auto made = make(subject, Step{.event = sample.event});
      REQUIRE(made);
      CHECK(made->event == sample.event);
      const auto verification = verified(subject.subject, *made);
      CHECK_MESSAGE(verification.verdict == (is_none(subject) ? Verdict::unverified : Verdict::valid), verification.message);
    }
  }
}

TEST_CASE("no key but the right one signs right") {
  const std::vector<SigningKey> wrong{{Which::word, ""},      {Which::word, "secret"},    {Which::word, "d2hzZWM="}, {Which::word, "whsec_c2VjcmV0"}, {Which::plain, ""},
                                      {Which::plain, "null"}, {Which::plain, "s\xc3\xa9"}, {Which::stranger, ""}};
  for (const std::string& id : test::check_catalog().ids()) {
    const Checked subject = checked(id);
    for (const SigningKey& key : wrong) {
      CAPTURE(id);
      CAPTURE(key.text);
      CAPTURE(static_cast<int>(key.which));
      const std::string said = outcome(subject, with_keys({key}));
      const auto& way = signing::ways(subject.subject.provider->scheme).front();
      if (is_none(subject)) {
        CHECK(said == "this provider signs nothing");
      } else if (key.which != Which::stranger && signing::uses_key_pair(way)) {
        CHECK(said == "this provider signs with a key pair");
      } else if (way.kind == signing::Kind::token && key.text.empty() && key.which != Which::stranger) {
        CHECK(said == "a shared word that is empty is no signature at all");
      } else {
        CHECK(said == "invalid");
      }
    }
  }
}

TEST_CASE("a word is read as the scheme reads secrets, plain is its bytes") {
  Checked subject = checked("standard-webhooks");
  subject.subject.keys.secrets = {Secret("whsec_c2VjcmV0")};  // "secret"
  CHECK(outcome(subject, with_keys({{Which::plain, "secret"}})) == "valid");
  CHECK(outcome(subject, with_keys({{Which::word, "c2VjcmV0"}})) == "valid");
  CHECK(outcome(subject, with_keys({{Which::word, "whsec_c2VjcmV0"}})) == "valid");
  CHECK(outcome(subject, with_keys({{Which::plain, "whsec_c2VjcmV0"}})) == "invalid");
  subject.subject.keys.secrets = {Secret("YQ==")};
  CHECK(outcome(subject, with_keys({{Which::word, "a"}})) == "valid");  // no base64: its bytes
  subject = checked("adyen");
  subject.subject.keys.secrets = {Secret("736563726574")};
  CHECK(outcome(subject, with_keys({{Which::plain, "secret"}})) == "valid");
  subject = checked("hubspot-v1");
  subject.subject.keys.secrets = {Secret("secret")};
  CHECK(outcome(subject, with_keys({{Which::plain, "secret"}})) == "valid");
}

TEST_CASE("the empty word is the empty key") {
  // HMAC-SHA256("", "{}") and SHA-256("{}"), by Python's hmac and hashlib.
  const auto signature = [](const std::string& id, const char* field) {
    Step step = with_keys({{Which::plain, ""}});
    step.body = "{}";
    return std::string(plain(id, step).request.headers.find(field).value_or("none"));
  };
  CHECK(signature("github", "X-Hub-Signature-256") == "sha256=22f8eea909400af98adf3681a9f31923ef6b7fcba4abb553d92823a3e9d5c25e");
  CHECK(signature("hubspot-v1", "X-HubSpot-Signature") == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
}

TEST_CASE("several keys: one signature each where there is room") {
  const SigningKey right, stranger{Which::stranger, ""};
  for (const char* id : {"stripe", "standard-webhooks", "standard-webhooks-ed25519", "pagerduty", "workos"}) {
    CAPTURE(id);
    CHECK(outcome(checked(id), with_keys({stranger, right})) == "valid");
    CHECK(outcome(checked(id), with_keys({right, stranger})) == "valid");
    CHECK(outcome(checked(id), with_keys({stranger, stranger})) == "invalid");
  }
  for (const char* id : {"github", "sanity", "netlify", "aws-sns", "gitlab"}) CHECK(outcome(checked(id), with_keys({right, stranger})) == "the signature scheme has room for one signature only");
  const std::string field(plain("stripe", with_keys({stranger, right})).request.headers.find("Stripe-Signature").value_or(""));
  CHECK(field.starts_with("t=1790000000,v1="));
  CHECK(split(field, ",").size() == 3);
}

TEST_CASE("of several right secrets the current one signs") {
  Checked subject = checked("stripe");
  subject.subject.keys.secrets = {Secret("new"), Secret("old")};
  const auto made = make(subject, {});
  REQUIRE(made);
  CHECK(split(made->request.headers.find("Stripe-Signature").value_or(""), ",").size() == 2);
  CHECK(verified(subject.subject, *made).secret_index == 0);
}

TEST_CASE("other times are signed") {
  Step late;
  late.signing.shift_ms = -3'600'000;
  CHECK(verified(checked("slack").subject, plain("slack", late)).code == "timestamp_too_old");
  CHECK(verified(checked("plaid").subject, plain("plaid", late)).code == "timestamp_too_old");
  CHECK(outcome(checked("github"), late) == "the signature scheme has no timestamp");
  Step odd;
  odd.signing.timestamp = "1790000000.5";
  for (const char* id : {"stripe", "standard-webhooks"}) CHECK(verified(checked(id).subject, plain(id, odd)).code == "malformed_timestamp");
  CHECK(verified(checked("discord").subject, plain("discord", odd)).verdict == Verdict::valid);  // its age does not count
  CHECK(outcome(checked("github"), odd) == "the signature scheme has no timestamp");
  CHECK(outcome(checked("netlify"), odd) == "the timestamp is a claim inside the token");
  CHECK(outcome(checked("azure-event-grid"), odd) == "this provider signs nothing");
}

TEST_CASE("unsigned requests carry nothing of the claim") {
  Step step;
  step.signing.sign = false;
  for (const std::string& id : test::check_catalog().ids()) {
    CAPTURE(id);
    CHECK(outcome(checked(id), step) == (is_none(checked(id)) ? "unverified" : "invalid"));
  }
  CHECK_FALSE(plain("standard-webhooks", step).request.headers.has("webhook-id"));
  CHECK_FALSE(json_raw_at(plain("mailgun", step).request.body, "signature.signature"));
  CHECK(plain("azure-event-grid", step).request.body == plain("azure-event-grid").request.body);
}

TEST_CASE("an id that was read off an event makes another event with that id") {
  for (const std::string& id : test::check_catalog().ids()) {
    const Checked subject = checked(id);
    for (const provider::Fixture& sample : subject.subject.samples) {
      CAPTURE(id);
      CAPTURE(sample.event);
      const Made first = make(subject, Step{.event = sample.event}, 1).value();
      if (!has_event_id(*subject.subject.provider)) CHECK(first.event_id.empty());
      if (first.event_id.empty()) continue;
      const Made other = make(subject, Step{.event = sample.event}, 2).value();
      CHECK(other.event_id != first.event_id);
      const Made again = make(subject, Step{.event = sample.event, .id = first.event_id}, 2).value();
      CHECK(again.event_id == first.event_id);
      CHECK(verified(subject.subject, again).verdict != Verdict::invalid);
    }
  }
  CHECK(has_event_id(*checked("meta").subject.provider));
  CHECK_FALSE(has_event_id(*checked("asana").subject.provider));
}

TEST_CASE("a body of one's own is signed, with the event's id in the place of the one that it was made with") {
  Step step{.id = "evt_mine", .body = R"({"a": [1, 2]})"};
  Made made = plain("stripe", step);
  CHECK(made.request.body == R"({"a": [1, 2]})");
  CHECK(made.event_id.empty());
  CHECK(verified(checked("stripe").subject, made).verdict == Verdict::valid);
  step.body = R"({"a": [1, 2], "id": "evt_draft", "b": "evt_draft)";
  step.body_id = "evt_draft";
  CHECK(plain("stripe", step).request.body == R"({"a": [1, 2], "id": "evt_mine", "b": "evt_mine)");
  step.body = R"({"a": [1, 2], "id": "evt_draft"})";
  CHECK(plain("stripe", step).event_id == "evt_mine");
  step.id = "";
  CHECK(plain("stripe", step).event_id.starts_with("evt_1"));
  for (const char* body : {"", "[]", "{\"a\": ", "null", "\xff\xfe"}) {
    step.body = body;
    CHECK(plain("stripe", step).request.body == body);
  }
  step.body = "garbage";
  const auto none = make(checked("mailgun"), step);  // signs values of the body
  REQUIRE_FALSE(none);
  CHECK(none.error().kind == ErrorKind::usage);
}

TEST_CASE("events, edits and headers") {
  const Step step{.event = "customer.created", .edits = {event::SetValue{"data.object.name", "Zo\xc3\xab"}}, .headers = {{"User-Agent", "other"}, {"X-More", "1"}}};
  const Made made = plain("stripe", step);
  CHECK(json_text_at(made.request.body, "data.object.name") == "Zo\xc3\xab");
  CHECK(made.request.headers.find("User-Agent") == "other");
  CHECK(made.request.headers.find("X-More") == "1");
  CHECK(made.request.target == "/in/webhook?tenant=7");
  CHECK(plain("stripe").event == checked("stripe").subject.samples.front().event);
  const auto unknown = make(checked("stripe"), Step{.event = "no.such"});
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().message == "there is no sample of the event 'no.such'");
}

TEST_CASE("a URL that the scheme writes into is where it goes") {
  const Made made = plain("twilio-json");
  CHECK(made.url.target.starts_with("/in/webhook?tenant=7&bodySHA256="));
  CHECK(made.request.target == made.url.target);
}

TEST_CASE("the bytes on the wire are the request, however they are framed") {
  for (const char* id : {"stripe", "twilio", "dropbox-sign", "netlify"}) {
    const Made made = plain(id);
    for (const WireStyle& style : {WireStyle{}, WireStyle{.chunked = true}, WireStyle{.chunked = true, .chunk = 7, .chunk_extension = ";a=\"b\"", .trailer = "X-Sum: 1"},
                                   WireStyle{.chunked = true, .chunk = 1}, WireStyle{.header_case = WireStyle::Case::upper}, WireStyle{.header_case = WireStyle::Case::mixed}}) {
      const http::Request back = read_back(made, style);
      CHECK(back.method == "POST");
      CHECK(back.target == made.request.target);
      CHECK(back.body == made.request.body);
      for (const http::Header& field : made.request.headers) CHECK(back.headers.find(field.name) == field.value);
      CHECK(back.headers.begin()->value == "hooks.example");
      CHECK(text_of(plan_of(made, style)) == wire_head(made, style) + wire_body(made, style));
      Made received = made;
      received.request = back;
      CHECK(verified(checked(id).subject, received).verdict == Verdict::valid);
    }
  }
}

TEST_CASE("heads") {
  Made made{"e", "", {.method = "POST", .target = "/x", .headers = {{"X-Ab-Cd", "Value"}}, .body = "12345"}, http::parse_url("http://localhost:3000/x").value()};
  CHECK(wire_head(made, {}) == "POST /x HTTP/1.1\r\nHost: localhost:3000\r\nX-Ab-Cd: Value\r\nContent-Length: 5\r\nConnection: close\r\n\r\n");
  CHECK(wire_head(made, {.expect_continue = true, .header_case = WireStyle::Case::lower}) ==
        "POST /x HTTP/1.1\r\nhost: localhost:3000\r\nx-ab-cd: Value\r\nexpect: 100-continue\r\ncontent-length: 5\r\nconnection: close\r\n\r\n");
  CHECK(wire_head(made, {.header_case = WireStyle::Case::mixed, .declared = 9}) ==
        "POST /x HTTP/1.1\r\nHoSt: localhost:3000\r\nX-Ab-cD: Value\r\nCoNtEnT-LeNgTh: 9\r\nCoNnEcTiOn: close\r\n\r\n");
  CHECK(wire_body(made, {.chunked = true, .chunk = 3, .chunk_extension = ";x", .trailer = "T: 1"}) == "3;x\r\n123\r\n2;x\r\n45\r\n0;x\r\nT: 1\r\n\r\n");
  made.request.headers.set("Host", "other.example");
  made.request.body.clear();
  CHECK(wire_head(made, {}).find("Content-Length: 0\r\n") != std::string::npos);
  made.request.method = "GET";
  CHECK(wire_head(made, {}) == "GET /x HTTP/1.1\r\nX-Ab-Cd: Value\r\nHost: other.example\r\nConnection: close\r\n\r\n");
  CHECK(wire_body(made, {.chunked = true}) == "0\r\n\r\n");
}

TEST_CASE("plans: pieces, pauses, waits and ends") {
  const Made made{"e", "", {.method = "POST", .target = "/x", .body = "12345"}, http::parse_url("http://localhost:3000/x").value()};
  const std::string head = wire_head(made, {});
  auto out = plan_of(made, {.segments = 3, .pause_ms = 20});
  REQUIRE(out.pieces.size() == 3);
  CHECK(out.pieces[0].bytes == head + "12");
  CHECK(out.pieces[1].bytes == "34");
  CHECK(out.pieces[2].bytes == "5");
  CHECK(out.pieces[0].pause_ms == 0);
  CHECK(out.pieces[2].pause_ms == 20);
  CHECK(out.url == made.url);
  CHECK(out.timeout_ms == 1000);
  CHECK(out.methods == std::vector<std::string>{"POST"});
  CHECK(plan_of(made, {.segments = 99}).pieces.size() == 5);

  out = plan_of(made, {.segments = 2, .expect_continue = true}, true);
  REQUIRE(out.pieces.size() == 4);
  CHECK(out.pieces[0].bytes.ends_with("\r\n\r\n"));
  CHECK_FALSE(out.pieces[0].await_continue);
  CHECK(out.pieces[1].bytes == "123");
  CHECK(out.pieces[1].await_continue);
  CHECK(out.pieces[2].bytes == "4");
  CHECK(out.pieces[3].bytes == "5");
  CHECK(out.pieces[3].together);

  out = plan_of(made, {.segments = 5}, true);
  CHECK(out.pieces.size() == 5);
  CHECK(out.pieces.back().together);

  using Ending = http::WirePlan::Ending;
  CHECK(plan_of(made, {}).ending == Ending::answers);
  CHECK(plan_of(made, {.no_answer = true}).ending == Ending::close);
  CHECK(text_of(plan_of(made, {.no_answer = true})) == head + "12345");
  out = plan_of(made, {.break_after = 2, .reset = true});
  CHECK(out.ending == Ending::reset);
  CHECK(text_of(out) == head + "12");
  CHECK(text_of(plan_of(made, {.break_after = 0})) == head);
  CHECK(plan({}, {}, true, 5).pieces.empty());
}

TEST_CASE("plans: several requests on one connection") {
  Made first{"e", "", {.method = "POST", .target = "/x", .body = "12345"}, http::parse_url("http://localhost:3000/x").value()};
  Made second = first;
  second.request.method = "PUT";
  const WireStyle plain_style, broken{.break_after = 1};
  auto out = plan({&first, &second}, {&plain_style, &plain_style}, true, 1000);
  CHECK(out.methods == std::vector<std::string>{"POST", "PUT"});
  CHECK(text_of(out) == "POST /x HTTP/1.1\r\nHost: localhost:3000\r\nContent-Length: 5\r\n\r\n12345" + wire_head(second, {}) + "12345");
  CHECK(out.pieces.back().bytes == "5");
  CHECK(out.pieces.back().together);
  out = plan({&first, &second}, {&broken, &plain_style}, false, 1000);
  CHECK(out.methods.size() == 1);
  CHECK(out.ending == http::WirePlan::Ending::close);
}
