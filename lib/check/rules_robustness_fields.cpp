// Robustness against odd values in fields: what is put where, as group tests.
#include <array>

#include "base/json_path.hpp"
#include "base/text.hpp"
#include "check/rules_robustness.hpp"

namespace hookctl::check {

namespace {

using Put = std::optional<Change>;

Put put(std::string json) { return Change{Change::Op::put, std::move(json)}; }
Put take_out() { return Change{Change::Op::take_out}; }

constexpr std::string_view kEmoji = "\xF0\x9F\x98\x80";  // four bytes, two UTF-16 units

std::string repeated(std::string_view text, std::size_t count) {
  std::string out;
  out.reserve(text.size() * count);
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

bool any_of(Meaning meaning, std::initializer_list<Meaning> known) {
  for (const Meaning each : known) {
    if (each == meaning) return true;
  }
  return false;
}

// What an event often lacks without being another event: texts, and what it refers to.
bool may_lack(const Place& place) { return any_of(place.meaning, {Meaning::prose, Meaning::reference, Meaning::url, Meaning::email}); }
// What steers an endpoint, which so would not come to the rest.
bool may_steer(const Place& place) {
  return any_of(place.meaning, {Meaning::word, Meaning::date, Meaning::amount, Meaning::count, Meaning::flag});
}

// An object that may be null: not an item, and at the top of a body of several objects only where it names people, for an event that
// has lost its subject is none.
bool is_optional_object(const Body& body, const Place& place) {
  if (place.kind != ValueKind::object || place.is_item) return false;
  const bool at_top = place.parent == 0 && body.main_object() != 0;
  const bool subject = place.parent == 0 && !at_top && body.places()[0].size <= 8;
  return names_person(place.name) || !(at_top || subject);
}

// How many of the objects around a place are optional themselves.
std::size_t rank_of(const Body& body, const Place& place) {
  std::size_t rank = 0;
  for (std::size_t at = place.parent; at != Place::kNone; at = body.places()[at].parent)
    rank += is_optional_object(body, body.places()[at]) && !body.is_within(body.main_object(), at) ? 1 : 0;
  return rank;
}

// --- absent --------------------------------------------------------------------------------------------------------------------------

GroupTest nulls() {
  const auto null_if = [](bool (*fits)(const Place&)) {
    return [fits](const Body&, const Place& place, std::size_t) { return fits(place) ? put("null") : Put(); };
  };
  return {{{"is null", "are null", 6, null_if(may_lack)}, {"is null", "are null", 2, null_if(may_steer)}},
          "no event has a field that may be null"};
}

GroupTest null_objects() {
  const auto of_rank = [](std::size_t rank) {
    return [rank](const Body& body, const Place& place, std::size_t) {
      return is_optional_object(body, place) && rank_of(body, place) == rank ? put("null") : Put();
    };
  };
  return {{{"is null", "are null", 6, of_rank(0)}, {"is null", "are null", 2, of_rank(1)}}, "no event holds an object that may be null"};
}

GroupTest missing_fields() {
  const auto lacking = [](const Body& body, const Place& place, std::size_t) {
    if (place.is_item) return Put();
    return may_lack(place) || place.kind == ValueKind::array || is_optional_object(body, place) ? take_out() : Put();
  };
  const auto steering = [](const Body&, const Place& place, std::size_t) {
    return may_steer(place) && !place.is_item ? take_out() : Put();
  };
  return {{{"left out", "left out", 6, lacking}, {"left out", "left out", 1, steering}}, "no event has a field that may be missing", false};
}

// --- of another kind -----------------------------------------------------------------------------------------------------------------

Put other_scalar(const Body&, const Place& place, std::size_t) {
  switch (place.meaning) {
    case Meaning::reference:
      return put("{\"id\":" + (place.kind == ValueKind::text ? json_quote(place.text) : place.text) + "}");
    case Meaning::prose:
    case Meaning::url:
    case Meaning::email:
      return put("12345");
    case Meaning::amount:
    case Meaning::count:
      return place.kind == ValueKind::number ? put("\"" + place.text + "\"") : put("12345");
    case Meaning::flag:
      return put("\"yes\"");
    default:
      return std::nullopt;
  }
}

Put other_container(const Body&, const Place& place, std::size_t) {
  if (place.is_item || !place.is_container()) return std::nullopt;
  return put(place.kind == ValueKind::array ? "{\"hookctl\":1}" : "\"hookctl\"");
}

GroupTest wrong_types() {
  return {{{"of another type", "of other types", 2, other_scalar}, {"of another type", "of other types", 2, other_container}},
          "no event has fields of its own"};
}

GroupTest empty_values() {
  const auto empty = [](const Body&, const Place& place, std::size_t) {
    if (place.is_item) return Put();
    if (place.kind == ValueKind::array) return put("[]");
    if (place.kind == ValueKind::object) return put("{}");
    return place.kind == ValueKind::text && may_lack(place) ? put("\"\"") : Put();
  };
  const auto one_null = [](const Body&, const Place& place, std::size_t) { return place.kind == ValueKind::array ? put("[null]") : Put(); };
  return {{{"empty", "empty", 2, empty}, {"holding one null", "holding one null each", 2, one_null}}, "no event has fields of its own"};
}

// --- numbers and dates ---------------------------------------------------------------------------------------------------------------

bool is_plain_number(const Place& place) {
  return place.kind == ValueKind::number && any_of(place.meaning, {Meaning::amount, Meaning::count});
}

// These numbers, one after the other.
auto numbers(std::vector<std::string> values) {
  return [values = std::move(values)](const Body&, const Place& place, std::size_t nth) {
    return is_plain_number(place) ? put(values[nth % values.size()]) : Put();
  };
}

GroupTest fractions() {
  return {{{"set to 19.99", "set to 19.99", 6, numbers({"19.99"})}, {"set to -1", "set to -1 and 0", 1, numbers({"-1", "0"})}},
          "no event holds a number"};
}

GroupTest huge_numbers() {
  const auto ids_too = [](const Body&, const Place& place, std::size_t nth) {
    static constexpr std::array<std::string_view, 4> kValues{"9007199254740993", "18446744073709551616", "2147483648",
                                                             "9223372036854775808"};
    const bool fits = is_plain_number(place) || (place.kind == ValueKind::number && place.meaning == Meaning::reference);
    return fits ? put(std::string(kValues[nth % kValues.size()])) : Put();
  };
  const std::string enormous = "1" + std::string(400, '0');
  return {{{"set to a huge number", "set to huge numbers", 2, ids_too},
           {"set to 10^400", "set to 10^400, -0 and 1e-7", 1, numbers({enormous, "1e400", "-0", "1e-7"}), false}},
          "no event holds a number"};
}

// `text` where the date is a text, `number` where it is a number.
auto dates(std::string text, std::string number) {
  return [text = json_quote(text), number = std::move(number)](const Body&, const Place& place, std::size_t) {
    if (place.meaning != Meaning::date) return Put();
    return put(place.kind == ValueKind::text ? text : number);
  };
}

GroupTest odd_dates() {
  return {{{"set to 'soon'", "set to 'soon'", 1, dates("soon", "\"soon\"")},
           {"in the year 9999", "in the year 9999", 1, dates("9999-12-31T23:59:59Z", "253402300799")},
           {"set to the epoch", "set to the epoch", 1, dates("1970-01-01T00:00:00Z", "0")}},
          "no event holds a date"};
}

// --- texts ---------------------------------------------------------------------------------------------------------------------------

// What has to stand first for the text to be looked at at all: "@somebody ", "/command ".
std::string call_of(const std::string& text) {
  const bool calls = !text.empty() && (text.front() == '@' || text.front() == '/' || text.front() == '!' || text.starts_with("<@"));
  const std::size_t end = text.find(' ');
  return calls && end != std::string::npos && end < 64 ? text.substr(0, end + 1) : "";
}

enum class Call { kept, dropped };

auto texts(std::string text, Call call = Call::dropped) {
  return [text = std::move(text), call](const Body&, const Place& place, std::size_t) {
    if (place.meaning != Meaning::prose) return Put();
    return put(json_quote((call == Call::kept ? call_of(place.text) : "") + text));
  };
}

GroupTest of_texts(std::vector<Mutation> mutations) { return {std::move(mutations), "no event holds a text for people", false}; }

GroupTest control_characters() {
  const std::string controls = "a\\u0000b\\u0001\\b\\u001b[31m\\u007f\\u0085\\r\\n\\u0000";
  return of_texts(
      {{"holding control characters", "holding control characters", 2, [controls](const Body&, const Place& place, std::size_t) {
          return place.meaning == Meaning::prose ? put("\"" + controls + "\"") : Put();
        }}});
}

GroupTest long_text() {
  const auto longest = [](const Body&, const Place& place, std::size_t nth) {
    return place.meaning == Meaning::prose && nth == 0 ? put(json_quote(repeated("word ", 13'108).substr(0, 65'536))) : Put();
  };
  return of_texts({{"of 300 characters", "of 300 characters", 1, texts(repeated("word ", 60))},
                   {"of 65,536 characters", "of 65,536 characters", 1, longest}});
}

GroupTest cut_characters() {
  const std::string emojis = repeated(kEmoji, 150);
  return of_texts({{"of emoji behind one letter", "of emoji behind one letter", 6, texts("a" + emojis)},
                   {"of emoji only", "of emoji only", 1, texts(emojis)}});
}

// Right-to-left marks and override, zero width, combining marks, letters that get longer in another case, full width.
GroupTest odd_text() {
  return of_texts({{"of odd characters", "of odd characters", 2,
                    texts("\u202Eabc\u202C \u200Bzero\u200D\uFEFF e\u0301\u0327\u0308\u030A \u0130\u0131\u00DF\u0149\u01F0\uFB03 "
                          "\uFF21\uFF22 \u2028 \U000E0041 \uFFFF")}});
}

// --- regular expressions -------------------------------------------------------------------------------------------------------------

// Short ones show what takes exponential time, whatever the length that is let through; the long one what takes the cube of its length. The
// plain text of that length goes first: where that is slow, too, it is not the expression.
GroupTest slow_patterns() {
  const std::string pieces = std::string(40, '1') + "x " + repeated("a@", 2'000) + repeated("((", 2'000) + std::string(5'000, '-') + "\"" +
                             std::string(5'000, ' ') + "x";
  const std::string plain = repeated("word ", pieces.size() / 5 + 1).substr(0, pieces.size());
  GroupTest test = of_texts(
      {{"set to 'aaa…(' (41 characters)", "set to 'aaa…(' (41 characters)", 6, texts(std::string(40, 'a') + "(")},
       {"set to 'aaa…!' (51 characters) behind its first word", "set to 'aaa…!' (51 characters) behind their first words", 1,
        texts(std::string(50, 'a') + "!", Call::kept)},
       {"set to 18,000 characters of plain text", "set to 18,000 characters of plain text", 1, texts(plain)},
       {"set to a long row of '1', 'a@', '((', '-' and blanks", "set to long rows of '1', 'a@', '((', '-' and blanks", 1, texts(pieces)}});
  test.in_time = true;
  return test;
}

RuleCode rule(std::string_view id, GroupTest (*test)()) {
  return {.id = std::string(id), .trial = [test](Bench& bench) { return group_trial(bench, test()); }};
}

}  // namespace

std::vector<RuleCode> robustness_field_rules() {
  return {rule("robustness/huge-numbers", huge_numbers),
          rule("robustness/fractions", fractions),
          rule("robustness/nulls", nulls),
          rule("robustness/null-objects", null_objects),
          rule("robustness/missing-fields", missing_fields),
          rule("robustness/wrong-types", wrong_types),
          rule("robustness/empty-values", empty_values),
          rule("robustness/control-characters", control_characters),
          rule("robustness/long-text", long_text),
          rule("robustness/cut-characters", cut_characters),
          rule("robustness/odd-text", odd_text),
          rule("robustness/slow-patterns", slow_patterns),
          rule("robustness/dates", odd_dates)};
}

}  // namespace hookctl::check
