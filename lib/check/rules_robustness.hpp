// The parts of the group "robustness": everything is correctly signed, and odd. For this room.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "check/group_trial.hpp"
#include "check/rule.hpp"

namespace hookctl::check {

std::vector<RuleCode> robustness_text_rules();   // malformed JSON, nesting, duplicate keys: bodies as a whole
std::vector<RuleCode> robustness_type_rules();   // event types and fields that nobody knows, prototypes
std::vector<RuleCode> robustness_field_rules();  // odd values in fields
std::vector<RuleCode> robustness_size_rules();   // large bodies, many items
std::vector<RuleCode> robustness_wire_rules();   // how the bytes go out
std::vector<RuleCode> robustness_load_rules();   // senders that go away, refusals

// Plays the cases one after the other as a rule's cases are, but an answer with one of these statuses to a step is no fault: it becomes the
// remark.
struct Tolerated {
  int from{0};
  int to{0};
  std::string remark;  // "{status}" in it is the answer's
};
Result<Outcome> tolerant_trial(Bench& bench, std::vector<Case> cases, const Tolerated& tolerated);

// A draft of the main event.
Result<Draft> main_draft(Bench& bench, bool json_only);
// Where an unknown member is added: the body, or the first item of a body that is an array. `usage` when there is no object.
Result<std::size_t> outermost_object(const Body& body);

}  // namespace hookctl::check
