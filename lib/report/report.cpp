#include "report/report.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "crypto/digest.hpp"
#include "report/writers.hpp"

namespace hookctl::report {

namespace {

constexpr std::array<std::string_view, 5> kSeverities{"note", "low", "medium", "high", "critical"};
constexpr std::array<std::string_view, 3> kVerdicts{"passed", "failed", "skipped"};
constexpr std::array<std::string_view, 3> kAgains{"fixed", "still there", "cannot tell"};
constexpr std::array<std::string_view, 7> kFormats{"json", "junit", "sarif", "tap", "markdown", "github", "text"};

}  // namespace

std::string_view severity_name(Severity severity) noexcept { return kSeverities[static_cast<std::size_t>(severity)]; }

std::optional<Severity> parse_severity(std::string_view text) noexcept {
  const auto at = std::find(kSeverities.begin(), kSeverities.end(), text);
  if (at == kSeverities.end()) return std::nullopt;
  return static_cast<Severity>(at - kSeverities.begin());
}

std::string_view verdict_name(Verdict verdict) noexcept { return kVerdicts[static_cast<std::size_t>(verdict)]; }

std::string_view again_name(Again again) noexcept { return kAgains[static_cast<std::size_t>(again)]; }

std::string Confidence::text() const { return std::to_string(shown) + " of " + std::to_string(tries); }

std::size_t Report::count(Verdict verdict) const noexcept {
  return static_cast<std::size_t>(
      std::count_if(rules.begin(), rules.end(), [verdict](const RuleResult& each) { return each.verdict == verdict; }));
}

std::size_t Report::failures(Severity at_least) const noexcept {
  return static_cast<std::size_t>(std::count_if(findings.begin(), findings.end(), [at_least](const Finding& each) {
    return !each.known && each.confidence.confirmed() && each.severity >= at_least;
  }));
}

std::string fingerprint(const std::vector<std::string>& parts) {
  std::string whole;
  for (const std::string& part : parts) whole += std::to_string(part.size()) + ":" + part;
  return to_hex(crypto::digest(crypto::Hash::sha256, whole)).substr(0, 16);
}

std::string_view format_name(Format format) noexcept { return kFormats[static_cast<std::size_t>(format)]; }

std::optional<Format> parse_format(std::string_view text) noexcept {
  const auto at = std::find(kFormats.begin(), kFormats.end(), text);
  if (at == kFormats.end()) return std::nullopt;
  return static_cast<Format>(at - kFormats.begin());
}

const std::vector<Format>& formats() noexcept {
  static const std::vector<Format> kAll{Format::json,     Format::junit,  Format::sarif, Format::tap,
                                        Format::markdown, Format::github, Format::text};
  return kAll;
}

std::string write(const Report& report, Format format) {
  switch (format) {
    case Format::json:
      return write_json(report);
    case Format::junit:
      return write_junit(report);
    case Format::sarif:
      return write_sarif(report);
    case Format::tap:
      return write_tap(report);
    case Format::markdown:
      return write_markdown(report);
    case Format::github:
      return write_github(report);
    case Format::text:
      break;
  }
  return write_text(report, nullptr);
}

}  // namespace hookctl::report
