#include "delivery/deliver.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/text.hpp"

namespace hookctl::delivery {

namespace {

constexpr std::int64_t kLongestRetryAfterMs = 3'600'000;
constexpr double kLongestGapS = 1e9;
constexpr int kGone = 410;  // the endpoint wants no more of it

// The endpoint's own wish, in milliseconds; 0 when it has none. Dates are not understood and count as none.
std::int64_t retry_after_ms(const Attempt& attempt) {
  const auto* response = std::get_if<http::Response>(&attempt.result);
  if (response == nullptr) return 0;
  const auto text = response->headers.find("Retry-After");
  const auto seconds = text ? parse_unsigned(*text) : std::nullopt;
  return seconds ? static_cast<std::int64_t>(std::min<std::uint64_t>(*seconds, kLongestRetryAfterMs / 1000)) * 1000 : 0;
}

bool is_final(const Attempt& attempt) {
  const auto* response = std::get_if<http::Response>(&attempt.result);
  return response != nullptr && (http::is_success(response->status) || response->status == kGone);
}

}  // namespace

bool succeeded(const Attempt& attempt) noexcept {
  const auto* response = std::get_if<http::Response>(&attempt.result);
  return response != nullptr && http::is_success(response->status);
}

Result<RetryPolicy> parse_retries(std::string_view text, const std::optional<std::vector<double>>& providers_gaps_s) {
  RetryPolicy policy;
  if (text == "none" || text.empty()) return policy;
  if (text == "provider") {
    if (!providers_gaps_s) return usage_error("this provider's retry schedule is not known", "give the gaps yourself: --retries 1s,5s,1m");
    for (const double gap : *providers_gaps_s) policy.gaps_ms.push_back(static_cast<std::int64_t>(std::min(gap, kLongestGapS) * 1000));
    return policy;
  }
  for (const std::string_view word : split(text, ",")) {
    const auto gap = parse_duration_ms(trim_blanks(word));
    if (!gap) return usage_error("--retries: '" + printable(word) + "' is not a duration", "give 'none', 'provider' or a list such as 1s,5s,1m");
    policy.gaps_ms.push_back(*gap);
  }
  return policy;
}

Result<Delivery> deliver(http::Client& client, const Clock& clock, const MessageFactory& make, const DeliverOptions& options) {
  Delivery delivery;
  for (std::size_t number = 0;; ++number) {
    auto message = make(number);
    if (!message) return message.error();
    const UnixMs started_at = clock.now();
    const std::int64_t begun = steady_ms();
    http::SendResult result = client.send(*message, options.timeout_ms);
    delivery.attempts.push_back({started_at, steady_ms() - begun, std::move(result)});
    const Attempt& attempt = delivery.attempts.back();
    delivery.delivered = succeeded(attempt);
    std::optional<std::int64_t> next;
    if (!is_final(attempt) && number < options.retries.gaps_ms.size()) next = std::max(options.retries.gaps_ms[number], retry_after_ms(attempt));
    if (options.on_attempt) options.on_attempt(attempt, number, next);
    if (!next) return delivery;
    if (options.sleep) {
      if (!options.sleep(*next)) return delivery;
    } else {
      std::this_thread::sleep_for(std::chrono::milliseconds(*next));
    }
  }
}

}  // namespace hookctl::delivery
