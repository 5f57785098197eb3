// Mutators: named ways to make something else of one value of an event, of a text, of a body's bytes, of a delivery. Each is data plus a
// pure function; the same Random gives the same result. Thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "check/places.hpp"
#include "check/step.hpp"
#include "fuzz/case.hpp"

namespace hookctl::fuzz {

// A changed value, and what it must not bring about.
struct Mutated {
  check::Patch patch{};
  std::optional<Lure> lure{};
};

struct Mutator {
  std::string_view name;  // "null", "number-2^53": stable, part of fingerprints
  std::string_view one;   // completes "customer …": "is null"
  std::string_view many;  // completes "customer, owner …": "are null"
  // Many places may be changed so at once, and all are cleared when nothing goes wrong. Not of those whose size or cost is the point.
  bool groups{true};
  bool needs_listener{false};
  // What becomes of that place, one of the body's, or nothing where it does not fit (a number of an object, a date of a price).
  // `Patch::path` is the place's. Never of the whole body, nor one that leaves the value as it is. What is put may go on with another
  // member
  // ("1,\"key\":2"): the key stands twice then.
  std::optional<Mutated> (*of)(const check::Body& body, const check::Place& place, Random& random);
  bool destructive{false};  // what it does may stay in the endpoint (a changed prototype) or end it: last
};

// All of them, those first that find most for a request: null and removed, other kinds, empty, boundaries, long and odd texts, arrays,
// dates, unknown words, extra members, injections, sizes. Names are unique.
std::span<const Mutator> mutators();
const Mutator* find_mutator(std::string_view name);

// A text with one to four small changes: pieces dropped, doubled, swapped, repeated; odd code points put in; digits changed; cut in the
// middle of a character (then no UTF-8). Always another text.
std::string mutated_text(std::string_view text, Random& random);

// One to three changes of a body's bytes: cut off, a byte flipped, a piece doubled or gone, structure doubled ("{", ",", "\""), NUL and
// invalid UTF-8 put in, a BOM in front. At least one of them changes the body.
std::vector<check::Splice> mutated_bytes(std::string_view body, Random& random);

// A delivery that every sound endpoint accepts, sent in another way: chunks of some size, a trailer, several writes with short pauses,
// other case of field names, Expect: 100-continue. Never the default style.
check::WireStyle mutated_wire(Random& random);

// One change that makes a right signature wrong, or takes it away; it fits schemes with a signature in a field.
check::Tamper mutated_signature(Random& random);

}  // namespace hookctl::fuzz
