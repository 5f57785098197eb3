#include "fuzz/sequences.hpp"

#include <algorithm>
#include <map>

namespace hookctl::fuzz {

namespace {

constexpr std::size_t kSequences = 12;
constexpr std::size_t kEvents = 4;

enum class Kind { plain, again, at_once, forged, broken_off, sender_gone, odd_wire };

std::string label(std::size_t event) { return std::string("{") + static_cast<char>('a' + event) + "}"; }

class Sequence {
 public:
  Sequence(const std::vector<std::string>& events, const std::vector<std::string>& with_effect, bool forgeries, Random& random)
      : with_effect_(with_effect), forgeries_(forgeries), random_(random) {
    const std::size_t count = 1 + draw(3);
    for (std::size_t i = 0; i < count; ++i) types_.push_back(events[draw(events.size())]);
  }

  Case make() {
    const std::size_t length = 3 + draw(5);
    for (std::size_t i = 0; i < length; ++i) add(draw(types_.size()), kind());
    for (std::size_t event = 0; event < types_.size(); ++event) {
      if (!rightly_[event]) add(event, Kind::plain);  // each comes whole at least once
    }
    for (std::size_t event = 0; event < types_.size(); ++event) {
      const bool counts = std::find(with_effect_.begin(), with_effect_.end(), types_[event]) != with_effect_.end();
      if (counts) case_.play.effects.push_back({.id = label(event), .at_least = 1, .at_most = 1});
    }
    case_.mutator = "sequence";
    case_.play.name = "a sequence of " + std::to_string(case_.play.steps.size()) + " deliveries";
    return std::move(case_);
  }

 private:
  std::size_t draw(std::size_t below) { return static_cast<std::size_t>(random_.next() % below); }

  Kind kind() {
    constexpr Kind kKinds[] = {Kind::plain, Kind::plain, Kind::again, Kind::at_once, Kind::at_once, Kind::forged, Kind::broken_off, Kind::sender_gone, Kind::odd_wire};
    const Kind drawn = kKinds[draw(std::size(kKinds))];
    return drawn == Kind::forged && !forgeries_ ? Kind::plain : drawn;
  }

  void add(std::size_t event, Kind kind) {
    check::Step step;
    step.event = types_[event];
    step.id = label(event);
    step.redeliver = true;
    switch (kind) {
      case Kind::plain:
      case Kind::again:
        break;
      case Kind::odd_wire:
        step.wire.chunked = true;
        step.wire.chunk = 1 + draw(200);
        break;
      case Kind::forged:
        step.signing.keys = {check::SigningKey{.which = check::SigningKey::Which::stranger}};
        step.expect = check::Expect::refused;
        step.redeliver = false;
        break;
      case Kind::broken_off:
        step.wire.break_after = draw(100);
        step.expect = check::Expect::anything;
        step.redeliver = false;
        break;
      case Kind::sender_gone:
        step.wire.no_answer = true;
        step.wire.reset = draw(2) == 0;
        step.expect = check::Expect::anything;
        step.redeliver = false;
        break;
      case Kind::at_once:
        step.group = ++groups_;
        for (std::size_t more = 1 + draw(4); more > 0; --more) case_.play.steps.push_back(step);
        break;
    }
    if (step.expect == check::Expect::accepted) rightly_[event] = true;
    case_.play.steps.push_back(std::move(step));
  }

  const std::vector<std::string>& with_effect_;
  const bool forgeries_;
  Random& random_;
  std::vector<std::string> types_;  // of each event
  std::map<std::size_t, bool> rightly_;
  int groups_{0};
  Case case_;
};

}  // namespace

Case sequence(const std::vector<std::string>& events, const std::vector<std::string>& with_effect, bool forgeries, Random& random) {
  return Sequence(events, with_effect, forgeries, random).make();
}

Result<std::vector<std::string>> with_one_effect(check::Bench& bench) {
  std::vector<std::string> out;
  if (!bench.has_probe()) return out;
  for (const std::string& event : bench.events(kEvents)) {
    check::Step step;
    step.event = event;
    step.id = bench.fresh_id();
    const std::string id = step.id;
    auto played = bench.play({.name = "", .steps = {std::move(step)}, .effects = {{.id = id, .at_least = 1}}});
    if (!played) return played.error();
    if (!played->effects) continue;
    const std::int64_t count = played->effects->has_ids ? played->effects->of(id) : played->effects->count - played->count_before;
    if (count == 1) out.push_back(event);
  }
  return out;
}

Result<void> try_sequences(check::Bench& bench, Pursuit& pursuit) {
  if (!check::has_event_id(*bench.subject().provider)) return {};  // nothing says that two deliveries are of one event
  const std::vector<std::string> events = bench.events(kEvents);
  auto with_effect = with_one_effect(bench);
  if (!with_effect) return with_effect.error();
  const bool forgeries = check::signing_way(*bench.subject().provider).kind != signing::Kind::none;
  for (std::size_t i = 0; i < kSequences && !pursuit.over(); ++i) {
    auto failed = pursuit.try_case(sequence(events, *with_effect, forgeries, bench.choices()));
    if (!failed) return failed.error();
  }
  return pursuit.over() ? Result<void>{} : pursuit.look_after();
}

}  // namespace hookctl::fuzz
