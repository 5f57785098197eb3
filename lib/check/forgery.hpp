// What a forgery is: a request that can be made without the secret and that the provider's own verification refuses. For the rules about
// signatures and times, which must not take anything else for one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "check/bench.hpp"

namespace hookctl::check {

// The data of the provider's signature scheme, of canonicalisers their base.
const signing::Scheme& scheme_of(const Bench& bench);

// Are several signatures in one field known to hold when one of them is right: a list, or Stripe's pairs?
bool takes_several(const Bench& bench);

// A case of one step that has to be refused.
Case forgery(std::string name, Step step);

// Those of the cases whose steps that must be refused are indeed no valid requests, by the subject's keys. Cases that cannot be made are
// left out, too; `usage` says why when none is left.
Result<std::vector<Case>> forgeries(Bench& bench, std::vector<Case> cases);

// A request as a sender would make it, to take something from; it is not sent.
Result<Made> capture(Bench& bench, const Step& step);

// What the signature field holds, and the timestamp where it stands elsewhere. `usage` when there is no signature.
struct ClaimTexts {
  std::string field;
  std::optional<std::string> timestamp{};
};
Result<ClaimTexts> claim_of(const Subject& subject, const http::Request& request);

// An event with one letter of a text in it changed that means nothing to a program. `step` is the event as it is signed.
struct ChangedText {
  Step step;
  std::string body;
};
// `usage` when the body is no JSON or has no such text.
Result<ChangedText> changed_text(Bench& bench, const std::string& event);

}  // namespace hookctl::check
