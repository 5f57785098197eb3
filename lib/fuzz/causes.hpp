// What tells the causes of failures apart, so that each is reported once. For this room. Pure, thread-safe.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "fuzz/case.hpp"
#include "report/report.hpp"

namespace hookctl::fuzz {

// Of mutators whose point is not the place (sizes, nesting, slow patterns, prototypes) the first word of their name: such a failure has one cause
// wherever it is tried. "" of all others.
std::string family(const std::string& mutator);

// Two findings of rules that change fields: did the endpoint react alike to the same places of the same event?
bool have_one_cause(const report::Finding& a, const report::Finding& b);

// The places (without indices) that a finding of such a rule is about; none of others.
std::set<std::string> failing_places(const report::Finding& finding);

// Is it about members that the endpoint does not know and refuses? Strict schemas exist, and say so rightly; providers do add members, so it is told.
bool is_strictness(const report::Finding& finding);

// The confirmed finding that a failure of this oracle would only tell again, or null.
report::Finding* told_already(std::vector<report::Finding>& findings, const std::string& oracle, const Case& wanted);

}  // namespace hookctl::fuzz
