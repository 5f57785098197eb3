// What can be seen when no repair helps: likely causes by their marks. diagnose.hpp lists the scores.
#pragma once

#include <vector>

#include "signing/diagnose.hpp"
#include "signing/diagnose_body.hpp"

namespace hookctl::signing {

struct Evidence {
  double score{0};
  Diagnosis diagnosis;  // its confidence goes by the score
};

// For a request whose signature is well formed and does not match: the best first, each code once, never empty. Pure, thread-safe.
std::vector<Evidence> weigh_evidence(const DiagnoseInputs& inputs, const BodyFacts& body);

}  // namespace hookctl::signing
