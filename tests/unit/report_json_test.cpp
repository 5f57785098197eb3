// report/writers.hpp: the JSON document, and baselines, which are such documents.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "report/writers.hpp"
#include "report_samples.hpp"

using namespace hookctl;
using namespace hookctl::report;

TEST_CASE("report json: everything is in it, under its name") {
  const auto document = parse_json(write_json(samples::failed()), "report");
  REQUIRE(document);
  const auto& record = *document;
  CHECK(record["schema"] == "hookctl.report.v1");
  CHECK(record["started_at"] == "2026-01-01T00:00:00.000Z");
  CHECK(record["seed"] == "18446744073709551615");
  CHECK(record["stopped"].is_null());
  CHECK(record["learnt"][0]["value"] == "12 ms");
  CHECK(
      record["summary"].dump() ==
      R"({"passed":2,"failed":3,"skipped":5,"findings":3,"known":1,"unconfirmed":1,"by_severity":{"critical":1,"high":0,"medium":1,"low":1,"note":0}})");
  const auto& rule = record["rules"][1];
  CHECK(rule["group"] == "signature");
  CHECK(rule["verdict"] == "failed");
  CHECK(rule["findings"].dump() == R"(["F1"])");
  CHECK(rule["remedies"][1]["framework"] == "any");
  CHECK(record["rules"][0]["reason"].is_null());
  const auto& finding = record["findings"][0];
  CHECK(finding["confidence"].dump() == R"({"shown":3,"tries":3,"confirmed":true})");
  CHECK(finding["known"] == false);
  CHECK(finding["log"].size() == 2);
  CHECK(finding["exchanges"][1]["request"].get<std::string>().ends_with("{\"a\":1}"));
  CHECK(finding["exchanges"][1]["status"] == 200);
  CHECK(record["findings"][2]["exchanges"][0]["status"].is_null());
  CHECK(record["findings"][2]["exchanges"][0]["answer"].is_null());
}

TEST_CASE("report json: what a fuzz run knows, and null where it does not") {
  const auto document = parse_json(write_json(samples::fuzzed()), "report");
  REQUIRE(document);
  const auto& known = (*document)["findings"][0];
  CHECK(known["replay"] == "hookctl replay fnd_0f1e2d3c --secret env:S");
  CHECK(known["places"].size() == 10);
  CHECK(known["places"][1] == "data.object.owner");
  CHECK(known["alike"] == 7);
  CHECK(known["limit"] == "from 65537 repeats on");
  CHECK(known["recipe"].dump() == R"({"schema":"hookctl.case.v1","mutator":"null"})");
  CHECK(known["after_requests"] == 412);
  CHECK(known["after_ms"] == 1234);
  CHECK(
      (*document)["earlier"].dump() ==
      R"([{"id":"fnd_1a2b3c4d","summary":"A note of 65,537 characters: the endpoint failed","again":"still there","reason":"HTTP 500 after 3 ms"},{"id":"fnd_5e6f7a8b","summary":"An amount of -1: the endpoint failed","again":"fixed","reason":null},{"id":"fnd_9c0d1e2f","summary":"The same event at once: two effects","again":"cannot tell","reason":"no effects probe"}])");

  const auto plain = parse_json(write_json(samples::failed()), "report");
  REQUIRE(plain);
  const auto& unknown = (*plain)["findings"][0];
  for (const char* name : {"replay", "limit", "recipe", "after_requests", "after_ms"}) {
    INFO(name);
    REQUIRE(unknown.contains(name));
    CHECK(unknown[name].is_null());
  }
  CHECK(unknown["places"].dump() == "[]");
  CHECK(unknown["alike"] == 0);
  CHECK((*plain)["earlier"].dump() == "[]");
}

TEST_CASE("report json: a recipe that is no object stays the text that it is") {
  Report made = samples::fuzzed();
  for (const char* recipe : {"{", "[1]", "7", "\"x\""}) {
    made.findings[0].recipe = recipe;
    const auto document = parse_json(write_json(made), "report");
    REQUIRE(document);
    CHECK((*document)["findings"][0]["recipe"] == recipe);
  }
}

TEST_CASE("report json: bytes that are no text are base64, other text is mended") {
  const Report hostile = samples::hostile();
  const auto document = parse_json(write_json(hostile), "report");
  REQUIRE(document);
  const auto& exchange = (*document)["findings"][0]["exchanges"][0];
  CHECK_FALSE(exchange.contains("request"));
  CHECK(from_base64(exchange["request_base64"].get<std::string>()) == hostile.findings[0].exchanges[0].request);
  CHECK(from_base64(exchange["answer_base64"].get<std::string>()) == hostile.findings[0].exchanges[0].answer);
  CHECK((*document)["version"].get<std::string>().find("\xef\xbf\xbd") != std::string::npos);
}

TEST_CASE("baseline: the findings of an earlier report are known") {
  const auto fingerprints = read_baseline(write_json(samples::failed()), "old.json");
  REQUIRE(fingerprints);
  CHECK(fingerprints->size() == 3);
  Report now = samples::failed();
  now.findings[1].known = false;
  now.findings[2].fingerprint = "0000000000000000";
  apply_baseline(now, *fingerprints);
  CHECK(now.findings[0].known);
  CHECK(now.findings[1].known);
  CHECK_FALSE(now.findings[2].known);
  CHECK(now.failures(Severity::note) == 0);
  CHECK(read_baseline(write_json(samples::empty()), "old.json")->empty());
}

TEST_CASE("baseline: what is no report is refused by name") {
  struct Case {
    const char* text;
    const char* complaint;
  };
  const Case cases[] = {{"{", "old.json:1:2"},
                        {"[]", "old.json: no report: \"schema\""},
                        {"7", "old.json: no report"},
                        {R"({"schema":7})", "\"schema\" is not"},
                        {R"({"schema":"hookctl.report.v2","findings":[]})", "\"schema\" is not"},
                        {R"({"schema":"hookctl.report.v1"})", "no \"findings\""},
                        {R"({"schema":"hookctl.report.v1","findings":{}})", "no \"findings\""},
                        {R"({"schema":"hookctl.report.v1","findings":[{"fingerprint":"a"},{"fingerprint":1}]})", "findings[1] has no"},
                        {R"({"schema":"hookctl.report.v1","findings":[7]})", "findings[0] has no"}};
  for (const Case& each : cases) {
    INFO(each.text);
    const auto read = read_baseline(each.text, "old.json");
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == ErrorKind::usage);
    CHECK(read.error().message.find(each.complaint) != std::string::npos);
  }
}
