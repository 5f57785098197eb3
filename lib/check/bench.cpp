#include "check/bench.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/text.hpp"
#include "event/self_test.hpp"

namespace hookctl::check {

namespace {

constexpr std::int64_t kPatienceBeyondBudgetMs = 500;
constexpr std::int64_t kLongestAskedWaitMs = 5'000;
constexpr int kAskedWaits = 3;
constexpr int kRedeliveries = 4;
constexpr int kSettleReadings = 20;
constexpr std::int64_t kSettleReadingMs = 30;
constexpr std::int64_t kDueReadingMs = 100;
constexpr std::int64_t kLatestEffectMs = 2'500;   // an effect that comes later than this is lost
constexpr std::int64_t kLongestSettleMs = 1'500;  // waited for when nothing is due: one too many comes with those that are due
constexpr std::int64_t kDiesWithinMs = 400;   // one that breaks off an answer may be writing its last words
constexpr std::int64_t kEndsWithinMs = 15;  // a program that dies of what it has acknowledged mostly does so at once

// How long the endpoint asks us to wait, where it does: 429, or 503 with Retry-After in seconds.
std::optional<std::int64_t> asked_wait_ms(const Shot& shot) {
  if (!shot.answer || (shot.status() != 429 && shot.status() != 503)) return std::nullopt;
  const auto field = shot.answer->headers.find("Retry-After");
  if (!field) return shot.status() == 429 ? std::optional<std::int64_t>(500) : std::nullopt;
  const auto seconds = parse_unsigned(*field);
  return seconds ? std::min<std::int64_t>(static_cast<std::int64_t>(std::min<std::uint64_t>(*seconds, 60)) * 1000, kLongestAskedWaitMs) : kLongestAskedWaitMs;
}

void take_reply(Shot& shot, const http::WireReply& reply, std::size_t index) {
  shot.duration_ms = reply.duration_ms;
  shot.answer.reset();
  shot.failure.reset();
  if (index < reply.answers.size()) {
    shot.answer = reply.answers[index];
  } else {
    shot.failure = reply.failure;
  }
  shot.timed_out = shot.failure && shot.failure->fault == http::SendFault::timeout;
}

}  // namespace

Bench::Bench(BenchParts parts) : parts_(std::move(parts)), choices_(parts_.seed), watch_(parts_.subject) {
  if (auto made_up = event::made_up_keys(signing_way(*parts_.subject.provider), choices_)) stranger_ = *std::move(made_up);
}

bool Bench::sleep(std::int64_t ms) const {
  const std::int64_t until = steady_ms() + ms;
  while (!interrupted()) {
    const std::int64_t left = until - steady_ms();
    if (left <= 0) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(std::min<std::int64_t>(left, 50)));
  }
  return false;
}

bool Bench::out_of_time() const { return steady_ms() >= deadline || requests_ >= most_requests; }

// Slow ones are left to the rules about time: each of their deliveries would cost seconds.
std::vector<std::string> Bench::events(std::size_t most) const {
  std::vector<std::string> names;
  if (learnt_.handled.empty()) return names;
  const Handled& best = learnt_.handled.front();
  const auto is_slow = [&](const Handled& event) { return event.duration_ms * 2 > parts_.subject.budget_ms; };
  for (const Handled& event : learnt_.handled) {
    const bool fits = (event.has_effect || !best.has_effect) && (!is_slow(event) || is_slow(best));
    if (names.size() < most && fits) names.push_back(event.event);
  }
  return names;
}

const std::string& Bench::main_event() const { return learnt_.handled.empty() ? parts_.subject.samples.front().event : learnt_.handled.front().event; }

std::string Bench::fresh_id() {
  const Step plain{.event = main_event()};
  auto made = make(parts_.subject, plain, stranger_, parts_.clock.now(), parts_.ids);
  return made ? made->event_id : "";
}

std::string Bench::plain_body(const std::string& event, const std::string& id) {
  auto made = make(parts_.subject, Step{.event = event, .id = id}, stranger_, parts_.clock.now(), parts_.ids);
  return made ? made->request.body : "";
}

Result<Shot> Bench::make_shot(const Step& step, const std::vector<Shot>& before) {
  Shot shot;
  shot.step = step;
  if (step.replay_of) {
    if (*step.replay_of >= before.size()) return bug_error("a step replays one that comes later");
    shot.made = before[*step.replay_of].made;
  } else {
    Step whole = step;
    if (whole.event.empty()) whole.event = main_event();
    auto made = make(parts_.subject, whole, stranger_, parts_.clock.now(), parts_.ids);
    if (!made) return made.error();
    shot.made = *std::move(made);
  }
  shot.bytes = wire_head(shot.made, step.wire) + wire_body(shot.made, step.wire);
  return shot;
}

// Sends the shots at once; a pipelined one goes out on the connection of the one before it.
void Bench::fire(const std::vector<Shot*>& shots) {
  std::vector<std::vector<Shot*>> connections;
  for (Shot* shot : shots) {
    if (!shot->step.wire.pipelined || connections.empty()) connections.emplace_back();
    connections.back().push_back(shot);
    shot->sent_at = parts_.clock.now();
  }
  const std::int64_t last_patience_ms = end == std::numeric_limits<std::int64_t>::max() ? end : std::max<std::int64_t>(end - steady_ms(), 1);
  std::vector<http::WirePlan> plans;
  for (const auto& connection : connections) {
    std::vector<const Made*> made;
    std::vector<const WireStyle*> styles;
    for (const Shot* shot : connection) {
      made.push_back(&shot->made);
      styles.push_back(&shot->step.wire);
    }
    std::int64_t patience_ms = std::min(parts_.subject.budget_ms + kPatienceBeyondBudgetMs, last_patience_ms);
    for (const WireStyle* style : styles) patience_ms = std::min(patience_ms, style->patience_ms.value_or(patience_ms));
    plans.push_back(plan(made, styles, connections.size() > 1, patience_ms));
  }
  const auto replies = parts_.wire.exchange(plans);
  for (std::size_t i = 0; i < connections.size(); ++i) {
    for (std::size_t k = 0; k < connections[i].size(); ++k) {
      Shot& shot = *connections[i][k];
      take_reply(shot, replies[i], k);
    }
  }
  requests_ += static_cast<std::uint64_t>(std::count_if(shots.begin(), shots.end(), [](const Shot* shot) { return !shot->step.wire.bytes; }));
}

// Sends one shot again as long as the endpoint asks for time, or where the step redelivers like a provider.
Result<void> Bench::insist(Shot& shot) {
  Step step = shot.step;
  const auto again = [&](std::int64_t wait_ms) -> Result<void> {
    if (requests_ >= most_requests) return Error{ErrorKind::interrupted, kRequestsUsedUp};
    if (steady_ms() + wait_ms >= end) return Error{ErrorKind::interrupted, kTimeIsUp};
    if (!sleep(wait_ms)) return Error{ErrorKind::interrupted, "interrupted"};
    if (!step.replay_of) {
      Step same = step;
      same.id = shot.made.event_id;
      auto fresh = make_shot(same, {});
      if (!fresh) return fresh.error();
      fresh->step = step;
      shot = *std::move(fresh);
    }
    fire({&shot});
    return {};
  };
  for (int tries = 0; tries < kAskedWaits; ++tries) {
    const auto wait_ms = asked_wait_ms(shot);
    if (!wait_ms) break;
    if (auto done = again(*wait_ms); !done) return done;
  }
  std::int64_t gap_ms = 100;
  if (step.redeliver && !shot.success()) step.wire = {};  // as the provider sends it
  for (int tries = 0; step.redeliver && !shot.success() && tries < kRedeliveries; ++tries, gap_ms *= 2) {
    if (auto done = again(gap_ms); !done) return done;
  }
  return {};
}

void Bench::note(const Shot& shot) {
  const std::string& id = shot.made.event_id;
  if (shot.step.expect != Expect::refused) {
    sent_rightly_.insert(id);
  } else if (shot.status() >= 400 && !id.empty()) {
    refused_.insert({id, shot});
  }
  watch_.see(shot);
  last_shot_ = shot;
  if (parts_.on_shot) parts_.on_shot(shot);
}

std::map<std::string, Shot> Bench::refused() const {
  std::map<std::string, Shot> out;
  for (const auto& [id, shot] : refused_) {
    if (!sent_rightly_.contains(id)) out.insert({id, shot});
  }
  return out;
}

Result<void> Bench::play_group(const Case& wanted, std::size_t from, std::size_t to, Played& played) {
  if (interrupted() || !sleep(wanted.steps[from].wait_ms)) return Error{ErrorKind::interrupted, "interrupted"};
  if (to - from > most_requests - std::min(requests_, most_requests)) return Error{ErrorKind::interrupted, kRequestsUsedUp};
  if (steady_ms() >= end) return Error{ErrorKind::interrupted, kTimeIsUp};
  const std::size_t first = played.shots.size();
  for (std::size_t i = from; i < to; ++i) {
    auto shot = make_shot(wanted.steps[i], played.shots);
    if (!shot) return shot.error();
    played.shots.push_back(*std::move(shot));
  }
  std::vector<Shot*> shots;
  for (std::size_t i = first; i < played.shots.size(); ++i) shots.push_back(&played.shots[i]);
  fire(shots);
  for (Shot* shot : shots) {
    if (auto done = insist(*shot); !done) return done;
    // Nobody can say of an answer that the end of the run cuts off whether it would have come in time.
    if (shot->timed_out && steady_ms() >= end) return Error{ErrorKind::interrupted, kTimeIsUp};
    note(*shot);
  }
  return {};
}

Result<Played> Bench::play(const Case& wanted) {
  Played played;
  const bool wants_effects = has_probe() && !wanted.effects.empty();
  if (wants_effects) {
    auto before = effects_now();
    if (!before) return before.error();
    played.count_before = before->count;
  }
  for (std::size_t from = 0; from < wanted.steps.size();) {
    std::size_t to = from + 1;
    const int group = wanted.steps[from].group;
    while (group != 0 && to < wanted.steps.size() && wanted.steps[to].group == group) ++to;
    if (auto done = play_group(wanted, from, to, played); !done) return done.error();
    from = to;
  }
  if (parts_.program != nullptr) {
    const bool broke_off = std::any_of(played.shots.begin(), played.shots.end(), [](const Shot& shot) { return shot.failure && shot.failure->fault == http::SendFault::closed; });
    const std::int64_t until = steady_ms() + (broke_off ? kDiesWithinMs : kEndsWithinMs);
    while (!(played.ended = parts_.program->ended()) && steady_ms() < until) {
      if (!sleep(kEndsWithinMs)) return Error{ErrorKind::interrupted, "interrupted"};
    }
    if (played.ended) return played;  // nor is there a probe to read
  }
  // A forgery that got a 2xx is one only if it had an effect, too.
  const bool suspicious = has_probe() && std::any_of(played.shots.begin(), played.shots.end(), [](const Shot& shot) { return shot.step.expect == Expect::refused && shot.success(); });
  if (wants_effects || suspicious) {
    auto after = settled_effects(wanted.effects, played.count_before);
    if (!after) return after.error();
    played.effects = *std::move(after);
  }
  return played;
}

Result<Shot> Bench::deliver(const Step& step) {
  auto played = play({.name = "", .steps = {step}});
  if (!played) return played.error();
  return std::move(played->shots.front());
}

Result<Shot> Bench::control() { return deliver(Step{.event = main_event()}); }

Result<Effects> Bench::effects_now() {
  if (!has_probe()) return bug_error("effects are asked for without a probe");
  return parts_.probe->read();
}

Result<Effects> Bench::settled_effects() { return settled_effects({}, 0); }

// Effects that are still due are waited for longer, and how long that took is remembered.
Result<Effects> Bench::settled_effects(const std::vector<EffectCount>& due, std::int64_t count_before) {
  const std::int64_t begun = steady_ms();
  const auto is_due = [&](const Effects& effects) {
    std::int64_t sum = 0;
    for (const EffectCount& expected : due) {
      if (effects.has_ids && effects.of(expected.id) < expected.at_least) return true;
      sum += expected.at_least;
    }
    return !effects.has_ids && effects.count - count_before < sum;
  };
  if (!sleep(learnt_.settle_ms)) return Error{ErrorKind::interrupted, "interrupted"};
  auto last = effects_now();
  for (bool was_late = false; last; was_late = true) {
    if (is_due(*last) && steady_ms() - begun < kLatestEffectMs && !out_of_time()) {
      if (!sleep(kDueReadingMs)) return Error{ErrorKind::interrupted, "interrupted"};
    } else {
      if (was_late && !is_due(*last)) learnt_.settle_ms = std::clamp<std::int64_t>(steady_ms() - begun, learnt_.settle_ms, kLongestSettleMs);
      break;
    }
    last = effects_now();
  }
  for (int i = 0; last && i < kSettleReadings; ++i) {
    if (!sleep(kSettleReadingMs)) return Error{ErrorKind::interrupted, "interrupted"};
    auto next = effects_now();
    if (!next || next->count == last->count) return next;
    last = std::move(next);
  }
  return last;
}

}  // namespace hookctl::check
