// Whoever wants to know what passes through the gateway: the screen, a record stream, a test. Called on the loop's thread; must not block.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "http/transport.hpp"
#include "signing/verify.hpp"

namespace hookctl::gateway {

// A request that was received, judged and kept. The views and pointers live for the call only.
struct Arrival {
  std::int64_t id{0};  // in the journal
  UnixMs received_at{0};
  const http::Request& request;
  const std::string& remote;
  const std::string& provider;  // "" when unknown
  const std::string& event_type;
  const std::string& event_id;
  const signing::Verification& verification;
};

// An answer that was given for it: the endpoint's, a mock or our own (`target` is then empty).
struct Answer {
  std::int64_t id{0};
  UnixMs answered_at{0};
  std::int64_t duration_ms{0};
  const http::Request& request;
  std::string target;  // URL it was forwarded to
  std::string path;    // path and query there
  const http::SendResult& result;
  bool given_to_sender{true};  // false for the second and further targets
};

class Observer {
 public:
  virtual ~Observer() = default;
  virtual void arrived(const Arrival& arrival) = 0;
  virtual void answered(const Answer& answer) = 0;
  // All answers of one request are in.
  virtual void finished(const Arrival& arrival, std::optional<int> status) = 0;
  // No acceptable HTTP: answered, not kept.
  virtual void refused(const http::Refusal& refusal, const std::string& remote) = 0;
  // A request that could not be kept and was answered 503.
  virtual void not_kept(const std::string& reason) = 0;
};

}  // namespace hookctl::gateway
