// What the journal keeps: a request as it was received, what was made of it, and each try to deliver it. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace hookctl::store {

// A received request. Every text may hold any bytes, NUL too; they come back as they went in.
struct Received {
  UnixMs received_at{0};
  std::string remote{};    // who sent it: "ip:port"
  std::string raw_head{};  // request line and fields as received, with their line ends, without the empty line
  std::string body{};      // the payload: chunk framing taken off
  std::string raw_body{};  // of a chunked request the chunks as received; otherwise empty
  std::string method{};
  std::string target{};      // as on the wire
  std::string provider{};    // "" when none was recognised
  std::string event_type{};  // "" when unknown, as with the next
  std::string event_id{};
  std::string verdict{};   // "valid", "invalid" or "unverified"
  std::string code{};      // why: a diagnosis code such as "timestamp_too_old", or ""
  std::string listener{};  // the address it came in at: "ip:port"
};

// Longest response body an attempt keeps, in bytes.
inline constexpr std::size_t kResponseBodyLimit = std::size_t{64} << 10;

// One try to deliver a kept request.
struct Attempt {
  std::int64_t request{0};  // id of the kept request
  UnixMs started_at{0};
  std::int64_t duration_ms{0};
  std::string url{};            // "" for an answer of our own (a mock, a refusal)
  std::optional<int> status{};  // nothing when there was no answer; then `error` says why
  std::string error{};
  std::string response_head{};  // status line and fields as received
  std::string response_body{};  // its first kResponseBodyLimit bytes
  bool truncated{false};        // was the body longer than what is kept?
};

struct StoredRequest {
  std::int64_t id{0};  // shown by request_id_text()
  Received received{};
  std::uint64_t body_size{0};       // bytes of `body`, known also where bodies were left out
  std::vector<Attempt> attempts{};  // oldest first
};

// The status of the last attempt; nothing when there was no attempt or no answer to it.
inline std::optional<int> last_status(const StoredRequest& request) noexcept {
  return request.attempts.empty() ? std::nullopt : request.attempts.back().status;
}

}  // namespace hookctl::store
