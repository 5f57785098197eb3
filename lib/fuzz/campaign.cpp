#include "fuzz/campaign.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "base/text.hpp"
#include "check/rulebook.hpp"
#include "check/run.hpp"
#include "fuzz/adaptive.hpp"
#include "fuzz/catalogue.hpp"
#include "fuzz/fields.hpp"
#include "fuzz/memory.hpp"
#include "fuzz/oracles.hpp"
#include "fuzz/pursuit.hpp"
#include "fuzz/reactions.hpp"
#include "fuzz/sequences.hpp"

namespace hookctl::fuzz {

namespace {

struct PhaseFact {
  Phase phase;
  std::string_view name;
  double until;  // when it ends at the latest, as a share of the whole time
};

constexpr std::array kPhases = std::to_array<PhaseFact>({{Phase::earlier, "earlier", 0.3},
                                                         {Phase::catalogue, "catalogue", 0.65},
                                                         {Phase::fields, "fields", 0.72},
                                                         {Phase::sequences, "sequences", 0.77},
                                                         {Phase::adaptive, "adaptive", 0.82},
                                                         {Phase::destructive, "destructive", 1.0}});
constexpr std::size_t kMostEarlier = 50;
constexpr std::int64_t kRateMs = 1'000;
constexpr std::int64_t kMarginMs = 300;  // what is under way when the time is up gets so much of it

const PhaseFact& fact_of(Phase phase) {
  return *std::find_if(kPhases.begin(), kPhases.end(), [&](const PhaseFact& fact) { return fact.phase == phase; });
}

// Requests a second over the last one or two.
class Rate {
 public:
  double at(std::int64_t now_ms, std::uint64_t requests) {
    if (now_ms - since_ >= kRateMs) {
      rate_ = static_cast<double>(requests - counted_) * 1000.0 / static_cast<double>(now_ms - since_);
      since_ = now_ms;
      counted_ = requests;
    }
    return rate_;
  }

 private:
  std::int64_t since_{steady_ms()};
  std::uint64_t counted_{0};
  double rate_{0};
};

class Campaign {
 public:
  Campaign(CampaignParts parts, const CampaignOptions& options)
      : bench_(parts.bench), parts_(parts), options_(options), run_(bench_, run_options_), pursuit_(bench_, run_, options), reactions_(bench_), begun_(steady_ms()) {
    run_options_.repeat = options.repeat;
  }

  Result<report::Report> all() {
    end_ = begun_ + std::max<std::int64_t>(1, options_.time_limit_ms - kMarginMs);
    bench_.deadline = end_;
    bench_.end = end_ + kMarginMs;
    if (options_.most_requests) bench_.most_requests = *options_.most_requests;
    bench_.on_shot([this](const check::Shot& shot) {
      reactions_.see(shot);
      tell();
    });
    auto done = check::preflight(bench_);
    if (!done) return done.error();
    for (const Phase phase : chosen()) {
      done = in_time(phase);
      if (!done || pursuit_.over()) break;
    }
    bench_.on_shot({});
    if (!done && done.error().kind != ErrorKind::interrupted) return done.error();
    return report(done ? "" : done.error().message);
  }

 private:
  std::vector<Phase> chosen() const {
    std::vector<Phase> out;
    for (const PhaseFact& fact : kPhases) {
      const bool wanted = options_.phases.empty() || std::find(options_.phases.begin(), options_.phases.end(), fact.phase) != options_.phases.end();
      if (wanted) out.push_back(fact.phase);
    }
    return out;
  }

  // Each phase leaves time for those behind it.
  Result<void> in_time(Phase phase) {
    phase_ = phase;
    const bool is_last = chosen().back() == phase;
    const double share = is_last ? 1.0 : fact_of(phase).until;
    bench_.deadline = begun_ + static_cast<std::int64_t>(share * static_cast<double>(end_ - begun_));
    const std::uint64_t requests = bench_.requests();
    const std::int64_t begun = steady_ms();
    auto done = pursuit_.over() ? Result<void>{} : carry_out(phase);
    told_.emplace_back(std::string(phase_name(phase)), std::to_string(bench_.requests() - requests) + " requests in " + duration_text(steady_ms() - begun));
    bench_.deadline = end_;
    // The end of the phase's time is not the end of the run's.
    if (!done && done.error().kind == ErrorKind::interrupted && !bench_.interrupted()) return {};
    return done;
  }

  Result<void> carry_out(Phase phase) {
    switch (phase) {
      case Phase::earlier:
        return earlier();
      case Phase::catalogue:
        return rules(catalogue());
      case Phase::fields:
        searched_ = true;
        return try_fields(bench_, pursuit_, false);
      case Phase::sequences:
        searched_ = true;
        return try_sequences(bench_, pursuit_);
      case Phase::adaptive:
        searched_ = true;
        return try_adaptive({bench_, pursuit_, reactions_, parts_.barrage, parts_.corpus, [this] { tell(); }}, options_);
      case Phase::destructive:
        break;
    }
    if (auto done = rules(destructive_catalogue()); !done) return done;
    if (auto done = try_fields(bench_, pursuit_, true); !done) return done;
    return try_memory(bench_, pursuit_, bench_.pid());
  }

  Result<void> rules(const std::vector<const check::RuleCode*>& list) {
    for (const check::RuleCode* rule : list) {
      if (bench_.interrupted() || (options_.most_findings && pursuit_.confirmed() >= *options_.most_findings)) return {};
      if (const auto still = still_there_.find(rule->id); still != still_there_.end()) {
        skip(*rule, still->second + " shows it still");
        continue;
      }
      if (auto done = pursuit_.try_rule(*rule); !done) return done;
    }
    return {};
  }

  void skip(const check::RuleCode& rule, std::string reason) {
    report::RuleResult result;
    if (const report::Rule* words = check::find_rule(rule.id)) result.rule = *words;
    result.verdict = report::Verdict::skipped;
    result.reason = std::move(reason);
    run_.report().rules.push_back(std::move(result));
  }

  // Were they mended?
  Result<void> earlier() {
    for (std::size_t i = 0; i < options_.earlier.size() && i < kMostEarlier && !pursuit_.over(); ++i) {
      const Record& record = options_.earlier[i];
      if (auto done = pursuit_.try_rule(suite_rule(record)); !done) return done;
      const report::RuleResult& result = run_.report().rules.back();
      report::Earlier told{record.id, record.summary, report::Again::cannot_tell, result.reason};
      if (result.verdict == report::Verdict::failed) {
        told.again = report::Again::still_there;
        pursuit_.know(record);
        if (!record.recipe) still_there_.insert({record.rule, record.id});
      } else if (result.verdict == report::Verdict::passed && result.findings.empty()) {
        told.again = report::Again::fixed;
        if (options_.on_fixed) options_.on_fixed(record);
      }
      run_.report().earlier.push_back(std::move(told));
    }
    return {};
  }

  void tell() {
    if (!options_.on_progress) return;
    const std::int64_t now = steady_ms();
    options_.on_progress({phase_, bench_.requests(), rate_.at(now, bench_.requests()), run_.report().findings.size(), reactions_.size(),
                          std::max<std::int64_t>(0, begun_ + options_.time_limit_ms - now)});
  }

  report::Report report(const std::string& stopped) {
    if (searched_) pursuit_.finish();
    report::Report out = run_.finish();
    out.tool = "hookctl fuzz";
    if (!stopped.empty() && !bench_.interrupted()) out.stopped = stopped;
    else if (bench_.interrupted()) out.stopped = "interrupted";
    const bool any_untried = std::any_of(out.rules.begin(), out.rules.end(), [](const report::RuleResult& result) { return result.reason == check::kTimeIsUp; });
    if (any_untried && out.stopped.empty()) out.stopped = check::kTimeIsUp;
    out.learnt.emplace_back("kinds of reaction", std::to_string(reactions_.size()));
    for (auto& line : told_) out.learnt.push_back(std::move(line));
    return out;
  }

  check::Bench& bench_;
  CampaignParts parts_;
  const CampaignOptions& options_;
  check::RunOptions run_options_;
  check::Run run_;
  Pursuit pursuit_;
  Reactions reactions_;
  Rate rate_;
  std::int64_t begun_;
  std::int64_t end_{0};
  Phase phase_{Phase::earlier};
  bool searched_{false};
  std::map<std::string, std::string> still_there_;  // rule -> finding
  std::vector<std::pair<std::string, std::string>> told_;
};

}  // namespace

std::string_view phase_name(Phase phase) noexcept { return fact_of(phase).name; }

std::optional<Phase> parse_phase(std::string_view text) noexcept {
  const auto found = std::find_if(kPhases.begin(), kPhases.end(), [&](const PhaseFact& fact) { return fact.name == text; });
  return found == kPhases.end() ? std::nullopt : std::optional(found->phase);
}

const std::vector<Phase>& phases() noexcept {
  static const std::vector<Phase> all = [] {
    std::vector<Phase> out;
    for (const PhaseFact& fact : kPhases) out.push_back(fact.phase);
    return out;
  }();
  return all;
}

Result<report::Report> campaign(CampaignParts parts, const CampaignOptions& options) { return Campaign(parts, options).all(); }

}  // namespace hookctl::fuzz
