// What the families of mutators are written with: checked ways to put something in a place, and the families themselves. For this room.
#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "check/places.hpp"
#include "fuzz/mutators.hpp"

namespace hookctl::fuzz::making {

using check::Body;
using check::Meaning;
using check::Place;
using check::ValueKind;
using Made = std::optional<Mutated>;

// A text as an argument of a template, so that a row of a table can name a function and its text.
template <std::size_t kSize>
struct Literal {
  char text[kSize]{};
  constexpr Literal(const char (&from)[kSize]) { std::copy_n(from, kSize, text); }
  constexpr std::string_view view() const { return {text, kSize - 1}; }
};

inline constexpr std::size_t kMostKept = 4'096;  // bytes of a value that stand in a patch once more

// One of 0 to limit - 1; `limit` is not 0.
std::size_t below(Random& random, std::size_t limit);
// Is it a text (of a form or of JSON) that means one of these?
bool is_text_of(const Place& place, std::initializer_list<Meaning> known);
// The place's index in the body, and its bytes. `place` is one of the body's.
std::size_t index_of(const Body& body, const Place& place);
std::string_view raw(const Body& body, const Place& place);

// Each of these gives nothing for the whole body, and where the value would stay as it is.
// `json` stands there instead, "{*}" in it is `repeat`. Of a form only strings may be put.
Made put(const Body& body, const Place& place, std::string json, std::optional<check::Patch::Repeat> repeat = {});
// The string `text` stands there instead.
Made put_text(const Body& body, const Place& place, std::string_view text);
// A number, for a number or a text of digits (which stays a text), but no date; nothing of what is none of these.
Made put_number(const Body& body, const Place& place, std::string_view number);
Made take_out(const Place& place);
// Members, as JSON, for an object that is no form.
Made add(const Body& body, const Place& place, std::string members);
Made add(const Body& body, const Place& place, std::string members, check::Patch::Repeat repeat);

// The beginning of the place's text, 1,000 bytes at most, cut between characters.
std::string kept_text(const Place& place);

// The families, in the order in which they are tried.
std::span<const Mutator> kind_mutators();       // null, removed, other kinds, empty
std::span<const Mutator> number_mutators();     // boundaries
std::span<const Mutator> text_mutators();       // long and odd texts
std::span<const Mutator> array_mutators();      // arrays
std::span<const Mutator> date_mutators();       // dates
std::span<const Mutator> member_mutators();     // unknown words, extra members, keys twice, names of built-ins
std::span<const Mutator> computed_mutators();   // injections that compute or fetch something
std::span<const Mutator> injection_mutators();  // the other injections
std::span<const Mutator> size_mutators();       // whose size or cost is the point: none of them groups

}  // namespace hookctl::fuzz::making
