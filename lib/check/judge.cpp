// What is a fault and what is not: the rules against false alarms stand here, in one place.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/text.hpp"
#include "check/rule.hpp"

namespace hookctl::check {

namespace {

// The keys and kinds of a JSON value, without what is in them.
std::string shape_of_json(const nlohmann::ordered_json& value, int depth) {
  if (value.is_object()) {
    std::vector<std::string> members;
    for (const auto& [key, member] : value.items()) members.push_back(key + (depth < 3 ? ":" + shape_of_json(member, depth + 1) : ""));
    std::sort(members.begin(), members.end());
    std::string out = "{";
    for (const std::string& member : members) out += member + ",";
    return out + "}";
  }
  return value.is_array() ? "[]" : value.is_boolean() ? std::string(value.get<bool>() ? "true" : "false") : value.is_null() ? "null" : value.is_number() ? "0" : "\"\"";
}

// Words without numbers and ids.
std::string shape_of_text(std::string_view body) {
  std::string out;
  for (const char c : body.substr(0, 200)) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit) out.push_back(c);
    else if (out.empty() || out.back() != '0') out.push_back('0');
  }
  return out;
}

std::string case_words(const Case& wanted) { return wanted.name.empty() ? "the event" : wanted.name; }

Fault fault_of(const Case& wanted, const Played& played, std::size_t step, std::string summary, std::string expected) {
  Fault fault;
  fault.summary = std::move(summary);
  fault.expected = std::move(expected);
  fault.seen = seen_words(played.shots[step]);
  fault.shots = played.shots;
  fault.trigger = step;
  fault.case_name = wanted.name;
  fault.severity = wanted.severity;
  return fault;
}

// Does the endpoint ask for time? It has been given some (Bench::play); that it needs more says something about load, and nothing about the rule.
bool asks_for_time(const Shot& shot) { return shot.status() == 429 || (shot.status() == 503 && shot.answer->headers.has("Retry-After")); }

// RFC 9110 15.5.12: a server may want a Content-Length.
bool asks_for_length(const Shot& shot) { return shot.status() == 411 && shot.step.wire.chunked; }

bool is_silent(const Shot& shot) { return !shot.answer && shot.failure; }

std::optional<Fault> judge_accepted(const Bench& bench, const Case& wanted, const Played& played, std::size_t i) {
  const Shot& shot = played.shots[i];
  const std::string budget = duration_text(bench.subject().budget_ms);
  if (!shot.success()) return fault_of(wanted, played, i, case_words(wanted) + ": a correctly signed event was not accepted", "a 2xx within " + budget);
  if (shot.duration_ms > bench.subject().budget_ms) return fault_of(wanted, played, i, case_words(wanted) + ": the answer came too late", "a 2xx within " + budget);
  return std::nullopt;
}

std::optional<Fault> judge_survived(const Case& wanted, const Played& played, std::size_t i, bool may_close) {
  const Shot& shot = played.shots[i];
  if (shot.status() >= 500) return fault_of(wanted, played, i, case_words(wanted) + ": the endpoint failed", "2xx or 4xx");
  const bool closed = shot.failure && (shot.failure->fault == http::SendFault::closed || shot.failure->fault == http::SendFault::malformed);
  if (is_silent(shot) && !(may_close && closed)) return fault_of(wanted, played, i, case_words(wanted) + ": the endpoint gave no answer", "2xx or 4xx");
  return std::nullopt;
}

std::optional<Fault> judge_refused(const Bench& bench, const Case& wanted, const Played& played, std::size_t i, std::string* remark) {
  const Shot& shot = played.shots[i];
  if (is_accepted(bench, shot, played)) return fault_of(wanted, played, i, case_words(wanted) + ": accepted", "a refusal, 400, 401 or 403, and no effect");
  if (shot.success() && remark != nullptr) *remark = case_words(wanted) + ": answered " + std::to_string(shot.status()) + ", but not as an event is";
  auto fault = judge_survived(wanted, played, i, false);
  if (fault) {
    fault->expected = "a refusal, 400, 401 or 403";
    fault->severity = report::Severity::medium;
  }
  return fault;
}

std::string effects_words(std::int64_t count) { return std::to_string(count) + (count == 1 ? " effect" : " effects"); }

Fault effects_fault(const Case& wanted, const Played& played, const EffectCount& expected, std::int64_t count) {
  std::size_t last = 0;
  for (std::size_t i = 0; i < played.shots.size(); ++i) {
    if (played.shots[i].made.event_id == expected.id) last = i;
  }
  const bool lost = count < expected.at_least;
  const std::string should = expected.at_least == expected.at_most ? effects_words(expected.at_least)
                             : lost                                ? "at least " + effects_words(expected.at_least)
                                                                   : "at most " + effects_words(expected.at_most);
  const std::string what = lost ? ": an event was lost" : ": " + effects_words(count) + " instead of " + std::to_string(expected.at_most);
  Fault fault = fault_of(wanted, played, last, case_words(wanted) + what, should + (expected.id.empty() ? "" : " of event " + expected.id));
  fault.about = lost ? Fault::About::lost_effect : Fault::About::effect_too_many;
  fault.seen = effects_words(count) + "; the last answer was " + seen_words(played.shots[last]);
  return fault;
}

// Of a probe without ids only the sum is known.
EffectCount sum_of(const std::vector<EffectCount>& effects) {
  EffectCount sum{.id = effects.size() == 1 ? effects.front().id : "", .at_most = 0};
  constexpr std::int64_t kAny = std::numeric_limits<std::int64_t>::max();
  for (const EffectCount& expected : effects) {
    sum.at_least += expected.at_least;
    sum.at_most = sum.at_most == kAny || expected.at_most == kAny ? kAny : sum.at_most + expected.at_most;
  }
  return sum;
}

std::optional<Fault> judge_effects(const Case& wanted, const Played& played) {
  if (!played.effects || played.shots.empty() || wanted.effects.empty()) return std::nullopt;
  const auto fits = [](const EffectCount& expected, std::int64_t count) { return count >= expected.at_least && count <= expected.at_most; };
  if (!played.effects->has_ids) {
    const EffectCount sum = sum_of(wanted.effects);
    const std::int64_t count = played.effects->count - played.count_before;
    return fits(sum, count) ? std::nullopt : std::optional(effects_fault(wanted, played, sum, count));
  }
  for (const EffectCount& expected : wanted.effects) {
    const std::int64_t count = played.effects->of(expected.id);
    if (!fits(expected, count)) return effects_fault(wanted, played, expected, count);
  }
  return std::nullopt;
}

}  // namespace

std::string shape_of(const http::Response& answer) {
  std::string out = std::to_string(answer.status / 100) + "xx ";
  const auto type = answer.headers.find("Content-Type");
  if (type) out += lower(type->substr(0, type->find(';')));
  auto json = parse_json(answer.body, "answer", {.depth = 16, .duplicate_keys = true});
  return out + " " + (json ? shape_of_json(*json, 0) : shape_of_text(answer.body));
}

std::string seen_words(const Shot& shot) {
  const std::string after = " after " + duration_text(shot.duration_ms);
  if (shot.answer) return "HTTP " + std::to_string(shot.status()) + after;
  if (shot.failure) return shot.timed_out ? "no answer within " + duration_text(shot.duration_ms) : shot.failure->message + after;
  return "no answer was waited for";
}

bool is_accepted(const Bench& bench, const Shot& shot, const Played& played) {
  if (!shot.success()) return false;
  const std::string& id = shot.made.event_id;
  if (played.effects && played.effects->has_ids && !id.empty()) return played.effects->of(id) > 0;
  return bench.learnt().shapes.contains(shape_of(*shot.answer));
}

std::optional<Fault> judge(const Bench& bench, const Case& wanted, const Played& played, std::string* remark) {
  if (played.ended && !played.shots.empty()) {
    Fault fault = fault_of(wanted, played, played.shots.size() - 1, case_words(wanted) + ": the program ended", "an endpoint that goes on serving");
    fault.seen += "; the program ended: " + *played.ended;
    fault.severity = report::Severity::critical;
    return fault;
  }
  for (std::size_t i = 0; i < played.shots.size(); ++i) {
    const Shot& shot = played.shots[i];
    if (!shot.answer && !shot.failure) continue;  // none was waited for
    if (asks_for_length(shot)) {
      if (remark != nullptr) *remark = case_words(wanted) + ": the endpoint wants a Content-Length (411)";
      continue;
    }
    if (asks_for_time(shot)) {
      if (remark != nullptr) *remark = case_words(wanted) + ": the endpoint asked to wait (" + std::to_string(shot.status()) + ")";
      continue;
    }
    std::optional<Fault> fault;
    switch (wanted.steps[i].expect) {
      case Expect::accepted: fault = judge_accepted(bench, wanted, played, i); break;
      case Expect::refused: fault = judge_refused(bench, wanted, played, i, remark); break;
      case Expect::survived: fault = judge_survived(wanted, played, i, false); break;
      case Expect::closed: fault = judge_survived(wanted, played, i, true); break;
      case Expect::anything: break;
    }
    if (fault) return fault;
  }
  return judge_effects(wanted, played);
}

}  // namespace hookctl::check
