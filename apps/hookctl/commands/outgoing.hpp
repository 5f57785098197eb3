// What send and replay share: how the attempts of a delivery are shown, and what they come to.
#pragma once

#include <functional>
#include <string>

#include "command.hpp"
#include "delivery/deliver.hpp"
#include "http/transport.hpp"
#include "session.hpp"

namespace hookctl {

// Tells of one attempt: the answer's line, the body where it failed, and `next`: a line about what comes after it, or "".
void show_attempt(Session& session, const http::Request& request, const delivery::Attempt& attempt, const std::string& next);

// 0 for a 2xx, 3 when the endpoint could not be reached, 1 for all else.
ExitCode exit_code_of(const delivery::Delivery& delivery);
// The graver of two: 3 before 1 before 0.
ExitCode graver(ExitCode a, ExitCode b);

// Sleeps; false when Ctrl-C came meanwhile. Both know of it only after watch_for_interrupt().
bool interruptible_sleep(std::int64_t ms);
bool was_interrupted();
void watch_for_interrupt();

}  // namespace hookctl
