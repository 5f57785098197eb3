// Delivering one event to one endpoint: attempts on a retry schedule, each made (and signed) anew.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "http/transport.hpp"

namespace hookctl::delivery {

// One try. `result` is the endpoint's answer or why there was none.
struct Attempt {
  UnixMs started_at{0};
  std::int64_t duration_ms{0};
  http::SendResult result;
};

bool succeeded(const Attempt& attempt) noexcept;  // a 2xx answer

// When to try again: the gap before each further try, in milliseconds. Empty: one try only.
struct RetryPolicy {
  std::vector<std::int64_t> gaps_ms;
};

// "none", "provider" (needs `providers_gaps_s`), or a list of durations "1s,5s,1m". `usage` says what is expected.
Result<RetryPolicy> parse_retries(std::string_view text, const std::optional<std::vector<double>>& providers_gaps_s);

struct Delivery {
  std::vector<Attempt> attempts;
  bool delivered{false};  // the last attempt succeeded
};

// Makes the message of the nth try (from 0); called right before it is sent, so that its signature is fresh.
using MessageFactory = std::function<Result<http::Outgoing>(std::size_t attempt)>;

struct DeliverOptions {
  std::int64_t timeout_ms{30'000};
  RetryPolicy retries{};
  // Told of each attempt as it ends, and of the wait before the next one (nothing after the last).
  std::function<void(const Attempt&, std::size_t number, std::optional<std::int64_t> next_in_ms)> on_attempt{};
  // Sleeps; false when it was interrupted, which ends the delivery.
  std::function<bool(std::int64_t ms)> sleep{};
};

// Tries until the endpoint answers 2xx or 410, or the schedule ends. A Retry-After in seconds lengthens a gap, up to an hour. The error is
// the factory's. Blocks; uses `client` from this thread only.
Result<Delivery> deliver(http::Client& client, const Clock& clock, const MessageFactory& make, const DeliverOptions& options);

}  // namespace hookctl::delivery
