// The report for a terminal or a log, in 100 columns. Foreign lines stand behind a bar, so that they cannot pass for ours.
#include "base/text.hpp"

#include <algorithm>

#include "report/foreign_text.hpp"
#include "report/summary.hpp"
#include "report/writers.hpp"

namespace hookctl::report {

namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kLabel = 12;  // "fingerprint"
constexpr std::size_t kAgain = 13;  // "cannot tell"
constexpr std::size_t kLongestId = 36;
constexpr std::size_t kProse = 2000;  // bytes of one sentence
constexpr std::size_t kTogether = 3;  // so many rules skipped for one reason are told together
constexpr std::size_t kAnswerLines = 12;
constexpr std::size_t kLines = 40;    // of another block
constexpr std::size_t kBlock = 4096;  // bytes of a block

struct Style {
  const Painter& painter;
  std::string operator()(std::string_view style, std::string_view words) const {
    return painter ? painter(style, words) : std::string(words);
  }
};

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string filler(std::string_view text, std::size_t width) { return std::string(columns(text) < width ? width - columns(text) : 0, ' '); }

// Words in lines that begin at column `indent` (the first one stands there already) and end before kWidth; a longer word has its own line.
std::string wrapped(std::string_view text, std::size_t indent) {
  std::string out;
  std::size_t at = indent;
  for (const std::string_view word : split(text, " ")) {
    const std::size_t width = columns(word);
    if (word.empty()) continue;
    if (at > indent && at + 1 + width > kWidth) {
      out += "\n" + std::string(indent, ' ');
      at = indent;
    } else if (at > indent) {
      out += ' ';
      ++at;
    }
    out += word;
    at += width;
  }
  return out + "\n";
}

std::string field(const Style& style, std::string_view label, std::string_view text) {
  if (text.empty()) return "";
  return "  " + style("dim", label) + filler(label, kLabel) + wrapped(one_line(clipped(text, kProse)), 2 + kLabel);
}

std::string barred(const Style& style, const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += "    " + style("dim", "|") + (line.empty() ? "" : " " + line) + "\n";
  return out;
}

std::string block(const Style& style, std::string_view title, const std::vector<std::string>& lines) {
  return lines.empty() ? "" : "  " + style("dim", title) + "\n" + barred(style, lines);
}

std::string head(const Style& style, const Report& report) {
  std::string out = style("bold", one_line(report.tool)) + " " + one_line(report.version) + ": " + one_line(report.target) + " as " +
                    one_line(report.provider) + "\n";
  std::size_t width = 0;
  for (const auto& [name, value] : report.learnt) width = std::max(width, std::min(columns(one_line(name)), kLongestId));
  for (const auto& [name, value] : report.learnt) {
    const std::string label = one_line(name);
    out += "  " + style("dim", label) + filler(label, width) + "  " + wrapped(one_line(clipped(value, kProse)), width + 4);
  }
  return out;
}

struct Mark {
  std::string_view word, style;
};

Mark mark(Standing standing) {
  switch (standing) {
    case Standing::passed:
      return {"pass", "good"};
    case Standing::failed:
      return {"FAIL", "bad"};
    case Standing::known:
      return {"known", "warn"};
    case Standing::unconfirmed:
      return {"maybe", "warn"};
    case Standing::skipped:
      break;
  }
  return {"skip", "dim"};
}

std::string rule_line(const Style& style, const Report& report, const RuleResult& result, std::size_t width) {
  const auto [word, word_style] = mark(standing(report, result));
  const std::string id = one_line(result.rule.id);
  std::string words = one_line(clipped(result.rule.title, kProse));
  if (result.verdict == Verdict::skipped)
    words = one_line(clipped(result.reason, kProse));
  else if (result.verdict == Verdict::failed && !result.findings.empty())
    words += " (" + one_line(join(result.findings, ", ")) + ")";
  else if (!result.reason.empty())
    words += " (" + one_line(clipped(result.reason, kProse)) + ")";
  return "  " + style(word_style, word) + filler(word, 7) + id + filler(id, width) + "  " + wrapped(words, 2 + 7 + width + 2);
}

// Those that are told together, by their reason.
std::vector<Skips> shared_skips(const Report& report) {
  std::vector<Skips> all = skips(report);
  all.erase(std::remove_if(all.begin(), all.end(), [](const Skips& each) { return each.rules.size() < kTogether; }), all.end());
  return all;
}

bool among(const std::vector<Skips>& shared, const RuleResult& result) {
  return result.verdict == Verdict::skipped &&
         std::any_of(shared.begin(), shared.end(), [&](const Skips& each) { return each.reason == result.reason; });
}

std::string table(const Style& style, const Report& report) {
  const std::vector<Skips> shared = shared_skips(report);
  std::size_t width = 0;
  for (const RuleResult& each : report.rules) {
    if (!among(shared, each)) width = std::max(width, std::min(columns(one_line(each.rule.id)), kLongestId));
  }
  std::string out;
  for (const Group& group : groups(report)) {
    std::string lines;
    for (const RuleResult* each : group.rules) {
      if (!among(shared, *each)) lines += rule_line(style, report, *each, width);
    }
    if (!lines.empty()) out += "\n" + style("bold", one_line(group.name)) + "\n" + lines;
  }
  if (!shared.empty()) out += "\n" + style("bold", "skipped") + "\n";
  for (const Skips& each : shared) {
    std::string ids;
    for (const RuleResult* result : each.rules) ids += (ids.empty() ? "" : ", ") + one_line(result->rule.id);
    const std::string reason = each.reason.empty() ? "no reason" : one_line(clipped(each.reason, kProse));
    out +=
        "  " + style("dim", "skip") + filler("skip", 7) + wrapped(reason + " (" + std::to_string(each.rules.size()) + " rules): " + ids, 9);
  }
  return out;
}

std::string answer(const Style& style, const Exchange& exchange) {
  if (exchange.answer.empty()) return field(style, "answer", exchange.failure.empty() ? "none" : "none: " + exchange.failure);
  const std::string status = exchange.status > 0 ? std::to_string(exchange.status) : "no status";
  return field(style, "answer", status + " in " + duration_text(exchange.duration_ms)) +
         barred(style, first_lines(exchange.answer, kAnswerLines, kBlock));
}

std::string remedy(const Style& style, const Remedy& remedy) {
  const std::string title = remedy.framework == "any" ? "how to fix" : "how to fix (" + one_line(remedy.framework) + ")";
  return block(style, title, first_lines(join(remedy.lines, "\n"), kLines, kBlock));
}

// Commands are whole and never wrapped, to be copied.
std::string repeat(const Style& style, const Finding& finding) {
  const std::string commands = repeat_commands(finding);
  if (commands.empty()) return "";
  std::string out = "  " + style("dim", "how to repeat") + "\n";
  for (const std::string& line : lines_of(commands)) out += "    " + line + "\n";
  return out;
}

std::string finding_text(const Style& style, const Report& report, const Finding& finding) {
  const std::string severity(severity_name(finding.severity));
  const std::string_view severity_style = finding.severity >= Severity::medium ? "bad" : "warn";
  std::string out = "\n" + style("bold", one_line(finding.id)) + "  " + style(severity_style, severity) + "  " + one_line(finding.rule) +
                    "  (" + finding.confidence.text() + (finding.confidence.confirmed() ? ")" : ", unconfirmed)") + "\n";
  out += "  " + wrapped(one_line(clipped(finding.summary, kProse)), 2);
  if (const Rule* rule = rule_of(report, finding)) out += field(style, "why", rule->why);
  out += field(style, "event", finding.event) + field(style, "expected", finding.expected) + field(style, "seen", finding.seen);
  for (const auto& [label, words] : details(finding)) out += field(style, label, words);
  out += block(style, "difference to the plain event", first_lines(finding.diff, kLines, kBlock));
  for (const Remedy& each : finding.remedies) out += remedy(style, each);
  out += repeat(style, finding);
  if (const Exchange* trigger = trigger_of(finding)) out += answer(style, *trigger);
  out += block(style, "last lines of the endpoint", first_lines(join(finding.log, "\n"), kLines, kBlock));
  return out + field(style, "fingerprint", finding.fingerprint);
}

// What became of the findings of earlier runs. Of one that is still there the findings say more.
std::string earlier(const Style& style, const Report& report) {
  if (report.earlier.empty()) return "";
  std::string out = "\n" + style("bold", "earlier findings") + "\n";
  for (const Earlier& each : report.earlier) {
    const std::string_view word = again_name(each.again);
    const std::string_view word_style = each.again == Again::fixed ? "good" : each.again == Again::still_there ? "bad" : "warn";
    const std::string id = one_line(clipped(each.id, kLongestId));
    const std::string reason = one_line(clipped(each.reason, kProse));
    const std::string words = one_line(clipped(each.summary, kProse)) + (reason.empty() ? "" : " (" + reason + ")");
    out += "  " + style(word_style, word) + filler(word, kAgain) + id + "  " + wrapped(words, 2 + kAgain + columns(id) + 2);
  }
  return out;
}

}  // namespace

std::string write_text(const Report& report, const Painter& paint) {
  const Style style{paint};
  std::string out = head(style, report) + table(style, report) + earlier(style, report);
  std::string known;
  for (const Finding& each : report.findings) {
    if (each.known)
      known += "  " + wrapped(finding_name(each) + ": " + one_line(clipped(each.summary, kProse)), 4);
    else
      out += finding_text(style, report, each);
  }
  if (!known.empty()) out += "\n" + style("bold", "known findings") + "\n" + known;
  const bool failed = std::any_of(report.rules.begin(), report.rules.end(),
                                  [&](const RuleResult& each) { return standing(report, each) == Standing::failed; });
  return without_workflow_commands(out + "\n" + style(failed ? "bad" : "bold", summary_line(report)) + "\n");
}

}  // namespace hookctl::report
