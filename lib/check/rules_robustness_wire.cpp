// Robustness against the ways in which an event may travel: chunked, in pieces, with other spellings of fields, several on a connection.
#include <algorithm>

#include "check/rules_robustness.hpp"

namespace hookctl::check {

namespace {

using Cases = Result<std::vector<Case>>;

Case plain_case(Bench& bench, std::string name, WireStyle style) {
  return {.name = std::move(name), .steps = {{.event = bench.main_event(), .wire = std::move(style)}}};
}

Result<Outcome> chunked(Bench& bench) {
  std::vector<Case> cases{plain_case(bench, "a chunked body, one chunk", {.chunked = true}),
                          plain_case(bench, "a chunked body, chunks of 7 bytes", {.chunked = true, .chunk = 7}),
                          plain_case(bench, "a chunked body with an extension and a trailer",
                                     {.chunked = true, .chunk = 100, .chunk_extension = ";part=1", .trailer = "X-Hookctl-Trailer: 1"})};
  return tolerant_trial(bench, std::move(cases),
                        {411, 411, "answered 411: it wants a Content-Length, which a proxy in between need not keep"});
}

Cases slow_body(Bench& bench) {
  return std::vector<Case>{plain_case(bench, "a body in 8 pieces with pauses", {.segments = 8, .pause_ms = 40})};
}
Cases expect(Bench& bench) { return std::vector<Case>{plain_case(bench, "Expect: 100-continue", {.expect_continue = true})}; }

Cases header_case(Bench& bench) {
  return std::vector<Case>{plain_case(bench, "names of fields in small letters", {.header_case = WireStyle::Case::lower}),
                           plain_case(bench, "names of fields in capitals", {.header_case = WireStyle::Case::upper}),
                           plain_case(bench, "names of fields in mixed letters", {.header_case = WireStyle::Case::mixed})};
}

Case with_fields(Bench& bench, std::string name, http::Headers fields, Expect expected) {
  return {.name = std::move(name), .steps = {{.event = bench.main_event(), .headers = std::move(fields), .expect = expected}}};
}

Cases charset(Bench& bench) {
  const provider::Fixture* sample = bench.subject().sample(bench.main_event());
  const std::string type = sample == nullptr ? "" : sample->media_type.substr(0, sample->media_type.find(';'));
  if (type != "application/json" && type != "application/x-www-form-urlencoded")
    return usage_error("the events are neither JSON nor forms");
  return std::vector<Case>{
      with_fields(bench, "Content-Type: " + type + "; charset=utf-8", {{"Content-Type", type + "; charset=utf-8"}}, Expect::accepted),
      with_fields(bench, "Content-Type: " + type + ";charset=UTF-8", {{"Content-Type", type + ";charset=UTF-8"}}, Expect::accepted)};
}

Cases many_headers(Bench& bench) {
  http::Headers many;
  for (int i = 1; i <= 60; ++i) many.add("X-Hookctl-" + std::to_string(i), "value " + std::to_string(i));
  return std::vector<Case>{with_fields(bench, "60 more fields", std::move(many), Expect::closed),
                           with_fields(bench, "a field of 8 kB", {{"X-Hookctl", std::string(8'192, 'x')}}, Expect::closed)};
}

Cases content_encoding(Bench& bench) {
  return std::vector<Case>{with_fields(bench, "an unknown Content-Encoding", {{"Content-Encoding", "x-hookctl"}}, Expect::survived),
                           with_fields(bench, "Content-Encoding: gzip for what is none", {{"Content-Encoding", "gzip"}}, Expect::survived)};
}

// --- two requests on a connection ----------------------------------------------------------------------------------------------------

// An odd request and a plain one behind it on the same connection.
Case with_one_behind(Bench& bench, std::string name, Step odd) {
  Step plain{.event = bench.main_event(), .expect = Expect::anything};
  plain.wire.pipelined = true;
  plain.group = odd.group = 1;
  return {.name = std::move(name), .steps = {std::move(odd), std::move(plain)}};
}

Fault fault_of(const Case& wanted, const Played& played, std::size_t trigger, const std::string& what, std::string expected) {
  Fault fault;
  fault.summary = wanted.name + ": " + what;
  fault.expected = std::move(expected);
  fault.seen = "first " + seen_words(played.shots[0]) + ", then " + seen_words(played.shots[1]);
  fault.shots = played.shots;
  fault.trigger = trigger;
  fault.case_name = wanted.name;
  return fault;
}

// Which of the two lengths counts? Where two programs on the way answer that in two ways, a sender can hide a request from one of them.
// Both forms may be refused; with a Transfer-Encoding the chunks may count, when the connection ends behind them.
enum class Lengths { chunks_and_length, wrong_one_first, wrong_one_last };

constexpr std::int64_t kFramingPatienceMs = 2'000;  // a server may wait for what the longer of the two promises

Step with_lengths(Bench& bench, Lengths lengths) {
  Step odd{.event = bench.main_event(), .expect = Expect::anything};
  const std::string id = bench.fresh_id();
  odd.body = bench.plain_body(odd.event, id);
  odd.body_id = id;
  odd.wire.patience_ms = kFramingPatienceMs;
  const auto add = [&](std::size_t length) {
    odd.tampers = {{.op = Tamper::Op::add_header, .name = "Content-Length", .text = std::to_string(length)}};
  };
  if (lengths == Lengths::chunks_and_length) {
    odd.wire.chunked = true;
    odd.wire.declared = 5;
  } else if (lengths == Lengths::wrong_one_first) {
    add(7);
  } else {
    add(odd.body->size());
    odd.wire.declared = 7;
  }
  return odd;
}

Result<Outcome> framing_case(Bench& bench, Lengths lengths) {
  const bool two_lengths = lengths != Lengths::chunks_and_length;
  const Case wanted =
      with_one_behind(bench, two_lengths ? "two lengths that differ" : "a length and a Transfer-Encoding", with_lengths(bench, lengths));
  auto played = bench.play(wanted);
  if (!played) return played.error();
  Outcome outcome;
  const Shot& first = played->shots[0];
  const Shot& second = played->shots[1];
  if (first.status() >= 500 && first.status() != 501) {
    outcome.fault = fault_of(wanted, *played, 0, "the endpoint failed", "400, and the end of the connection");
  } else if (two_lengths && first.success()) {
    outcome.fault = fault_of(wanted, *played, 0, "the request was accepted", "400, and the end of the connection");
  } else if (first.success() && second.answer && !second.success()) {
    outcome.fault = fault_of(wanted, *played, 1, "the plain event behind it was not read as it was sent",
                             "400 or the end of the connection; or an answer to the plain event itself");
  } else if (first.timed_out) {
    outcome.remark = wanted.name + ": the endpoint waits for more";
  }
  return outcome;
}

Result<Outcome> framing(Bench& bench) {
  Outcome all;
  for (const Lengths lengths : {Lengths::chunks_and_length, Lengths::wrong_one_first, Lengths::wrong_one_last}) {
    auto outcome = framing_case(bench, lengths);
    if (!outcome) return outcome;
    if (!outcome->remark.empty()) all.remark = outcome->remark;
    if (!outcome->fault) continue;
    outcome->again = [lengths](Bench& again) { return framing_case(again, lengths); };
    return outcome;
  }
  return all;
}

// A server may end the connection after any answer; a sender then sends the second event again.
Result<Outcome> pipelined(Bench& bench) {
  const Case wanted = with_one_behind(bench, "two deliveries on one connection, without waiting", Step{.event = bench.main_event()});
  auto played = bench.play(wanted);
  if (!played) return played.error();
  Outcome outcome;
  outcome.fault = judge(bench, wanted, *played);
  const Shot& second = played->shots[1];
  if (outcome.fault || second.success()) return outcome;
  const bool closed = second.failure && !second.timed_out;
  if (closed)
    outcome.remark = "the connection ends after the first answer";
  else
    outcome.fault = fault_of(wanted, *played, 1, "the second was not accepted",
                             "2xx for both, in their order, or the end of the connection after the first answer");
  return outcome;
}

}  // namespace

std::vector<RuleCode> robustness_wire_rules() {
  return {{.id = "robustness/chunked", .trial = chunked},
          {.id = "robustness/slow-body", .cases = slow_body},
          {.id = "robustness/expect", .cases = expect},
          {.id = "robustness/charset", .cases = charset},
          {.id = "robustness/header-case", .cases = header_case},
          {.id = "robustness/many-headers", .cases = many_headers},
          {.id = "robustness/content-encoding", .cases = content_encoding},
          {.id = "robustness/framing", .trial = framing},
          {.id = "robustness/pipelined", .trial = pipelined}};
}

}  // namespace hookctl::check
