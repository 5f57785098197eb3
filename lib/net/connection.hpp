// One connection of a server: reads a request, hands it over, writes the answer, and again. Inside lib/net only.
#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "net/buffer.hpp"
#include "net/core.hpp"
#include "net/server.hpp"

namespace hookctl::net {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  // Runs until the peer or the server ends it. `crowded`: there are too many, say so and close.
  static void start(Server& server, Socket socket, bool crowded);
  Connection(Server& server, Socket socket);
  ~Connection();

  void drain();

 private:
  enum class Phase { idle, receiving, handling, answering };
  // What became of an attempt to read: a request, a refusal to answer with, or the end of the connection.
  struct Gone {};
  using Received = std::variant<http::Request, http::Refusal, Gone>;
  class PendingExchange;

  static Awaitable<void> run(std::shared_ptr<Connection> self, bool crowded);
  Awaitable<bool> serve_one();
  Awaitable<Received> read_request();
  Awaitable<std::optional<http::Refusal>> read_body(http::Request& request);
  Awaitable<bool> read_more();
  Awaitable<bool> write(std::string head, std::string_view body);
  Awaitable<bool> write_answer(const http::Request& request, http::Response response);
  Awaitable<void> refuse(http::Refusal refusal);
  Awaitable<void> linger();
  http::Refusal cut_short(std::string_view what) const;

  Server& server_;
  std::list<Connection*>& all_;
  Core::Activity activity_;
  Socket socket_;
  std::string remote_;
  Buffer in_;
  Phase phase_{Phase::idle};
  bool timed_out_{false};
  Timer answered_;  // never fires; cancelled to wake the session when its answer is there
  Deadline deadline_;
  std::list<Connection*>::iterator place_;
};

}  // namespace hookctl::net
