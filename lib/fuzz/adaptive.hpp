// The adaptive phase: a search led by what is new. Bursts of mutated events go out several at once; what is new or suspicious is played again by itself
// and judged there, so that one event's trouble is not another's. For this room.
#pragma once

#include "base/result.hpp"
#include "check/bench.hpp"
#include "fuzz/campaign.hpp"
#include "fuzz/corpus.hpp"
#include "fuzz/pursuit.hpp"
#include "fuzz/reactions.hpp"
#include "http/barrage.hpp"

namespace hookctl::fuzz {

struct AdaptiveParts {
  check::Bench& bench;
  Pursuit& pursuit;
  Reactions& reactions;
  http::BarrageClient& barrage;
  Corpus* corpus{nullptr};
  std::function<void()> on_progress{};
};

// Until the pursuit is over or (with until_dry) nothing new has shown for long. Errors as of Pursuit::try_case.
Result<void> try_adaptive(AdaptiveParts parts, const CampaignOptions& options);

}  // namespace hookctl::fuzz
