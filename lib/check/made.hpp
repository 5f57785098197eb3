// A step becomes a request, and a request the bytes of a wire plan. Pure but for `random`.
#pragma once

#include <string>
#include <vector>

#include "base/random.hpp"
#include "base/result.hpp"
#include "check/step.hpp"
#include "check/subject.hpp"
#include "http/wire_plan.hpp"

namespace hookctl::check {

// A request as it is to go out: `request` has its target (origin form) and no Host, Content-Length or Transfer-Encoding yet.
struct Made {
  std::string event;     // event type
  std::string event_id;  // "" when the provider's events have none
  http::Request request;
  http::Url url;  // where to connect; its target is the request's
};

// Composes, edits, signs and tampers. `now` is our clock. `usage` when an edit or tamper does not fit this event or scheme: the rule that
// wanted it then does not apply ("the signature scheme has no timestamp"). `stranger` are the keys for SigningKey::stranger.
Result<Made> make(const Subject& subject, const Step& step, const signing::Keys& stranger, UnixMs now, Random& random);

// The bytes of one request, framed as `style` says: head with Host first, then the fields, then the framing.
std::string wire_head(const Made& made, const WireStyle& style);
std::string wire_body(const Made& made, const WireStyle& style);

// The plan for requests on one connection (several are pipelined), and whether its last byte is held back to go out with other plans'.
http::WirePlan plan(const std::vector<const Made*>& requests, const std::vector<const WireStyle*>& styles, bool together, std::int64_t timeout_ms);

}  // namespace hookctl::check
