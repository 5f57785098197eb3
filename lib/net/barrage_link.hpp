// The connections of a barrage: made anew whenever one has ended, by a name looked up once. Inside lib/net only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/transport.hpp"
#include "net/core.hpp"
#include "net/tls.hpp"

namespace hookctl::net {

// Where a barrage goes: the URL, and its addresses once they are known. Shared by its links.
struct Target {
  http::Url url;
  TlsClient& tls;
  std::vector<tcp::endpoint> addresses{};  // the one that answered last comes first; empty: to be looked up
};

// One connection, plain or TLS. Whoever has begun something on it holds a shared_ptr to it until that ends.
class Link {
 public:
  Link(Core& core, Target& target) : target_(target), socket_(core.io.get_executor()), resolver_(core.io.get_executor()) {}

  // Connects to the first address that answers.
  Awaitable<std::optional<http::SendFailure>> connect();
  // Ends whatever is under way; nothing begins on it afterwards.
  void cancel();
  // Is the connection still open and silent? Looks without waiting.
  bool still_idle();

  Socket& socket() noexcept { return socket_; }            // its synchronous operations do not wait
  TlsStream* tls() const noexcept { return tls_.get(); }  // null on a plain connection

 private:
  Awaitable<std::optional<http::SendFailure>> find_addresses();
  Awaitable<std::optional<http::SendFailure>> connect_one(tcp::endpoint address);
  Awaitable<std::optional<http::SendFailure>> shake_hands();

  Target& target_;
  Socket socket_;
  Resolver resolver_;
  std::unique_ptr<TlsStream> tls_{};
  bool cancelled_{false};
};

// Why an answer did not come whole: a read failed with `error`, after or before its first byte.
http::SendFailure broken_off(const ErrorCode& error, bool answer_begun);
// Is this the end of a connection in order?
bool is_end(const ErrorCode& error);

}  // namespace hookctl::net
