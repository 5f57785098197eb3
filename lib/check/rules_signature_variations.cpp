// Rules about events that are signed right and look unusual, and about what forgeries leave behind.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "base/encoding.hpp"
#include "base/json_path.hpp"
#include "base/json_style.hpp"
#include "base/text.hpp"
#include "check/event_type.hpp"
#include "check/forgery.hpp"
#include "check/rules_signature.hpp"
#include "event/fields.hpp"

namespace hookctl::check {

namespace {

using Cases = Result<std::vector<Case>>;
using Op = Tamper::Op;
using Which = SigningKey::Which;

constexpr std::size_t kMostTexts = 6;

Case accepted(std::string name, Step step) { return {.name = std::move(name), .steps = {std::move(step)}}; }

// --- several signatures --------------------------------------------------------------------------------------------------------------

Cases rotation(Bench& bench) {
  if (!takes_several(bench)) return usage_error("the signature field is not known to hold several signatures");
  const SigningKey right{};
  const SigningKey wrong{.which = Which::stranger};
  Step behind;
  behind.signing.keys = {wrong, right};
  Step before;
  before.signing.keys = {right, wrong};
  return std::vector<Case>{accepted("a wrong signature in front of the right one", std::move(behind)),
                           accepted("a wrong signature behind the right one", std::move(before))};
}

Cases unknown_version(Bench& bench) {
  if (!takes_several(bench)) return usage_error("the signature field is not known to hold several versions");
  const signing::SignatureForm& form = scheme_of(bench).signature;
  const std::string made_up = random_text(bench.choices(), "0123456789abcdef", 64);
  Step step;
  if (form.list)
    step.tampers = {{.op = Op::prepend_field, .text = "v9" + form.list->scheme_sep + made_up + form.list->sep}};
  else
    step.tampers = {{.op = Op::append_field, .text = form.kv->sep + "v9" + form.kv->eq + made_up}};
  return std::vector<Case>{accepted("a signature of an unknown version beside the right one", std::move(step))};
}

Cases two_fields(Bench& bench) {
  Step wrong;
  wrong.signing.keys = {SigningKey{.which = Which::stranger}};
  auto other = capture(bench, wrong);
  if (!other) return other.error();
  auto claim = claim_of(bench.subject(), other->request);
  if (!claim) return claim.error();
  Case both{.name = "two signature fields, one right and one wrong"};
  for (const std::int64_t place : {0, 1}) {
    Step step{.id = bench.fresh_id()};
    step.tampers = {{.op = Op::repeat_field, .text = claim->field, .number = place}};
    step.expect = Expect::survived;
    if (!step.id.empty()) both.effects.push_back({.id = step.id, .at_most = 1});
    both.steps.push_back(std::move(step));
  }
  return std::vector<Case>{std::move(both)};
}

// --- the same event in other bytes ---------------------------------------------------------------------------------------------------

// A plain JSON event, its id and what it is in other bytes.
struct Written {
  std::string id;
  std::string body;
};

Result<Written> plain(Bench& bench) {
  Written out{bench.fresh_id(), ""};
  out.body = bench.plain_body(bench.main_event(), out.id);
  const auto tree = JsonTree::read(out.body);
  if (!tree || !tree->is_container()) return usage_error("the events are no JSON");
  return out;
}

Step written(const Written& event, std::string body) { return Step{.event = "", .body = std::move(body), .body_id = event.id}; }

// `text` as a JSON string whose first letter is a \u escape; "" when it has none there.
std::string with_escape(const std::string& text) {
  if (text.empty() || lower(text.front()) < 'a' || lower(text.front()) > 'z') return "";
  return "\"\\u00" + to_hex(text.substr(0, 1)) + json_quote(text.substr(1)).substr(1);
}

// Escapes where there need not be any: beyond ASCII, of slashes, and of the first letter of each text.
std::string escaped(Bench& bench, const std::string& body) {
  std::string out = JsonTree::read(body)->write({.spelling = {.kept = false, .ascii = true, .slash = true}});
  const Subject& subject = bench.subject();
  const provider::Fixture* sample = subject.sample(bench.main_event());
  auto fields = sample != nullptr ? event::fields(*subject.provider, *sample) : Result<std::vector<event::Field>>(usage_error(""));
  if (!fields) return out;
  for (const event::Field& field : *fields) {
    const auto text = field.type == "string" ? json_text_at(out, field.path) : std::nullopt;
    const std::string spelt = text ? with_escape(*text) : "";
    if (spelt.empty()) continue;
    if (auto changed = json_set(out, field.path, spelt)) out = *std::move(changed);
  }
  return out;
}

struct Spelling {
  const char* name;
  std::string (*write)(Bench&, const std::string& body);
};

std::string pretty(Bench&, const std::string& body) {
  return JsonTree::read(body)->write({.layout = {.colon = ": ", .indent = "  "}, .order = KeyOrder::sorted});
}

Cases json_spelling(Bench& bench) {
  const std::array<Spelling, 2> spellings{{
      {"a pretty-printed body with its keys in another order", pretty},
      {"a body with \\u escapes and escaped slashes", escaped},
  }};
  std::vector<Case> cases;
  for (const Spelling& spelling : spellings) {
    auto event = plain(bench);
    if (!event) return event.error();
    const std::string body = spelling.write(bench, event->body);
    if (body != event->body) cases.push_back(accepted(spelling.name, written(*event, body)));
  }
  if (cases.empty()) return usage_error("the events look the same in every spelling");
  return cases;
}

// Everything that a line of text may have around and in it.
Cases white_space(Bench& bench) {
  auto event = plain(bench);
  if (!event) return event.error();
  const std::string lines =
      JsonTree::read(event->body)->write({.layout = {.comma = " ,", .colon = "\t: ", .indent = " ", .newline = "\r\n"}});
  return std::vector<Case>{
      accepted("a body with a blank in front of it, CRLF line ends in it and one behind it", written(*event, " " + lines + "\r\n"))};
}

// --- texts ---------------------------------------------------------------------------------------------------------------------------

// Is it a field that people write into? By the last name of its path.
bool is_free_text(std::string_view path) {
  constexpr std::array<std::string_view, 13> kNames{"text", "title", "description", "message", "body",    "subject", "summary",
                                                    "note", "notes", "comment",     "content", "caption", "bio"};
  const std::size_t dot = path.rfind('.');
  const std::string name = lower(path.substr(dot == std::string_view::npos ? 0 : dot + 1));
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

// What stands there may be an address, a path or a document of its own, which must stay what it is.
bool is_prose(std::string_view text) {
  return text.find("://") == std::string_view::npos && text.find('@', 2) == std::string_view::npos && text.find_first_of("/{[") != 0;
}

// Every text that people write gets `more` at its end; where there is none, an unknown field holds it.
Result<std::vector<event::Edit>> with_texts(Bench& bench, const std::string& more) {
  const Subject& subject = bench.subject();
  const provider::Fixture* sample = subject.sample(bench.main_event());
  if (sample == nullptr) return usage_error("there is no sample of the event");
  auto fields = event::fields(*subject.provider, *sample);
  if (!fields) return fields.error();
  std::vector<event::Edit> edits;
  for (const event::Field& field : *fields) {
    const bool text = field.type == "string" || field.type == "text";
    if (!text || !field.fresh.empty() || edits.size() == kMostTexts || is_structural(subject, field.path) || !is_free_text(field.path))
      continue;
    const std::string old = field.type == "text" ? field.value : json_text_at(sample->body, field.path).value_or("");
    if (!is_prose(old)) continue;
    edits.push_back(event::SetValue{field.path, field.type == "text" ? old + " " + more : json_quote(old + " " + more)});
  }
  if (edits.empty()) edits.push_back(event::SetValue{"hookctl_note", json_quote(more)});
  return edits;
}

Cases multibyte(Bench& bench) {
  auto edits = with_texts(bench, "Z\u00fcrich \u65e5\u672c\u8a9e e\u0301 \U0001F44D\U0001F3FD\u2028\U0001F600");
  if (!edits) return edits.error();
  return std::vector<Case>{
      accepted("umlauts, Japanese, combining accents, emoji and a line separator in texts", Step{.edits = *std::move(edits)})};
}

// --- what forgeries leave behind -----------------------------------------------------------------------------------------------------

Result<Outcome> look_at(Bench& bench, const std::vector<Shot>& refused);

// The same forgery with a fresh id; one with a body of its own cannot have one, and has had its effect.
Result<Outcome> once_more(Bench& bench, const Shot& shot) {
  if (shot.step.body || shot.step.replay_of) return look_at(bench, {shot});
  Step step = shot.step;
  step.event = shot.made.event;
  step.id.clear();
  step.expect = Expect::refused;
  auto again = bench.deliver(step);
  if (!again) return again.error();
  return look_at(bench, {*again});
}

Result<Outcome> look_at(Bench& bench, const std::vector<Shot>& refused) {
  auto effects = bench.settled_effects();
  if (!effects) return effects.error();
  if (!effects->has_ids) return usage_error("the effects probe names no event ids");
  Outcome out;
  for (const Shot& shot : refused) {
    const std::int64_t count = effects->of(shot.made.event_id);
    if (count == 0) continue;
    out.fault = Fault{.summary = "a forged event was refused with " + std::to_string(shot.status()) + " and had its effect all the same",
                      .expected = "no effect of event " + shot.made.event_id,
                      .seen = std::to_string(count) + (count == 1 ? " effect" : " effects"),
                      .shots = {shot}};
    out.again = [shot](Bench& again) { return once_more(again, shot); };
    return out;
  }
  return out;
}

Result<Outcome> no_effect(Bench& bench) {
  std::vector<Shot> refused;
  for (auto& [id, shot] : bench.refused()) refused.push_back(shot);
  if (refused.empty()) return usage_error("no forgery with an event id was refused");
  return look_at(bench, refused);
}

}  // namespace

std::vector<RuleCode> signature_variation_rules() {
  return {
      {.id = "signature/rotation", .cases = rotation},
      {.id = "signature/unknown-version", .cases = unknown_version},
      {.id = "signature/two-fields", .cases = two_fields},
      {.id = "signature/json-spelling", .cases = json_spelling},
      {.id = "signature/white-space", .cases = white_space},
      {.id = "signature/multibyte", .cases = multibyte},
      {.id = "signature/no-effect", .trial = no_effect, .needs_probe = true},
  };
}

}  // namespace hookctl::check
