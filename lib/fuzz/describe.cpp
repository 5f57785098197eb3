#include "fuzz/describe.hpp"

#include <algorithm>
#include <set>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace hookctl::fuzz {

namespace {

constexpr std::size_t kShown = 40;    // bytes of a value
constexpr std::size_t kListed = 4;  // changes

std::string shown(std::string_view text) {
  return printable(text.size() <= kShown ? std::string(text) : std::string(text.substr(0, kShown)) + "…");
}

std::string words(const check::Patch& patch) {
  const std::string place = patch.path.empty() ? "the body" : patch.path;
  if (patch.change.op == check::Change::Op::take_out) return place + " missing";
  if (patch.change.op == check::Change::Op::add) return shown(patch.change.text) + " added to " + place;
  if (!patch.repeat) return place + " = " + shown(patch.change.text);
  std::string text = patch.change.text;
  if (const std::size_t mark = text.find("{*}"); mark != std::string::npos) text.replace(mark, 3, patch.repeat->unit + "…");
  return place + " = " + shown(text) + " (" + std::to_string(patch.repeat->times) + " times)";
}

std::string words(const check::Splice& splice) {
  std::string out = "at byte " + std::to_string(splice.at);
  if (splice.erase > 0) out += " " + std::to_string(std::min<std::size_t>(splice.erase, 99'999'999)) + " bytes cut";
  if (!splice.insert.empty() && splice.times > 0) out += (splice.erase > 0 ? " and '" : " '") + shown(splice.insert) + "' put in" + (splice.times > 1 ? " " + std::to_string(splice.times) + " times" : "");
  return out;
}

}  // namespace

std::string general_path(std::string_view path) {
  std::string out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    out.push_back(path[i]);
    if (path[i] != '[') continue;
    while (i + 1 < path.size() && path[i + 1] >= '0' && path[i + 1] <= '9') ++i;
  }
  return out;
}

// "a plain, b at once 3 times, a forged": what a sequence sends, by the labels of its events.
std::string sequence_words(const Case& wanted) {
  std::vector<std::string> out;
  const auto& steps = wanted.play.steps;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const check::Step& step = steps[i];
    std::size_t together = 1;
    while (step.group != 0 && i + 1 < steps.size() && steps[i + 1].group == step.group) {
      ++together;
      ++i;
    }
    const std::string what = step.expect == check::Expect::refused ? "forged"
                             : step.wire.break_after              ? "broken off"
                             : step.wire.no_answer                ? "without waiting for the answer"
                             : step.wire.chunked                  ? "in chunks"
                             : together > 1                       ? "at once " + std::to_string(together) + " times"
                                                                  : "";
    out.push_back(step.event + " " + (step.id.size() > 2 ? step.id.substr(1, step.id.size() - 2) : step.id) + (what.empty() ? "" : " " + what));
  }
  return join(out, ", then ");
}

std::string describe(const Case& wanted) {
  if (wanted.mutator == "sequence") return sequence_words(wanted);
  std::vector<std::string> changes;
  std::string event;
  for (const check::Step& step : wanted.play.steps) {
    for (const check::Patch& patch : step.patches) changes.push_back(words(patch));
    for (const check::Splice& splice : step.splices) changes.push_back(words(splice));
    if (event.empty()) event = step.event;
  }
  if (changes.empty()) return wanted.play.name;
  const std::size_t all = changes.size();
  if (all > kListed) changes.resize(kListed);
  return (event.empty() ? "an event" : event) + " with " + join(changes, ", ") + (all > kListed ? " and " + std::to_string(all - kListed) + " more" : "");
}

std::string place_key(const Case& wanted) {
  std::set<std::string> places;
  for (const check::Step& step : wanted.play.steps) {
    for (const check::Patch& patch : step.patches) places.insert(general_path(patch.path));
    for (const check::Splice& splice : step.splices) places.insert("*" + std::to_string(splice.at) + "-" + std::to_string(splice.erase) + to_hex(splice.insert.substr(0, 8)));
  }
  std::vector<std::string> list(places.begin(), places.end());
  if (list.empty()) return wanted.mutator;
  if (list.size() > kListed) list.resize(kListed);
  return join(list, ",");
}

}  // namespace hookctl::fuzz
