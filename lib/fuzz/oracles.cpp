#include "fuzz/oracles.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "base/text.hpp"
#include "check/rulebook.hpp"
#include "fuzz/embedded.hpp"

namespace hookctl::fuzz {

namespace {

using check::Fault;
using check::Shot;

constexpr check::RuleGroup kGroups[] = {{"fuzz", "what must hold whatever is sent"}};

std::vector<report::Rule> load() {
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.path != "oracles.json") continue;
    auto rules = check::parse_rulebook(file.bytes, check::remedies_json(), kGroups);
    if (!rules) throw std::logic_error(rules.error().message);
    return *std::move(rules);
  }
  throw std::logic_error("oracles.json is not in the binary");
}

// Which oracle a judged fault breaks.
std::string oracle_of(const Fault& fault, const check::Played& played) {
  if (played.ended) return "fuzz/ended";
  if (fault.about == Fault::About::lost_effect) return "fuzz/lost";
  if (fault.about == Fault::About::effect_too_many) return "fuzz/twice";
  const Shot& shot = fault.shots[fault.trigger];
  if (shot.failure && shot.failure->fault == http::SendFault::unreachable) return "fuzz/ended";
  if (!shot.answer) return "fuzz/no-answer";
  if (shot.status() >= 500) return "fuzz/server-error";
  if (shot.step.expect == check::Expect::refused && shot.success()) return "fuzz/forgery";
  if (shot.step.expect == check::Expect::accepted && !shot.success()) return "fuzz/refused-valid";
  return "fuzz/late";
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The word by itself, not inside a longer number and not behind a decimal point.
bool holds(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool is_fraction = at > 1 && text[at - 1] == '.' && is_digit(text[at - 2]);
    if ((at == 0 || !is_digit(text[at - 1])) && !is_fraction && (end == text.size() || !is_digit(text[end]))) return true;
  }
  return false;
}

bool was_sent(const check::Played& played, const std::string& word) {
  return std::any_of(played.shots.begin(), played.shots.end(), [&](const Shot& shot) { return shot.bytes.find(word) != std::string::npos; });
}

Fault lured(const check::Played& played, const Lure& lure, std::string summary, std::string seen) {
  Fault fault;
  fault.summary = std::move(summary);
  fault.expected = "texts of events are data: they are stored or shown, never computed or fetched";
  fault.seen = std::move(seen);
  fault.shots = played.shots;
  fault.trigger = played.shots.size() - 1;
  fault.place = lure.place;
  return fault;
}

// What is done beside the answer comes a little later.
bool is_visited(check::Bench& bench, const std::string& token, bool patient) {
  const std::int64_t until = steady_ms() + (patient ? bench.learnt().settle_ms : 0);
  while (!bench.listener()->visited(token)) {
    if (steady_ms() >= until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return true;
}

std::optional<Failure> look_at_lures(check::Bench& bench, const Case& wanted, const Instance& instance, const check::Played& played, bool patient) {
  for (const Lure& lure : wanted.lures) {
    if (lure.word.empty() || was_sent(played, lure.word)) continue;
    const bool answered = std::any_of(played.shots.begin(), played.shots.end(), [&](const Shot& shot) { return shot.answer && holds(shot.answer->body, lure.word); });
    const bool kept = played.effects && holds(played.effects->text, lure.word);
    if (!answered && !kept) continue;
    const std::string where = answered ? " in the answer" : " in the effects";
    return Failure{"fuzz/computed", lured(played, lure, lure.place + ": an expression in it was computed", "the result " + lure.word + where), "computed"};
  }
  const auto fetched = std::find_if(wanted.lures.begin(), wanted.lures.end(), [](const Lure& lure) { return lure.fetch; });
  if (fetched == wanted.lures.end() || bench.listener() == nullptr) return std::nullopt;
  for (const std::string& token : instance.tokens) {
    if (!is_visited(bench, token, patient)) continue;
    return Failure{"fuzz/fetched", lured(played, *fetched, fetched->place + ": an address in it was fetched", "a request to our own listener at " + bench.listener()->url(token)), "fetched"};
  }
  return std::nullopt;
}

// An odd event may be refused, but not so late that the provider has given up.
std::optional<Failure> look_at_time(const check::Bench& bench, const Case& wanted, const check::Played& played) {
  const std::int64_t budget_ms = bench.subject().budget_ms;
  for (std::size_t i = 0; i < played.shots.size(); ++i) {
    const Shot& shot = played.shots[i];
    if (!shot.answer || shot.duration_ms <= budget_ms || shot.step.expect == check::Expect::anything) continue;
    Fault fault;
    fault.summary = wanted.play.name + ": the answer came too late";
    fault.expected = "an answer within " + duration_text(budget_ms);
    fault.seen = check::seen_words(shot);
    fault.shots = played.shots;
    fault.trigger = i;
    return Failure{"fuzz/late", std::move(fault), "late"};
  }
  return std::nullopt;
}

std::string mark_of(const std::string& oracle, const Fault& fault) {
  const Shot& shot = fault.shots[fault.trigger];
  if (oracle == "fuzz/server-error") return std::to_string(shot.status()) + " " + check::shape_of(*shot.answer);
  if (oracle == "fuzz/no-answer" && shot.failure) return std::string(http::fault_name(shot.failure->fault));
  return oracle;
}

}  // namespace

const std::vector<report::Rule>& oracles() {
  static const std::vector<report::Rule> rules = load();
  return rules;
}

const report::Rule* find_oracle(std::string_view id) {
  const auto& all = oracles();
  const auto found = std::find_if(all.begin(), all.end(), [&](const report::Rule& rule) { return rule.id == id; });
  return found == all.end() ? nullptr : &*found;
}

std::optional<Failure> look(check::Bench& bench, const Case& wanted, const Instance& instance, const check::Played& played, bool patient) {
  if (played.shots.empty()) return std::nullopt;
  if (auto fault = check::judge(bench, instance.play, played)) {
    std::string oracle = oracle_of(*fault, played);
    std::string mark = mark_of(oracle, *fault);
    return Failure{std::move(oracle), *std::move(fault), std::move(mark)};
  }
  if (auto late = look_at_time(bench, wanted, played)) return late;
  return look_at_lures(bench, wanted, instance, played, patient);
}

}  // namespace hookctl::fuzz
