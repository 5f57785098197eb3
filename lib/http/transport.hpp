// The seams between what HTTP means and how bytes travel. lib/net implements them with sockets, tests with values; the rooms above
// speak only to these.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "http/codec.hpp"
#include "http/message.hpp"
#include "http/url.hpp"

namespace hookctl::http {

// --- going out -----------------------------------------------------------------------------------------------------------------------

// One message to send: the exact bytes. `method` tells whether the answer has a body.
struct Outgoing {
  Url url;          // where to connect
  std::string method{"POST"};
  std::string head;  // with its empty line
  std::string body;  // as it goes on the wire
};

enum class SendFault {
  unreachable,  // name not found, connection refused or not made in time: nothing was sent
  tls,          // the TLS handshake failed: nothing was sent
  timeout,      // no complete answer in time
  closed,       // the connection ended before a complete answer
  malformed,    // the answer is not HTTP, or larger than the limits
};
std::string_view fault_name(SendFault fault) noexcept;  // "unreachable", "tls", …

struct SendFailure {
  SendFault fault{SendFault::unreachable};
  std::string message;  // "connection refused by 127.0.0.1:3000"
};

using SendResult = std::variant<Response, SendFailure>;

// Sends on an event loop. Call it, and be called back, on the loop's thread only.
class AsyncClient {
 public:
  virtual ~AsyncClient() = default;
  // `timeout_ms` is for everything together: name, connection, request, answer (but the system's own name lookup cannot be interrupted once it
  // runs). `done` is called exactly once, never from inside send.
  // A kept connection that turns out to have been closed, without a byte of an answer, is replaced once; on a new one nothing is sent twice.
  virtual void send(Outgoing message, std::int64_t timeout_ms, std::function<void(SendResult)> done) = 0;
};

// Sends and waits. One thread at a time.
class Client {
 public:
  virtual ~Client() = default;
  virtual SendResult send(const Outgoing& message, std::int64_t timeout_ms) = 0;
};

// --- coming in -----------------------------------------------------------------------------------------------------------------------

// A received request that waits for its answer.
class Exchange {
 public:
  virtual ~Exchange() = default;
  virtual const Request& request() const = 0;
  virtual const std::string& remote() const = 0;  // "127.0.0.1:51234"
  // Gives the answer, once, on the loop's thread. An exchange that is dropped without one answers 500.
  virtual void answer(Response response) = 0;
};

// What a server does with requests; called on the loop's thread, must not block.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual void handle(std::shared_ptr<Exchange> exchange) = 0;
  // A message that was no acceptable request and has been refused; `head` is what was read of it, at most the head limit.
  virtual void refused(const Refusal& refusal, std::string_view head, const std::string& remote) = 0;
};

// The loop's thread as a place to run things.
class Scheduler {
 public:
  virtual ~Scheduler() = default;
  virtual void post(std::function<void()> work) = 0;                         // from any thread
  virtual void after(std::int64_t delay_ms, std::function<void()> work) = 0;  // from the loop's thread
};

}  // namespace hookctl::http
