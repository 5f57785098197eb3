#include "fuzz/shrink_trial.hpp"

#include <algorithm>

#include "crypto/digest.hpp"

namespace hookctl::fuzz {

namespace {

using check::Step;

std::string key_of(const Case& one) { return crypto::digest(crypto::Hash::sha256, write_case(one)); }

// Is the value at `place` inside what a patch at `path` changes?
bool covers(std::string_view path, std::string_view place) {
  if (path.empty()) return true;
  return place.starts_with(path) && (place.size() == path.size() || place[path.size()] == '.' || place[path.size()] == '[');
}

bool is_patched(const check::Case& play, std::string_view place) {
  return std::any_of(play.steps.begin(), play.steps.end(), [&](const Step& step) {
    return std::any_of(step.patches.begin(), step.patches.end(), [&](const check::Patch& patch) { return covers(patch.path, place); });
  });
}

bool sends(const check::Case& play, const std::string& id) {
  return std::any_of(play.steps.begin(), play.steps.end(), [&](const Step& step) { return step.id == id; });
}

// The step whose bytes go out.
const Step& origin(const check::Case& play, const Step& step) {
  const Step* at = &step;
  for (std::size_t hops = 0; at->replay_of && *at->replay_of < play.steps.size() && hops < play.steps.size(); ++hops)
    at = &play.steps[*at->replay_of];
  return *at;
}

// Is it sent so that it must have its effect?
bool sends_soundly(const check::Case& play, const std::string& id) {
  return std::any_of(play.steps.begin(), play.steps.end(),
                     [&](const Step& step) { return step.expect == check::Expect::accepted && origin(play, step).id == id; });
}

// A group of one is none.
void tidy_groups(std::vector<Step>& steps) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const bool has_left = i > 0 && steps[i - 1].group == steps[i].group;
    const bool has_right = i + 1 < steps.size() && steps[i + 1].group == steps[i].group;
    if (!has_left && !has_right) steps[i].group = 0;
  }
}

}  // namespace

Trial::Trial(const Case& failing, const Shows& shows, std::size_t most) : failing_(failing), shows_(shows), most_(most), best_(failing) {
  asked_.insert(key_of(failing));
}

void Trial::tidy(Case& smaller) const {
  const check::Case& first = failing_.play;
  check::Case& play = smaller.play;
  tidy_groups(play.steps);
  std::erase_if(play.effects, [&](const check::EffectCount& effect) { return sends(first, effect.id) && !sends(play, effect.id); });
  for (check::EffectCount& effect : play.effects) {
    if (sends_soundly(first, effect.id) && !sends_soundly(play, effect.id)) effect.at_least = 0;
  }
  std::erase_if(smaller.lures, [&](const Lure& lure) { return is_patched(first, lure.place) && !is_patched(play, lure.place); });
}

bool Trial::without(const std::function<void(Case&)>& change) {
  if (over()) return false;
  Case smaller = best_;
  change(smaller);
  tidy(smaller);
  return ask(std::move(smaller));
}

bool Trial::ask(Case smaller) {
  if (!asked_.insert(key_of(smaller)).second) return false;
  ++tries_;
  const auto shown = shows_(smaller);
  if (!shown) {
    error_ = shown.error();
    return false;
  }
  if (*shown) best_ = std::move(smaller);
  return *shown;
}

void take_away(std::size_t count, std::size_t first, const std::function<std::size_t(std::size_t begin, std::size_t end)>& take) {
  for (std::size_t size = std::min(first, count); size > 0; size = std::min(size / 2, count)) {
    for (std::size_t end = count; end > 0;) {
      const std::size_t begin = end > size ? end - size : 0;
      count -= take(begin, end);
      end = begin;
    }
  }
}

bool is_plainly_signed(const Step& step) {
  const check::Signing& signing = step.signing;
  const bool right_key = signing.keys.size() == 1 && signing.keys.front().which == check::SigningKey::Which::right;
  return signing.sign && right_key && signing.shift_ms == 0 && !signing.timestamp;
}

bool may_lose_changes(const Step& step) {
  const bool is_forged = !step.tampers.empty() || !is_plainly_signed(step);
  return step.expect != check::Expect::refused || is_forged;
}
bool may_lose_rest(const Step& step) { return step.expect != check::Expect::refused; }
bool may_become_plainer(const Step& step) { return step.expect != check::Expect::accepted && may_lose_changes(step); }

}  // namespace hookctl::fuzz
