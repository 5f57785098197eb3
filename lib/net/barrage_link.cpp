#include "net/barrage_link.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <exception>

namespace hookctl::net {

namespace {

http::SendFailure unreachable(std::string message) { return {http::SendFault::unreachable, std::move(message)}; }

http::SendFailure connect_failure(const tcp::endpoint& address, const ErrorCode& error) {
  const std::string where = Address{address.address().to_string(), address.port()}.text();
  if (error == asio::error::connection_refused) return unreachable("connection refused by " + where);
  return unreachable("cannot connect to " + where + ": " + error.message());
}

}  // namespace

bool is_end(const ErrorCode& error) { return error == asio::error::eof || error == asio::ssl::error::stream_truncated; }

http::SendFailure broken_off(const ErrorCode& error, bool answer_begun) {
  std::string message = answer_begun ? "the endpoint ended its answer half-way" : "the endpoint closed the connection without an answer";
  if (!is_end(error)) message += " (" + error.message() + ")";
  return {http::SendFault::closed, std::move(message)};
}

void Link::cancel() {
  cancelled_ = true;
  resolver_.cancel();
  ErrorCode ignored;
  socket_.close(ignored);
}

bool Link::still_idle() {
  char byte = 0;
  const auto count = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

Awaitable<std::optional<http::SendFailure>> Link::connect() {
  try {
    if (target_.addresses.empty()) {
      auto failure = co_await find_addresses();
      if (failure) co_return failure;
    }
    const std::vector<tcp::endpoint> addresses = target_.addresses;  // other links may change it meanwhile
    std::optional<http::SendFailure> failure;
    for (const tcp::endpoint& address : addresses) {
      failure = co_await connect_one(address);
      if (cancelled_) co_return failure;
      if (failure) continue;
      const auto place = std::find(target_.addresses.begin(), target_.addresses.end(), address);
      if (place != target_.addresses.end()) std::rotate(target_.addresses.begin(), place, place + 1);
      if (target_.url.tls()) failure = co_await shake_hands();
      co_return failure;
    }
    target_.addresses.clear();
    co_return failure;
  } catch (const std::exception& error) {  // no thread for the resolver, most likely
    co_return unreachable(error.what());
  }
}

Awaitable<std::optional<http::SendFailure>> Link::find_addresses() {
  const http::Url& url = target_.url;
  ErrorCode literal;
  const auto address = asio::ip::make_address(url.host, literal);
  if (!literal) {
    target_.addresses.emplace_back(address, url.port);
  } else if (url.host == "localhost") {
    // Both families, whatever the hosts file has: resolvers leave ::1 out where the machine has no other IPv6 address.
    target_.addresses.emplace_back(asio::ip::address_v6::loopback(), url.port);
    target_.addresses.emplace_back(asio::ip::address_v4::loopback(), url.port);
  } else {
    const std::string service = std::to_string(url.port);
    auto [error, found] = co_await resolver_.async_resolve(url.host, service, as_result);
    if (error || found.empty()) co_return unreachable("no address for '" + url.host + "': " + error.message());
    target_.addresses.clear();  // another link may have come first
    for (const auto& entry : found) target_.addresses.push_back(entry.endpoint());
  }
  co_return std::nullopt;
}

Awaitable<std::optional<http::SendFailure>> Link::connect_one(tcp::endpoint address) {
  ErrorCode ignored;
  socket_.close(ignored);
  auto [error] = co_await socket_.async_connect(address, as_result);
  if (error) co_return connect_failure(address, error);
  ::fcntl(socket_.native_handle(), F_SETFD, FD_CLOEXEC);
  socket_.set_option(tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
  co_return std::nullopt;
}

Awaitable<std::optional<http::SendFailure>> Link::shake_hands() {
  const std::string& host = target_.url.host;
  tls_ = target_.tls.stream(socket_, host);
  if (!tls_) co_return http::SendFailure{http::SendFault::tls, "TLS cannot be set up"};
  auto [error] = co_await tls_->async_handshake(asio::ssl::stream_base::client, as_result);
  if (error) co_return http::SendFailure{http::SendFault::tls, "TLS handshake with " + host + " failed: " + tls_reason(*tls_, error)};
  co_return std::nullopt;
}

}  // namespace hookctl::net
