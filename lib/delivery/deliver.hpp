// Delivering one event to one endpoint: attempts as the sender's rules have it, each made (and signed) anew.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "delivery/rules.hpp"
#include "http/transport.hpp"

namespace hookctl::delivery {

// One try. `result` is the endpoint's answer or why there was none; `redirects` counts the answers that were followed before it.
struct Attempt {
  UnixMs started_at{0};
  std::int64_t duration_ms{0};
  http::SendResult result;
  int redirects{0};
  std::int64_t ahead_ms{0};  // how far waits that were cut short have put the sender's clock ahead of ours
  bool delivered{false};  // the rules call it success
  Step next{};
};

struct Delivery {
  std::vector<Attempt> attempts;
  bool delivered{false};  // the last attempt succeeded
};

// Makes the message of the nth try (from 0); called right before it is sent, so that its signature is fresh. `last` is the attempt before,
// null for the first.
using MessageFactory = std::function<Result<http::Outgoing>(std::size_t number, const Attempt* last)>;

struct DeliverOptions {
  std::int64_t timeout_ms{30'000};  // of one try, redirects included
  Rules rules{};
  // The sender's clock runs this many times faster: waits are that much shorter. Time that the endpoint takes is not
  // scaled: neither its timeout_ms nor what it adds to the sender's clock.
  double time_scale{1};
  // Told of each attempt as it ends.
  std::function<void(const Attempt&, std::size_t number)> on_attempt{};
  // Sleeps real milliseconds; false when it was interrupted, which ends the delivery.
  std::function<bool(std::int64_t ms)> sleep{};
  // The same message for the URL of a Location; needed where the rules follow redirects.
  std::function<Result<http::Outgoing>(const http::Outgoing& message, std::string_view location)> redirect{};
};

// Tries until the rules say that it is done or given up. The error is the factory's. Blocks; uses `client` from this thread only.
Result<Delivery> deliver(http::Client& client, const Clock& clock, const MessageFactory& make, const DeliverOptions& options);

}  // namespace hookctl::delivery
