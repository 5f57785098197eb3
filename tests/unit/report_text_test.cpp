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

TEST_CASE("report text: what a fuzz run knows, and nothing of it where it knows nothing") {
  const std::string text = write(samples::fuzzed(), Format::text);
  for (const char* part :
       {"\n  shows at    data.object.customer, data.object.owner,", "data.object.f and 2 more\n", "\n  limit       from 65537 repeats on\n",
        "\n  found       after 412 requests, 1.2 s\n", "\n  alike       7 more like this\n",
        "\n  how to repeat\n    hookctl replay fnd_0f1e2d3c --secret env:S\n    curl ",
        "\n  how to repeat\n    hookctl replay fnd_1a2b3c4d --secret env:S\n    hookctl check --to 3000"}) {
    INFO(part);
    CHECK(has(text, part));
  }
  CHECK_FALSE(has(text, "hookctl.case.v1"));
  const std::string second = text.substr(text.find("\nF2  high"));
  const std::string plain = write(samples::failed(), Format::text);
  for (const char* label : {"  shows at ", "  limit ", "  found ", "  alike ", "earlier findings"}) {
    INFO(label);
    CHECK_FALSE(has(second.substr(0, second.find("fingerprint")), label));
    CHECK_FALSE(has(plain, label));
  }
}

TEST_CASE("report text: earlier findings are fixed, still there, or it cannot be told") {
  CHECK(has(write(samples::fuzzed(), Format::text),
            "\nearlier findings\n"
            "  still there  fnd_1a2b3c4d  A note of 65,537 characters: the endpoint failed (HTTP 500 after 3 ms)\n"
            "  fixed        fnd_5e6f7a8b  An amount of -1: the endpoint failed\n"
            "  cannot tell  fnd_9c0d1e2f  The same event at once: two effects (no effects probe)\n\n"));
  const Painter paint = [](std::string_view style, std::string_view words) { return std::string(style) + ":" + std::string(words); };
  const std::string text = write_text(samples::fuzzed(), paint);
  for (const char* part : {"  bad:still there  fnd_1", "  good:fixed        fnd_5", "  warn:cannot tell  fnd_9"}) CHECK(has(text, part));
}

TEST_CASE("report markdown: what a fuzz run knows, and earlier findings") {
  const std::string text = write(samples::fuzzed(), Format::markdown);
  for (const char* part : {"\n### Earlier findings\n\n- still there: fnd\\_1a2b3c4d A note",
                           " failed (HTTP 500 after 3 ms)\n- fixed: fnd\\_5e6f7a8b An amount", "\n**Shows at:** data.object.customer, ",
                           "\n**Limit:** from 65537", "\n**Found:** after 412 requests, 1.2 s\n", "\n**Alike:** 7 more like this\n",
                           "\n```sh\nhookctl replay fnd_0f1e2d3c --secret env:S\ncurl ",
                           "<summary>The smallest case that shows it</summary>\n\n```json\n{\n  \"schema\""}) {
    INFO(part);
    CHECK(has(text, part));
  }
  Report many = samples::fuzzed();
  many.earlier.resize(100'000, many.earlier[0]);
  CHECK(write(many, Format::markdown).size() < 100'000);
}

TEST_CASE("report text: 100 columns, but for commands") {
  Report made = samples::failed();
  made.earlier = samples::fuzzed().earlier;
  for (int i = 0; i < 30; ++i) made.earlier[0].reason += " because";
  for (int i = 0; i < 12; ++i) made.findings[0].places.push_back("data.object.items[0].price");
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
  CHECK_FALSE(has(write(low, Format::github), "found: after"));
  low.findings[0].rule = "a,b:c%\r\nd::error::";
  low.findings[0].summary = "100%\r\n::error::x";
  const std::string line = write(low, Format::github);
  CHECK(line.starts_with("::warning title=hookctl%3A a%2Cb%3Ac%25  d%3A%3Aerror%3A%3A (low)::100%25  ::error::x%0A"));
  CHECK(std::count(line.begin(), line.end(), '\n') == 1);
  const std::string hostile = write(samples::hostile(), Format::github);
  CHECK(std::count(hostile.begin(), hostile.end(), '\n') == 4);  // two findings, two earlier ones
  for (const auto each : split(hostile, "\n")) {
    CHECK((each.empty() || each.starts_with("::error title=hookctl%3A ") || each.starts_with("::warning title=hookctl%3A ") ||
           each.starts_with("::notice title=hookctl%3A ")));
  }
}

TEST_CASE("report github: an earlier finding that is still there is a finding, the others are told") {
  const auto made = write(samples::fuzzed(), Format::github);
  const auto lines = split(made, "\n");
  REQUIRE(lines.size() == 5);
  CHECK(has(std::string(lines[0]), "%0Ato repeat: hookctl replay fnd_0f1e2d3c --secret env:S%0Ashows at: data.object.customer, "));
  CHECK(lines[0].ends_with("%0Alimit: from 65537 repeats on%0Afound: after 412 requests, 1.2 s%0Aalike: 7 more like this"));
  CHECK(lines[1].starts_with("::error title=hookctl%3A suite/fnd_1a2b3c4d (high)::"));
  CHECK(lines[2] == "::notice title=hookctl%3A fnd_5e6f7a8b is fixed::An amount of -1: the endpoint failed");
  CHECK(lines[3] ==
        "::warning title=hookctl%3A fnd_9c0d1e2f cannot be tried again::The same event at once: two effects%0Ano effects probe");
}
