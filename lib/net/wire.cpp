#include "net/wire.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <array>

#include "base/text.hpp"

namespace hookctl::net {

namespace {

// Endpoints close idle connections after 5 s (node, uvicorn) or 2 s (gunicorn); a request must not meet that moment.
constexpr std::int64_t kIdleMs = 1'500;

http::SendFailure unreachable(const std::string& message) { return {http::SendFault::unreachable, message}; }

http::SendFailure connect_failure(const tcp::endpoint& endpoint, const ErrorCode& error) {
  const std::string where = Address{endpoint.address().to_string(), endpoint.port()}.text();
  if (error == asio::error::connection_refused) return unreachable("connection refused by " + where);
  return unreachable("cannot connect to " + where + ": " + error.message());
}

http::SendFailure ended(const ErrorCode& error, bool answer_begun) {
  const bool eof = error == asio::error::eof || error == asio::ssl::error::stream_truncated;
  std::string message = answer_begun ? "the endpoint ended its answer half-way" : "the endpoint closed the connection without an answer";
  if (!eof) message += " (" + error.message() + ")";
  return {http::SendFault::closed, message};
}

}  // namespace

void Wire::cancel() {
  cancelled_ = true;
  ErrorCode ignored;
  socket_.close(ignored);
}

void Wire::reset() {
  ErrorCode ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  cancel();
}

Awaitable<void> Wire::close_in_order() {
  ErrorCode ignored;
  if (tls_ && !cancelled_) {
    // The farewell is written first; then it would wait for the peer's, but a read after this shutdown is at its end at once.
    socket_.shutdown(tcp::socket::shutdown_receive, ignored);
    auto [error] = co_await tls_->async_shutdown(as_result);
    static_cast<void>(error);
  }
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  cancel();
}

bool Wire::still_idle() {
  char byte = 0;
  const auto count = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

Awaitable<std::optional<http::SendFailure>> Wire::connect_one(const tcp::endpoint& endpoint) {
  ErrorCode ignored;
  socket_.close(ignored);
  auto [error] = co_await socket_.async_connect(endpoint, as_result);
  if (error) co_return connect_failure(endpoint, error);
  ::fcntl(socket_.native_handle(), F_SETFD, FD_CLOEXEC);
  socket_.set_option(tcp::no_delay(true), ignored);
  co_return std::nullopt;
}

Awaitable<std::optional<http::SendFailure>> Wire::connect(const http::Url& url, Resolver& resolver, TlsClient& tls) {
  ErrorCode literal;
  const auto address = asio::ip::make_address(url.host, literal);
  std::optional<http::SendFailure> failure;
  if (!literal) {
    failure = co_await connect_one(tcp::endpoint(address, url.port));
  } else if (url.host == "localhost") {
    // Both families, whatever the hosts file has: resolvers leave ::1 out where the machine has no other IPv6 address.
    failure = co_await connect_one(tcp::endpoint(asio::ip::address_v6::loopback(), url.port));
    if (failure && !cancelled_) failure = co_await connect_one(tcp::endpoint(asio::ip::address_v4::loopback(), url.port));
  } else {
    const std::string service = std::to_string(url.port);
    auto [error, found] = co_await resolver.async_resolve(url.host, service, as_result);
    if (error || found.empty()) co_return unreachable("no address for '" + url.host + "': " + error.message());
    for (const auto& entry : found) {
      failure = co_await connect_one(entry.endpoint());
      if (!failure || cancelled_) break;
    }
  }
  if (failure || !url.tls()) co_return failure;
  tls_ = tls.stream(socket_, url.host);
  if (!tls_) co_return http::SendFailure{http::SendFault::tls, "TLS cannot be set up"};
  auto [error] = co_await tls_->async_handshake(asio::ssl::stream_base::client, as_result);
  if (error) co_return http::SendFailure{http::SendFault::tls, "TLS handshake with " + url.host + " failed: " + tls_reason(*tls_, error)};
  co_return std::nullopt;
}

Awaitable<ErrorCode> Wire::write(std::string_view head, std::string_view body) {
  const std::array<asio::const_buffer, 2> bytes{asio::buffer(head.data(), head.size()), asio::buffer(body.data(), body.size())};
  if (tls_) {
    auto [error, count] = co_await asio::async_write(*tls_, bytes, as_result);
    static_cast<void>(count);
    co_return error;
  }
  auto [error, count] = co_await asio::async_write(socket_, bytes, as_result);
  static_cast<void>(count);
  co_return error;
}

Awaitable<ErrorCode> Wire::write_some(std::string_view bytes, std::size_t& count) {
  const auto buffer = asio::buffer(bytes.data(), bytes.size());
  if (tls_) {
    auto [error, written] = co_await tls_->async_write_some(buffer, as_result);
    count += written;
    co_return error;
  }
  auto [error, written] = co_await socket_.async_write_some(buffer, as_result);
  count += written;
  co_return error;
}

Awaitable<ErrorCode> Wire::read_more() {
  std::size_t size = 0;
  char* room = in_.room(size);
  const auto buffer = asio::buffer(room, size);
  if (tls_) {
    auto [error, count] = co_await tls_->async_read_some(buffer, as_result);
    in_.filled(count);
    heard_ = heard_ || count > 0;
    co_return error;
  }
  auto [error, count] = co_await socket_.async_read_some(buffer, as_result);
  in_.filled(count);
  heard_ = heard_ || count > 0;
  co_return error;
}

Awaitable<http::SendResult> Wire::read_response(std::string_view request_method, const http::Limits& limits) {
  heard_ = false;
  while (true) {
    std::size_t seen = 0;
    std::size_t end = std::string_view::npos;
    while ((end = http::find_head_end(in_.view(), seen)) == std::string_view::npos) {
      seen = in_.view().size();
      if (seen > limits.head) co_return http::SendFailure{http::SendFault::malformed, "the answer's head is larger than " + std::to_string(limits.head) + " bytes"};
      const ErrorCode error = co_await read_more();
      if (error) co_return ended(error, !in_.empty());
    }
    auto parsed = http::parse_response_head(in_.view().substr(0, end), request_method, limits);
    if (auto* refusal = std::get_if<http::Refusal>(&parsed)) co_return http::SendFailure{http::SendFault::malformed, "the answer is not acceptable HTTP: " + refusal->message};
    in_.consume(end);
    auto& response = std::get<http::Response>(parsed);
    if (response.status == 101) co_return http::SendFailure{http::SendFault::malformed, "the endpoint switched protocols unasked"};
    if (response.status == 100 && on_continue) on_continue();
    if (response.status < 200) continue;  // 100 Continue, 103 Early Hints: the answer comes after
    auto failure = co_await read_body(response, limits);
    if (failure) co_return std::move(*failure);
    settle(response);
    co_return std::move(response);
  }
}

Awaitable<std::optional<http::SendFailure>> Wire::read_body(http::Response& response, const http::Limits& limits) {
  using enum http::Framing;
  http::ChunkedDecoder decoder(limits);
  const std::uint64_t length = response.framing == content_length ? http::content_length(response.headers) : limits.body;
  while (response.framing != none) {
    if (response.framing == chunked) {
      auto taken = decoder.feed(in_.view(), response.body, response.raw_body);
      if (auto* refusal = std::get_if<http::Refusal>(&taken)) co_return http::SendFailure{http::SendFault::malformed, "the answer's body: " + refusal->message};
      in_.consume(std::get<std::size_t>(taken));
      if (decoder.done()) break;
    } else {
      const std::string_view have = in_.view().substr(0, static_cast<std::size_t>(length - response.body.size()));
      response.body.append(have);
      in_.consume(have.size());
      if (response.framing == content_length && response.body.size() == length) break;
      if (!in_.empty()) co_return http::SendFailure{http::SendFault::malformed, "the answer is larger than " + std::to_string(limits.body) + " bytes"};
    }
    const ErrorCode error = co_await read_more();
    const bool eof = error == asio::error::eof || error == asio::ssl::error::stream_truncated;
    if (eof && response.framing == until_close) break;
    if (error) co_return ended(error, true);
  }
  co_return std::nullopt;
}

void Wire::settle(const http::Response& response) {
  reusable = response.framing != http::Framing::until_close && in_.empty() && http::keeps_alive(response.headers, response.minor_version);
  idle_ms = kIdleMs;
  if (const auto hint = response.headers.find("Keep-Alive")) {
    const std::size_t at = hint->find("timeout=");
    if (at != std::string_view::npos) {
      const auto digits = hint->substr(at + 8, hint->find_first_not_of("0123456789", at + 8) - (at + 8));
      if (const auto seconds = parse_unsigned(digits)) idle_ms = std::min<std::int64_t>(kIdleMs, static_cast<std::int64_t>(std::min<std::uint64_t>(*seconds, 60)) * 1000 - 500);
    }
  }
  if (idle_ms <= 0) reusable = false;
}

}  // namespace hookctl::net
