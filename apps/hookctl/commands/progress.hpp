// How far a long run is: a bar on a terminal, a line every few seconds elsewhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "bulk/pipeline.hpp"
#include "session.hpp"

namespace hookctl {

class Progress {
 public:
  // `size`: bytes of the whole input, where that is known. There is a bar when people look at standard error and the answers go elsewhere.
  Progress(Session& session, std::optional<std::uint64_t> size);
  ~Progress() { take_away(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Shows it when there was nothing new for a while: at most ten times a second.
  void show(const bulk::Tally& tally);
  // Takes the bar away; on a terminal a line says what came of it all.
  void finish(const bulk::Tally& tally);

 private:
  std::string bar(const bulk::Tally& tally) const;
  void take_away();

  Session& session_;
  std::optional<std::uint64_t> size_;
  bool live_;
  bool drawn_{false};
  std::int64_t began_;
  std::int64_t told_;
};

}  // namespace hookctl
