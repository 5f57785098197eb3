// The event loop: one thread that accepts, reads, forwards and answers (standalone Asio behind this header, C++20 coroutines inside).
//
// Everything here runs on the thread that calls run(), except post() and stop requests, which any thread may make.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "http/transport.hpp"

namespace hookctl::net {

// How a server treats its peers. Times in milliseconds.
struct ServerOptions {
  std::string host{"127.0.0.1"};  // a numeric address, or "localhost" (127.0.0.1)
  std::uint16_t port{4400};       // 0: the system chooses
  http::Limits limits;
  std::int64_t request_timeout_ms{30'000};  // from a request's first byte to its last, head and body together
  std::int64_t idle_timeout_ms{75'000};     // between requests
  std::size_t max_connections{10'000};
};

// How a client trusts its peers over TLS.
struct ClientOptions {
  std::string ca_file;   // PEM file trusted besides the system's CAs; "" for none
  bool insecure{false};  // any certificate will do
  http::Limits limits{64 * 1024, 256, 256ull * 1024 * 1024};
};

struct Address {
  std::string host;  // numeric
  std::uint16_t port{0};
  std::string text() const;  // "127.0.0.1:4400", "[::1]:4400"
};

class Loop final : public http::Scheduler {
 public:
  Loop();
  ~Loop() override;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Binds and begins to accept when run() runs. `unavailable` when the port is taken or the address is not this machine's. The handler
  // must outlive the loop's run. No two listeners ever share a port.
  Result<Address> listen(const ServerOptions& options, http::Handler& handler);

  // A client on this loop with its own pool of kept-alive connections. `unavailable` when the CA file cannot be read.
  Result<std::unique_ptr<http::AsyncClient>> make_client(const ClientOptions& options);

  // `handler` is called on the loop's thread at the first SIGINT or SIGTERM, with its number; a second one ends the process at once.
  void on_stop_signal(std::function<void(int)> handler);

  void post(std::function<void()> work) override;
  void after(std::int64_t delay_ms, std::function<void()> work) override;

  // Stops accepting, closes idle connections at once and lets requests in flight finish for at most `limit_ms`; run() then returns.
  void drain(std::int64_t limit_ms);

  void run();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// A blocking client with a loop of its own. `unavailable` as make_client, and when no descriptors are left.
Result<std::unique_ptr<http::Client>> make_blocking_client(const ClientOptions& options);

}  // namespace hookctl::net
