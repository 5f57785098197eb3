// Whoever wants to know what passes through the gateway: the screen, a record stream, a test. Called on the loop's thread; must not block.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "http/transport.hpp"
#include "signing/diagnose.hpp"
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
  const signing::Verification& verification;      // its code is the diagnosis' where there is one
  const signing::Diagnosis* diagnosis{nullptr};  // why it is invalid, where that was looked for
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

// What became of a provider's challenge (provider/challenge.hpp).
struct Handshake {
  enum class Outcome {
    answered,    // by us, as the provider demands
    refused,     // by us: the verify token is another
    unanswered,  // by us, with an error: `message` says what is missing
    passed_on,   // the endpoint answers
  };
  std::int64_t id{0};
  UnixMs at{0};
  std::string provider{};   // its title
  std::string challenge{};  // its name
  Outcome outcome{Outcome::answered};
  std::string message{};       // more to know, or ""
  std::string secret{};        // the signing secret that it handed over, as it may be shown, or ""
  std::string secret_file{};   // where that is kept, or ""
  bool secret_in_use{false};   // it verifies what comes next
  std::string visit{};         // the URL that confirms it, or ""
  bool visited{false};         // it was fetched, and said 2xx
};

class Observer {
 public:
  virtual ~Observer() = default;
  virtual void arrived(const Arrival& arrival) = 0;
  virtual void answered(const Answer& answer) = 0;
  // A challenge was seen to; before its answered().
  virtual void shook_hands(const Handshake&) {}
  // All answers of one request are in.
  virtual void finished(const Arrival& arrival, std::optional<int> status) = 0;
  // No acceptable HTTP: answered, not kept.
  virtual void refused(const http::Refusal& refusal, const std::string& remote) = 0;
  // A request that could not be kept and was answered 503.
  virtual void not_kept(const std::string& reason) = 0;
};

}  // namespace hookctl::gateway
