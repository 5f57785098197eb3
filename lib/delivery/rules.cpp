#include "delivery/rules.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace hookctl::delivery {

namespace {

constexpr std::uint64_t kLongestRetryAfterS = 3'600;

const http::Response* response_of(const http::SendResult& result) noexcept { return std::get_if<http::Response>(&result); }

// The endpoint's own wish, in milliseconds; 0 when it has none. Dates are not understood and count as none.
std::int64_t retry_after_ms(const http::SendResult& result) {
  const auto* response = response_of(result);
  const auto text = response == nullptr ? std::nullopt : response->headers.find("Retry-After");
  const auto seconds = text ? parse_unsigned(*text) : std::nullopt;
  return seconds ? static_cast<std::int64_t>(std::min(*seconds, kLongestRetryAfterS)) * 1000 : 0;
}

bool is_retried(const Retried& retried, const http::SendResult& result) noexcept {
  if (const auto* response = response_of(result)) return contains(retried.statuses, response->status);
  const auto fault = std::get<http::SendFailure>(result).fault;
  return fault == http::SendFault::timeout ? retried.timeouts : retried.connections;
}

std::string told(const http::SendResult& result) {
  if (const auto* response = response_of(result)) return std::to_string(response->status);
  return std::string(http::fault_name(std::get<http::SendFailure>(result).fault));
}

bool refuses_retries(const Rules& rules, const http::SendResult& result) {
  const auto* response = response_of(result);
  return response != nullptr && !rules.refusing_header.empty() && response->headers.find(rules.refusing_header) == "1";
}

Step gave_up(std::string why) { return {Next::give_up, 0, std::move(why)}; }

}  // namespace

std::optional<StatusRange> parse_status_range(std::string_view text) noexcept {
  StatusRange range;
  if (text.size() == 3 && text.ends_with("xx")) {
    range.first = (text[0] - '0') * 100;
    range.last = range.first + 99;
  } else {
    const std::size_t dash = text.find('-');
    const auto first = parse_unsigned(text.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : parse_unsigned(text.substr(dash + 1));
    if (!first || !last || *first > 599 || *last > 599) return std::nullopt;
    range = {static_cast<int>(*first), static_cast<int>(*last)};
  }
  if (range.first < 100 || range.last > 599 || range.first > range.last) return std::nullopt;
  return range;
}

bool contains(const StatusSet& set, int status) noexcept {
  return std::ranges::any_of(set, [&](const StatusRange& range) { return range.first <= status && status <= range.last; });
}

Rules::Rules() = default;

Result<std::vector<std::int64_t>> parse_gaps(std::string_view text) {
  std::vector<std::int64_t> gaps;
  if (text == "none" || text.empty()) return gaps;
  for (const std::string_view word : split(text, ",")) {
    const auto gap = parse_duration_ms(trim_blanks(word));
    if (!gap) return usage_error("--retries: '" + printable(word) + "' is not a duration", "give 'none', 'provider' or a list such as 1s,5s,1m");
    gaps.push_back(*gap);
  }
  return gaps;
}

bool is_delivered(const Rules& rules, const http::SendResult& result) noexcept {
  const auto* response = response_of(result);
  return response != nullptr && contains(rules.success, response->status);
}

Step next_step(const Rules& rules, const http::SendResult& result, std::size_t number) {
  if (is_delivered(rules, result)) return {};
  const auto* response = response_of(result);
  if (response != nullptr && contains(rules.final_statuses, response->status)) return gave_up(told(result) + " is final: it is not tried again");
  if (refuses_retries(rules, result)) return gave_up("the answer's " + rules.refusing_header + " asks for no further try");
  if (!is_retried(rules.retried, result)) return gave_up(told(result) + " is not tried again");
  if (number >= rules.gaps_ms.size()) return gave_up(rules.gaps_ms.empty() ? "nothing is tried again" : "that was the last try");
  const std::int64_t wish = rules.honours_retry_after ? retry_after_ms(result) : 0;
  return {Next::retry, std::max(rules.gaps_ms[number], wish), {}};
}

const std::optional<std::string>& Standing::count(const Rules& rules, const http::SendResult& result, std::int64_t now_ms) {
  if (switched_off_) return switched_off_;
  if (is_delivered(rules, result)) {
    failures_ = 0;
    return switched_off_;
  }
  if (failures_++ == 0) failing_since_ = now_ms;
  const auto* response = response_of(result);
  const std::int64_t failing_ms = now_ms - failing_since_;
  if (response != nullptr && contains(rules.disabling, response->status)) switched_off_ = "it answered " + told(result);
  else if (rules.disabling_failures && failures_ >= *rules.disabling_failures) switched_off_ = std::to_string(failures_) + " failures in a row";
  else if (rules.disabling_after_ms && failing_ms >= *rules.disabling_after_ms) switched_off_ = "it has been failing for " + duration_text(failing_ms);
  return switched_off_;
}

}  // namespace hookctl::delivery
