// Mutators by meaning: arrays, dates, words of a few, and the members of objects.
#include "base/json_path.hpp"
#include "base/text.hpp"
#include "fuzz/mutators_making.hpp"

namespace hookctl::fuzz::making {

namespace {

// --- arrays --------------------------------------------------------------------------------------------------------------------------

Made one_null(const Body& body, const Place& place, Random&) {
  return place.kind == ValueKind::array ? put(body, place, "[null]") : Made();
}

// `item` behind the items that are there.
Made with_item(const Body& body, const Place& place, std::string_view item) {
  const std::string_view value = raw(body, place);
  if (place.kind != ValueKind::array || place.size == 0 || value.size() > kMostKept) return std::nullopt;
  return put(body, place, std::string(value.substr(0, value.size() - 1)).append(",").append(item) + "]");
}

Made null_behind(const Body& body, const Place& place, Random&) { return with_item(body, place, "null"); }

Made mixed_behind(const Body& body, const Place& place, Random&) { return with_item(body, place, "0,\"hookctl\",false,{},[]"); }

Made first_twice(const Body& body, const Place& place, Random&) {
  if (place.kind != ValueKind::array || place.size == 0) return std::nullopt;
  return with_item(body, place, body.raw(index_of(body, place) + 1));
}

Made nested_array(const Body& body, const Place& place, Random&) {
  if (place.kind != ValueKind::array) return std::nullopt;
  const std::string_view value = raw(body, place);
  return put(body, place, value.size() > kMostKept ? "[[]]" : "[" + std::string(value) + "]");
}

constexpr Mutator kArrays[] = {
    {"array-null", "holds one null", "hold one null each", true, false, one_null},
    {"array-with-null", "holds null behind its items", "hold null behind their items", true, false, null_behind},
    {"array-nested", "is an array in an array", "are arrays in arrays", true, false, nested_array},
    {"array-twice", "holds its first item twice", "hold their first items twice", true, false, first_twice},
    {"array-mixed", "holds items of other kinds, too", "hold items of other kinds, too", true, false, mixed_behind},
};

// --- dates ---------------------------------------------------------------------------------------------------------------------------

bool is_date(const Place& place) { return place.meaning == Meaning::date; }
bool is_written_date(const Place& place) { return is_date(place) && place.kind == ValueKind::text && !parse_decimal(place.text); }

// kNumber for a date that is a number or a text of digits, kText for one that is written out; "" where there is no such.
template <Literal kText, Literal kNumber>
Made date(const Body& body, const Place& place, Random&) {
  if (!is_date(place)) return std::nullopt;
  const std::string_view text = is_written_date(place) ? kText.view() : kNumber.view();
  if (text.empty()) return std::nullopt;
  return place.kind == ValueKind::text ? put_text(body, place, text) : put(body, place, std::string(text));
}

constexpr std::int64_t kEarliestMs = 100'000'000'000;  // as seconds it lies in the year 5138

std::optional<std::int64_t> whole_date(const Place& place) { return is_date(place) ? parse_signed(place.text) : std::nullopt; }

Made whole(const Body& body, const Place& place, std::int64_t value) {
  const std::string text = std::to_string(value);
  return place.kind == ValueKind::text ? put_text(body, place, text) : put(body, place, text);
}

Made milliseconds(const Body& body, const Place& place, Random&) {
  const auto seconds = whole_date(place);
  return seconds && *seconds != 0 && *seconds<kEarliestMs&& * seconds> - kEarliestMs ? whole(body, place, *seconds * 1'000) : Made();
}

Made seconds(const Body& body, const Place& place, Random&) {
  const auto ms = whole_date(place);
  return ms && *ms >= kEarliestMs ? whole(body, place, *ms / 1'000) : Made();
}

Made empty_date(const Body& body, const Place& place, Random&) { return is_date(place) ? put_text(body, place, "") : Made(); }

Made other_kind_of_date(const Body& body, const Place& place, Random&) {
  if (!is_date(place)) return std::nullopt;
  return is_written_date(place) ? put(body, place, "1700000000") : put_text(body, place, "2023-11-14T22:13:20Z");
}

Made no_date(const Body& body, const Place& place, Random&) { return is_date(place) ? put_text(body, place, "soon") : Made(); }

constexpr Mutator kDates[] = {
    {"date-epoch", "is the epoch", "are the epoch", true, false, date<"1970-01-01T00:00:00Z", "0">},
    {"date-milliseconds", "is in milliseconds, not seconds", "are in milliseconds, not seconds", true, false, milliseconds},
    {"date-seconds", "is in seconds, not milliseconds", "are in seconds, not milliseconds", true, false, seconds},
    {"date-month-13", "is in month 13", "are in month 13", true, false, date<"2024-13-45T25:61:61Z", "">},
    {"date-9999", "is in the year 9999", "are in the year 9999", true, false, date<"9999-12-31T23:59:59Z", "253402300799">},
    {"date-10000", "is in the year 10000", "are in the year 10000", true, false, date<"10000-01-01T00:00:00Z", "253402300800">},
    {"date-beyond", "is beyond what a Date of JavaScript holds", "are beyond what a Date of JavaScript holds", true, false,
     date<"+275760-09-13T00:00:00.001Z", "8640000000000001">},
    {"date-2038", "is one second beyond 32 bits", "are one second beyond 32 bits", true, false, date<"2038-01-19T03:14:08Z", "2147483648">},
    {"date-before-epoch", "is one second before the epoch", "are one second before the epoch", true, false,
     date<"1969-12-31T23:59:59Z", "-1">},
    {"date-zero", "is of zeros", "are of zeros", true, false, date<"0000-00-00T00:00:00Z", "">},
    {"date-february-30", "is on 30 February", "are on 30 February", true, false, date<"2024-02-30T00:00:00Z", "">},
    {"date-leap-second", "is on a leap second", "are on a leap second", true, false, date<"2016-12-31T23:59:60Z", "">},
    {"date-fraction", "has a fraction of a second", "have a fraction of a second", true, false,
     date<"2023-11-14T22:13:20.123456789+05:45", "1700000000.5">},
    {"date-other-kind", "is a number for a text or a text for a number", "are numbers for texts or texts for numbers", true, false,
     other_kind_of_date},
    {"date-empty", "is an empty text in the place of a date", "are empty texts in the place of dates", true, false, empty_date},
    {"date-word", "is 'soon'", "are 'soon'", true, false, no_date},
};

// --- words ---------------------------------------------------------------------------------------------------------------------------

Made unknown_word(const Body& body, const Place& place, Random&) {
  return is_text_of(place, {Meaning::word}) ? put_text(body, place, "hookctl_unknown") : Made();
}

// "customer.created" -> "customer.hookctl_unknown"
Made unknown_sibling(const Body& body, const Place& place, Random&) {
  const std::size_t end = place.text.find_first_of(".:/_");
  if (!is_text_of(place, {Meaning::word}) || end == std::string::npos || end == 0) return std::nullopt;
  return put_text(body, place, place.text.substr(0, end + 1) + "hookctl_unknown");
}

Made other_case(const Body& body, const Place& place, Random&) {
  if (!is_text_of(place, {Meaning::word})) return std::nullopt;
  std::string text = place.text;
  for (char& c : text) {
    const bool is_small = c >= 'a' && c <= 'z';
    c = is_small ? static_cast<char>(c - 32) : lower(c);
  }
  return put_text(body, place, text);
}

// What is looked up in a table of functions or an object finds these in the language itself.
template <Literal kName>
Made built_in(const Body& body, const Place& place, Random&) {
  const bool is_key = is_text_of(place, {Meaning::word, Meaning::reference, Meaning::own_id});
  return is_key ? put_text(body, place, kName.view()) : Made();
}

// --- members -------------------------------------------------------------------------------------------------------------------------

// An object of several kinds of values may get more members of any kind; one of a single kind may be a map.
bool is_record(const Body& body, std::size_t object) {
  std::optional<ValueKind> first;
  for (std::size_t i = object + 1; i < body.places().size() && body.is_within(i, object); ++i) {
    const Place& member = body.places()[i];
    if (member.parent != object || member.kind == ValueKind::null) continue;
    if (first && *first != member.kind) return true;
    first = member.kind;
  }
  return false;
}

Made extra_object(const Body& body, const Place& place, Random&) {
  if (place.kind != ValueKind::object || !is_record(body, index_of(body, place))) return std::nullopt;
  return add(body, place, R"("hookctl_unknown":{"a":[1,"b",null],"c":{"d":{}}},"hookctl_unknown_list":[])");
}

Made extra_text(const Body& body, const Place& place, Random&) { return add(body, place, R"("hookctl_unknown":"1")"); }

std::string canary(Random& random) { return "{\"hookctl_" + random_text(random, "0123456789abcdef", 12) + "\":1}"; }

Made proto(const Body& body, const Place& place, Random& random) { return add(body, place, "\"__proto__\":" + canary(random)); }

Made constructor(const Body& body, const Place& place, Random& random) {
  return add(body, place, "\"constructor\":{\"prototype\":" + canary(random) + "}");
}

// Nothing of its own is left that would stop a merge.
Made only_proto(const Body& body, const Place& place, Random& random) {
  return place.kind == ValueKind::object ? put(body, place, "{\"__proto__\":" + canary(random) + "}") : Made();
}

// Calls of an object's own methods meet these instead.
Made shadowing(const Body& body, const Place& place, Random&) {
  return add(body, place, R"("toString":1,"hasOwnProperty":null,"valueOf":"1","toJSON":{},"then":1,"length":-1)");
}

// Another value of the same kind.
std::string another_value(const Place& place) {
  switch (place.kind) {
    case ValueKind::text:
      return "\"hookctl_other\"";
    case ValueKind::number:
      return place.text == "1" ? "2" : "1";
    case ValueKind::boolean:
      return place.text == "true" ? "false" : "true";
    case ValueKind::null:
      return "1";
    case ValueKind::object:
      return place.size == 0 ? "{\"hookctl\":1}" : "{}";
    case ValueKind::array:
      return place.size == 0 ? "[1]" : "[]";
  }
  return "null";
}

// The member stands twice in its object: what is put for its value goes on with another member of the same key.
Made twice(const Body& body, const Place& place, bool own_first) {
  const std::string_view value = raw(body, place);
  if (place.is_item || body.is_form() || value.size() > kMostKept) return std::nullopt;
  const std::string key = "," + json_quote(place.name) + ":";
  return put(body, place, own_first ? std::string(value) + key + another_value(place) : another_value(place) + key + std::string(value));
}

Made other_behind(const Body& body, const Place& place, Random&) { return twice(body, place, true); }
Made other_before(const Body& body, const Place& place, Random&) { return twice(body, place, false); }

constexpr Mutator kMembers[] = {
    {"word-unknown", "is a word that nobody knows", "are words that nobody knows", true, false, unknown_word},
    {"word-sibling", "is an unknown word of a known family", "are unknown words of known families", true, false, unknown_sibling},
    {"word-case", "is in letters of the other case", "are in letters of the other case", true, false, other_case},
    {"extra-object", "has members that nobody knows", "have members that nobody knows", true, false, extra_object},
    {"extra-text", "has one more text", "have one more text each", true, false, extra_text},
    {"proto-member", "has a member __proto__", "have a member __proto__", true, false, proto, true},
    {"constructor-member", "has a member constructor.prototype", "have a member constructor.prototype", true, false, constructor, true},
    {"proto-alone", "holds nothing but __proto__", "hold nothing but __proto__", true, false, only_proto, true},
    {"shadowing-members", "has members named as built-in methods", "have members named as built-in methods", true, false, shadowing},
    {"name-proto", "is the text __proto__", "are the text __proto__", true, false, built_in<"__proto__">},
    {"name-constructor", "is the text constructor", "are the text constructor", true, false, built_in<"constructor">},
    {"name-to-string", "is the text toString", "are the text toString", true, false, built_in<"toString">},
    {"name-has-own-property", "is the text hasOwnProperty", "are the text hasOwnProperty", true, false, built_in<"hasOwnProperty">},
    {"key-twice", "stands twice, with another value behind it", "stand twice, with other values behind them", true, false, other_behind},
    {"key-twice-before", "stands twice, with another value before it", "stand twice, with other values before them", true, false,
     other_before},
};

}  // namespace

std::span<const Mutator> array_mutators() { return kArrays; }
std::span<const Mutator> date_mutators() { return kDates; }
std::span<const Mutator> member_mutators() { return kMembers; }

}  // namespace hookctl::fuzz::making
