// Which requests are forgeries is asked of our own verification before an endpoint is asked.
#include "check/forgery.hpp"

#include <list>
#include <utility>

#include "base/json_path.hpp"
#include "base/text.hpp"
#include "check/event_type.hpp"
#include "event/fields.hpp"
#include "signing/canonical.hpp"
#include "signing/place.hpp"
#include "signing/verify.hpp"

namespace hookctl::check {

namespace {

// Nothing when the request is one that a sound endpoint refuses.
Result<void> is_invalid(const Subject& subject, const Made& made) {
  const signing::VerifyInputs inputs{
      .url = made.url.text(), .audience = subject.audience.empty() ? subject.url.text() : subject.audience, .now = SystemClock().now()};
  const auto verified = signing::verify(subject.provider->scheme, subject.keys, made.request, inputs);
  if (!verified) return verified.error();
  if (verified->verdict == signing::Verdict::invalid) return {};
  if (verified->verdict == signing::Verdict::valid)
    return usage_error("the signature scheme does not tell such a request from a right one");
  if (subject.provider->scheme.kind == signing::Kind::none && subject.provider->scheme.alternatives.empty())
    return usage_error("this provider signs nothing");
  return usage_error(verified->message);
}

bool is_letter(char c) { return lower(c) >= 'a' && lower(c) <= 'z'; }

// A text that people wrote rather than a name, an address or a time: the longer the better.
std::size_t worth(const event::Field& field, const std::string& text) {
  const bool odd = field.type != "string" || !field.fresh.empty() || text.empty() || !is_letter(text.back());
  if (odd || text.find("://") != std::string::npos || text.find('@') != std::string::npos) return 0;
  return text.size() + (text.find(' ') != std::string::npos ? 10'000 : 0);
}

}  // namespace

const signing::Scheme& scheme_of(const Bench& bench) { return signing::in_effect(signing_way(*bench.subject().provider)); }

// Stripe's documentation says so of its pairs; others' libraries read one pair of a name.
bool takes_several(const Bench& bench) {
  const signing::SignatureForm& form = scheme_of(bench).signature;
  return !form.single && (form.list || (form.kv && bench.subject().provider->id == "stripe"));
}

Case forgery(std::string name, Step step) {
  step.expect = Expect::refused;
  return {.name = std::move(name), .steps = {std::move(step)}};
}

Result<Made> capture(Bench& bench, const Step& step) {
  Step whole = step;
  if (whole.event.empty()) whole.event = bench.main_event();
  SystemRandom random;
  return make(bench.subject(), whole, bench.stranger(), SystemClock().now(), random);
}

Result<std::vector<Case>> forgeries(Bench& bench, std::vector<Case> cases) {
  std::vector<Case> out;
  Error why = usage_error("there is nothing to forge");
  for (Case& one : cases) {
    bool fits = true;
    for (const Step& step : one.steps) {
      if (step.expect != Expect::refused) continue;
      auto made = capture(bench, step);
      auto invalid = made ? is_invalid(bench.subject(), *made) : Result<void>(made.error());
      if (invalid) continue;
      if (invalid.error().kind != ErrorKind::usage) return invalid.error();
      why = invalid.error();
      fits = false;
    }
    if (fits) out.push_back(std::move(one));
  }
  if (out.empty()) return why;
  return out;
}

Result<ClaimTexts> claim_of(const Subject& subject, const http::Request& request) {
  const signing::Scheme& scheme = signing::in_effect(signing_way(*subject.provider));
  if (scheme.kind == signing::Kind::none) return usage_error("this provider signs nothing");
  std::list<std::string> keep;
  const std::string_view document = signing::document_of(scheme, request);
  const auto field = signing::find(scheme.signature.from, request, document, keep);
  if (!field) return usage_error("there is no signature in the request");
  ClaimTexts out{std::string(*field)};
  if (!scheme.timestamp || scheme.timestamp->from.place == signing::Place::kv) return out;
  if (const auto text = signing::find(scheme.timestamp->from, request, document, keep)) out.timestamp = std::string(*text);
  return out;
}

Result<ChangedText> changed_text(Bench& bench, const std::string& event) {
  const Subject& subject = bench.subject();
  const provider::Fixture* sample = subject.sample(event);
  if (sample == nullptr) return usage_error("there is no sample of the event '" + event + "'");
  auto made = capture(bench, Step{.event = event});
  if (!made) return made.error();
  auto fields = event::fields(*subject.provider, *sample);
  if (!fields) return fields.error();
  std::size_t best = 0;
  std::string changed;
  for (const event::Field& field : *fields) {
    auto text = json_text_at(made->request.body, field.path);
    if (!text || worth(field, *text) <= best || is_structural(subject, field.path)) continue;
    const std::size_t value = worth(field, *text);
    text->back() = text->back() == 'e' ? 'a' : 'e';
    auto body = json_set(made->request.body, field.path, json_quote(*text));
    if (!body || *body == made->request.body) continue;
    best = value;
    changed = *std::move(body);
  }
  if (best == 0) return usage_error("the body has no text that could be changed");
  return ChangedText{Step{.event = event, .id = made->event_id, .body = made->request.body}, std::move(changed)};
}

}  // namespace hookctl::check
