#include "fuzz/shrink.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

#include "fuzz/shrink_trial.hpp"

namespace hookctl::fuzz {

namespace {

using check::Patch;
using check::Splice;
using check::Step;
using check::WireStyle;

// --- steps -----------------------------------------------------------------------------------------------------------------------------

// Without the steps from `begin` to `end`, but for those that a step which stays replays; how many go.
std::size_t drop_steps(std::vector<Step>& steps, std::size_t begin, std::size_t end) {
  std::vector<bool> stays(steps.size(), true);
  for (std::size_t i = begin; i < end; ++i) stays[i] = false;
  for (std::size_t i = steps.size(); i-- > 0;) {
    if (stays[i] && steps[i].replay_of && *steps[i].replay_of < i) stays[*steps[i].replay_of] = true;
  }
  std::vector<std::size_t> place(steps.size());
  std::vector<Step> kept;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    place[i] = kept.size();
    if (!stays[i]) continue;
    kept.push_back(std::move(steps[i]));
    if (kept.back().replay_of && *kept.back().replay_of < i) kept.back().replay_of = place[*kept.back().replay_of];
  }
  const std::size_t gone = steps.size() - kept.size();
  steps = std::move(kept);
  return gone;
}

void fewer_steps(Trial& trial) {
  const std::size_t count = trial.steps().size();
  take_away(count, count / 2, [&](std::size_t begin, std::size_t end) {
    std::size_t gone = 0;
    if (end - begin >= trial.steps().size()) return gone;  // one stays
    const bool shown = trial.without([&](Case& smaller) { gone = drop_steps(smaller.play.steps, begin, end); });
    return shown ? gone : 0;
  });
}

// --- changes ---------------------------------------------------------------------------------------------------------------------------

// Takes items out of one list of one step.
template <typename Item>
void fewer(Trial& trial, std::size_t index, std::vector<Item> Step::*list) {
  const std::size_t count = (trial.steps()[index].*list).size();
  take_away(count, count, [&](std::size_t begin, std::size_t end) {
    const bool shown = trial.with_step(index, [&](Step& step) {
      auto& items = step.*list;
      items.erase(items.begin() + static_cast<std::ptrdiff_t>(begin), items.begin() + static_cast<std::ptrdiff_t>(end));
    });
    return shown ? end - begin : 0;
  });
}

void fewer_headers(Trial& trial, std::size_t index) {
  const std::size_t count = trial.steps()[index].headers.size();
  take_away(count, count, [&](std::size_t begin, std::size_t end) {
    const bool shown = trial.with_step(index, [&](Step& step) {
      http::Headers kept;
      std::size_t at = 0;
      for (const http::Header& field : step.headers) {
        if (at < begin || at >= end) kept.add(field.name, field.value);
        ++at;
      }
      step.headers = std::move(kept);
    });
    return shown ? end - begin : 0;
  });
}

void fewer_changes(Trial& trial, std::size_t index) {
  if (may_lose_changes(trial.steps()[index])) {
    fewer(trial, index, &Step::patches);
    fewer(trial, index, &Step::splices);
  }
  if (!may_lose_rest(trial.steps()[index])) return;
  fewer(trial, index, &Step::edits);
  fewer(trial, index, &Step::tampers);
  fewer_headers(trial, index);
  if (!is_plainly_signed(trial.steps()[index])) trial.with_step(index, [](Step& step) { step.signing = {}; });
  if (trial.steps()[index].body) trial.with_step(index, [](Step& step) { step.body.reset(), step.body_id.clear(); });
  if (trial.steps()[index].wait_ms != 0) trial.with_step(index, [](Step& step) { step.wait_ms = 0; });
}

// --- the way it is sent ----------------------------------------------------------------------------------------------------------------

// One way in which a style is odd, and how it becomes less so.
struct Oddity {
  bool (*is)(const WireStyle&);
  void (*end)(WireStyle&);
};

// How long an answer is waited for is no matter of its own: it goes with the whole style only.
constexpr Oddity kOddities[] = {
    {[](const WireStyle& wire) { return wire.bytes.has_value(); }, [](WireStyle& wire) { wire.bytes.reset(); }},
    {[](const WireStyle& wire) { return wire.break_after.has_value(); }, [](WireStyle& wire) { wire.break_after.reset(); }},
    {[](const WireStyle& wire) { return wire.declared.has_value(); }, [](WireStyle& wire) { wire.declared.reset(); }},
    {[](const WireStyle& wire) { return wire.no_answer; }, [](WireStyle& wire) { wire.no_answer = wire.reset = false; }},
    {[](const WireStyle& wire) { return wire.reset; }, [](WireStyle& wire) { wire.reset = false; }},
    {[](const WireStyle& wire) { return wire.pipelined; }, [](WireStyle& wire) { wire.pipelined = false; }},
    {[](const WireStyle& wire) { return wire.expect_continue; }, [](WireStyle& wire) { wire.expect_continue = false; }},
    {[](const WireStyle& wire) { return wire.header_case != WireStyle::Case::kept; },
     [](WireStyle& wire) { wire.header_case = WireStyle::Case::kept; }},
    {[](const WireStyle& wire) { return !wire.trailer.empty(); }, [](WireStyle& wire) { wire.trailer.clear(); }},
    {[](const WireStyle& wire) { return !wire.chunk_extension.empty(); }, [](WireStyle& wire) { wire.chunk_extension.clear(); }},
    {[](const WireStyle& wire) { return wire.pause_ms != 0; }, [](WireStyle& wire) { wire.pause_ms = 0; }},
    {[](const WireStyle& wire) { return wire.segments != 1; }, [](WireStyle& wire) { wire.segments = 1; }},
    {[](const WireStyle& wire) { return wire.chunk != 0; }, [](WireStyle& wire) { wire.chunk = 0; }},
    {[](const WireStyle& wire) { return wire.chunked; },
     [](WireStyle& wire) {
       wire.chunked = false;
       wire.chunk = 0;
       wire.trailer.clear();
       wire.chunk_extension.clear();
     }},
};

void plainer_style(Trial& trial, std::size_t index) {
  const auto wire = [&]() -> const WireStyle& { return trial.steps()[index].wire; };
  const bool is_odd =
      wire().patience_ms || std::any_of(std::begin(kOddities), std::end(kOddities), [&](const Oddity& each) { return each.is(wire()); });
  if (!is_odd || !may_lose_rest(trial.steps()[index])) return;
  trial.with_step(index, [](Step& step) { step.wire = {}; });
  for (const Oddity& each : kOddities) {
    if (each.is(wire())) trial.with_step(index, [&](Step& step) { each.end(step.wire); });
  }
  while (wire().segments > 3 && trial.with_step(index, [](Step& step) { step.wire.segments /= 2; })) {
  }
}

// --- values ----------------------------------------------------------------------------------------------------------------------------

// A number that repeats something: at least 1.
using Times = std::function<std::size_t*(Case&)>;

// Once, or half as often as long as that does.
void fewer_times(Trial& trial, const Times& times) {
  const auto set = [&](std::size_t count) { return trial.without([&](Case& smaller) { *times(smaller) = count; }); };
  const auto now = [&] {
    Case copy = trial.best();
    return *times(copy);
  };
  if (now() <= 1 || set(1)) return;
  while (now() > 2 && set(now() / 2)) {
  }
}

// All that repeats in a step.
std::vector<Times> repeats_of(const Step& step, std::size_t index) {
  std::vector<Times> out;
  for (std::size_t i = 0; i < step.patches.size(); ++i) {
    if (step.patches[i].repeat) out.emplace_back([index, i](Case& one) { return &one.play.steps[index].patches[i].repeat->times; });
  }
  for (std::size_t i = 0; i < step.splices.size(); ++i)
    out.emplace_back([index, i](Case& one) { return &one.play.steps[index].splices[i].times; });
  return out;
}

// Texts with a mark are written out in another way, and are left as they are.
bool is_literal(const Patch& patch) {
  return patch.change.op == check::Change::Op::put && !patch.repeat && patch.change.text.find("{callback}") == std::string::npos;
}

void plainer_patch(Trial& trial, std::size_t index, std::size_t at) {
  const auto text = [&] { return trial.steps()[index].patches[at].change.text; };
  if (!is_literal(trial.steps()[index].patches[at])) return;
  for (bool shown = true; shown && !trial.over();) {
    const std::vector<std::string> candidates = plainer(text());
    shown = std::any_of(candidates.begin(), candidates.end(), [&](const std::string& candidate) {
      return trial.with_step(index, [&](Step& step) { step.patches[at].change.text = candidate; });
    });
  }
}

void plainer_splice(Trial& trial, std::size_t index, std::size_t at) {
  const auto splice = [&]() -> const Splice& { return trial.steps()[index].splices[at]; };
  const auto with = [&](const std::function<void(Splice&)>& change) {
    return trial.with_step(index, [&](Step& step) { change(step.splices[at]); });
  };
  if (splice().erase != 0) with([](Splice& one) { one.erase = 0; });
  while (splice().erase > 1 && with([](Splice& one) { one.erase /= 2; })) {
  }
  if (!splice().insert.empty()) with([](Splice& one) { one.insert.clear(); });
  while (splice().insert.size() > 1 && with([](Splice& one) { one.insert.resize(one.insert.size() / 2); })) {
  }
}

void plainer_values(Trial& trial, std::size_t index) {
  if (!may_lose_changes(trial.steps()[index])) return;
  for (const Times& times : repeats_of(trial.steps()[index], index)) fewer_times(trial, times);
  if (!may_become_plainer(trial.steps()[index])) return;
  for (std::size_t i = 0; i < trial.steps()[index].patches.size(); ++i) plainer_patch(trial, index, i);
  for (std::size_t i = 0; i < trial.steps()[index].splices.size(); ++i) plainer_splice(trial, index, i);
}

// --- the exact limit -------------------------------------------------------------------------------------------------------------------

// The least number of repeats that still shows it, half of which does not; 0 when the tries did not do.
std::size_t exact_limit(Trial& trial, const Times& times) {
  Case copy = trial.best();
  std::size_t high = *times(copy);
  std::size_t low = high / 2;
  while (high - low > 1) {
    if (trial.over()) return 0;
    const std::size_t middle = low + (high - low) / 2;
    if (trial.without([&](Case& smaller) { *times(smaller) = middle; }))
      high = middle;
    else
      low = middle;
    if (trial.error()) return 0;
  }
  return high;
}

std::string find_limit(Trial& trial) {
  std::string limit;
  for (std::size_t index = 0; index < trial.steps().size(); ++index) {
    if (!may_lose_changes(trial.steps()[index])) continue;
    for (const Times& times : repeats_of(trial.steps()[index], index)) {
      Case copy = trial.best();
      if (*times(copy) < 2) continue;
      const std::size_t least = exact_limit(trial, times);
      if (limit.empty() && least != 0) limit = "from " + std::to_string(least) + " repeats on";
    }
  }
  return limit;
}

// One round over everything; false when nothing went.
bool round(Trial& trial) {
  const Case before = trial.best();
  fewer_steps(trial);
  for (std::size_t i = 0; i < trial.steps().size(); ++i) fewer_changes(trial, i);
  for (std::size_t i = 0; i < trial.steps().size(); ++i) plainer_style(trial, i);
  for (std::size_t i = 0; i < trial.steps().size(); ++i) plainer_values(trial, i);
  return write_case(before) != write_case(trial.best());
}

}  // namespace

Result<Shrunk> shrink(const Case& failing, const std::function<Result<bool>(const Case&)>& shows, std::size_t most) {
  Trial trial(failing, shows, most);
  while (!trial.over() && round(trial)) {
  }
  // Only when the rounds came to their end is it known that half as many repeats do not show it.
  const std::string limit = trial.over() ? "" : find_limit(trial);
  if (trial.error()) return *trial.error();
  return Shrunk{trial.best(), trial.tries(), limit};
}

}  // namespace hookctl::fuzz
