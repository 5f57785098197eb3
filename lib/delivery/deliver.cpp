#include "delivery/deliver.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace hookctl::delivery {

namespace {

constexpr int kMostRedirects = 5;

// The place a redirect points to, where there is one.
std::optional<std::string> location_of(const http::SendResult& result) {
  const auto* response = std::get_if<http::Response>(&result);
  if (response == nullptr || response->status < 301 || response->status > 308) return std::nullopt;
  const auto location = response->headers.find("Location");
  return location ? std::optional(std::string(*location)) : std::nullopt;
}

// One try: the message, and the redirects of its answer where the rules follow them.
Attempt attempt(http::Client& client, const Clock& clock, http::Outgoing message, const DeliverOptions& options) {
  const UnixMs started_at = clock.now();
  const std::int64_t begun = steady_ms();
  const auto left = [&] { return std::max<std::int64_t>(1, options.timeout_ms - (steady_ms() - begun)); };
  Attempt attempt{.started_at = started_at, .result = client.send(message, options.timeout_ms)};
  while (options.rules.follow_redirects && options.redirect && attempt.redirects < kMostRedirects) {
    const auto location = location_of(attempt.result);
    if (!location) break;
    auto next = options.redirect(message, *location);
    if (!next) break;
    message = *std::move(next);
    ++attempt.redirects;
    attempt.result = client.send(message, left());
  }
  attempt.duration_ms = steady_ms() - begun;
  return attempt;
}

// What a wait of the sender's takes here.
std::int64_t scaled(const DeliverOptions& options, std::int64_t gap_ms) {
  return static_cast<std::int64_t>(static_cast<double>(gap_ms) / std::max(options.time_scale, 1e-6));
}

bool wait(const DeliverOptions& options, std::int64_t real_ms) {
  if (options.sleep) return options.sleep(real_ms);
  std::this_thread::sleep_for(std::chrono::milliseconds(real_ms));
  return true;
}

}  // namespace

Result<Delivery> deliver(http::Client& client, const Clock& clock, const MessageFactory& make, const DeliverOptions& options) {
  Delivery delivery;
  std::int64_t ahead_ms = 0;
  for (std::size_t number = 0;; ++number) {
    auto message = make(number, delivery.attempts.empty() ? nullptr : &delivery.attempts.back());
    if (!message) return message.error();
    Attempt done = attempt(client, clock, *std::move(message), options);
    done.ahead_ms = ahead_ms;
    done.delivered = is_delivered(options.rules, done.result);
    done.next = next_step(options.rules, done.result, number);
    delivery.delivered = done.delivered;
    delivery.attempts.push_back(std::move(done));
    const Attempt& last = delivery.attempts.back();
    if (options.on_attempt) options.on_attempt(last, number);
    if (last.next.next != Next::retry) return delivery;
    const std::int64_t real_ms = scaled(options, last.next.wait_ms);
    if (!wait(options, real_ms)) return delivery;
    ahead_ms += last.next.wait_ms - real_ms;
  }
}

}  // namespace hookctl::delivery
