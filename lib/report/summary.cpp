#include "report/summary.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "report/foreign_text.hpp"

namespace hookctl::report {

namespace {

constexpr std::size_t kReasons = 4;       // told in the closing line
constexpr std::size_t kReasonBytes = 80;  // of each
constexpr std::size_t kCurlBytes = 8192;
constexpr std::size_t kPlaces = 8;  // told of a finding

std::string count_words(std::uint64_t count, const std::string& one) { return std::to_string(count) + " " + one + (count == 1 ? "" : "s"); }

std::string in_brackets(const std::vector<std::string>& words) { return words.empty() ? "" : " (" + join(words, ", ") + ")"; }

std::vector<std::string> excused_words(const Report& report) {
  std::size_t known = 0;
  std::size_t unconfirmed = 0;
  for (const RuleResult& result : report.rules) {
    const Standing how = standing(report, result);
    known += how == Standing::known;
    unconfirmed += how == Standing::unconfirmed;
  }
  std::vector<std::string> words;
  if (known > 0) words.push_back(std::to_string(known) + " known");
  if (unconfirmed > 0) words.push_back(std::to_string(unconfirmed) + " unconfirmed");
  return words;
}

std::string places_words(const std::vector<std::string>& places) {
  const auto told = std::min(places.size(), kPlaces);
  const std::string words = join({places.begin(), places.begin() + static_cast<std::ptrdiff_t>(told)}, ", ");
  return words + (told < places.size() ? " and " + std::to_string(places.size() - told) + " more" : "");
}

std::vector<std::string> reason_words(const Report& report) {
  std::vector<std::string> words;
  std::size_t others = 0;
  for (const Skips& each : skips(report)) {
    if (words.size() >= kReasons)
      others += each.rules.size();
    else if (!each.reason.empty())
      words.push_back(clipped(one_line(each.reason), kReasonBytes) + ": " + std::to_string(each.rules.size()));
  }
  if (others > 0) words.push_back("other reasons: " + std::to_string(others));
  return words;
}

}  // namespace

std::vector<const Finding*> findings_of(const Report& report, const RuleResult& result) {
  std::vector<const Finding*> found;
  for (const std::string& id : result.findings) {
    const auto at = std::find_if(report.findings.begin(), report.findings.end(), [&](const Finding& each) { return each.id == id; });
    if (at != report.findings.end()) found.push_back(&*at);
  }
  return found;
}

Standing standing(const Report& report, const RuleResult& result) {
  if (result.verdict != Verdict::failed) return result.verdict == Verdict::passed ? Standing::passed : Standing::skipped;
  const auto found = findings_of(report, result);
  if (found.empty()) return Standing::failed;
  if (std::any_of(found.begin(), found.end(), [](const Finding* each) { return !each->known && each->confidence.confirmed(); }))
    return Standing::failed;
  return std::all_of(found.begin(), found.end(), [](const Finding* each) { return each->known; }) ? Standing::known : Standing::unconfirmed;
}

std::size_t Group::count(Verdict verdict) const noexcept {
  return static_cast<std::size_t>(
      std::count_if(rules.begin(), rules.end(), [verdict](const RuleResult* each) { return each->verdict == verdict; }));
}

std::vector<Group> groups(const Report& report) {
  std::vector<Group> all;
  for (const RuleResult& result : report.rules) {
    const std::string_view name = result.rule.group();
    auto at = std::find_if(all.begin(), all.end(), [name](const Group& each) { return each.name == name; });
    if (at == all.end()) at = all.insert(all.end(), Group{name, {}});
    at->rules.push_back(&result);
  }
  return all;
}

std::vector<Skips> skips(const Report& report) {
  std::vector<Skips> all;
  for (const RuleResult& result : report.rules) {
    if (result.verdict != Verdict::skipped) continue;
    auto at = std::find_if(all.begin(), all.end(), [&](const Skips& each) { return each.reason == result.reason; });
    if (at == all.end()) at = all.insert(all.end(), Skips{result.reason, {}});
    at->rules.push_back(&result);
  }
  std::stable_sort(all.begin(), all.end(), [](const Skips& a, const Skips& b) { return a.rules.size() > b.rules.size(); });
  return all;
}

const Exchange* trigger_of(const Finding& finding) noexcept {
  for (const Exchange& each : finding.exchanges) {
    if (each.label == "the trigger") return &each;
  }
  return finding.exchanges.empty() ? nullptr : &finding.exchanges.front();
}

std::string summary_line(const Report& report) {
  std::string out = std::to_string(report.count(Verdict::passed)) + " passed, " + std::to_string(report.count(Verdict::failed)) +
                    " failed" + in_brackets(excused_words(report)) + ", " + std::to_string(report.count(Verdict::skipped)) + " skipped" +
                    in_brackets(reason_words(report)) + "; " + count_words(report.requests, "request") + " in " +
                    duration_text(report.duration_ms);
  if (!report.earlier.empty()) out += "; earlier findings: " + earlier_words(report);
  if (!report.stopped.empty()) out += "; stopped early: " + clipped(one_line(report.stopped), 200);
  return out;
}

std::string excuse(const Report& report, const RuleResult& result) {
  const Standing how = standing(report, result);
  if (how == Standing::known) return "known: stands in the baseline";
  if (how != Standing::unconfirmed) return "";
  for (const Finding* each : findings_of(report, result)) {
    if (!each->known) return "unconfirmed: showed in " + each->confidence.text() + " tries";
  }
  return "";
}

std::string finding_name(const Finding& finding) {
  return one_line(finding.id) + " " + std::string(severity_name(finding.severity)) + " " + one_line(finding.rule) + ", " +
         finding.confidence.text() +
         (finding.known                    ? ", known"
          : finding.confidence.confirmed() ? ""
                                           : ", unconfirmed");
}

const Rule* rule_of(const Report& report, const Finding& finding) noexcept {
  const auto at =
      std::find_if(report.rules.begin(), report.rules.end(), [&](const RuleResult& each) { return each.rule.id == finding.rule; });
  return at == report.rules.end() ? nullptr : &at->rule;
}

std::vector<std::pair<std::string_view, std::string>> details(const Finding& finding) {
  std::vector<std::pair<std::string_view, std::string>> all;
  if (!finding.places.empty()) all.emplace_back("shows at", places_words(finding.places));
  if (!finding.limit.empty()) all.emplace_back("limit", finding.limit);
  if (finding.after_requests > 0)
    all.emplace_back("found", "after " + count_words(finding.after_requests, "request") + ", " + duration_text(finding.after_ms));
  if (finding.alike > 0) all.emplace_back("alike", std::to_string(finding.alike) + " more like this");
  return all;
}

std::string earlier_words(const Report& report) {
  std::vector<std::string> words;
  for (const Again again : {Again::fixed, Again::still_there, Again::cannot_tell}) {
    const auto count =
        std::count_if(report.earlier.begin(), report.earlier.end(), [again](const Earlier& each) { return each.again == again; });
    if (count > 0) words.push_back(std::to_string(count) + " " + std::string(again_name(again)));
  }
  return join(words, ", ");
}

const std::string& repeat_command(const Finding& finding) noexcept { return finding.replay.empty() ? finding.command : finding.replay; }

std::string repeat_commands(const Finding& finding) {
  const bool whole = finding.curl.size() <= kCurlBytes;
  const std::string curl =
      whole ? finding.curl : "# the curl command has " + std::to_string(finding.curl.size()) + " bytes: the JSON report holds it";
  std::vector<std::string> commands;
  for (const std::string& each : {finding.replay, finding.command, curl}) {
    if (!each.empty()) commands.push_back(each);
  }
  return join(commands, "\n");
}

}  // namespace hookctl::report
