// fuzz/case.hpp: a case as data. Every member goes to a file and comes back; nothing malformed comes in; labels become fresh ids and
// addresses.
#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <set>

#include "base/json_path.hpp"
#include "check_fake_endpoint.hpp"
#include "fuzz/case.hpp"
#include "fuzz_cases.hpp"

using namespace hookctl;
using fuzz::Case;

namespace {

struct Member {
  const char* path;  // where it stands in the file
  std::string text;  // and how
  std::function<void(Case&)> set;
};

check::Step& step(Case& one) { return one.play.steps.front(); }
check::Patch& patch(Case& one) { return step(one).patches.front(); }

// A case with one of everything, all as by default.
Case plain() {
  Case one;
  one.play.steps.emplace_back();
  step(one).patches.emplace_back().repeat = check::Patch::Repeat{};
  step(one).splices.emplace_back();
  step(one).tampers.emplace_back();
  one.play.effects.emplace_back();
  one.lures.emplace_back();
  return one;
}

// Every member of a case, one line each: a new one belongs here, too.
std::vector<Member> members() {
  return {
      {"name", "\"n\"", [](Case& c) { c.play.name = "n"; }},
      {"mutator", "\"null\"", [](Case& c) { c.mutator = "null"; }},
      {"severity", "\"critical\"", [](Case& c) { c.play.severity = report::Severity::critical; }},
      {"severity", "\"note\"", [](Case& c) { c.play.severity = report::Severity::note; }},
      {"control", "true", [](Case& c) { c.play.control = true; }},
      {"effects[0].id", "\"{a}\"", [](Case& c) { c.play.effects[0].id = "{a}"; }},
      {"effects[0].at_least", "1", [](Case& c) { c.play.effects[0].at_least = 1; }},
      {"effects[0].at_most", "0", [](Case& c) { c.play.effects[0].at_most = 0; }},
      {"lures[0].place", "\"data.url\"", [](Case& c) { c.lures[0].place = "data.url"; }},
      {"lures[0].word", "\"9801547\"", [](Case& c) { c.lures[0].word = "9801547"; }},
      {"lures[0].fetch", "true", [](Case& c) { c.lures[0].fetch = true; }},
      {"steps[0].event", "\"push\"", [](Case& c) { step(c).event = "push"; }},
      {"steps[0].id", "\"{a}\"", [](Case& c) { step(c).id = "{a}"; }},
      {"steps[0].fresh", "false", [](Case& c) { step(c).fresh = false; }},
      {"steps[0].edits[0].set", "\"a.b\"",
       [](Case& c) {
         step(c).edits.emplace_back(event::SetValue{"a.b", ""});
       }},
      {"steps[0].edits[0].value", "\"1\"",
       [](Case& c) {
         step(c).edits.emplace_back(event::SetValue{"", "1"});
       }},
      {"steps[0].edits[0].unset", "\"a\"", [](Case& c) { step(c).edits.emplace_back(event::UnsetValue{"a"}); }},
      {"steps[0].body", "\"\"", [](Case& c) { step(c).body = ""; }},
      {"steps[0].body_id", "\"evt_1\"", [](Case& c) { step(c).body_id = "evt_1"; }},
      {"steps[0].patches[0].path", "\"a[0]\"", [](Case& c) { patch(c).path = "a[0]"; }},
      {"steps[0].patches[0].change.op", "\"take_out\"", [](Case& c) { patch(c).change.op = check::Change::Op::take_out; }},
      {"steps[0].patches[0].change.op", "\"add\"", [](Case& c) { patch(c).change.op = check::Change::Op::add; }},
      {"steps[0].patches[0].change.text", "\"null\"", [](Case& c) { patch(c).change.text = "null"; }},
      {"steps[0].patches[0].repeat.unit", "\"[\"", [](Case& c) { patch(c).repeat->unit = "["; }},
      {"steps[0].patches[0].repeat.close", "\"]\"", [](Case& c) { patch(c).repeat->close = "]"; }},
      {"steps[0].patches[0].repeat.times", "65537", [](Case& c) { patch(c).repeat->times = 65537; }},
      {"steps[0].splices[0].at", "18446744073709551615", [](Case& c) { step(c).splices[0].at = static_cast<std::size_t>(-1); }},
      {"steps[0].splices[0].erase", "2", [](Case& c) { step(c).splices[0].erase = 2; }},
      {"steps[0].splices[0].insert", "\"x\"", [](Case& c) { step(c).splices[0].insert = "x"; }},
      {"steps[0].splices[0].insert_base64", "\"/w==\"", [](Case& c) { step(c).splices[0].insert = "\xFF"; }},
      {"steps[0].splices[0].times", "0", [](Case& c) { step(c).splices[0].times = 0; }},
      {"steps[0].headers[0].name", "\"X-A\"", [](Case& c) { step(c).headers.add("X-A", ""); }},
      {"steps[0].headers[0].value", "\"1\"", [](Case& c) { step(c).headers.add("", "1"); }},
      {"steps[0].signing.sign", "false", [](Case& c) { step(c).signing.sign = false; }},
      {"steps[0].signing.keys[0].which", "\"stranger\"",
       [](Case& c) { step(c).signing.keys[0].which = check::SigningKey::Which::stranger; }},
      {"steps[0].signing.keys[0].which", "\"word\"", [](Case& c) { step(c).signing.keys[0].which = check::SigningKey::Which::word; }},
      {"steps[0].signing.keys[0].which", "\"plain\"", [](Case& c) { step(c).signing.keys[0].which = check::SigningKey::Which::plain; }},
      {"steps[0].signing.keys[0].text", "\"k\"", [](Case& c) { step(c).signing.keys[0].text = "k"; }},
      {"steps[0].signing.keys", "[]", [](Case& c) { step(c).signing.keys.clear(); }},
      {"steps[0].signing.shift_ms", "-5", [](Case& c) { step(c).signing.shift_ms = -5; }},
      {"steps[0].signing.timestamp", "\"\"", [](Case& c) { step(c).signing.timestamp = ""; }},
      {"steps[0].tampers[0].op", "\"set_path\"", [](Case& c) { step(c).tampers[0].op = check::Tamper::Op::set_path; }},
      {"steps[0].tampers[0].op", "\"set_signature\"", [](Case& c) { step(c).tampers[0].op = check::Tamper::Op::set_signature; }},
      {"steps[0].tampers[0].op", "\"remove_header\"", [](Case& c) { step(c).tampers[0].op = check::Tamper::Op::remove_header; }},
      {"steps[0].tampers[0].name", "\"X\"", [](Case& c) { step(c).tampers[0].name = "X"; }},
      {"steps[0].tampers[0].text", "\"t\"", [](Case& c) { step(c).tampers[0].text = "t"; }},
      {"steps[0].tampers[0].number", "-9223372036854775808",
       [](Case& c) { step(c).tampers[0].number = std::numeric_limits<std::int64_t>::min(); }},
      {"steps[0].wire.chunked", "true", [](Case& c) { step(c).wire.chunked = true; }},
      {"steps[0].wire.chunk", "7", [](Case& c) { step(c).wire.chunk = 7; }},
      {"steps[0].wire.chunk_extension", "\";a=b\"", [](Case& c) { step(c).wire.chunk_extension = ";a=b"; }},
      {"steps[0].wire.trailer", "\"A: b\"", [](Case& c) { step(c).wire.trailer = "A: b"; }},
      {"steps[0].wire.segments", "3", [](Case& c) { step(c).wire.segments = 3; }},
      {"steps[0].wire.pause_ms", "4", [](Case& c) { step(c).wire.pause_ms = 4; }},
      {"steps[0].wire.expect_continue", "true", [](Case& c) { step(c).wire.expect_continue = true; }},
      {"steps[0].wire.header_case", "\"lower\"", [](Case& c) { step(c).wire.header_case = check::WireStyle::Case::lower; }},
      {"steps[0].wire.header_case", "\"upper\"", [](Case& c) { step(c).wire.header_case = check::WireStyle::Case::upper; }},
      {"steps[0].wire.header_case", "\"mixed\"", [](Case& c) { step(c).wire.header_case = check::WireStyle::Case::mixed; }},
      {"steps[0].wire.declared", "0", [](Case& c) { step(c).wire.declared = 0; }},
      {"steps[0].wire.break_after", "0", [](Case& c) { step(c).wire.break_after = 0; }},
      {"steps[0].wire.no_answer", "true", [](Case& c) { step(c).wire.no_answer = true; }},
      {"steps[0].wire.reset", "true", [](Case& c) { step(c).wire.reset = true; }},
      {"steps[0].wire.bytes_base64", "\"AP8=\"", [](Case& c) { step(c).wire.bytes = std::string("\0\xFF", 2); }},
      {"steps[0].wire.patience_ms", "0", [](Case& c) { step(c).wire.patience_ms = 0; }},
      {"steps[0].wire.pipelined", "true", [](Case& c) { step(c).wire.pipelined = true; }},
      {"steps[0].expect", "\"refused\"", [](Case& c) { step(c).expect = check::Expect::refused; }},
      {"steps[0].expect", "\"survived\"", [](Case& c) { step(c).expect = check::Expect::survived; }},
      {"steps[0].expect", "\"closed\"", [](Case& c) { step(c).expect = check::Expect::closed; }},
      {"steps[0].expect", "\"anything\"", [](Case& c) { step(c).expect = check::Expect::anything; }},
      {"steps[0].group", "2", [](Case& c) { step(c).group = 2; }},
      {"steps[0].wait_ms", "50", [](Case& c) { step(c).wait_ms = 50; }},
      {"steps[1].replay_of", "0", [](Case& c) { c.play.steps.emplace_back().replay_of = 0; }},
      {"steps[0].redeliver", "true", [](Case& c) { step(c).redeliver = true; }},
  };
}

std::string message(const Result<Case>& read) { return read ? "read" : read.error().message; }
std::string refusal(const std::string& members) {
  return message(fuzz::read_case("{\"schema\": \"hookctl.case.v1\", " + members + "}", "case.json"));
}

// Addresses of a listener that nobody visits.
class QuietListener : public check::Listener {
 public:
  std::string url(std::string_view token) override { return "http://127.0.0.1:9/" + std::string(token); }
  bool visited(std::string_view) override { return false; }
  void delay_answers(std::int64_t) override {}
};

}  // namespace

TEST_CASE("fuzz case: each member stands in the file under its name and comes back; what is as by default is left out") {
  const std::string usual = fuzz::write_case(plain());
  for (const Member& member : members()) {
    Case one = plain();
    member.set(one);
    const std::string text = fuzz::write_case(one);
    INFO(member.path << " in " << text);
    CHECK(json_raw_at(text, member.path).value_or("") == member.text);
    CHECK(json_raw_at(usual, member.path).value_or("") != member.text);
    const auto read = fuzz::read_case(text, "case.json");
    REQUIRE_MESSAGE(read.ok(), message(read));
    CHECK(fuzz::write_case(*read) == text);
  }
  CHECK(fuzz::write_case(Case{}) == "{\n  \"schema\": \"hookctl.case.v1\"\n}\n");
}

TEST_CASE("fuzz case: values come back as they were, bytes too") {
  Case one = plain();
  for (const Member& member : members()) member.set(one);
  const auto read = fuzz::read_case(fuzz::write_case(one), "case.json");
  REQUIRE_MESSAGE(read.ok(), message(read));
  const check::Step& first = read->play.steps.at(0);
  CHECK(first.splices.at(0).insert == "\xFF");
  CHECK(first.splices.at(0).at == static_cast<std::size_t>(-1));
  CHECK(first.wire.bytes == std::string("\0\xFF", 2));
  CHECK(first.tampers.at(0).op == check::Tamper::Op::remove_header);
  CHECK(first.headers == http::Headers{{"X-A", ""}, {"", "1"}});
  CHECK(std::get<event::SetValue>(first.edits.at(1)).value == "1");
  CHECK(std::get<event::UnsetValue>(first.edits.at(2)).path == "a");
  CHECK(first.signing.keys.empty());
  CHECK(first.signing.timestamp == "");
  CHECK(read->play.effects.at(0).at_most == 0);
  CHECK(read->play.severity == report::Severity::note);
  CHECK(read->play.steps.at(1).replay_of == 0);
}

TEST_CASE("fuzz case: every word of every enumeration comes back") {
  for (int op = 0; op <= static_cast<int>(check::Tamper::Op::set_path); ++op) {
    Case one = plain();
    step(one).tampers[0].op = static_cast<check::Tamper::Op>(op);
    CHECK(fuzz::read_case(fuzz::write_case(one), "c").value().play.steps.at(0).tampers.at(0).op == step(one).tampers[0].op);
  }
  for (int expect = 0; expect <= static_cast<int>(check::Expect::anything); ++expect) {
    Case one = plain();
    step(one).expect = static_cast<check::Expect>(expect);
    CHECK(fuzz::read_case(fuzz::write_case(one), "c").value().play.steps.at(0).expect == step(one).expect);
  }
  for (int severity = 0; severity <= static_cast<int>(report::Severity::critical); ++severity) {
    Case one;
    one.play.severity = static_cast<report::Severity>(severity);
    CHECK(fuzz::read_case(fuzz::write_case(one), "c").value().play.severity == one.play.severity);
  }
}

TEST_CASE("fuzz case: random cases come back, and are written in ASCII") {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const Case one = test::CaseMaker(seed).make();
    const std::string text = fuzz::write_case(one);
    CHECK(std::all_of(text.begin(), text.end(), [](char c) { return c == '\n' || (c >= ' ' && c <= '~') || c == '\x7F'; }));
    const auto read = fuzz::read_case(text, "case.json");
    INFO("seed " << seed << ": " << message(read));
    REQUIRE(read.ok());
    CHECK(fuzz::write_case(*read) == text);
    REQUIRE(read->play.steps.size() == one.play.steps.size());
    for (std::size_t i = 0; i < one.play.steps.size(); ++i) {
      CHECK(read->play.steps[i].body == one.play.steps[i].body);
      CHECK(read->play.steps[i].headers == one.play.steps[i].headers);
      CHECK(read->play.steps[i].event == one.play.steps[i].event);
      CHECK(read->play.steps[i].wire.bytes == one.play.steps[i].wire.bytes);
    }
  }
}

TEST_CASE("fuzz case: what is wrong is named with file, line and path") {
  const auto at = [](const std::string& text) { return message(fuzz::read_case(text, "case.json")); };
  CHECK(at("{\n  \"schema\": \"hookctl.case.v1\",\n  \"steps\": [{}, {\"wire\": {\"chunk\": \"7\"}}]\n}") ==
        "case.json:3:36: steps[1].wire.chunk: expected a whole number from 0 to 18446744073709551615");
  CHECK(at("") == "case.json:1:1: expected a value, found the end of the text");
  CHECK(at("{\n\"schema\": }") == "case.json:2:11: expected a value, found '}'");
  CHECK(at("[]") == "case.json:1:1: expected an object");
  CHECK(at("{}") == "case.json:1:1: \"schema\" is missing; expected \"hookctl.case.v1\"");
  CHECK(at("{\"schema\": \"hookctl.case.v2\"}") == "case.json:1:12: schema: expected \"hookctl.case.v1\"");
  CHECK(at("{\"schema\": 1}") == "case.json:1:12: schema: expected \"hookctl.case.v1\"");
}

TEST_CASE("fuzz case: unknown members, wrong kinds, words and numbers out of range are refused") {
  const auto says = [](const std::string& members, const std::string& words) {
    const std::string found = refusal(members);
    INFO(members << " -> " << found);
    CHECK(found.ends_with(words));
  };
  says("\"stepps\": []", "stepps: unknown member (did you mean 'steps'?)");
  says("\"a.b\": 1", "[\"a.b\"]: unknown member");
  says("\"\": 1", "unknown member \"\"");
  says("\"steps\": {}", "steps: expected a list");
  says("\"steps\": [1]", "steps[0]: expected an object");
  says("\"steps\": [{\"id\": null}]", "steps[0].id: expected a text");
  says("\"steps\": [{\"id\": \"a\", \"id_base64\": \"YQ==\"}]", "steps[0].id_base64: stands beside 'id'; expected one of them");
  says("\"steps\": [{\"id_base64\": \"YQ\"}]", "steps[0].id_base64: expected base64");
  says("\"steps\": [{\"id_base64\": 1}]", "steps[0].id_base64: expected a text");
  says("\"steps\": [{\"fresh\": 0}]", "steps[0].fresh: expected true or false");
  says("\"steps\": [{\"expect\": \"refusd\"}]", "steps[0].expect: no such word (did you mean 'refused'?)");
  says("\"steps\": [{\"expect\": 1}]", "steps[0].expect: expected one of accepted, refused, survived, closed, anything");
  says("\"steps\": [{\"wire\": {\"segments\": 0}}]", "segments: expected a whole number from 1 to 10000");
  says("\"steps\": [{\"wire\": {\"chunk\": 1.0}}]", "chunk: expected a whole number from 0 to 18446744073709551615");
  says("\"steps\": [{\"wire\": {\"chunk\": -1}}]", "chunk: expected a whole number from 0 to 18446744073709551615");
  says("\"steps\": [{\"wire\": {\"chunk\": 18446744073709551616}}]", "chunk: expected a whole number from 0 to 18446744073709551615");
  says("\"steps\": [{\"wire\": {\"pause_ms\": 600001}}]", "pause_ms: expected a whole number from 0 to 600000");
  says("\"steps\": [{\"group\": 2147483648}]", "group: expected a whole number from 0 to 2147483647");
  says("\"steps\": [{\"signing\": {\"shift_ms\": 9223372036854775807}}]",
       "expected a whole number from -100000000000000 to 100000000000000");
  says("\"steps\": [{\"signing\": {\"shift_ms\": 18446744073709551615}}]",
       "expected a whole number from -100000000000000 to 100000000000000");
  says("\"steps\": [{\"patches\": [{\"repeat\": {\"times\": 67108865}}]}]", "repeat.times: expected a whole number from 0 to 67108864");
  says("\"effects\": [{\"at_most\": 9223372036854775807}]", "at_most: expected a whole number from 0 to 1000000000");
  says("\"steps\": [{\"replay_of\": 0}]", "steps[0].replay_of: there is no earlier step");
  says("\"steps\": [{}, {\"replay_of\": 1}]", "steps[1].replay_of: expected a whole number from 0 to 0");
  says("\"steps\": [{\"edits\": [{}]}]", "steps[0].edits[0]: expected 'set' or 'unset'");
  says("\"steps\": [{\"edits\": [{\"set\": \"a\", \"unset\": \"b\"}]}]", "steps[0].edits[0]: expected 'set' or 'unset'");
  says("\"steps\": [{\"edits\": [{\"set\": \"a\"}]}]", "steps[0].edits[0]: expected 'value' with 'set', and only with it");
  says("\"severity\": \"hi\"", "severity: expected one of note, low, medium, high, critical");
  says("\"\\u001b[2J\": 1", "unknown member");
  CHECK(refusal("\"\\u001b[2J\": 1").find('\x1b') == std::string::npos);
}

TEST_CASE("fuzz case: a list may have 10,000 items, not one more") {
  std::string steps = "{}";
  for (int i = 1; i < 10'000; ++i) steps += ",{}";
  CHECK(refusal("\"steps\": [" + steps + "]") == "read");
  CHECK(refusal("\"steps\": [" + steps + ",{}]").ends_with("steps: expected at most 10000 items"));
}

TEST_CASE("fuzz case: any bytes are read or refused with words") {
  SeededRandom random(5);
  for (int i = 0; i < 300; ++i) {
    std::string text = fuzz::write_case(test::CaseMaker(static_cast<std::uint64_t>(i)).make());
    for (std::uint64_t k = 1 + random.next() % 3; k > 0; --k) text[random.next() % text.size()] = static_cast<char>(random.next() % 256);
    if (i % 3 == 0) text.resize(random.next() % text.size());
    const auto read = fuzz::read_case(text, "case.json");
    if (!read) CHECK(read.error().message.starts_with("case.json:"));
    if (read) CHECK(fuzz::read_case(fuzz::write_case(*read), "again").ok());
  }
}

TEST_CASE("fuzz case: a label is one fresh id in the whole case, another in each instance") {
  test::FakeCheck fake("stripe");
  Case one;
  for (const char* id : {"{a}", "{b}", "{a}", "", "{a}-{b}", "{}", "{a b}", "{a", "evt_1"}) one.play.steps.emplace_back().id = id;
  one.play.effects.push_back({.id = "{a}", .at_least = 1, .at_most = 1});
  const auto first = fuzz::instantiate(fake.bench(), one);
  const auto second = fuzz::instantiate(fake.bench(), one);
  REQUIRE((first.ok() && second.ok()));
  const auto& steps = first->play.steps;
  CHECK(steps[0].id.starts_with("evt_"));
  CHECK(steps[0].id == steps[2].id);
  CHECK(steps[0].id != steps[1].id);
  CHECK(steps[3].id == "");
  CHECK(steps[4].id == steps[0].id + "-" + steps[1].id);
  CHECK(steps[5].id == "{}");
  CHECK(steps[6].id == "{a b}");
  CHECK(steps[7].id == "{a");
  CHECK(steps[8].id == "evt_1");
  CHECK(first->play.effects[0].id == steps[0].id);
  CHECK(second->play.steps[0].id != steps[0].id);
  CHECK(first->tokens.empty());
}

TEST_CASE("fuzz case: a callback is an address of our listener, one for each patch") {
  Case one;
  auto& patches = one.play.steps.emplace_back().patches;
  patches.emplace_back().change.text = "\"{callback}\"";
  patches.emplace_back().change.text = "\"see {callback} and {callback}/x\"";
  patches.emplace_back().change.text = "\"{a}\"";
  test::FakeCheck without("stripe");
  const auto refused = fuzz::instantiate(without.bench(), one);
  REQUIRE(!refused.ok());
  CHECK(refused.error().kind == ErrorKind::usage);

  QuietListener listener;
  test::FakeCheck fake("stripe");
  fake.listener = &listener;
  const auto made = fuzz::instantiate(fake.bench(), one);
  REQUIRE(made.ok());
  REQUIRE(made->tokens.size() == 2);
  CHECK(made->tokens[0].size() == 16);
  CHECK(made->tokens[0].find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos);
  CHECK(made->tokens[0] != made->tokens[1]);
  const auto& done = made->play.steps[0].patches;
  CHECK(done[0].change.text == "\"http://127.0.0.1:9/" + made->tokens[0] + "\"");
  CHECK(done[1].change.text == "\"see http://127.0.0.1:9/" + made->tokens[1] + " and http://127.0.0.1:9/" + made->tokens[1] + "/x\"");
  CHECK(done[2].change.text == "\"{a}\"");
}
