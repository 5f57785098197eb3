// What becomes of a failure: it is told apart from those that are known, made smaller, confirmed between controls, reported and kept. For this
// room.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "check/run.hpp"
#include "fuzz/campaign.hpp"
#include "fuzz/case.hpp"
#include "fuzz/oracles.hpp"

namespace hookctl::fuzz {

class Pursuit {
 public:
  Pursuit(check::Bench& bench, check::Run& run, const CampaignOptions& options) : bench_(bench), run_(run), options_(options), begun_(steady_ms()) {}

  // Plays a case and looks at it; a failure is pursued. What the case sent and got is in last(). True when it failed. Errors as of Bench::play.
  // Without `patient` what is fetched after the answer is not waited for (look()).
  Result<bool> try_case(const Case& wanted, bool patient = true);
  // A failure that was seen already.
  Result<void> pursue(const Case& wanted, const Failure& failure);
  // The same of one that was measured over many deliveries: it cannot be made smaller, `again` measures once more.
  Result<void> report(const Case& wanted, const Failure& failure, std::function<Result<check::Outcome>(check::Bench&)> again);
  // A rule of the catalogue.
  Result<void> try_rule(const check::RuleCode& rule);
  // A plain event; when it is not accepted the endpoint is given time, and what was tried since the last such look is blamed: "fuzz/unhealthy".
  Result<void> look_after();

  const check::Played& last() const noexcept { return last_; }
  // The listener addresses in it.
  const std::vector<std::string>& tokens() const noexcept { return tokens_; }
  // That it fails is told already.
  void know(const Record& earlier);
  // Was there a failure with a change of that place (general_path)? It would only show again.
  bool is_known_place(const std::string& path) const { return known_places_.contains(path); }
  // Confirmed findings.
  std::size_t confirmed() const noexcept { return confirmed_; }
  // Nothing more is to be tried: time, requests, findings are used up, the endpoint is gone, or somebody interrupted.
  bool over() const;
  // How long no finding came, in requests.
  std::uint64_t found_at() const noexcept { return found_at_; }
  // The oracles' verdicts go into the report.
  void finish();

 private:
  // One cause, and the finding that tells of it.
  struct Cause {
    std::string finding;  // report::Finding::id, "" when it was not confirmed
    std::size_t alike{0};
  };

  Result<bool> shows(const Case& wanted, const Failure& failure);
  Result<bool> is_stable(const Case& wanted, const Failure& failure);
  Result<Case> smaller(const Case& wanted, const Failure& failure, std::string& limit);
  void add_words(report::Finding& finding, const Case& smallest, const std::string& limit);
  Result<void> confirm(const Case& smallest, const Failure& failure, const std::string& limit, Cause& cause);
  void remember(const Case& smallest);
  std::string replay_command(const std::string& id) const;
  void keep(report::Finding& finding, const std::optional<Case>& recipe);
  void note_new(std::size_t before);
  void merge_into(const std::string& told, std::size_t index);

  check::Bench& bench_;
  check::Run& run_;
  const CampaignOptions& options_;
  std::int64_t begun_;
  check::Played last_{};
  std::vector<std::string> tokens_{};
  std::vector<Case> since_look_{};  // the last few cases since the endpoint was seen to be well
  std::map<std::string, Cause> causes_;
  std::map<std::string, report::RuleResult> results_;  // by oracle
  std::set<std::string> known_places_;
  std::size_t confirmed_{0};
  std::uint64_t found_at_{0};
};

}  // namespace hookctl::fuzz
