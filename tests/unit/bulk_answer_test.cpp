// bulk/answer.hpp: what is written straight away is what the screen's records say.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "bulk/answer.hpp"
#include "ui/records.hpp"

using namespace hookctl;
using signing::Verdict;
using signing::Verification;

namespace {

void check_same(const std::string& provider, const Verification& verification, const std::string& id) {
  auto record = ui::verification_record(provider, verification);
  if (!id.empty()) record["record_id"] = parse_json(id, "id").value();
  record["line"] = 7;
  std::string out = "before\n";
  bulk::append_answer(out, provider, verification, id, 7);
  CHECK(out == "before\n" + to_text(record) + "\n");
}

}  // namespace

TEST_CASE("answer: the same bytes as the verification record") {
  Verification verification;
  check_same("stripe", verification, "");
  verification.verdict = Verdict::valid;
  verification.claim = {"evt_1", "1700000000", 1'700'000'000'000, {"ab", "cd"}};
  verification.age_ms = 1500;
  verification.secret_index = 1;
  check_same("stripe", verification, "\"mine\"");
  verification.age_ms = -1'000'000'000'000'000;
  verification.claim.signatures = {"only one"};
  check_same("", verification, "{\"a\":[1,null]}");
}

TEST_CASE("answer: texts that a request holds, whatever they hold") {
  for (const std::string& text :
       {std::string("a\"b\\c"), std::string("line\nend\ttab\x01\x1f"), std::string("nul\0byte", 8), std::string("\x7f"),
        std::string("\xC3\xA9 \xF0\x9F\x98\x80"), std::string("\xFF\xC3"), std::string("\xED\xA0\x80")}) {
    Verification verification;
    verification.verdict = Verdict::invalid;
    verification.code = "signature_mismatch";
    verification.message = "it is '" + text + "'";
    verification.remedy = text;
    verification.claim = {text, text, std::nullopt, {text, ""}};
    check_same(text, verification, "7");
  }
}

TEST_CASE("answer: a line that could not be judged") {
  std::string out;
  bulk::append_error(out, usage_error("bad \"thing\""), 3);
  bulk::append_error(out, usage_error("bad", "do better"), 18'446'744'073'709'551'615U);
  CHECK(out ==
        R"({"schema":"hookctl.verification.v1","valid":false,"verdict":"error","code":"bad_record","message":"bad \"thing\"","line":3}
{"schema":"hookctl.verification.v1","valid":false,"verdict":"error","code":"bad_record","message":"bad","remedy":"do better","line":18446744073709551615}
)");
}
