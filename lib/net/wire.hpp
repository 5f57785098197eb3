// One connection to an endpoint, plain or TLS, and what came over it so far. Inside lib/net only.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "http/transport.hpp"
#include "net/buffer.hpp"
#include "net/core.hpp"
#include "net/tls.hpp"

namespace hookctl::net {

class Wire {
 public:
  Wire(Core& core, std::string key) : socket_(core.io.get_executor()), key_(std::move(key)) {}

  // Connects to the first address that answers, with TLS where the URL says so.
  Awaitable<std::optional<http::SendFailure>> connect(const http::Url& url, Resolver& resolver, TlsClient& tls);
  Awaitable<ErrorCode> write(std::string_view head, std::string_view body);
  // As many of the bytes as the connection takes now; how many is added to `count`. May run beside a read_response.
  Awaitable<ErrorCode> write_some(std::string_view bytes, std::size_t& count);
  // Reads until the answer is whole. `timed_out` and other reasons of an end are for the caller to tell.
  Awaitable<http::SendResult> read_response(std::string_view request_method, const http::Limits& limits);

  // Has a byte of the last answer arrived? (A kept connection that ends without one had been closed before we wrote.)
  bool heard() const noexcept { return heard_; }
  // Is the connection still open and silent? Looks without waiting.
  bool still_idle();
  // Ends whatever is under way; nothing begins on it afterwards.
  void cancel();
  // Ends the connection once everything is written, without a look at what comes back: in order (over TLS with its word of farewell, then
  // FIN), or abruptly (RST).
  Awaitable<void> close_in_order();
  void reset();

  const std::string& key() const noexcept { return key_; }  // which pool it belongs to
  bool reusable{false};                                      // after read_response: may serve another request
  std::int64_t idle_ms{0};                                   // and for how long
  std::function<void()> on_continue{};                       // called for every 100 Continue that read_response meets

 private:
  Awaitable<ErrorCode> read_more();
  Awaitable<std::optional<http::SendFailure>> connect_one(const tcp::endpoint& endpoint);
  Awaitable<std::optional<http::SendFailure>> read_body(http::Response& response, const http::Limits& limits);
  void settle(const http::Response& response);

  Socket socket_;
  std::unique_ptr<TlsStream> tls_;
  Buffer in_;
  bool heard_{false};
  bool cancelled_{false};
  std::string key_;
};

}  // namespace hookctl::net
