// Reports to write: as they come from a run, and as nobody should make them. Shared with tests/report/sample_reports.cpp.
#pragma once

#include <string>

#include "report/report.hpp"

namespace samples {

using namespace hookctl::report;

inline Rule rule(std::string id, Severity severity, std::string title) {
  Rule made;
  made.id = std::move(id);
  made.severity = severity;
  made.title = std::move(title);
  made.what = "A delivery is sent as the provider would, but for one thing.";
  made.why = "Whoever knows the URL can make the endpoint believe anything.";
  made.source = "https://docs.example.com/webhooks#verify";
  made.remedies = {{"express", {"app.use('/webhook', express.raw({type: '*/*'}));", "// then verify the raw body"}},
                   {"any", {"Verify before you parse."}}};
  return made;
}

inline RuleResult result(Rule of, Verdict verdict, std::string reason = "", std::vector<std::string> findings = {}) {
  RuleResult made;
  made.rule = std::move(of);
  made.verdict = verdict;
  made.reason = std::move(reason);
  made.findings = std::move(findings);
  made.requests = 5;
  made.duration_ms = 1234;
  return made;
}

inline Report empty() {
  Report made;
  made.version = "0.1.0";
  made.target = "http://127.0.0.1:3000/webhooks/stripe";
  made.provider = "stripe";
  made.started_at = 1767225600000;  // 2026-01-01T00:00:00Z
  return made;
}

// 3 passed, 5 skipped: four of them for the same reason.
inline Report clean() {
  Report made = empty();
  made.duration_ms = 12100;
  made.requests = 213;
  made.seed = 18446744073709551615U;
  made.learnt = {{"slowest answer", "12 ms"}, {"refuses with", "400, 401"}};
  made.rules.push_back(result(rule("delivery/valid", Severity::high, "A valid delivery is accepted"), Verdict::passed));
  made.rules.push_back(result(rule("signature/missing", Severity::critical, "A request without a signature is refused"), Verdict::passed));
  made.rules.push_back(
      result(rule("signature/tampered", Severity::critical, "A changed body is refused"), Verdict::passed, "answered 403"));
  for (const char* id : {"twice", "race", "retry", "order"}) {
    made.rules.push_back(
        result(rule(std::string("idempotency/") + id, Severity::medium, "An event counts once"), Verdict::skipped, "no effects probe"));
  }
  made.rules.push_back(
      result(rule("timestamp/old", Severity::medium, "An old delivery is refused"), Verdict::skipped, "no timestamp in this scheme"));
  return made;
}

inline Finding finding(std::string id, std::string of, Severity severity) {
  Finding made;
  made.id = std::move(id);
  made.fingerprint = fingerprint({of, made.id});
  made.rule = std::move(of);
  made.severity = severity;
  made.confidence = {3, 3};
  made.summary = "A request without a signature was accepted";
  made.expected = "a status from 400 to 499";
  made.seen = "200 and the same answer as to a valid delivery";
  made.diff = "- Stripe-Signature: t=1767225600,v1=[redacted]\n+ (no Stripe-Signature)";
  made.event = "invoice.paid";
  made.remedies = {{"express", {"const event = stripe.webhooks.constructEvent(", "  req.body, req.get('stripe-signature'), secret);"}}};
  made.exchanges = {{"control before", "invoice.paid", "evt_0", "POST /webhooks/stripe HTTP/1.1\r\nHost: x\r\n\r\n{}", 45,
                     "HTTP/1.1 200 OK\r\n\r\nok", "", 200, 9},
                    {"the trigger", "invoice.paid", "evt_1", "POST /webhooks/stripe HTTP/1.1\r\nHost: x\r\nA: 1\r\nA: 2\r\n\r\n{\"a\":1}",
                     60, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\naccepted", "", 200, 12}};
  made.curl = "curl -X POST -H 'Content-Type: application/json' --data-binary '{\"a\":1}' http://127.0.0.1:3000/webhooks/stripe";
  made.command = "hookctl check --to 3000/webhooks/stripe --provider stripe --rule signature/missing --seed 7";
  made.log = {"listening on 3000", "POST /webhooks/stripe 200"};
  return made;
}

// A confirmed finding, a known one, an unconfirmed one, each with its rule.
inline Report failed() {
  Report made = clean();
  made.rules[1].verdict = Verdict::failed;
  made.rules[1].reason = "A request without a signature was accepted";
  made.rules[1].findings = {"F1"};
  made.rules.push_back(result(rule("payload/unknown-field", Severity::low, "A field nobody knows is ignored"), Verdict::failed,
                              "An unknown field gave 500", {"F2"}));
  made.rules.push_back(result(rule("payload/null", Severity::medium, "A null is coped with"), Verdict::failed, "null gave 500", {"F3"}));
  made.findings = {finding("F1", "signature/missing", Severity::critical), finding("F2", "payload/unknown-field", Severity::low),
                   finding("F3", "payload/null", Severity::medium)};
  made.findings[1].known = true;
  made.findings[1].summary = "An unknown field gave 500";
  made.findings[2].confidence = {1, 3};
  made.findings[2].summary = "null gave 500";
  made.findings[2].exchanges = {
      {"the trigger", "invoice.paid", "evt_2", "POST / HTTP/1.1\r\n\r\n", 19, "", "connection refused by 127.0.0.1:3000", 0, 3}};
  return made;
}

// A fuzz run: a finding with all that such a run knows, and three earlier ones, of which one is still there.
inline Report fuzzed() {
  Report made = empty();
  made.tool = "hookctl fuzz";
  made.duration_ms = 60000;
  made.requests = 4922;
  made.rules.push_back(result(rule("fuzz/server-error", Severity::high, "An odd but rightly signed event never makes the endpoint fail"),
                              Verdict::failed, "data.object.customer is null: the endpoint failed", {"F1"}));
  made.rules.push_back(result(rule("fuzz/late", Severity::high, "An odd event is answered in time"), Verdict::passed));
  made.rules.push_back(
      result(rule("suite/fnd_1a2b3c4d", Severity::high, "A note of 65,537 characters is survived"), Verdict::failed, "it failed", {"F2"}));
  made.rules.push_back(result(rule("suite/fnd_5e6f7a8b", Severity::high, "An amount of -1 is survived"), Verdict::passed));
  made.rules.push_back(
      result(rule("suite/fnd_9c0d1e2f", Severity::high, "The same event at once has one effect"), Verdict::skipped, "no effects probe"));
  made.findings = {finding("F1", "fuzz/server-error", Severity::high), finding("F2", "suite/fnd_1a2b3c4d", Severity::high)};
  Finding& first = made.findings[0];
  first.summary = "data.object.customer is null: the endpoint failed";
  first.command = "";
  first.replay = "hookctl replay fnd_0f1e2d3c --secret env:S";
  for (const char* place : {"customer", "owner", "a", "b", "c", "d", "e", "f", "g", "h"})
    first.places.push_back(std::string("data.object.") + place);
  first.alike = 7;
  first.limit = "from 65537 repeats on";
  first.recipe = "{\n  \"schema\": \"hookctl.case.v1\",\n  \"mutator\": \"null\"\n}\n";
  first.after_requests = 412;
  first.after_ms = 1234;
  made.findings[1].replay = "hookctl replay fnd_1a2b3c4d --secret env:S";
  made.earlier = {{"fnd_1a2b3c4d", "A note of 65,537 characters: the endpoint failed", Again::still_there, "HTTP 500 after 3 ms"},
                  {"fnd_5e6f7a8b", "An amount of -1: the endpoint failed", Again::fixed, ""},
                  {"fnd_9c0d1e2f", "The same event at once: two effects", Again::cannot_tell, "no effects probe"}};
  return made;
}

// What an endpoint that means harm can make of any text: terminal commands, ends of every kind of block, orders to a log's reader.
inline std::string venom() {
  std::string text = "x]]> <script>alert(1)</script> <!-- --> </details> & \"q\" 'q' `` ``` ````` ~~~~ | a | b |\r\n";
  text += std::string("\0\x01\x07\x1b[31mred\x1b]0;title\x07\x7f\r\b", 24);
  text +=
      "\xff\xfe\xc3(\xed\xa0\x80 \xef\xbf\xbe \xef\xbf\xbf \xc2\x9b"
      "2J \xe2\x80\xae rtl \xf0\x9f\x98\x80\n";
  text += "::error title=evil::stop\n  ::warning::indented\n##[error]old\n::stop-commands::x\n";
  text +=
      "# heading\n## heading\n- item\n> quote\n1. one\n[link](http://evil.example) ![image](http://evil.example/x.png) @octocat #12 $x$ "
      "**bold** _i_ \\\n===\n---\n";
  text +=
      "not ok 1 - evil # todo\nBail out! evil\n  ...\n1..0\n...\nkey: [1, 2\n\t%25 %0A , : ; # SKIP \\# ```\n```diff\n```\n`````\n~~~\n";
  return text + "\n\n<img src=x onerror=alert(1)>\n\n    indented\n";
}

inline Report hostile() {
  const std::string bad = venom();
  const std::string lengthy = bad + std::string(70000, 'w') + "\n" + bad;
  Report made;
  made.tool = "hookctl check";
  made.version = bad;
  made.target = "http://user:pass@[::1]:3000/../a b/\x01/%2e%2e/?q=" + bad;
  made.provider = bad;
  made.started_at = 1767225600000;
  made.duration_ms = -5;
  made.learnt = {{bad, bad}, {"", ""}, {"long", lengthy}};
  made.stopped = bad;
  const Rule bad_rule{"a | b <b> ``` [l](u) # @x / " + bad, Severity::high, bad, bad, bad, bad, {{bad, {bad, bad}}}};
  for (const Verdict verdict : {Verdict::passed, Verdict::failed, Verdict::skipped, Verdict::skipped, Verdict::skipped})
    made.rules.push_back(result(bad_rule, verdict, bad));
  made.rules.push_back(result(rule("", Severity::note, ""), Verdict::skipped));
  made.rules.push_back(result(rule("signature/missing", Severity::high, "title"), Verdict::failed, "", {"F1", "F2", "none such"}));
  Finding worst{
      "F1",    bad, "signature/missing", Severity::high, {3, 3}, lengthy, bad, lengthy, bad, bad, {{bad, {bad}}, {"any", {bad}}}, {},
      lengthy, bad, {bad, bad}};
  worst.replay = bad;
  worst.places = {bad, "", lengthy, bad, bad, bad, bad, bad, bad, bad};
  worst.alike = static_cast<std::size_t>(-1);
  worst.limit = bad;
  worst.recipe = bad;
  worst.after_requests = static_cast<std::uint64_t>(-1);
  worst.after_ms = -5;
  worst.exchanges = {
      {bad, bad, bad, bad, 1, lengthy, bad, 200, 1},
      {bad, bad, bad, "POST / HTTP/1.1\r\nA: " + bad + "\r\n\r\n" + bad, 1, "HTTP/1.1 200 " + bad + "\r\n\r\n" + bad, bad, 200, -1}};
  worst.exchanges.push_back(worst.exchanges.back());
  made.findings = {worst, worst, Finding{}};
  made.findings[1].id = "F2";
  made.findings[1].known = true;
  made.findings[2].rule = "no/such";
  made.earlier = {{bad, bad, Again::fixed, bad}, {lengthy, lengthy, Again::still_there, lengthy}, {"", "", Again::cannot_tell, lengthy}};
  return made;
}

}  // namespace samples
