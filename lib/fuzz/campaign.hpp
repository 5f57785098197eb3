// A fuzz run: earlier findings, check's rules as the catalogue, fields, sequences, a search led by what is new, and last what may leave the endpoint
// unable to serve. Each failure is made smaller, confirmed between controls, told apart from others, and kept.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "check/bench.hpp"
#include "fuzz/corpus.hpp"
#include "fuzz/record.hpp"
#include "http/barrage.hpp"
#include "report/report.hpp"

namespace hookctl::fuzz {

enum class Phase { earlier, catalogue, fields, sequences, adaptive, destructive };
std::string_view phase_name(Phase phase) noexcept;  // "earlier", "catalogue", …
std::optional<Phase> parse_phase(std::string_view text) noexcept;
const std::vector<Phase>& phases() noexcept;  // in the order in which they run

// How far a run is.
struct Progress {
  Phase phase{Phase::catalogue};
  std::uint64_t requests{0};
  double rate{0};            // requests a second, of the last second or so
  std::size_t findings{0};
  std::size_t novelty{0};    // different reactions seen
  std::int64_t left_ms{0};
};

struct CampaignOptions {
  std::int64_t time_limit_ms{60'000};           // of all; nothing begins that would not end in time
  bool until_dry{true};                         // ends when nothing new has shown for long; false: goes on until time or requests are used up
  std::optional<std::uint64_t> most_requests{};
  std::optional<std::size_t> most_findings{};   // ends when so many are confirmed
  std::vector<Phase> phases{};                  // empty: all
  std::size_t connections{8};                   // at once, in the adaptive phase
  std::vector<Record> earlier{};                // tried first
  std::string repeat{};                         // as check::RunOptions::repeat, for findings of the catalogue
  std::string replay{};                         // the command that tries a finding again: "hookctl replay {finding} --secret env:S"
  std::vector<std::pair<std::string, std::string>> arguments{};  // Record::arguments
  std::function<void(const Progress&)> on_progress{};
  std::function<void(const Record&)> on_finding{};        // a confirmed one, to be kept
  std::function<void(const Record&)> on_fixed{};          // of the earlier ones: to be dropped
};

struct CampaignParts {
  check::Bench& bench;
  http::BarrageClient& barrage;
  Corpus* corpus{nullptr};       // may be missing
};

// Errors as of check::preflight. An interrupted run ends early with what is known (Report::stopped).
Result<report::Report> campaign(CampaignParts parts, const CampaignOptions& options);

}  // namespace hookctl::fuzz
