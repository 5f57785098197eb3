// An event is acknowledged within the time that its provider waits.
#include <algorithm>

#include "base/encoding.hpp"
#include "base/json_path.hpp"
#include "base/text.hpp"
#include "check/event_type.hpp"
#include "check/rule.hpp"
#include "event/fields.hpp"
#include "signing/canonical.hpp"

namespace hookctl::check {

namespace {

constexpr std::size_t kBurst = 8;
constexpr std::size_t kLinkedEvents = 4;
constexpr std::int64_t kLongestDelayMs = 4'000;  // of our listener's answers, at first
constexpr std::int64_t kBeyondBudgetMs = 500;
constexpr std::int64_t kLongestBudgetMs = 15'000;  // beyond it, waiting for the budget's end takes too long

// --- plain events --------------------------------------------------------------------------------------------------------------------

enum class Pace { in_time, over_half, too_late, failed, refused };

Pace pace_of(const Shot& shot, std::int64_t budget_ms) {
  if (shot.status() >= 400 && shot.status() < 500) return Pace::refused;
  if (!shot.success()) return shot.timed_out ? Pace::too_late : Pace::failed;
  if (shot.duration_ms > budget_ms) return Pace::too_late;
  return shot.duration_ms * 2 > budget_ms ? Pace::over_half : Pace::in_time;
}

Fault pace_fault(const Bench& bench, const Shot& before, const Shot& shot, Pace pace) {
  const std::string& event = shot.made.event;
  Fault fault;
  fault.expected = "a 2xx within " + duration_text(bench.subject().budget_ms);
  fault.summary = pace == Pace::too_late ? "a plain " + event + " event was acknowledged too late"
                  : pace == Pace::failed ? "a plain " + event + " event was not acknowledged"
                                         : "a plain " + event + " event took more than half of the time that the provider waits";
  if (pace == Pace::over_half) {
    fault.expected = "a 2xx well within " + duration_text(bench.subject().budget_ms);
    fault.severity = report::Severity::low;
  }
  fault.seen = seen_words(shot);
  fault.shots = {before, shot};
  fault.trigger = 1;
  fault.place = event;
  fault.case_name = event;
  return fault;
}

bool is_wanted(Pace pace, bool half) { return half ? pace == Pace::over_half : pace == Pace::too_late || pace == Pace::failed; }

// The event once more: is it as it was the first time?
Result<Outcome> once_more(Bench& bench, const Shot& before, bool half) {
  auto shot = bench.deliver(Step{.event = before.made.event});
  if (!shot) return shot.error();
  Outcome outcome;
  const Pace pace = pace_of(*shot, bench.subject().budget_ms);
  if (is_wanted(pace, half)) outcome.fault = pace_fault(bench, before, *shot, pace);
  outcome.again = [before, half](Bench& again) { return once_more(again, before, half); };
  return outcome;
}

// Every sample was delivered once already; those that stood out are delivered again.
Result<Outcome> look_at_pace(Bench& bench, bool half) {
  Outcome outcome;
  std::vector<std::string> refused;
  for (const Shot& shot : bench.learnt().tried) {
    const Pace pace = pace_of(shot, bench.subject().budget_ms);
    if (pace == Pace::refused) refused.push_back(shot.made.event + " (" + std::to_string(shot.status()) + ")");
    if (!is_wanted(pace, half) || bench.out_of_time()) continue;
    auto done = once_more(bench, shot, half);
    if (!done || done->fault) return done;
    outcome.remark = shot.made.event + " stood out once, and not again: " + seen_words(shot);
  }
  if (!half && !refused.empty()) outcome.remark = "refused, so perhaps not event types that it takes: " + join(refused, ", ");
  return outcome;
}

Result<Outcome> try_budget(Bench& bench) { return look_at_pace(bench, false); }
Result<Outcome> try_half_budget(Bench& bench) { return look_at_pace(bench, true); }

// --- many at once --------------------------------------------------------------------------------------------------------------------

// An endpoint that still asks for time after it was given some is at its limit, and says so.
bool asks_for_time(const Shot& shot) { return shot.status() == 429 || (shot.status() == 503 && shot.answer->headers.has("Retry-After")); }

Result<Outcome> try_burst(Bench& bench) {
  const std::vector<std::string> events = bench.events(4);
  if (events.empty()) return usage_error("no event is accepted");
  Case burst{.name = std::to_string(kBurst) + " events at once", .steps = {}, .effects = {}};
  for (std::size_t i = 0; i < kBurst; ++i) burst.steps.push_back(Step{.event = events[i % events.size()], .group = 1});
  auto played = bench.play(burst);
  if (!played) return played.error();
  Outcome outcome;
  if (std::any_of(played->shots.begin(), played->shots.end(), asks_for_time)) {
    outcome.remark = "of " + burst.name + " some are told to come back, again and again";
    return outcome;
  }
  outcome.fault = judge(bench, burst, *played);
  return outcome;
}

// --- slow downstream -----------------------------------------------------------------------------------------------------------------

// The listener's answers are late as long as it lives.
class Delay {
 public:
  Delay(Listener& listener, std::int64_t ms) : listener_(listener) { listener_.delay_answers(ms); }
  ~Delay() { listener_.delay_answers(0); }
  Delay(const Delay&) = delete;
  Delay& operator=(const Delay&) = delete;

 private:
  Listener& listener_;
};

// Places that the verification goes by: another URL there makes a forgery of the event.
bool is_for_verification(const Bench& bench, const std::string& path) {
  const signing::Scheme& way = signing::in_effect(signing_way(*bench.subject().provider));
  const auto stands = [&](const signing::Source& source) { return source.place == signing::Place::json && source.name == path; };
  return (way.key_source && way.key_source->from && stands(*way.key_source->from)) ||
         std::any_of(way.require.begin(), way.require.end(), [&](const auto& required) { return stands(required.first); });
}

// A step whose URLs all lead to the listener; nothing where it has none.
std::optional<Step> linked_step(const Bench& bench, const std::string& event, const std::string& url) {
  const provider::Fixture* sample = bench.subject().sample(event);
  auto fields =
      sample != nullptr ? event::fields(*bench.subject().provider, *sample) : Result<std::vector<event::Field>>(usage_error("no sample"));
  if (!fields) return std::nullopt;
  Step step{.event = event};
  for (const event::Field& field : *fields) {
    if (field.type != "string" && field.type != "text") continue;
    const std::string text = field.type == "text" ? field.value : json_text_at("[" + field.value + "]", "[0]").value_or("");
    const bool is_url = text.starts_with("https://") || text.starts_with("http://");
    if (!is_url || is_structural(bench.subject(), field.path) || is_for_verification(bench, field.path)) continue;
    step.edits.push_back(event::SetValue{field.path, field.type == "text" ? url : json_quote(url)});
  }
  if (step.edits.empty()) return std::nullopt;
  step.expect = Expect::anything;
  return step;
}

struct Linked {
  std::string token;
  Step step;
};

Linked linked(Bench& bench, const std::string& event) {
  const std::string token = "downstream-" + random_text(bench.choices(), "0123456789abcdef", 12);
  auto step = linked_step(bench, event, bench.listener()->url(token));
  return step ? Linked{token, *std::move(step)} : Linked{};
}

std::optional<Fault> late_fault(const Bench& bench, const Shot& shot) {
  const std::int64_t budget_ms = bench.subject().budget_ms;
  const bool late = shot.timed_out || (shot.success() && shot.duration_ms > budget_ms);
  if (!late) return std::nullopt;
  Fault fault;
  fault.summary = "the URLs in a " + shot.made.event + " event lead to a server that answers slowly: the acknowledgement waits for it";
  fault.expected = "a 2xx within " + duration_text(budget_ms);
  fault.seen = seen_words(shot);
  fault.shots = {shot};
  fault.place = shot.made.event;
  fault.case_name = shot.made.event;
  return fault;
}

// The event with a listener that answers only after the budget.
Result<Outcome> beyond_budget(Bench& bench, const std::string& event) {
  const Linked link = linked(bench, event);
  if (link.token.empty()) return Outcome{};
  const Delay delay(*bench.listener(), bench.subject().budget_ms + kBeyondBudgetMs);
  auto shot = bench.deliver(link.step);
  if (!shot) return shot.error();
  Outcome outcome;
  if (bench.listener()->visited(link.token)) outcome.fault = late_fault(bench, *shot);
  outcome.again = [event](Bench& again) { return beyond_budget(again, event); };
  return outcome;
}

Result<Outcome> try_slow_downstream(Bench& bench) {
  if (bench.listener() == nullptr) return usage_error("there is no listener that URLs could lead to");
  const std::int64_t budget_ms = bench.subject().budget_ms;
  const std::int64_t delay_ms = std::min(budget_ms + kBeyondBudgetMs, kLongestDelayMs);
  std::vector<Linked> links;
  Case together{.name = "events whose URLs lead to a slow server", .steps = {}, .effects = {}};
  for (const std::string& event : bench.events(kLinkedEvents)) {
    Linked link = linked(bench, event);
    if (link.token.empty()) continue;
    together.steps.push_back(link.step);
    together.steps.back().group = 1;
    links.push_back(std::move(link));
  }
  if (links.empty()) return usage_error("none of the events has a URL in it");
  std::vector<Shot> shots;
  {
    const Delay delay(*bench.listener(), delay_ms);
    auto played = bench.play(together);
    if (!played) return played.error();
    shots = std::move(played->shots);
  }
  for (std::size_t i = 0; i < links.size(); ++i) {
    const bool waited = shots[i].answer ? shots[i].duration_ms >= delay_ms * 9 / 10 : shots[i].timed_out;
    if (!waited || !bench.listener()->visited(links[i].token)) continue;
    const std::string words =
        shots[i].made.event + ": the acknowledgement waited " + duration_text(shots[i].duration_ms) + " for a URL in the event";
    if (auto fault = delay_ms > budget_ms ? late_fault(bench, shots[i]) : std::nullopt) {
      return Outcome{.fault = std::move(fault), .remark = "", .again = [event = shots[i].made.event](Bench& again) {
                       return beyond_budget(again, event);
                     }};
    }
    if (budget_ms > kLongestBudgetMs) return Outcome{.fault = {}, .remark = words, .again = {}};
    // Whether it gives up in time shows only when nothing comes in time.
    auto outcome = beyond_budget(bench, shots[i].made.event);
    if (outcome && !outcome->fault) outcome->remark = words + ", but not too long";
    return outcome;
  }
  return Outcome{};
}

}  // namespace

std::vector<RuleCode> acknowledgement_rules() {
  return {
      {.id = "acknowledgement/budget", .trial = try_budget},
      {.id = "acknowledgement/half-budget", .trial = try_half_budget},
      {.id = "acknowledgement/burst", .trial = try_burst},
      {.id = "acknowledgement/slow-downstream", .trial = try_slow_downstream},
  };
}

}  // namespace hookctl::check
