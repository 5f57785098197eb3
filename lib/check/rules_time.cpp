// Rules about the age of events: what is old, ahead, missing, no time at all, or fresher than what was signed.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.hpp"
#include "check/forgery.hpp"
#include "check/rule.hpp"
#include "signing/timestamp.hpp"

namespace hookctl::check {

namespace {

using signing::Kind;
using signing::Place;
using signing::TimeUnit;
using Cases = Result<std::vector<Case>>;
using Op = Tamper::Op;

constexpr std::int64_t kSecond = 1'000;
constexpr std::int64_t kHour = 3'600 * kSecond;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::string_view kNoTimestamp = "the signature scheme has no timestamp";
constexpr std::string_view kAnyAge = "the provider names no age beyond which an event is refused";

std::string time_text(const signing::Scheme& scheme, std::int64_t shift_ms) {
  return signing::timestamp_text(SystemClock().now() + shift_ms, scheme.timestamp->unit);
}

Step shifted(std::int64_t shift_ms) {
  Step step;
  step.signing.shift_ms = shift_ms;
  return step;
}

Step stamped(std::string text) {
  Step step;
  step.signing.timestamp = std::move(text);
  return step;
}

// How old an event may be by what the provider says; of a token by its expiry. Nothing: any age.
std::optional<std::int64_t> age_limit(const signing::Scheme& scheme) {
  if (scheme.kind != Kind::jwt) return scheme.timestamp ? scheme.timestamp->max_age_ms : std::nullopt;
  if (!scheme.jwt) return std::nullopt;
  if (scheme.jwt->max_iat_age_ms) return *scheme.jwt->max_iat_age_ms + scheme.jwt->leeway_ms;
  return scheme.jwt->honours_exp ? std::optional<std::int64_t>(scheme.jwt->lifetime_s * kSecond + scheme.jwt->leeway_ms) : std::nullopt;
}

// --- old and ahead -------------------------------------------------------------------------------------------------------------------

Cases stale(Bench& bench) {
  const signing::Scheme& scheme = scheme_of(bench);
  if (!scheme.timestamp && scheme.kind != Kind::jwt) return usage_error(std::string(kNoTimestamp));
  const auto limit = age_limit(scheme);
  if (!limit) return usage_error(std::string(kAnyAge));
  std::vector<Case> cases;
  for (const std::int64_t age : {std::max(kDay, 4 * *limit), std::max(2 * kHour, 2 * *limit)}) {
    cases.push_back(forgery("a correctly signed event of " + duration_text(age) + " ago", shifted(-age)));
  }
  return forgeries(bench, std::move(cases));
}

Cases ahead(Bench& bench) {
  const signing::Scheme& scheme = scheme_of(bench);
  if (!scheme.timestamp) return usage_error(std::string(kNoTimestamp));
  if (!scheme.timestamp->max_future_ms) return usage_error("the provider does not ask to refuse events from ahead");
  return forgeries(bench, {forgery("a correctly signed event of tomorrow", shifted(kDay))});
}

// Seconds go by while a request is under way, and clocks are a little apart.
Cases tolerance(Bench& bench) {
  const signing::Scheme& scheme = scheme_of(bench);
  if (!scheme.timestamp) return usage_error(std::string(kNoTimestamp));
  const auto& limit = scheme.timestamp->max_age_ms;
  const auto& future = scheme.timestamp->max_future_ms;
  std::vector<Case> cases;
  const auto add = [&](const std::string& name, std::int64_t shift_ms) { cases.push_back({.name = name, .steps = {shifted(shift_ms)}}); };
  if (!limit || *limit >= 90 * kSecond) add("an event that is a minute old", -60 * kSecond);
  if (const std::int64_t near = limit ? std::min(*limit * 29 / 30, *limit - 5 * kSecond) : 0; near > 0)
    add("an event that is " + std::to_string(near / kSecond) + " s old, within the tolerance", -near);
  if (!future || *future >= 10 * kSecond) add("an event that is 5 s ahead of the clock", 5 * kSecond);
  if (cases.empty()) return usage_error("the provider's tolerance is too small to try");
  return cases;
}

// --- no time at all ------------------------------------------------------------------------------------------------------------------

// The pairs of a signature field without the timestamp's.
std::string without_time(const signing::Scheme& scheme, std::string_view field) {
  const signing::KeyValueForm& form = *scheme.signature.kv;
  std::vector<std::string> kept;
  for (const std::string_view pair : split(field, form.sep)) {
    if (trim_blanks(pair.substr(0, pair.find(form.eq))) != scheme.timestamp->from.name) kept.emplace_back(pair);
  }
  return join(kept, form.sep);
}

Cases missing(Bench& bench) {
  const signing::Scheme& scheme = scheme_of(bench);
  if (!scheme.timestamp || scheme.kind == Kind::jwt) return usage_error(std::string(kNoTimestamp));
  if (scheme.timestamp->from.place == Place::json) return usage_error("the timestamp stands in the body");
  const char* name = "an event without its timestamp";
  Step step;
  if (scheme.timestamp->from.place == Place::header) {
    step.tampers = {{.op = Op::remove_header, .name = scheme.timestamp->from.name}};
    return forgeries(bench, {forgery(name, std::move(step))});
  }
  if (!scheme.signature.kv) return usage_error(std::string(kNoTimestamp));
  auto made = capture(bench, Step{});
  if (!made) return made.error();
  auto claim = claim_of(bench.subject(), made->request);
  if (!claim) return claim.error();
  step = {.id = made->event_id, .body = made->request.body};
  step.tampers = {{.op = Op::set_field, .text = without_time(scheme, claim->field)}};
  return forgeries(bench, {forgery(name, std::move(step))});
}

// Official libraries that compare whatever is no number with the oldest time allowed, find that it is not smaller, and let it pass. The
// signature covers it, so that nobody but the provider can send it: no fault of who uses them.
bool is_lenient(const Bench& bench) {
  constexpr std::array<std::string_view, 4> kLenient{"calendly", "cloudinary", "elevenlabs", "paddle"};
  return std::find(kLenient.begin(), kLenient.end(), bench.subject().provider->id) != kLenient.end();
}

Cases junk(Bench& bench) {
  const signing::Scheme& scheme = scheme_of(bench);
  if (!scheme.timestamp || scheme.kind == Kind::jwt) return usage_error(std::string(kNoTimestamp));
  if (!scheme.timestamp->max_age_ms) return usage_error(std::string(kAnyAge));
  const bool plain = scheme.timestamp->unit == TimeUnit::seconds && scheme.timestamp->from.place != Place::json;
  if (!plain || is_lenient(bench)) return usage_error("the provider's own library lets such timestamps pass");
  std::vector<Case> cases;
  for (const std::string text : {"soon", "", "12abc", "1e9", "-1"})
    cases.push_back(forgery("a correctly signed event with the timestamp '" + text + "'", stamped(text)));
  return forgeries(bench, std::move(cases));
}

// Where events from ahead are let pass, milliseconds are.
Cases milliseconds(Bench& bench) {
  const signing::Scheme& scheme = scheme_of(bench);
  if (!scheme.timestamp) return usage_error(std::string(kNoTimestamp));
  if (scheme.timestamp->unit != TimeUnit::seconds) return usage_error("the provider's timestamps are not in seconds");
  if (!scheme.timestamp->max_future_ms) return usage_error("the provider does not ask to refuse events from ahead");
  return forgeries(bench,
                   {forgery("a correctly signed event with its timestamp in milliseconds", stamped(std::to_string(SystemClock().now())))});
}

Cases overflow(Bench& bench) {
  const signing::Scheme& scheme = scheme_of(bench);
  if (!scheme.timestamp || scheme.kind == Kind::jwt) return usage_error(std::string(kNoTimestamp));
  std::vector<Case> forged;
  std::vector<Case> cases;
  for (const std::size_t zeros : {15U, 30U}) {
    const std::string text = "1" + std::string(zeros, '0');
    const std::string words = "the timestamp 10^" + std::to_string(zeros);
    Step step = stamped(text);
    step.signing.keys = {SigningKey{.which = SigningKey::Which::stranger}};
    forged.push_back(forgery("an event with a wrong signature and " + words, std::move(step)));
    if (scheme.timestamp->max_future_ms) {
      forged.push_back(forgery("a correctly signed event with " + words, stamped(text)));
    } else {
      Step survived = stamped(text);
      survived.expect = Expect::survived;
      cases.push_back({.name = "a correctly signed event with " + words, .steps = {std::move(survived)}});
    }
  }
  auto refused = forgeries(bench, std::move(forged));
  if (!refused && cases.empty()) return refused.error();
  if (refused) cases.insert(cases.begin(), refused->begin(), refused->end());
  return cases;
}

// --- fresher than what was signed ----------------------------------------------------------------------------------------------------

Cases changed(Bench& bench) {
  const signing::Scheme& scheme = scheme_of(bench);
  if (!scheme.timestamp) return usage_error(std::string(kNoTimestamp));
  Step step = shifted(-kDay);
  step.tampers = {{.op = Op::set_timestamp, .text = time_text(scheme, 0)}};
  return forgeries(bench, {forgery("an event of yesterday with a fresh timestamp over its signature", std::move(step))});
}

// In pairs: a fresh one in the old field, or in a field of its own.
std::vector<Case> doubled_pairs(const signing::Scheme& scheme, std::int64_t age_ms) {
  const signing::KeyValueForm& form = *scheme.signature.kv;
  const std::string pair = scheme.timestamp->from.name + form.eq + time_text(scheme, 0);
  const auto add = [&](std::string name, Tamper tamper) {
    Step step = shifted(-age_ms);
    step.tampers = {std::move(tamper)};
    return forgery(std::move(name), std::move(step));
  };
  return {add("an old event with a fresh timestamp in front of its own", {.op = Op::prepend_field, .text = pair + form.sep}),
          add("an old event with a fresh timestamp behind its own", {.op = Op::append_field, .text = form.sep + pair}),
          add("an old event with a fresh timestamp in a field before its own", {.op = Op::repeat_field, .text = pair, .number = 0}),
          add("an old event with a fresh timestamp in a field behind its own", {.op = Op::repeat_field, .text = pair, .number = 1})};
}

std::vector<Case> doubled_fields(const signing::Scheme& scheme, std::int64_t age_ms) {
  const std::string& name = scheme.timestamp->from.name;
  const std::string old = time_text(scheme, -age_ms);
  const std::string fresh = time_text(scheme, 0);
  Step behind = stamped(old);
  behind.tampers = {{.op = Op::add_header, .name = name, .text = fresh}};
  Step before = stamped(old);
  before.tampers = {{.op = Op::set_header, .name = name, .text = fresh}, {.op = Op::add_header, .name = name, .text = old}};
  return {forgery("an old event with a second, fresh timestamp in front of its own", std::move(before)),
          forgery("an old event with a second, fresh timestamp behind its own", std::move(behind))};
}

Cases doubled(Bench& bench) {
  const signing::Scheme& scheme = scheme_of(bench);
  if (!scheme.timestamp || scheme.kind == Kind::jwt) return usage_error(std::string(kNoTimestamp));
  if (!scheme.timestamp->max_age_ms) return usage_error(std::string(kAnyAge));
  const std::int64_t age_ms = std::max(kDay, 4 * *scheme.timestamp->max_age_ms);
  switch (scheme.timestamp->from.place) {
    case Place::kv:
      return scheme.signature.kv ? forgeries(bench, doubled_pairs(scheme, age_ms)) : Cases(usage_error(std::string(kNoTimestamp)));
    case Place::header:
      return forgeries(bench, doubled_fields(scheme, age_ms));
    case Place::json:
      break;
  }
  return usage_error("the timestamp stands in the body");
}

}  // namespace

std::vector<RuleCode> time_rules() {
  return {
      {.id = "time/stale", .cases = stale},
      {.id = "time/ahead", .cases = ahead},
      {.id = "time/missing", .cases = missing},
      {.id = "time/junk", .cases = junk, .follows = "time/stale"},
      {.id = "time/milliseconds", .cases = milliseconds, .follows = "time/ahead"},
      {.id = "time/overflow", .cases = overflow},
      {.id = "time/changed", .cases = changed},
      {.id = "time/doubled", .cases = doubled, .follows = "time/stale"},
      {.id = "time/tolerance", .cases = tolerance},
  };
}

}  // namespace hookctl::check
