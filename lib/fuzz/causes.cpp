#include "fuzz/causes.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.hpp"
#include "fuzz/describe.hpp"
#include "fuzz/mutators.hpp"

namespace hookctl::fuzz {

namespace {

bool changes_fields(const report::Finding& finding) {
  return finding.rule.starts_with("robustness/") || finding.rule == "agents/query" || finding.rule == "agents/name-as-key";
}

int trigger_status(const report::Finding& finding) {
  const auto trigger = std::find_if(finding.exchanges.begin(), finding.exchanges.end(), [](const report::Exchange& exchange) { return exchange.label == "the trigger"; });
  return trigger == finding.exchanges.end() ? 0 : trigger->status;
}

// Paths of a finding's difference to the plain event.
std::set<std::string> places_in(const std::string& diff) {
  std::set<std::string> out;
  for (const std::string_view line : split(diff, "\n")) {
    const std::size_t colon = line.find(": ");
    if (line.size() > 2 && colon != std::string_view::npos) out.insert(general_path(line.substr(2, colon - 2)));
  }
  return out;
}

// Is every place of one of them a place of the other, or inside one, or around one?
bool same_places(const std::set<std::string>& a, const std::set<std::string>& b) {
  const auto meet = [](const std::string& one, const std::string& other) {
    const std::string& longer = one.size() > other.size() ? one : other;
    const std::string& shorter = one.size() > other.size() ? other : one;
    return longer.starts_with(shorter) && (longer.size() == shorter.size() || longer[shorter.size()] == '.' || longer[shorter.size()] == '[');
  };
  const auto all_in = [&](const std::set<std::string>& few, const std::set<std::string>& many) {
    return std::all_of(few.begin(), few.end(), [&](const std::string& place) { return std::any_of(many.begin(), many.end(), [&](const std::string& other) { return meet(place, other); }); });
  };
  return !a.empty() && !b.empty() && (all_in(a, b) || all_in(b, a));
}

// The catalogue's rule that tries what the family is made of.
struct FamilyRule {
  std::string_view family;
  std::string_view rule;
};
constexpr std::array kFamilyRules = std::to_array<FamilyRule>(
    {{"nested", "robustness/nesting"}, {"slow", "robustness/slow-patterns"}, {"proto", "robustness/prototype"}, {"constructor", "robustness/prototype"}});

// Groups of the catalogue whose findings an oracle would only tell again.
struct FollowUp {
  std::string_view oracle;
  std::array<std::string_view, 2> groups;
};
constexpr std::array kFollowUps = std::to_array<FollowUp>({{"fuzz/twice", {"idempotency", "idempotency"}},
                                                           {"fuzz/lost", {"idempotency", "acknowledgement"}},
                                                           {"fuzz/forgery", {"signature", "time"}},
                                                           {"fuzz/fetched", {"agents", "agents"}},
                                                           {"fuzz/computed", {"agents", "agents"}},
                                                           {"fuzz/late", {"acknowledgement", "acknowledgement"}}});

// The catalogue's rules about how a delivery is sent.
constexpr std::array kSendingRules =
    std::to_array<std::string_view>({"robustness/chunked", "robustness/slow-body", "robustness/expect", "robustness/header-case", "robustness/framing"});

bool is_sent_oddly(const Case& wanted) {
  return std::any_of(wanted.play.steps.begin(), wanted.play.steps.end(), [](const check::Step& step) {
    return step.wire.chunked || step.wire.segments > 1 || step.wire.expect_continue || step.wire.header_case != check::WireStyle::Case::kept;
  });
}

bool follows_from(const report::Finding& finding, const std::string& oracle, const Case& wanted) {
  const std::string_view group = std::string_view(finding.rule).substr(0, finding.rule.find('/'));
  for (const FollowUp& each : kFollowUps) {
    const bool weaker = oracle == "fuzz/forgery" && finding.severity < report::Severity::critical;  // what is refused wrongly tells of no forgery
    if (!weaker && each.oracle == oracle && std::find(each.groups.begin(), each.groups.end(), group) != each.groups.end()) return true;
  }
  for (const FamilyRule& each : kFamilyRules) {
    if (finding.rule == each.rule && family(wanted.mutator) == each.family) return true;
  }
  return is_sent_oddly(wanted) && std::find(kSendingRules.begin(), kSendingRules.end(), finding.rule) != kSendingRules.end();
}

}  // namespace

std::string family(const std::string& mutator) {
  const Mutator* known = find_mutator(mutator);
  return known == nullptr || (known->groups && !known->destructive) ? "" : mutator.substr(0, mutator.find('-'));
}

bool have_one_cause(const report::Finding& a, const report::Finding& b) {
  return changes_fields(a) && changes_fields(b) && a.event == b.event && trigger_status(a) == trigger_status(b) && same_places(places_in(a.diff), places_in(b.diff));
}

std::set<std::string> failing_places(const report::Finding& finding) { return changes_fields(finding) ? places_in(finding.diff) : std::set<std::string>(); }

bool is_strictness(const report::Finding& finding) {
  const int status = trigger_status(finding);
  if (finding.rule == "robustness/unknown-fields") return status >= 400 && status < 500;
  const bool is_padded = finding.rule == "robustness/large-body" || finding.rule == "robustness/body-lengths";  // with such a member
  return is_padded && (status == 400 || status == 422);
}

report::Finding* told_already(std::vector<report::Finding>& findings, const std::string& oracle, const Case& wanted) {
  const auto told = std::find_if(findings.begin(), findings.end(),
                                 [&](const report::Finding& finding) { return finding.confidence.confirmed() && follows_from(finding, oracle, wanted); });
  return told == findings.end() ? nullptr : &*told;
}

}  // namespace hookctl::fuzz
