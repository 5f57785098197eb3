// Preflight: is the endpoint there, which events does it take, how fast, with what effect, and how does it refuse.
#include <algorithm>
#include <chrono>
#include <map>
#include <thread>

#include "base/json_style.hpp"
#include "base/text.hpp"
#include "check/event_type.hpp"
#include "check/rule.hpp"
#include "check/run.hpp"

namespace hookctl::check {

namespace {

constexpr std::int64_t kShortestSettleMs = 250;
constexpr std::int64_t kLongestSettleMs = 2'000;

Step plain(const std::string& event) { return Step{.event = event, .expect = Expect::accepted}; }

std::string event_line(const Shot& shot) { return shot.made.event + ": " + seen_words(shot); }

// A likely reason why no event was accepted, from what the answers have in common.
std::string likely_reason(const std::vector<Shot>& tried) {
  std::map<int, int> by_status;
  for (const Shot& shot : tried) ++by_status[shot.answer ? shot.status() : shot.failure ? -1 - static_cast<int>(shot.failure->fault) : 0];
  const auto most = std::max_element(by_status.begin(), by_status.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  const int status = most->first;
  if (status == -1 - static_cast<int>(http::SendFault::unreachable)) return "nothing listens there: start the endpoint first, or let --spawn 'COMMAND' do it";
  if (status == -1 - static_cast<int>(http::SendFault::tls)) return "the TLS handshake failed: --cacert FILE trusts a CA of your own, --insecure any";
  if (status == -1 - static_cast<int>(http::SendFault::timeout)) return "it answers too late: --budget gives it more time";
  if (status == 404 || status == 410) return "nothing is at that path: is it the right one?";
  if (status == 405) return "it takes no POST there: is it the right path?";
  if (status == 400 || status == 401 || status == 403) return "is --secret the one the endpoint verifies with? 'hookctl listen' beside it and 'hookctl verify' tell why a signature does not match";
  if (status == 415) return "it does not take this media type";
  if (status >= 300 && status < 400) return "it redirects: give the URL that it leads to";
  if (status >= 500) return "the endpoint fails on ordinary events: look into its log; 'hookctl send' sends one at a time";
  return "'hookctl send' sends one event and shows the answer";
}

// How long effects take to show, looked at with the first event that is accepted.
Result<void> learn_settling(Bench& bench, const Effects& before) {
  const std::int64_t begun = steady_ms();
  std::int64_t seen_at = 0;
  std::int64_t count = before.count;
  while (steady_ms() - begun < (seen_at > 0 ? std::max<std::int64_t>(2 * seen_at, kShortestSettleMs) : kLongestSettleMs)) {
    auto now = bench.effects_now();
    if (!now) return now.error();
    if (now->count != count) {
      count = now->count;
      seen_at = std::max<std::int64_t>(1, steady_ms() - begun);
    } else if (seen_at > 0 && steady_ms() - begun > 3 * seen_at + 100) {
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  bench.learnt().settle_ms = std::clamp<std::int64_t>(3 * seen_at, kShortestSettleMs, kLongestSettleMs);
  return {};
}

// The shape of what the endpoint says to an event type that nobody knows; "" when it refuses it.
Result<std::string> unknown_shape(Bench& bench) {
  auto step = with_type(bench.subject(), bench.subject().samples.front().event, "hookctl.unknown_type");
  if (!step) return std::string();
  auto shot = bench.deliver(*step);
  if (!shot) return shot.error().kind == ErrorKind::usage ? Result<std::string>(std::string()) : Result<std::string>(shot.error());
  return shot->success() ? shape_of(*shot->answer) : std::string();
}

// Effects of each event that was accepted: by its id, or (of a probe without ids) by what it adds.
Result<bool> had_effect(Bench& bench, const std::optional<Effects>& after, const Shot& shot) {
  if (after && after->has_ids && !shot.made.event_id.empty()) return after->of(shot.made.event_id) > 0;
  auto before = bench.settled_effects();
  if (!before) return before.error();
  auto again = bench.deliver(plain(shot.made.event));
  if (!again) return again.error();
  auto then = bench.settled_effects();
  if (!then) return then.error();
  return then->count > before->count;
}

// Sends one of each sample. The events that are accepted come out in `accepted`.
Result<void> try_samples(Bench& bench, std::vector<Shot>& accepted) {
  bool settling_known = false;
  for (const provider::Fixture& sample : bench.subject().samples) {
    std::optional<Effects> before;
    if (bench.has_probe() && !settling_known) {
      auto reading = bench.effects_now();
      if (!reading) return reading.error();
      before = *std::move(reading);
    }
    auto shot = bench.deliver(plain(sample.event));
    if (!shot) return shot.error();
    bench.learnt().tried.push_back(*shot);
    if (shot->failure && shot->failure->fault == http::SendFault::unreachable) return {};
    if (!shot->success()) continue;
    if (before) {
      if (auto done = learn_settling(bench, *before); !done) return done;
      settling_known = true;
    }
    accepted.push_back(*std::move(shot));
  }
  return {};
}

Result<void> learn_handled(Bench& bench, const std::vector<Shot>& accepted) {
  Learnt& learnt = bench.learnt();
  std::optional<Effects> after;
  std::string unknown;
  if (bench.has_probe()) {
    auto reading = bench.settled_effects();
    if (!reading) return reading.error();
    after = *std::move(reading);
  } else {
    auto shape = unknown_shape(bench);
    if (!shape) return shape.error();
    unknown = *std::move(shape);
  }
  for (const Shot& shot : accepted) {
    Handled handled{shot.made.event, false, shot.duration_ms, shape_of(*shot.answer)};
    if (bench.has_probe()) {
      auto effect = had_effect(bench, after, shot);
      if (!effect) return effect.error();
      handled.has_effect = *effect;
    } else {
      handled.has_effect = handled.shape != unknown;
    }
    learnt.handled.push_back(std::move(handled));
  }
  // Those that do something first, and of them those that are in time; otherwise in the order they were asked for.
  std::stable_sort(learnt.handled.begin(), learnt.handled.end(), [&](const Handled& a, const Handled& b) {
    const auto rank = [&](const Handled& event) { return (event.has_effect ? 0 : 2) + (event.duration_ms * 2 <= bench.subject().budget_ms ? 0 : 1); };
    return rank(a) < rank(b);
  });
  const bool any_effect = std::any_of(learnt.handled.begin(), learnt.handled.end(), [](const Handled& event) { return event.has_effect; });
  for (const Handled& event : learnt.handled) {
    if (event.duration_ms <= bench.subject().budget_ms) learnt.slowest_ms = std::max(learnt.slowest_ms, event.duration_ms);
    if (event.has_effect || !any_effect) learnt.shapes.insert(event.shape);
  }
  return {};
}

Result<void> learn_refusals(Bench& bench) {
  for (const bool sign : {false, true}) {
    Step step = plain(bench.main_event());
    step.signing.sign = sign;
    step.signing.keys = {SigningKey{.which = SigningKey::Which::stranger}};
    step.expect = Expect::refused;
    auto shot = bench.deliver(step);
    if (!shot && shot.error().kind == ErrorKind::usage) continue;  // a provider that signs nothing
    if (!shot) return shot.error();
    if (shot->answer && !shot->success()) bench.learnt().refusals.insert(shot->status());
  }
  return {};
}

// Providers write JSON their own way (Stripe indents it). An endpoint that verifies what it has parsed and written anew takes none of that:
// the events are sent as such an endpoint writes them, and signature/json-spelling tells of it.
Result<void> try_compact(Bench& bench, std::vector<Shot>& accepted) {
  std::vector<provider::Fixture> compact = bench.subject().samples;
  bool changed = false;
  for (provider::Fixture& sample : compact) {
    const auto tree = JsonTree::read(sample.body);
    if (!tree) continue;
    std::string written = tree->write(JsonStyle{});
    changed = changed || written != sample.body;
    sample.body = std::move(written);
  }
  if (!changed) return {};
  std::vector<provider::Fixture> as_they_are = bench.subject().samples;
  std::vector<Shot> tried = std::move(bench.learnt().tried);
  bench.learnt().tried.clear();
  bench.replace_samples(std::move(compact));
  if (auto done = try_samples(bench, accepted); !done) return done;
  if (!accepted.empty()) return {};
  bench.replace_samples(std::move(as_they_are));
  bench.learnt().tried = std::move(tried);
  return {};
}

bool refuses_all(const std::vector<Shot>& tried) {
  return std::all_of(tried.begin(), tried.end(), [](const Shot& shot) { return shot.status() >= 400 && shot.status() < 500 && shot.status() != 404; });
}

}  // namespace

namespace {

Result<void> look_around(Bench& bench) {
  std::vector<Shot> accepted;
  if (auto done = try_samples(bench, accepted); !done) return done;
  if (accepted.empty() && refuses_all(bench.learnt().tried)) {
    if (auto done = try_compact(bench, accepted); !done) return done;
  }
  if (accepted.empty()) {
    std::string message = "the endpoint accepts no correctly signed event of " + bench.subject().provider->id + " at " + bench.subject().url.text() + "; tried:";
    for (const Shot& shot : bench.learnt().tried) message += "\n    " + event_line(shot);
    return unavailable_error(message, likely_reason(bench.learnt().tried));
  }
  if (auto done = learn_handled(bench, accepted); !done) return done;
  return learn_refusals(bench);
}

}  // namespace

Result<void> preflight(Bench& bench) {
  auto done = look_around(bench);
  if (done || done.error().kind != ErrorKind::interrupted || bench.interrupted()) return done;
  return unavailable_error(done.error().message + ", before it was known what the endpoint takes");
}

}  // namespace hookctl::check
