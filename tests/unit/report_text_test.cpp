// report/writers.hpp: what people read in a terminal and in the logs of GitHub Actions. (tests/report has other formats read by others.)
#include <doctest/doctest.h>

#include <algorithm>

#include "base/text.hpp"
#include "report/writers.hpp"
#include "report_samples.hpp"

using namespace hookctl;
using namespace hookctl::report;

namespace {

std::size_t columns(std::string_view line) {
  return static_cast<std::size_t>(
      std::count_if(line.begin(), line.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// No line is an order for the runner of GitHub Actions, none moves a cursor.
bool harmless(const std::string& text) {
  for (const auto line : split(text, "\n")) {
    if (trim(line).starts_with("::") || line.find("##[") != std::string_view::npos || printable(line, true) != line) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("report text: rules by group, each with a mark that needs no colour") {
  const std::string text = write(samples::failed(), Format::text);
  CHECK(
      text.starts_with("hookctl check 0.1.0: http://127.0.0.1:3000/webhooks/stripe as stripe\n  slowest answer  12 ms\n  refuses with    "
                       "400, 401\n\ndelivery\n"));
  CHECK(has(text, "\n  pass   delivery/valid         A valid delivery is accepted\n"));
  CHECK(has(text, "\n  FAIL   signature/missing      A request without a signature is refused (F1)\n"));
  CHECK(has(text, "\n  known  payload/unknown-field  A field nobody knows is ignored (F2)\n"));
  CHECK(has(text, "\n  maybe  payload/null           A null is coped with (F3)\n"));
  CHECK(has(text, "\n  skip   timestamp/old          no timestamp in this scheme\n"));
  CHECK(
      has(text,
          "\n  skip   no effects probe (4 rules): idempotency/twice, idempotency/race, idempotency/retry,\n         idempotency/order\n"));
  CHECK_FALSE(has(text, "\nidempotency\n"));
  CHECK(text.ends_with("213 requests in 12.1 s\n"));
}

TEST_CASE("report text: a finding in full, a known one on a line") {
  const std::string text = write(samples::failed(), Format::text);
  for (const char* part :
       {"\nF1  critical  signature/missing  (3 of 3)\n", "\n  expected    a status from 400 to 499\n", "\n    | + (no Stripe-Signature)\n",
        "\n  how to fix (express)\n    | const event", "\n    hookctl check --to 3000", "\n    curl -X POST",
        "\n  answer      200 in 12 ms\n    | HTTP/1.1 200 OK\n", "\n    | accepted\n", "\n  why         Whoever",
        "\n  answer      none: connection refused", "\n  F2 low payload/unknown-field, 3 of 3, known: An unknown"}) {
    INFO(part);
    CHECK(has(text, part));
  }
  CHECK_FALSE(has(text, "\nF2  low"));
}

TEST_CASE("report text: 100 columns, but for commands") {
  Report made = samples::failed();
  made.findings[0].seen = "ä" + std::string(30, 'x');
  for (int i = 0; i < 30; ++i) made.findings[0].seen += " wörd";
  made.rules[0].rule.title +=
      std::string(" and more of it, because it is a long title that somebody wrote") + " without thinking of columns";
  const std::string text = write(made, Format::text);
  for (const auto line : split(text, "\n")) {
    if (line.starts_with("    hookctl") || line.starts_with("    curl") || line.find(" passed, ") != std::string_view::npos) continue;
    INFO(line);
    CHECK(columns(line) <= 100);
  }
}

TEST_CASE("report text: colour goes around words, columns stay") {
  const Painter paint = [](std::string_view style, std::string_view words) {
    return "<" + std::string(style) + ">" + std::string(words) + "</>";
  };
  const std::string text = write_text(samples::failed(), paint);
  CHECK(has(text, "  <good>pass</>   delivery/valid  "));
  CHECK(has(text, "  <bad>FAIL</>   signature/missing  "));
  CHECK(has(text, "<bad>2 passed, 3 failed"));
  std::string plain = text;
  for (const char* mark : {"<good>", "<bad>", "<warn>", "<dim>", "<bold>", "</>"}) {
    for (auto at = plain.find(mark); at != std::string::npos; at = plain.find(mark)) plain.erase(at, std::string_view(mark).size());
  }
  CHECK(plain == write(samples::failed(), Format::text));
}

TEST_CASE("report text, markdown, tap, github: nothing foreign gives an order") {
  CHECK_FALSE(harmless(samples::venom()));
  CHECK(harmless(write(samples::hostile(), Format::text)));
  CHECK(harmless(write(samples::hostile(), Format::markdown)));
  CHECK(harmless(write(samples::hostile(), Format::tap)));
  CHECK(write(samples::hostile(), Format::text).size() < 200000);
}

TEST_CASE("report markdown: many findings do not grow without end") {
  Report made = samples::failed();
  made.findings[0].diff = std::string(15000, 'd');
  for (int i = 0; i < 500; ++i) made.findings.push_back(made.findings[0]);
  const std::string text = write(made, Format::markdown);
  CHECK(text.size() < 1024 * 1024);
  CHECK(has(text, "\n### More findings\n\n- F1 critical signature/missing"));
}

TEST_CASE("report github: a line for each finding that is not known, and nothing escapes from it") {
  const auto made = write(samples::failed(), Format::github);
  const auto lines = split(made, "\n");
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].starts_with(
      "::error title=hookctl%3A signature/missing (critical)::A request without a signature was accepted%0Aexpected: a status"));
  CHECK(lines[1].starts_with("::notice title=hookctl%3A payload/null (medium)::null gave 500 (unconfirmed"));
  CHECK(lines[2].empty());
  CHECK(write(samples::clean(), Format::github).empty());

  Report low = samples::failed();
  low.findings.resize(1);
  low.findings[0].severity = Severity::low;
  low.findings[0].rule = "a,b:c%\r\nd::error::";
  low.findings[0].summary = "100%\r\n::error::x";
  const std::string line = write(low, Format::github);
  CHECK(line.starts_with("::warning title=hookctl%3A a%2Cb%3Ac%25  d%3A%3Aerror%3A%3A (low)::100%25  ::error::x%0A"));
  CHECK(std::count(line.begin(), line.end(), '\n') == 1);
  const std::string hostile = write(samples::hostile(), Format::github);
  CHECK(std::count(hostile.begin(), hostile.end(), '\n') == 2);
  for (const auto each : split(hostile, "\n"))
    CHECK((each.empty() || each.starts_with("::error title=hookctl%3A ") || each.starts_with("::warning title=hookctl%3A ")));
}
