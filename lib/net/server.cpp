#include "net/server.hpp"

#include <fcntl.h>

#include <asio/ip/v6_only.hpp>
#include <cerrno>

#include "net/connection.hpp"

namespace hookctl::net {

namespace {

constexpr int kBacklog = 511;

void close_on_exec(int descriptor) { ::fcntl(descriptor, F_SETFD, FD_CLOEXEC); }

Error bind_error(const ServerOptions& options, const ErrorCode& error) {
  const std::string where = Address{options.host, options.port}.text();
  if (error == asio::error::address_in_use) {
    return unavailable_error("port " + std::to_string(options.port) + " on " + options.host + " is in use",
                             "choose another with --port, or --port 0 for a free one");
  }
  if (error == asio::error::access_denied) {
    return unavailable_error("not allowed to listen on " + where, "ports below 1024 need privileges; choose another with --port");
  }
  return unavailable_error("cannot listen on " + where + ": " + error.message());
}

}  // namespace

std::string Address::text() const {
  return (host.find(':') != std::string::npos ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Server::Server(Core& core, ServerOptions options, http::Handler& handler)
    : core_(core), options_(std::move(options)), handler_(handler), acceptor_(core.io.get_executor()), pause_(core.io.get_executor()) {}

Server::~Server() = default;

Result<Address> Server::start() {
  ErrorCode error;
  const auto address = asio::ip::make_address(options_.host == "localhost" ? "127.0.0.1" : options_.host, error);
  if (error) return usage_error("'" + options_.host + "' is not an address to listen on", "use 127.0.0.1, ::1 or an address of this machine");
  const tcp::endpoint endpoint(address, options_.port);
  acceptor_.open(endpoint.protocol(), error);
  if (error) return bind_error(options_, error);
  close_on_exec(acceptor_.native_handle());
  // Only SO_REUSEADDR: it lets us bind while old connections linger, never beside another listener.
  acceptor_.set_option(Acceptor::reuse_address(true), error);
  if (address.is_v6()) acceptor_.set_option(asio::ip::v6_only(!address.is_unspecified()), error);
  acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(kBacklog, error);
  if (error) return bind_error(options_, error);
  const tcp::endpoint bound = acceptor_.local_endpoint(error);
  asio::co_spawn(core_.io.get_executor(), accept_connections(), asio::detached);
  return Address{bound.address().to_string(), bound.port()};
}

Awaitable<void> Server::accept_connections() {
  while (acceptor_.is_open()) {
    auto [error, socket] = co_await acceptor_.async_accept(as_result);
    if (error == asio::error::operation_aborted) break;
    if (error) {  // out of descriptors, most likely: leave the rest time to end
      pause_.expires_after(std::chrono::milliseconds(50));
      auto [waited] = co_await pause_.async_wait(as_result);
      static_cast<void>(waited);
      continue;
    }
    close_on_exec(socket.native_handle());
    ErrorCode ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    const bool crowded = core_.connections.size() >= options_.max_connections;
    Connection::start(*this, std::move(socket), crowded);
  }
}

void Server::drain() {
  ErrorCode ignored;
  acceptor_.close(ignored);
  for (auto place = core_.connections.begin(); place != core_.connections.end();) (*place++)->drain();
}

}  // namespace hookctl::net
