// Rules about endpoints that wake an agent: it wakes once, not for its own doings, and does nothing that the texts of events say.
#include "check/rules_agents.hpp"

#include <algorithm>

#include "check/rule.hpp"

namespace hookctl::check {

namespace {

constexpr std::int64_t kLaterSettlings = 3;  // how often the usual time is waited for effects that come later

std::int64_t count_of(const Effects& effects, const std::string& id) {
  return effects.has_ids && !id.empty() ? effects.of(id) : effects.count;
}

bool has_effect(const Bench& bench) {
  const auto& handled = bench.learnt().handled;
  return !handled.empty() && handled.front().has_effect;
}

// One event, and then nothing: what is still done later was set off by what the agent did itself.
Result<Outcome> try_wakes_once(Bench& bench) {
  if (!has_effect(bench)) return usage_error("no event that is sent has an effect");
  auto before = bench.settled_effects();
  if (!before) return before.error();
  auto shot = bench.deliver(Step{.event = bench.main_event()});
  if (!shot) return shot.error();
  auto first = bench.settled_effects();
  if (!first) return first.error();
  auto later = first;
  for (std::int64_t i = 0; later && i < kLaterSettlings; ++i) later = bench.settled_effects();
  if (!later) return later.error();
  const std::string& id = shot->made.event_id;
  const std::int64_t once = count_of(*first, id) - count_of(*before, id);
  const std::int64_t more = count_of(*later, id) - count_of(*before, id);
  Outcome outcome;
  // An endpoint may do several things for an event; that it does them twice cannot be told from here.
  if (once > 1) outcome.remark = "one event has " + std::to_string(once) + " effects";
  if (once < 1 || more <= once) return outcome;
  Fault fault;
  fault.summary = "one event had effects again and again";
  fault.expected = "no further effect once the event's own is there";
  fault.seen = std::to_string(once) + (once == 1 ? " effect" : " effects") + ", and later " + std::to_string(more);
  fault.shots = {*std::move(shot)};
  outcome.fault = std::move(fault);
  return outcome;
}

Result<std::vector<Case>> own_action(Bench& bench) {
  if (bench.subject().own_action.empty()) return usage_error("no --own-action: it tells how the agent's own actions are marked");
  if (!has_effect(bench)) return usage_error("no event that is sent has an effect");
  const std::string id = bench.fresh_id();
  Step step{.event = bench.main_event(), .id = id, .edits = bench.subject().own_action, .expect = Expect::survived};
  return std::vector<Case>{
      {.name = "an event that the agent's own action caused", .steps = {step}, .effects = {{.id = id, .at_least = 0, .at_most = 0}}}};
}

}  // namespace

std::vector<RuleCode> agent_rules() {
  std::vector<RuleCode> out = agent_text_rules();
  for (RuleCode& rule : agent_code_rules()) out.push_back(std::move(rule));
  const auto names = std::find_if(out.begin(), out.end(), [](const RuleCode& rule) { return rule.id == "agents/name-as-key"; });
  out.insert(names, {
                        RuleCode{.id = "agents/wakes-once", .trial = try_wakes_once, .needs_probe = true},
                        RuleCode{.id = "agents/own-action", .cases = own_action, .needs_probe = true},
                    });
  return out;
}

}  // namespace hookctl::check
