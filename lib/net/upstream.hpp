// The sending side of the loop: connections to endpoints, kept alive and reused. Inside lib/net only; loop.hpp is the door.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "net/core.hpp"
#include "net/loop.hpp"
#include "net/tls.hpp"

namespace hookctl::net {

class Wire;

class Upstream final : public http::AsyncClient {
 public:
  Upstream(Core& core, ClientOptions options, std::unique_ptr<TlsClient> tls);
  ~Upstream() override;

  void send(http::Outgoing message, std::int64_t timeout_ms, std::function<void(http::SendResult)> done) override;

 private:
  struct Pool;
  struct Sending;

  static Awaitable<void> run(std::shared_ptr<Sending> sending);
  static Awaitable<http::SendResult> exchange(std::shared_ptr<Sending> sending, bool connected);
  static Awaitable<void> write_beside(std::shared_ptr<Sending> sending, std::shared_ptr<Wire> wire, std::shared_ptr<std::optional<ErrorCode>> written);

  Core& core_;
  ClientOptions options_;
  std::unique_ptr<TlsClient> tls_;
  std::shared_ptr<Pool> pool_;
};

}  // namespace hookctl::net
