// Mutators of any value: absent, of another kind, empty; and numbers at the boundaries of what programs count with.
#include "base/json_path.hpp"
#include "fuzz/mutators_making.hpp"

namespace hookctl::fuzz::making {

namespace {

Made null(const Body& body, const Place& place, Random&) { return put(body, place, "null"); }
Made removed(const Body&, const Place& place, Random&) { return take_out(place); }

// --- other kinds ---------------------------------------------------------------------------------------------------------------------

template <ValueKind kKind, Literal kJson>
Made instead(const Body& body, const Place& place, Random&) {
  return place.kind == kKind ? put(body, place, std::string(kJson.view())) : Made();
}

// What a reference becomes once it is expanded.
Made expanded(const Body& body, const Place& place, Random&) {
  const bool is_scalar = place.kind == ValueKind::text || place.kind == ValueKind::number;
  return is_scalar && place.meaning == Meaning::reference ? put(body, place, "{\"id\":" + std::string(raw(body, place)) + "}") : Made();
}

// The reverse: of an object only its id.
Made only_id(const Body& body, const Place& place, Random&) {
  if (place.kind != ValueKind::object) return std::nullopt;
  const std::size_t index = index_of(body, place);
  for (std::size_t i = index + 1; i < body.places().size() && body.is_within(i, index); ++i) {
    const Place& member = body.places()[i];
    if (member.parent == index && member.meaning == Meaning::own_id) return put(body, place, std::string(body.raw(i)));
  }
  return std::nullopt;
}

Made object_for_text(const Body& body, const Place& place, Random&) {
  return place.kind == ValueKind::text && place.meaning != Meaning::reference ? put(body, place, "{\"hookctl\":1}") : Made();
}

Made number_as_text(const Body& body, const Place& place, Random&) {
  return place.kind == ValueKind::number ? put(body, place, json_quote(place.text)) : Made();
}

Made in_array(const Body& body, const Place& place, Random&) {
  const std::string_view value = raw(body, place);
  return place.kind != ValueKind::array && value.size() <= kMostKept ? put(body, place, "[" + std::string(value) + "]") : Made();
}

Made first_item(const Body& body, const Place& place, Random&) {
  if (place.kind != ValueKind::array || place.size == 0) return std::nullopt;
  const std::string_view item = body.raw(index_of(body, place) + 1);
  return item.size() <= kMostKept ? put(body, place, std::string(item)) : Made();
}

Made negated(const Body& body, const Place& place, Random&) {
  return place.kind == ValueKind::boolean ? put(body, place, place.text == "true" ? "false" : "true") : Made();
}

Made is_true(const Body& body, const Place& place, Random&) {
  return place.kind != ValueKind::boolean && place.kind != ValueKind::null ? put(body, place, "true") : Made();
}

// As PHP has it for what is not there.
Made is_false(const Body& body, const Place& place, Random&) { return place.is_container() ? put(body, place, "false") : Made(); }

constexpr Mutator kKinds[] = {
    {"null", "is null", "are null", true, false, null},
    {"removed", "is missing", "are missing", true, false, removed},
    {"id-for-object", "is an id in the place of an object", "are ids in the place of objects", true, false, only_id},
    {"object-for-id", "is an object in the place of an id", "are objects in the place of ids", true, false, expanded},
    {"number-for-text", "is a number in the place of a text", "are numbers in the place of texts", true, false,
     instead<ValueKind::text, "12345">},
    {"number-as-text", "is a number spelt as a text", "are numbers spelt as texts", true, false, number_as_text},
    {"text-for-number", "is a text in the place of a number", "are texts in the place of numbers", true, false,
     instead<ValueKind::number, "\"hookctl\"">},
    {"object-for-text", "is an object in the place of a text", "are objects in the place of texts", true, false, object_for_text},
    {"text-for-object", "is a text in the place of an object", "are texts in the place of objects", true, false,
     instead<ValueKind::object, "\"hookctl\"">},
    {"array-for-object", "is an array in the place of an object", "are arrays in the place of objects", true, false,
     instead<ValueKind::object, "[]">},
    {"object-for-array", "is an object in the place of an array", "are objects in the place of arrays", true, false,
     instead<ValueKind::array, "{\"hookctl\":1}">},
    {"text-for-array", "is a text in the place of an array", "are texts in the place of arrays", true, false,
     instead<ValueKind::array, "\"hookctl\"">},
    {"item-for-array", "is its first item alone", "are their first items alone", true, false, first_item},
    {"in-array", "is the only item of an array", "are each the only item of an array", true, false, in_array},
    {"text-for-boolean", "is a text in the place of true or false", "are texts in the place of true or false", true, false,
     instead<ValueKind::boolean, "\"yes\"">},
    {"number-for-boolean", "is a number in the place of true or false", "are numbers in the place of true or false", true, false,
     instead<ValueKind::boolean, "1">},
    {"boolean-for-value", "is true in the place of another value", "are true in the place of other values", true, false, is_true},
    {"false-for-container", "is false in the place of an object or array", "are false in the place of objects or arrays", true, false,
     is_false},
    {"negated", "is negated", "are negated", true, false, negated},
    {"text-for-null", "is a text in the place of null", "are texts in the place of null", true, false,
     instead<ValueKind::null, "\"hookctl\"">},
    {"number-for-null", "is a number in the place of null", "are numbers in the place of null", true, false,
     instead<ValueKind::null, "12345">},
    {"object-for-null", "is an object in the place of null", "are objects in the place of null", true, false,
     instead<ValueKind::null, "{\"hookctl\":1}">},
    {"array-for-null", "is an array in the place of null", "are arrays in the place of null", true, false, instead<ValueKind::null, "[]">},
    {"empty-text", "is an empty text", "are empty texts", true, false, instead<ValueKind::text, "\"\"">},
    {"empty-array", "is an empty array", "are empty arrays", true, false, instead<ValueKind::array, "[]">},
    {"empty-object", "is an empty object", "are empty objects", true, false, instead<ValueKind::object, "{}">},
    {"blank-text", "is a blank", "are blanks", true, false, instead<ValueKind::text, "\" \"">},
};

// --- numbers -------------------------------------------------------------------------------------------------------------------------

template <Literal kNumber>
Made number(const Body& body, const Place& place, Random&) {
  return put_number(body, place, kNumber.view());
}

// 10^400 in digits. The longest double is shorter.
Made digits(const Body& body, const Place& place, Random&) { return put_number(body, place, "1" + std::string(400, '0')); }

Made not_a_number(const Body& body, const Place& place, Random&) {
  return place.kind == ValueKind::number && place.meaning != Meaning::date ? put_text(body, place, "NaN") : Made();
}

constexpr Mutator kNumbers[] = {
    {"number-1.5", "is 1.5", "are 1.5", true, false, number<"1.5">},
    {"number-0", "is 0", "are 0", true, false, number<"0">},
    {"number-minus-1", "is -1", "are -1", true, false, number<"-1">},
    {"number-2^31", "is 2^31", "are 2^31", true, false, number<"2147483648">},
    {"number-2^53+1", "is 2^53 + 1", "are 2^53 + 1", true, false, number<"9007199254740993">},
    {"number-2^63", "is 2^63", "are 2^63", true, false, number<"9223372036854775808">},
    {"number-2^64", "is 2^64", "are 2^64", true, false, number<"18446744073709551616">},
    {"number-1e400", "is 1e400", "are 1e400", true, false, number<"1e400">},
    {"number-10^400", "is a number of 401 digits", "are numbers of 401 digits", true, false, digits},
    {"number-minus-0", "is -0", "are -0", true, false, number<"-0">},
    {"number-1e-7", "is 1e-7", "are 1e-7", true, false, number<"1e-7">},
    {"number-19.99", "is 19.99", "are 19.99", true, false, number<"19.99">},
    {"number-0.1+0.2", "is 0.30000000000000004", "are 0.30000000000000004", true, false, number<"0.30000000000000004">},
    {"number-1e2", "is 1 with an exponent", "are 1 with an exponent", true, false, number<"1E+2">},
    {"number-minus-2^31-1", "is below -2^31", "are below -2^31", true, false, number<"-2147483649">},
    {"number-minus-2^63-1", "is below -2^63", "are below -2^63", true, false, number<"-9223372036854775809">},
    {"number-1", "is 1", "are 1", true, false, number<"1">},
    {"not-a-number", "is the text NaN", "are the text NaN", true, false, not_a_number},
};

}  // namespace

std::span<const Mutator> kind_mutators() { return kKinds; }
std::span<const Mutator> number_mutators() { return kNumbers; }

}  // namespace hookctl::fuzz::making
