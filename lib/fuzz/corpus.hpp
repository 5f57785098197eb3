// The corpus: cases that showed a new reaction, kept in a folder (one JSON file each, case.hpp) from run to run, and the number of runs so
// far.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "fuzz/case.hpp"

namespace hookctl::fuzz {

// Not thread-safe.
class Corpus {
 public:
  // Reads the folder; it need not exist yet. Files that are no case are counted in unreadable() and left alone. At most `most` cases, in
  // the order of their names. `unavailable` when the folder cannot be read.
  static Result<Corpus> open(const std::string& folder, std::size_t most = 512);

  const std::vector<Case>& cases() const noexcept { return cases_; }
  std::size_t unreadable() const noexcept { return unreadable_; }
  // How often the folder was used before this run.
  std::uint64_t runs() const noexcept { return runs_; }

  // Counts this run: writes runs() + 1 to the folder's file "runs", making the folder (0700) if need be. `unavailable` when it cannot be
  // written.
  Result<void> begin_run();
  // Keeps a case in memory and as a file (0600) that is called after its content; one that is there already, or beyond `most`, is not kept
  // again, nor one whose file would be larger than 8 MiB. `unavailable` when it cannot be written; then it is not in memory either.
  Result<void> add(const Case& found);

 private:
  std::string folder_;
  std::size_t most_{0};
  std::vector<Case> cases_;
  std::set<std::string> names_;  // of their contents
  std::size_t unreadable_{0};
  std::uint64_t runs_{0};
};

}  // namespace hookctl::fuzz
