// What no answer of the run may hold. These rules send nothing of their own: the bench's watch has seen all answers.
#include <string>
#include <utility>

#include "check/rule.hpp"
#include "check/watch.hpp"

namespace hookctl::check {

namespace {

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; !from.empty() && (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

// The same delivery by itself, with another id.
Step once_more(Bench& bench, const Shot& shot) {
  Step step = shot.step;
  step.event = shot.made.event;
  step.id.clear();
  if (step.replay_of) step = Step{.event = shot.made.event, .body = shot.made.request.body, .expect = step.expect};
  if (step.body && !shot.made.event_id.empty()) {
    step.id = bench.fresh_id();
    replace_all(*step.body, shot.made.event_id, step.id);
  }
  step.group = 0;
  step.wait_ms = 0;
  step.redeliver = false;
  step.wire.pipelined = false;
  return step;
}

Fault fault_of(const std::string& what, const Shot& shot, const std::string& never) {
  Fault fault;
  fault.summary = "an answer held " + what;
  fault.expected = never;
  fault.seen = seen_words(shot) + ", with " + what;
  fault.shots = {shot};
  return fault;
}

Outcome tell(const Sighting& sighting, Leak kind, const std::string& never) {
  Outcome outcome;
  outcome.fault = fault_of(sighting.what, *sighting.shot, never);
  outcome.again = [shot = sighting.shot, kind, never](Bench& bench) -> Result<Outcome> {
    auto again = bench.deliver(once_more(bench, *shot));
    if (!again) return again.error();
    Outcome out;
    if (const auto what = bench.watch().look(kind, *again)) out.fault = fault_of(*what, *again, never);
    return out;
  };
  return outcome;
}

RuleCode rule(std::string_view id, Leak kind, std::string never) {
  RuleCode code{.id = std::string(id)};
  code.trial = [kind, never = std::move(never)](Bench& bench) -> Result<Outcome> {
    if (kind == Leak::secret && bench.subject().keys.secrets.empty()) return usage_error("this provider has no secret");
    if (kind == Leak::signature && !bench.watch().knows_signatures())
      return usage_error("the right signature of a request cannot be told beforehand");
    const auto& seen = bench.watch().of(kind);
    return seen.empty() ? Outcome{} : tell(seen.front(), kind, never);
  };
  return code;
}

}  // namespace

std::vector<RuleCode> disclosure_rules() {
  return {
      rule("disclosure/stack-trace", Leak::stack_trace, "an answer without stack traces and debug pages"),
      rule("disclosure/secret", Leak::secret, "no answer holds anything of the secret"),
      rule("disclosure/signature", Leak::signature, "a refusal does not say which signature would have been right"),
      rule("disclosure/path", Leak::path, "no answer holds a path of the server's disk"),
  };
}

}  // namespace hookctl::check
