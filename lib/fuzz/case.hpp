// A case of a fuzz run: deliveries as data that can be written down, made smaller and played again on another day. It is a check::Case
// whose event ids are labels, so that each time it is played its events are new ones.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "check/bench.hpp"
#include "check/step.hpp"

namespace hookctl::fuzz {

// What a payload of the case must not bring about (an injection that worked).
struct Lure {
  std::string place;   // the JSON path it was put to
  std::string word{};  // a result that was not sent ("9801547" of 1337 times 7331): must stand in no answer and no effect; "" for none
  bool fetch{false};   // the address of our own listener was put there: nobody may fetch it
};

struct Case {
  // In `steps[].id` and `effects[].id` "{a}" (any word of letters and digits in braces) is one fresh event id in the whole case. In the
  // text of a patch "{callback}" is an address of our own listener that was never used.
  check::Case play{};
  std::string mutator{};  // what made it: Mutator::name, "race", …; part of the fingerprint
  std::vector<Lure> lures{};
};

// A case ready to be played, once.
struct Instance {
  check::Case play{};
  std::vector<std::string> tokens{};  // of the listener addresses in it
};

// Puts fresh ids and addresses in the place of labels: an id for each label, an address for each patch with "{callback}" in it (tokens of
// 16 letters from the bench's choices, in the order of the patches). `usage` when it needs a listener and the bench has none.
Result<Instance> instantiate(check::Bench& bench, const Case& wanted);

// One JSON object, "schema": "hookctl.case.v1", indented, in ASCII; members that are as they are by default are left out. Bytes that are no
// UTF-8 stand in a member "…_base64". Pure, thread-safe.
std::string write_case(const Case& wanted);
// `usage` names file, line, column, path and what was expected ("case.json:3:36: steps[1].wire.chunk: expected a whole number from 0 to
// …"): for malformed JSON, unknown members, wrong kinds, words that are none of an enumeration, replays of no earlier step, lists of more
// than 10,000 items and numbers that are too large to be played (waits above 10 minutes, repeats above check::kLargestPatched).
// read_case(write_case(c)) is c for all cases within these bounds. Pure, thread-safe.
Result<Case> read_case(std::string_view json, std::string_view name);

}  // namespace hookctl::fuzz
