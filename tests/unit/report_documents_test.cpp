// report/writers.hpp: JUnit, SARIF and TAP in the places that schemas and parsers (tests/report) do not look at.
#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/text.hpp"
#include "report/writers.hpp"
#include "report_samples.hpp"

using namespace hookctl;
using namespace hookctl::report;

namespace {

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

nlohmann::ordered_json run_of(const Report& made) {
  auto document = parse_json(write(made, Format::sarif), "sarif");
  REQUIRE(document);
  return (*document)["runs"][0];
}

std::string place_of(const std::string& target) {
  Report made = samples::failed();
  made.target = target;
  return run_of(made)["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
}

}  // namespace

TEST_CASE("report junit: a suite a group, with times in seconds") {
  const std::string text = write(samples::failed(), Format::junit);
  CHECK(has(text, "<testsuites name=\"hookctl check\" tests=\"10\" failures=\"1\" errors=\"0\" time=\"12.100\">"));
  CHECK(has(text,
            "<testsuite name=\"signature\" tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"0\" time=\"2.468\" "
            "timestamp=\"2026-01-01T00:00:00\">"));
  CHECK(has(text, "<testsuite name=\"payload\" tests=\"2\" failures=\"0\" errors=\"0\" skipped=\"2\""));
  CHECK(has(text,
            "<testcase name=\"signature/missing: A request without a signature is refused\" classname=\"hookctl check.signature\" "
            "time=\"1.234\">"));
  CHECK(has(text, "<skipped>no effects probe</skipped>"));
  CHECK(has(text, "<skipped>unconfirmed: showed in 1 of 3 tries</skipped>"));
  CHECK(has(text, "<system-out>to repeat F1:\nhookctl check"));
  CHECK(has(text, "<property name=\"slowest answer\" value=\"12 ms\"/>"));
}

TEST_CASE("report junit: what a fuzz run knows; earlier findings count as the rules that they are") {
  const std::string text = write(samples::fuzzed(), Format::junit);
  CHECK(has(text, "<testsuites name=\"hookctl fuzz\" tests=\"5\" failures=\"2\" errors=\"0\""));
  CHECK(has(text, "<property name=\"earlier findings\" value=\"1 fixed, 1 still there, 1 cannot tell\"/>"));
  CHECK(has(text, "data.object.f and 2 more\nlimit: from 65537 repeats on\nfound: after 412 requests, 1.2 s\nalike: 7 more like this\n"));
  CHECK(has(text, "<system-out>to repeat F1:\nhookctl replay fnd_0f1e2d3c --secret env:S\ncurl "));
  const std::string plain = write(samples::failed(), Format::junit);
  for (const char* word : {"earlier", "limit:", "found:", "alike:"}) CHECK_FALSE(has(plain, word));
}

TEST_CASE("report junit: no byte that XML forbids, nothing that ends an element") {
  const std::string text = write(samples::hostile(), Format::junit);
  CHECK(is_utf8(text));
  CHECK_FALSE(has(text, "]]>"));
  CHECK_FALSE(has(text, "<script>"));
  CHECK(std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t'; }));
  CHECK(has(text, "time=\"0.000\">"));  // of a duration below nothing
}

TEST_CASE("report sarif: where a result stands") {
  CHECK(place_of("http://127.0.0.1:3000/webhooks/stripe") == "127.0.0.1/webhooks/stripe");
  CHECK(place_of("https://u:p@example.com/a%20b/?x=1#y") == "example.com/a%20b");
  CHECK(place_of("http://[::1]:80/x") == "__1/x");
  CHECK(place_of("http://[::1]/x") == "__1/x");
  CHECK(place_of("http://h/../../etc/./passwd/%2e%2e") == "h/etc/passwd");
  CHECK(place_of("") == "endpoint");
  CHECK(place_of("http://..") == "endpoint");
}

TEST_CASE("report sarif: known, unconfirmed, stopped, and no links in messages") {
  Report made = samples::failed();
  made.stopped = "the endpoint went away";
  made.findings[0].summary = "look [here](http://evil.example)";
  const auto run = run_of(made);
  CHECK(run["results"][1]["suppressions"][0]["status"] == "accepted");
  CHECK_FALSE(run["results"][0].contains("suppressions"));
  CHECK(run["results"][2]["level"] == "note");
  CHECK(run["invocations"][0]["executionSuccessful"] == false);
  CHECK(run["automationDetails"]["id"] == "hookctl-check/stripe/2026-01-01T00:00:00Z");
  CHECK(run["results"][0]["message"]["text"].get<std::string>().starts_with("look [here] (http"));
  CHECK(run["tool"]["driver"]["rules"][1]["name"] == "SignatureMissing");
  CHECK(run["results"][0]["ruleIndex"] == 1);
}

TEST_CASE("report sarif: what a fuzz run knows is among the properties, where it knows it") {
  const auto run = run_of(samples::fuzzed());
  const auto& known = run["results"][0]["properties"];
  CHECK(known["replay"] == "hookctl replay fnd_0f1e2d3c --secret env:S");
  CHECK(known["places"].size() == 10);
  CHECK(known["alike"] == 7);
  CHECK(known["limit"] == "from 65537 repeats on");
  CHECK(known["recipe"].get<std::string>().find("hookctl.case.v1") != std::string::npos);
  CHECK(known["after_requests"] == 412);
  CHECK(known["after_ms"] == 1234);
  const std::string message = run["results"][0]["message"]["text"];
  CHECK(has(message, "\nto repeat: hookctl replay fnd_0f1e2d3c --secret env:S\nshows at: data.object.customer, "));
  CHECK(run["properties"]["earlier"].size() == 3);
  CHECK(run["properties"]["earlier"][2]["again"] == "cannot tell");
  CHECK(run["results"].size() == 2);
  const auto plain = run_of(samples::failed());
  CHECK_FALSE(plain["properties"].contains("earlier"));
  for (const char* name : {"places", "alike", "limit", "recipe", "after_requests", "after_ms"}) {
    INFO(name);
    CHECK_FALSE(plain["results"][0]["properties"].contains(name));
  }
}

TEST_CASE("report sarif: bodies that are no text are binary, what is no message is a body") {
  Report made = samples::failed();
  made.findings[0].exchanges[1].request = "POST /x HTTP/1.1\r\nHost: y\r\n\r\n\xff";
  made.findings[0].exchanges[1].answer = std::string("garbage\0", 8);
  const auto result = run_of(made)["results"][0];
  CHECK(result["webRequest"]["body"]["binary"] == "/w==");
  CHECK(result["webRequest"]["headers"]["Host"] == "y");
  CHECK(result["webResponse"]["body"]["binary"] == "Z2FyYmFnZQA=");
  CHECK_FALSE(result["webResponse"].contains("protocol"));
}

TEST_CASE("report tap: what a fuzz run knows; earlier findings are comments beside their test points") {
  const std::string text = write(samples::fuzzed(), Format::tap);
  CHECK(text.starts_with("TAP version 14\n1..5\n"));
  CHECK(has(text, "      places:\n        - \"data.object.customer\"\n        - \"data.object.owner\"\n"));
  CHECK(has(text,
            "      limit: \"from 65537 repeats on\"\n      alike: 7\n      after_requests: 412\n      replay: \"hookctl replay fnd_0f1e"));
  CHECK(has(text, "\n# still there: fnd_1a2b3c4d A note of 65,537 characters: the endpoint failed\n# fixed: fnd_5e6f7a8b An amount"));
  const std::string plain = write(samples::failed(), Format::tap);
  for (const char* key : {"places:", "limit:", "alike:", "after_requests:", "replay:"}) CHECK_FALSE(has(plain, key));
}

TEST_CASE("report tap: directives are ours alone") {
  Report made = samples::clean();
  made.rules[0].rule.title = "a # todo b \\# SKIP";
  made.rules[3].reason = "x # y\nok 9";
  const std::string text = write(made, Format::tap);
  CHECK(text.starts_with("TAP version 14\n1..8\nok 1 - delivery/valid: a \\# todo b \\\\\\# SKIP\n"));
  CHECK(has(text, "# SKIP x \\# y ok 9\n"));
  CHECK(write(samples::empty(), Format::tap).starts_with("TAP version 14\n1..0 # SKIP no rule was asked\n"));
}
