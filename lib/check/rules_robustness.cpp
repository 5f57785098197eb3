// The group "robustness" as a whole, and what its parts share.
#include "check/rules_robustness.hpp"

#include <algorithm>
#include <array>
#include <memory>

namespace hookctl::check {

namespace {

constexpr std::array<std::string_view, 39> kOrder{"malformed-json", "empty-body",
                                                  "non-object",     "nesting",
                                                  "duplicate-keys", "huge-numbers",
                                                  "fractions",      "nulls",
                                                  "null-objects",   "missing-fields",
                                                  "wrong-types",    "empty-values",
                                                  "unknown-type",   "unknown-fields",
                                                  "prototype",      "control-characters",
                                                  "encoding",       "long-text",
                                                  "cut-characters", "odd-text",
                                                  "slow-patterns",  "dates",
                                                  "large-body",     "body-lengths",
                                                  "many-items",     "many-keys",
                                                  "oversized",      "chunked",
                                                  "slow-body",      "expect",
                                                  "charset",        "header-case",
                                                  "many-headers",   "content-encoding",
                                                  "framing",        "pipelined",
                                                  "cut-off",        "silent",
                                                  "refusals"};

std::size_t place_of(const RuleCode& rule) {
  const auto at =
      std::find_if(kOrder.begin(), kOrder.end(), [&](std::string_view name) { return rule.id.substr(rule.id.find('/') + 1) == name; });
  return static_cast<std::size_t>(at - kOrder.begin());
}

class TolerantTrial {
 public:
  TolerantTrial(Bench& bench, std::shared_ptr<const std::vector<Case>> cases, Tolerated tolerated)
      : bench_(bench), cases_(std::move(cases)), tolerated_(std::move(tolerated)) {}

  Result<Outcome> all() {
    std::optional<Error> unfit;
    bool any = false;
    for (const Case& wanted : *cases_) {
      if (outcome_.fault || bench_.out_of_time()) break;
      auto done = one(wanted);
      if (!done && done.error().kind != ErrorKind::usage) return done.error();
      if (!done) unfit = done.error();
      any = any || done.ok();
    }
    if (!any && unfit) return *unfit;
    return std::move(outcome_);
  }

 private:
  Result<void> one(const Case& wanted) {
    auto played = bench_.play(wanted);
    if (!played) return played.error();
    auto fault = judge(bench_, wanted, *played, &outcome_.remark);
    if (!fault) return {};
    const int status = fault->shots[fault->trigger].status();
    if (status >= tolerated_.from && status <= tolerated_.to) {
      outcome_.remark = wanted.name + ": " + tolerated_.remark;
      if (const std::size_t at = outcome_.remark.find("{status}"); at != std::string::npos)
        outcome_.remark.replace(at, 8, std::to_string(status));
      return {};
    }
    outcome_.fault = std::move(fault);
    outcome_.again = [only = std::make_shared<const std::vector<Case>>(1, wanted), tolerated = tolerated_](Bench& bench) {
      return TolerantTrial(bench, only, tolerated).all();
    };
    return {};
  }

  Bench& bench_;
  const std::shared_ptr<const std::vector<Case>> cases_;
  const Tolerated tolerated_;
  Outcome outcome_;
};

}  // namespace

Result<Outcome> tolerant_trial(Bench& bench, std::vector<Case> cases, const Tolerated& tolerated) {
  return TolerantTrial(bench, std::make_shared<const std::vector<Case>>(std::move(cases)), tolerated).all();
}

Result<Draft> main_draft(Bench& bench, bool json_only) {
  auto event = draft(bench, bench.main_event());
  if (event && json_only && event->body.is_form()) return usage_error("the events are forms");
  return event;
}

Result<std::size_t> outermost_object(const Body& body) {
  const auto& places = body.places();
  if (places[0].kind == ValueKind::object) return std::size_t{0};
  if (places[0].kind == ValueKind::array && places.size() > 1 && places[1].kind == ValueKind::object) return std::size_t{1};
  return usage_error("the events are no JSON objects");
}

std::vector<RuleCode> robustness_rules() {
  std::vector<RuleCode> rules;
  for (auto part : {robustness_text_rules(), robustness_type_rules(), robustness_field_rules(), robustness_size_rules(),
                    robustness_wire_rules(), robustness_load_rules()}) {
    rules.insert(rules.end(), part.begin(), part.end());
  }
  std::stable_sort(rules.begin(), rules.end(), [](const RuleCode& a, const RuleCode& b) { return place_of(a) < place_of(b); });
  return rules;
}

}  // namespace hookctl::check
