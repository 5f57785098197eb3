// Writers over a report: each gives the whole document as text. Pure, thread-safe.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "report/report.hpp"

namespace hookctl::report {

enum class Format { json, junit, sarif, tap, markdown, github, text };
std::string_view format_name(Format format) noexcept;
std::optional<Format> parse_format(std::string_view text) noexcept;
const std::vector<Format>& formats() noexcept;

// One JSON document, "schema": "hookctl.report.v1". Bytes of exchanges stand as text where they are UTF-8 ("request"), else as base64
// ("request_base64").
std::string write_json(const Report& report);
// JUnit XML as of Jenkins' and Surefire's schema: one testsuite for each group, one testcase for each rule.
std::string write_junit(const Report& report);
// SARIF 2.1.0 (OASIS): one run, a reportingDescriptor for each rule, partialFingerprints are ours.
std::string write_sarif(const Report& report);
// TAP version 14: one test point for each rule, YAML diagnostics below those that failed.
std::string write_tap(const Report& report);
// For people: GitHub job summaries, merge requests.
std::string write_markdown(const Report& report);
// Workflow commands of GitHub Actions: "::error title=…::…" and "::warning …", a line for each finding that is not known, and for each
// earlier one but those that are still there (they are findings again).
std::string write_github(const Report& report);
// For a terminal or a log: a table of the rules by group, then the findings in full. `paint` wraps words in colour: (style, words), where style
// is "good", "bad", "warn", "dim" or "bold". Control characters from foreign bytes come out escaped.
using Painter = std::function<std::string(std::string_view style, std::string_view words)>;
std::string write_text(const Report& report, const Painter& paint);

std::string write(const Report& report, Format format);  // text without colour

// The fingerprints of a baseline: a report that write_json wrote. `usage` as parse_json, or when it is no such report.
Result<std::vector<std::string>> read_baseline(std::string_view text, std::string_view name);
// Marks the findings that stand in it as known.
void apply_baseline(Report& report, const std::vector<std::string>& fingerprints);

}  // namespace hookctl::report
