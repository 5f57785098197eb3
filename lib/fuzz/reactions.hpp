// Everything that the endpoint has shown so far, as novelty keys: of each delivery, of the program's log, of how the program is. For this room.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "check/bench.hpp"
#include "fuzz/novelty.hpp"
#include "http/barrage.hpp"

namespace hookctl::fuzz {

// Not thread-safe.
class Reactions {
 public:
  explicit Reactions(check::Bench& bench) : bench_(bench) {}

  // Is the reaction to that delivery a new one?
  bool see(const check::Shot& shot);
  // The same of one that went past the bench.
  bool see(const http::BarrageReply& reply);
  std::size_t size() const noexcept { return novelty_.size(); }

 private:
  std::vector<std::string> new_log();
  void add_vitals(std::vector<std::string>& log);

  check::Bench& bench_;
  Novelty novelty_;
  std::set<std::string> log_templates_;
  std::uint64_t lines_seen_{0};
  std::int64_t vitals_at_{0};
  std::set<std::uint64_t> quick_;  // hashes of answers whose keys are known
};

}  // namespace hookctl::fuzz
