// Robustness against odd bodies as a whole: malformed, empty, deep, in other encodings, with keys twice.
#include <algorithm>
#include <functional>

#include "base/json_path.hpp"
#include "check/event_type.hpp"
#include "check/rules_robustness.hpp"

namespace hookctl::check {

namespace {

using Cases = Result<std::vector<Case>>;
using Op = Change::Op;

// A body of an event, and what is special about it. `object` is the event's outermost object.
struct OddBody {
  std::string name;
  std::function<std::string(const Draft& event, std::size_t object)> make;
};

// A case for each, every one with an event of its own: another body under a known id would only be a duplicate.
Cases cases_of(Bench& bench, const std::vector<OddBody>& bodies) {
  std::vector<Case> cases;
  for (const OddBody& odd : bodies) {
    auto event = main_draft(bench, true);
    if (!event) return event.error();
    auto object = outermost_object(event->body);
    if (!object) return object.error();
    cases.push_back({.name = odd.name,
                     .steps = {{.event = event->event, .id = event->id, .body = odd.make(*event, *object), .expect = Expect::survived}}});
  }
  return cases;
}

// The same bytes whatever the event.
OddBody bytes(std::string name, std::string text) {
  return {std::move(name), [text = std::move(text)](const Draft&, std::size_t) { return text; }};
}
// The event's text, changed.
OddBody changed(std::string name, std::string (*change)(const std::string& text)) {
  return {std::move(name), [change](const Draft& event, std::size_t) { return change(event.body.text()); }};
}
// The event with one more member, JSON or not.
OddBody with_member(std::string name, std::string member) {
  return {std::move(name), [member = std::move(member)](const Draft& event, std::size_t object) {
            return event.body.with({{object, {Op::add, member}}});
          }};
}

// --- what is no JSON -----------------------------------------------------------------------------------------------------------------

std::string first_half(const std::string& text) { return text.substr(0, text.size() / 2); }
std::string single_quoted(const std::string& text) {
  std::string out = text;
  std::replace(out.begin(), out.end(), '"', '\'');
  return out;
}

Cases malformed_json(Bench& bench) {
  return cases_of(bench, {bytes("a body of one brace", "{"), changed("a body that ends in the middle", first_half),
                          with_member("a comma behind the last member", ""), changed("single quotes for double ones", single_quoted),
                          with_member("NaN for a number", "\"hookctl\":NaN")});
}

Cases empty_body(Bench& bench) {
  const std::string& event = bench.main_event();
  return std::vector<Case>{{.name = "an empty body", .steps = {{.event = event, .body = "", .expect = Expect::survived}}},
                           {.name = "a body of blanks", .steps = {{.event = event, .body = "  \n", .expect = Expect::survived}}}};
}

Cases non_object(Bench& bench) {
  std::vector<OddBody> bodies;
  for (const char* value : {"null", "[]", "\"x\"", "1", "true"}) bodies.push_back(bytes(std::string("a body that is ") + value, value));
  return cases_of(bench, bodies);
}

// --- deep ----------------------------------------------------------------------------------------------------------------------------

std::string nested(std::string_view opener, std::string_view closer, std::size_t levels) {
  std::string out;
  out.reserve((opener.size() + closer.size()) * levels + 1);
  for (std::size_t i = 0; i < levels; ++i) out += opener;
  out += '1';
  for (std::size_t i = 0; i < levels; ++i) out += closer;
  return out;
}

// In a field of the main object that nobody knows: one that is known would be refused for its type.
OddBody nested_field(std::string name, std::string value) {
  return {std::move(name), [member = "\"hookctl_nested\":" + std::move(value)](const Draft& event, std::size_t object) {
            const std::size_t main = event.body.main_object();
            return event.body.with({{event.body.places()[main].kind == ValueKind::object ? main : object, {Op::add, member}}});
          }};
}

Cases nesting(Bench& bench) {
  return cases_of(bench, {nested_field("a field of 100 nested objects", nested("{\"a\":", "}", 100)),
                          nested_field("a field of 1,000 nested objects", nested("{\"a\":", "}", 1'000)),
                          nested_field("a field of 20,000 nested arrays", nested("[", "]", 20'000)),
                          bytes("a body of 200,000 nested arrays", nested("[", "]", 200'000))});
}

// --- keys twice ----------------------------------------------------------------------------------------------------------------------

// Members that say other things than those of the event which tell its id and type, a type that is known; where these stand elsewhere, than
// its first one.
std::string other_members(const Subject& subject, const Body& body, const Body& other, const std::string& other_id) {
  std::string out;
  std::string first;
  for (const Place& place : body.places()) {
    if (place.depth != 1 || place.is_container()) continue;
    const std::string name = json_quote(place.name) + ":";
    if (first.empty()) first = name + "\"hookctl.other\"";
    if (!is_structural(subject, place.path)) continue;
    const bool is_id = place.meaning == Meaning::own_id || place.meaning == Meaning::reference;
    const auto type = other.find(place.path);
    out += (out.empty() ? "" : ",") + name +
           (is_id ? json_quote(other_id) : std::string(type ? other.raw(*type) : body.raw(*body.find(place.path))));
  }
  return out.empty() ? first : out;
}

// Parsers take the last or the first; whichever it is, it is one event.
Cases duplicate_keys(Bench& bench) {
  auto events = drafts(bench, 2, true);
  if (!events) return events.error();
  Case wanted{.name = "members twice, id and type among them"};
  for (const bool others_first : {false, true}) {
    auto event = main_draft(bench, true);
    if (!event) return event.error();
    if (event->body.places()[0].kind != ValueKind::object) return usage_error("the events are no JSON objects");
    const std::string others = other_members(bench.subject(), event->body, events->back().body, bench.fresh_id());
    if (others.empty()) return usage_error("the events hold no plain values");
    std::string body = event->body.with({{0, {Op::add, others}}});
    if (others_first) body = std::string(event->body.text()).insert(event->body.text().find('{') + 1, others + ",");
    wanted.steps.push_back({.event = event->event, .id = event->id, .body = std::move(body), .expect = Expect::survived});
    if (!event->id.empty()) wanted.effects.push_back({.id = event->id, .at_least = 0, .at_most = 1});
  }
  return std::vector<Case>{wanted};
}

// --- in other encodings --------------------------------------------------------------------------------------------------------------

// UTF-8 as UTF-16, little endian, with its mark; the text is well-formed.
std::string as_utf16(const std::string& text) {
  std::string out = "\xFF\xFE";
  const auto add = [&](std::uint32_t unit) {
    out += static_cast<char>(unit & 0xFFU);
    out += static_cast<char>(unit >> 8U);
  };
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const std::size_t length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    std::uint32_t point = length == 1 ? byte : byte & (0x7FU >> length);
    for (std::size_t i = 1; i < length && at + i < text.size(); ++i)
      point = (point << 6U) | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
    at += length;
    if (point >= 0x10000) {
      add(0xD800 + ((point - 0x10000) >> 10U));
      add(0xDC00 + ((point - 0x10000) & 0x3FFU));
    } else {
      add(point);
    }
  }
  return out;
}

// All texts for people as this JSON text; in a field of its own where there are none.
OddBody with_texts(std::string name, std::string json) {
  return {std::move(name), [json = std::move(json)](const Draft& event, std::size_t object) {
            Changes changes;
            for (std::size_t i = 0; i < event.body.places().size(); ++i) {
              if (!event.alone[i] && event.body.places()[i].meaning == Meaning::prose) changes.emplace_back(i, Change{Op::put, json});
            }
            if (changes.empty()) changes.emplace_back(object, Change{Op::add, "\"hookctl\":" + json});
            return event.body.with(changes);
          }};
}

std::string with_mark(const std::string& text) { return "\xEF\xBB\xBF" + text; }

Cases encoding(Bench& bench) {
  return cases_of(bench, {changed("a byte order mark before the body", with_mark), changed("a body in UTF-16", as_utf16),
                          with_texts("texts of bytes that are no UTF-8", "\"a\xFF\xC3(\xED\xA0\x80\xF8z\""),
                          with_texts("texts of halves of surrogate pairs", "\"a\\ud83d b\\ude00\\ud800\"")});
}

}  // namespace

std::vector<RuleCode> robustness_text_rules() {
  return {{.id = "robustness/malformed-json", .cases = malformed_json}, {.id = "robustness/empty-body", .cases = empty_body},
          {.id = "robustness/non-object", .cases = non_object},         {.id = "robustness/nesting", .cases = nesting, .last = true},
          {.id = "robustness/duplicate-keys", .cases = duplicate_keys}, {.id = "robustness/encoding", .cases = encoding}};
}

}  // namespace hookctl::check
