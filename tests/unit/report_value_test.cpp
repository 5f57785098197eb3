// report/report.hpp and report/summary.hpp: names, counts, fingerprints, how a rule stands, the closing line.
#include <doctest/doctest.h>

#include "report/foreign_text.hpp"
#include "report/summary.hpp"
#include "report/writers.hpp"
#include "report_samples.hpp"

using namespace hookctl;
using namespace hookctl::report;

TEST_CASE("report: severities and formats have names, both ways") {
  for (const Severity each : {Severity::note, Severity::low, Severity::medium, Severity::high, Severity::critical})
    CHECK(parse_severity(severity_name(each)) == each);
  CHECK(severity_name(Severity::critical) == "critical");
  CHECK(verdict_name(Verdict::skipped) == "skipped");
  CHECK(again_name(Again::fixed) == "fixed");
  CHECK(again_name(Again::still_there) == "still there");
  CHECK(again_name(Again::cannot_tell) == "cannot tell");
  for (const char* text : {"", "High", "high ", "fatal"}) CHECK_FALSE(parse_severity(text));
  CHECK(formats().size() == 7);
  for (const Format each : formats()) CHECK(parse_format(format_name(each)) == each);
  CHECK_FALSE(parse_format("xml"));
}

TEST_CASE("report: a fingerprint is steady, and knows where a part ends") {
  CHECK(fingerprint({"a", "b"}) == fingerprint({"a", "b"}));
  CHECK(fingerprint({"ab", "c"}) != fingerprint({"a", "bc"}));
  CHECK(fingerprint({"a", ""}) != fingerprint({"a"}));
  CHECK(fingerprint({"1:a"}) != fingerprint({"", "a"}));
  CHECK(fingerprint({}) == "e3b0c44298fc1c14");       // SHA-256 of nothing
  CHECK(fingerprint({"abc"}) == "aab5f9ae99b2e38f");  // of "3:abc": baselines of earlier versions depend on it
}

TEST_CASE("report: what fails a build is confirmed, not known and severe enough") {
  const Report made = samples::failed();
  CHECK(made.count(Verdict::passed) == 2);
  CHECK(made.count(Verdict::failed) == 3);
  CHECK(made.count(Verdict::skipped) == 5);
  CHECK(made.failures(Severity::note) == 1);
  CHECK(made.failures(Severity::critical) == 1);
  Report milder = made;
  milder.findings[0].severity = Severity::high;
  CHECK(milder.failures(Severity::critical) == 0);
  CHECK(Confidence{1, 1}.confirmed());
  CHECK_FALSE(Confidence{1, 3}.confirmed());
  CHECK(Confidence{2, 10}.text() == "2 of 10");
}

TEST_CASE("report: how a rule stands for a build") {
  Report made = samples::failed();
  CHECK(standing(made, made.rules[0]) == Standing::passed);
  CHECK(standing(made, made.rules[1]) == Standing::failed);
  CHECK(standing(made, made.rules[3]) == Standing::skipped);
  CHECK(standing(made, made.rules[8]) == Standing::known);
  CHECK(standing(made, made.rules[9]) == Standing::unconfirmed);
  CHECK(excuse(made, made.rules[9]) == "unconfirmed: showed in 1 of 3 tries");
  CHECK(excuse(made, made.rules[1]).empty());
  made.rules[8].findings = {"F2", "F3"};  // one known, one that did not show again
  CHECK(standing(made, made.rules[8]) == Standing::unconfirmed);
  made.rules[8].findings = {"F2", "F1"};
  CHECK(standing(made, made.rules[8]) == Standing::failed);
  made.rules[8].findings = {};  // nothing excuses it
  CHECK(standing(made, made.rules[8]) == Standing::failed);
}

TEST_CASE("report: the closing line counts, and says why rules were skipped") {
  CHECK(summary_line(samples::clean()) ==
        "3 passed, 0 failed, 5 skipped (no effects probe: 4, no timestamp in this scheme: 1); 213 requests in 12.1 s");
  CHECK(summary_line(samples::failed()).starts_with("2 passed, 3 failed (1 known, 1 unconfirmed), 5 skipped"));
  Report made = samples::empty();
  made.requests = 1;
  made.stopped = "the endpoint\nwent away";
  CHECK(summary_line(made) == "0 passed, 0 failed, 0 skipped; 1 request in 0 ms; stopped early: the endpoint went away");
  for (const char* reason : {"a", "b", "c", "d", "e", "f"})
    made.rules.push_back(samples::result(samples::rule("x/y", Severity::low, "t"), Verdict::skipped, reason));
  CHECK(summary_line(made).find("(a: 1, b: 1, c: 1, d: 1, other reasons: 2)") != std::string::npos);
}

TEST_CASE("report: the closing line counts earlier findings, where there are some") {
  Report made = samples::fuzzed();
  CHECK(summary_line(made).ends_with("4922 requests in 1 m; earlier findings: 1 fixed, 1 still there, 1 cannot tell"));
  made.earlier = {made.earlier[1], made.earlier[1]};
  CHECK(earlier_words(made) == "2 fixed");
  made.stopped = "x";
  CHECK(summary_line(made).ends_with("; earlier findings: 2 fixed; stopped early: x"));
  CHECK(earlier_words(samples::failed()).empty());
}

TEST_CASE("report: what a fuzz run knows of a finding, and only that") {
  using Details = std::vector<std::pair<std::string_view, std::string>>;
  Finding made;
  CHECK(details(made).empty());
  made.places = {"$.a"};
  made.after_requests = 1;
  made.alike = 1;
  CHECK(details(made) == Details{{"shows at", "$.a"}, {"found", "after 1 request, 0 ms"}, {"alike", "1 more like this"}});
  made.places = {"a", "b", "c", "d", "e", "f", "g", "h"};
  CHECK(details(made)[0].second == "a, b, c, d, e, f, g, h");
  made.places.push_back("i");
  CHECK(details(made)[0].second == "a, b, c, d, e, f, g, h and 1 more");
  made.after_requests = 0;
  made.after_ms = 5;
  CHECK(details(made).size() == 2);
}

TEST_CASE("report: groups stand in the order of the report, whatever lies between") {
  const Report made = samples::failed();
  std::string names;
  for (const Group& each : groups(made)) names += std::string(each.name) + std::to_string(each.rules.size()) + " ";
  CHECK(names == "delivery1 signature2 idempotency4 timestamp1 payload2 ");
}

TEST_CASE("report: the trigger is the exchange called so, else the first") {
  Finding made = samples::finding("F1", "a/b", Severity::low);
  CHECK(trigger_of(made)->event_id == "evt_1");
  made.exchanges[1].label = "second delivery";
  CHECK(trigger_of(made)->event_id == "evt_0");
  made.exchanges.clear();
  CHECK(trigger_of(made) == nullptr);
}

TEST_CASE("report: commands to repeat, one a line, but no endless ones") {
  Finding made;
  CHECK(repeat_commands(made).empty());
  made.command = "hookctl x";
  CHECK(repeat_commands(made) == "hookctl x");
  made.curl = "curl y";
  CHECK(repeat_commands(made) == "hookctl x\ncurl y");
  CHECK(repeat_command(made) == "hookctl x");
  made.replay = "hookctl replay fnd_1";
  CHECK(repeat_commands(made) == "hookctl replay fnd_1\nhookctl x\ncurl y");
  CHECK(repeat_command(made) == "hookctl replay fnd_1");
  made.replay = "";
  made.curl = std::string(100000, 'y');
  CHECK(repeat_commands(made) == "hookctl x\n# the curl command has 100000 bytes: the JSON report holds it");
}

TEST_CASE("foreign text: control characters, line ends, what XML refuses") {
  CHECK(shown("a\x1b[1m\r\nb") == "a\\x1b[1m\\x0d\\x0ab");
  CHECK(shown("a\r\nb\tc\rd", true) == "a\nb\tc\\x0dd");
  CHECK(shown("\xef\xbf\xbe|\xef\xbf\xbf|\xef\xbf\xbd") == "\\u{fffe}|\\u{ffff}|\xef\xbf\xbd");
  CHECK(one_line(" \n a\r\nb\tc \n") == "a  b c");
  CHECK(lines_of("a\n\nb\n\n") == std::vector<std::string>{"a", "", "b"});
  CHECK(lines_of("").empty());
}

TEST_CASE("foreign text: cut between code points, and said so") {
  CHECK(clipped("abc", 3) == "abc");
  CHECK(clipped("abcd", 3) == "abc… (1 more bytes)");
  CHECK(clipped("ab\xf0\x9f\x98\x80", 4) == "ab… (4 more bytes)");
  CHECK(clipped("\x80\x80\x80\x80\x80\x80", 4) == "\x80… (5 more bytes)");  // no UTF-8 at all: cut somewhere
  CHECK(first_lines("a\r\nb\nc\n", 2, 100) == std::vector<std::string>{"a", "b", "… (2 more bytes)"});
  CHECK(first_lines("abcdef", 2, 3) == std::vector<std::string>{"abc", "… (3 more bytes)"});
  CHECK(first_lines("a\nb", 2, 100) == std::vector<std::string>{"a", "b"});
  CHECK(first_lines("", 2, 100).empty());
}

TEST_CASE("foreign text: no order for the runner of GitHub Actions") {
  CHECK(without_workflow_commands("a\n::error::x\n \t::set-env\nb :: c ##[group]") ==
        "a\n\\::error::x\n \t\\::set-env\nb :: c ##\\[group]");
  CHECK(without_workflow_commands("") == "");
  CHECK(without_workflow_commands("a\n") == "a\n");
}
