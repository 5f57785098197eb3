// How a sender judges an attempt: what counts as delivered, what is tried again and when, what ends it, what costs the endpoint its place.
// Every provider has rules of its own (provider.json, `delivery`); the defaults are those of a careful sender. Values; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "http/transport.hpp"

namespace hookctl::delivery {

// Statuses from `first` to `last`, both included.
struct StatusRange {
  int first{0};
  int last{0};
  bool operator==(const StatusRange&) const = default;
};
using StatusSet = std::vector<StatusRange>;

// "2xx", "429", "500-504". Nothing when it is none of these or not within 100 to 599.
std::optional<StatusRange> parse_status_range(std::string_view text) noexcept;
bool contains(const StatusSet& set, int status) noexcept;

// What is tried again. Statuses that are neither success nor here are final.
struct Retried {
  bool timeouts{true};
  bool connections{true};  // no connection, no TLS, or an answer that broke off
  StatusSet statuses{{100, 599}};
};

struct Rules {
  Rules();  // the defaults below; out of line, for g++ 12 takes its inlined vectors for uninitialised

  StatusSet success{{200, 299}};
  bool follow_redirects{false};  // otherwise a 3xx is judged as any other status
  Retried retried{};
  StatusSet final_statuses{{410, 410}};       // not tried again, whatever `retried` says
  bool honours_retry_after{true};             // seconds only, up to an hour
  std::string refusing_header{};              // an answer with "NAME: 1" is not tried again (Slack's X-Slack-No-Retry)
  std::vector<std::int64_t> gaps_ms{};        // before each further try; empty: one try only
  StatusSet disabling{};                      // one such answer and the endpoint is switched off
  std::optional<int> disabling_failures{};    // so many failed attempts in a row, and it is switched off
  std::optional<std::int64_t> disabling_after_ms{};  // failing for so long, and it is switched off
};

// "none", or a list of durations "1s,5s,1m": the gaps in milliseconds. `usage` says what is expected.
Result<std::vector<std::int64_t>> parse_gaps(std::string_view text);

// What comes after an attempt.
enum class Next { done, retry, give_up };
struct Step {
  Next next{Next::done};
  std::int64_t wait_ms{0};  // of a retry
  std::string why{};        // of a give_up, in plain words: "410 says that the endpoint is gone"
};

bool is_delivered(const Rules& rules, const http::SendResult& result) noexcept;
// `number` counts the attempts from 0.
Step next_step(const Rules& rules, const http::SendResult& result, std::size_t number);

// How an endpoint stands with a sender over many attempts. One thread at a time.
class Standing {
 public:
  // Counts an attempt that ended at `now_ms` of the sender's clock. The reason in plain words when the sender switches the endpoint off by
  // it ("8 failures in a row"); from then on the reason stays. Nothing while it goes on sending.
  const std::optional<std::string>& count(const Rules& rules, const http::SendResult& result, std::int64_t now_ms);
  const std::optional<std::string>& switched_off() const noexcept { return switched_off_; }

 private:
  int failures_{0};  // in a row
  std::int64_t failing_since_{0};
  std::optional<std::string> switched_off_{};
};

}  // namespace hookctl::delivery
