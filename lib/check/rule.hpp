// Rules as code: each makes cases for the bench and is judged the same way; their words stand in the rulebook (rulebook.hpp) under the same id.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "check/bench.hpp"
#include "report/report.hpp"

namespace hookctl::check {

// Why a rule fails: what went wrong with which of the shots.
struct Fault {
  enum class About { answers, lost_effect, effect_too_many };
  std::string summary;   // one sentence, without a period: "an event whose signature was cut to 8 characters was accepted"
  std::string expected;
  std::string seen;
  std::vector<Shot> shots{};     // the evidence, in order
  std::size_t trigger{0};        // which of them
  std::optional<report::Severity> severity{};  // where it differs from the rule's
  bool raced{false};             // it may not show every time: 2 of 10 are enough
  std::string place{};           // the JSON path or case that it is about: part of the fingerprint
  std::string case_name{};
  About about{About::answers};
};

// What a rule says of one trial.
struct Outcome {
  std::optional<Fault> fault{};
  std::string remark{};  // what is worth saying of a rule that holds
  // Tries only what failed once more, with fresh ids. Where it is empty the rule is tried as a whole.
  std::function<Result<Outcome>(Bench&)> again{};
};

struct RuleCode {
  std::string id;
  // The cases of this rule for this endpoint; `usage` is why it does not apply. A fresh set each time it is called.
  std::function<Result<std::vector<Case>>(Bench&)> cases{};
  // Or, where cases cannot say it: a trial of its own. `usage` as above.
  std::function<Result<Outcome>(Bench&)> trial{};
  bool needs_probe{false};   // skipped without one
  bool last{false};          // may leave the endpoint unable to serve: after all others
  std::string follows{};     // skipped when that rule has failed, for it is a case of it
  std::optional<report::Rule> words{};  // of a rule that is not in the rulebook
};

// Every rule in the order in which they run. Same ids as the rulebook.
const std::vector<RuleCode>& all_rules();
std::vector<RuleCode> signature_rules();
std::vector<RuleCode> time_rules();
std::vector<RuleCode> idempotency_rules();
std::vector<RuleCode> order_rules();
std::vector<RuleCode> acknowledgement_rules();
std::vector<RuleCode> robustness_rules();
std::vector<RuleCode> disclosure_rules();
std::vector<RuleCode> challenge_rules();
std::vector<RuleCode> agent_rules();

// Judges a case as it was played: by what each step expects and by the effects. Nothing when all is as it should be. `remark` gets a word
// about what is odd and no fault.
std::optional<Fault> judge(const Bench& bench, const Case& wanted, const Played& played, std::string* remark = nullptr);

// Is this answer to a forgery an acceptance: 2xx, and an effect where there is a probe, else the look of an accepted event's answer?
bool is_accepted(const Bench& bench, const Shot& shot, const Played& played);

// "HTTP 500 after 12 ms", "no answer within 10 s", "connection reset"
std::string seen_words(const Shot& shot);

}  // namespace hookctl::check
