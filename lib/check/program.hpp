// The endpoint as a program that hookctl starts (--spawn): started, waited for, started anew, stopped.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "check/bench.hpp"
#include "http/url.hpp"
#include "http/wire_plan.hpp"

namespace hookctl::check {

struct ProgramOptions {
  std::vector<std::string> words;      // without a shell
  http::Url url;                       // it is there when this URL's port is open
  std::int64_t wait_ms{15'000};        // for that
  std::function<bool()> interrupted{};
};

// Starts it and waits until its port is open. `unavailable` when it cannot be started, ends at once, does not open the port in time, or when
// somebody else has the port already; the message holds its last lines. Stops it with everything it started when it goes.
Result<std::unique_ptr<Program>> start_program(http::WireClient& wire, ProgramOptions options);

}  // namespace hookctl::check
