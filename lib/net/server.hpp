// The receiving side of the loop: a listener and its connections. Inside lib/net only; loop.hpp is the door.
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "net/core.hpp"
#include "net/loop.hpp"

namespace hookctl::net {

class Server {
 public:
  Server(Core& core, ServerOptions options, http::Handler& handler);
  ~Server();

  // Binds and starts the accept loop; the address bound.
  Result<Address> start();
  // No new connections; idle ones end now, a half-received request has a moment more, an answer under way is finished.
  void drain();

 private:
  friend class Connection;
  Awaitable<void> accept_connections();

  Core& core_;
  ServerOptions options_;
  http::Handler& handler_;
  Acceptor acceptor_;
  Timer pause_;
};

}  // namespace hookctl::net
