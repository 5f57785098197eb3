// The smallest case so far, and the questions that may still be asked. For this room only.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/result.hpp"
#include "fuzz/case.hpp"

namespace hookctl::fuzz {

class Trial {
 public:
  using Shows = std::function<Result<bool>(const Case&)>;

  Trial(const Case& failing, const Shows& shows, std::size_t most);

  const Case& best() const noexcept { return best_; }
  const std::vector<check::Step>& steps() const noexcept { return best_.play.steps; }
  std::size_t tries() const noexcept { return tries_; }
  const std::optional<Error>& error() const noexcept { return error_; }
  // No more is answered.
  bool over() const noexcept { return error_ || tries_ >= most_; }

  // Does the best case with that change still show it? Then it is the best. A case that was asked about is not played again: no.
  bool without(const std::function<void(Case&)>& change);
  // The same of one step.
  bool with_step(std::size_t index, const std::function<void(check::Step&)>& change) {
    return without([&](Case& smaller) { change(smaller.play.steps[index]); });
  }

 private:
  void tidy(Case& smaller) const;
  bool ask(Case smaller);

  const Case& failing_;
  const Shows& shows_;
  std::size_t most_;
  Case best_;
  std::size_t tries_{0};
  std::set<std::string> asked_;
  std::optional<Error> error_;
};

// Takes away as many of `count` things as it can: blocks of `first` of them, halves of that, …, one by one, from the end. `take(begin,
// end)` says how many of those went.
void take_away(std::size_t count, std::size_t first, const std::function<std::size_t(std::size_t begin, std::size_t end)>& take);

// With the right key alone, and now?
bool is_plainly_signed(const check::Step& step);
// What may go of a step without making it claim what is not so (shrink.hpp).
bool may_lose_changes(const check::Step& step);    // patches, splices
bool may_lose_rest(const check::Step& step);       // all else
bool may_become_plainer(const check::Step& step);  // its values

// JSON texts that are plainer than that one, the plainest first; none for what is no JSON.
std::vector<std::string> plainer(const std::string& json);

}  // namespace hookctl::fuzz
