#include "net/loop.hpp"

#include <unistd.h>

#include <asio/signal_set.hpp>
#include <csignal>
#include <list>
#include <system_error>

#include "net/core.hpp"
#include "net/server.hpp"
#include "net/upstream.hpp"

namespace hookctl::net {

namespace {
constexpr int kInterrupted = 130;
}

struct Loop::Impl {
  Core core;
  std::list<Server> servers;
  asio::basic_signal_set<Executor> signals{core.io.get_executor()};
  std::function<void(int)> on_signal;
  asio::executor_work_guard<Executor> work{core.io.get_executor()};

  void wait_for_signal(bool first) {
    signals.async_wait([this, first](ErrorCode error, int number) {
      if (error) return;
      if (!first) ::_exit(kInterrupted);
      wait_for_signal(false);
      on_signal(number);
    });
  }
};

Loop::Loop() : impl_(std::make_unique<Impl>()) {}
Loop::~Loop() = default;

Result<Address> Loop::listen(const ServerOptions& options, http::Handler& handler) {
  Server& server = impl_->servers.emplace_back(impl_->core, options, handler);
  auto bound = server.start();
  if (!bound) impl_->servers.pop_back();
  return bound;
}

Result<std::unique_ptr<http::AsyncClient>> Loop::make_client(const ClientOptions& options) {
  auto tls = TlsClient::create(options);
  if (!tls) return tls.error();
  return std::unique_ptr<http::AsyncClient>(std::make_unique<Upstream>(impl_->core, options, *std::move(tls)));
}

void Loop::on_stop_signal(std::function<void(int)> handler) {
  impl_->on_signal = std::move(handler);
  ErrorCode ignored;
  impl_->signals.add(SIGINT, ignored);
  impl_->signals.add(SIGTERM, ignored);
  impl_->wait_for_signal(true);
}

void Loop::post(std::function<void()> work) { asio::post(impl_->core.io, std::move(work)); }

void Loop::after(std::int64_t delay_ms, std::function<void()> work) {
  auto timer = std::make_shared<Timer>(impl_->core.io.get_executor());
  timer->expires_after(std::chrono::milliseconds(delay_ms));
  timer->async_wait([timer, work = std::move(work)](ErrorCode error) {
    if (!error) work();
  });
}

void Loop::drain(std::int64_t limit_ms) {
  if (impl_->core.draining) return;
  impl_->core.draining = true;
  for (Server& server : impl_->servers) server.drain();
  after(limit_ms, [this] { impl_->core.io.stop(); });
  // Connections just closed end in the next turns of the loop; whoever ends last stops it.
  if (impl_->core.active == 0) impl_->core.io.stop();
}

void Loop::run() { impl_->core.io.run(); }

// --- the blocking client ---------------------------------------------------------------------------------------------------------------

namespace {

class BlockingClient final : public http::Client {
 public:
  BlockingClient(ClientOptions options, std::unique_ptr<TlsClient> tls) : upstream_(core_, std::move(options), std::move(tls)) {}

  http::SendResult send(const http::Outgoing& message, std::int64_t timeout_ms) override {
    std::optional<http::SendResult> result;
    upstream_.send(message, timeout_ms, [&result](http::SendResult got) { result = std::move(got); });
    core_.io.restart();
    try {
      while (!result && core_.io.run_one() > 0) {
      }
    } catch (const std::system_error& error) {  // no thread for the resolver, most likely
      return http::SendFailure{http::SendFault::unreachable, error.what()};
    }
    if (!result) return http::SendFailure{http::SendFault::closed, "the connection was given up"};
    return *std::move(result);
  }

 private:
  Core core_;
  Upstream upstream_;
};

}  // namespace

Result<std::unique_ptr<http::Client>> make_blocking_client(const ClientOptions& options) {
  auto tls = TlsClient::create(options);
  if (!tls) return tls.error();
  try {
    return std::unique_ptr<http::Client>(std::make_unique<BlockingClient>(options, *std::move(tls)));
  } catch (const std::system_error& error) {  // no descriptors left for a loop, most likely
    return unavailable_error("cannot make a connection: " + std::string(error.what()), "'ulimit -n' tells how many files may be open");
  }
}

}  // namespace hookctl::net
