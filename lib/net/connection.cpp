#include "net/connection.hpp"

#include <array>

#include "base/text.hpp"

namespace hookctl::net {

namespace {

constexpr std::int64_t kDrainReceivingMs = 2'000;
constexpr std::int64_t kLingerMs = 2'000;
constexpr std::size_t kLingerBytes = 64ull * 1024 * 1024;
constexpr std::size_t kEagerReserve = 1024 * 1024;  // of a body whose length is only claimed yet

std::string name_of(const Socket& socket) {
  ErrorCode error;
  const auto peer = socket.remote_endpoint(error);
  return error ? "unknown" : Address{peer.address().to_string(), peer.port()}.text();
}

// HTTP/1.0 knows no chunks: the answer is written anew from its fields, the payload with its length.
void take_off_chunks(http::Response& response) {
  response.headers.remove("Transfer-Encoding");
  response.headers.set("Content-Length", std::to_string(response.body.size()));
  response.framing = http::Framing::content_length;
  response.raw_head.clear();
}

bool may_have_body(const http::Request& request, int status) {
  return request.method != "HEAD" && status >= 200 && status != 204 && status != 304;
}

}  // namespace

// The exchange outlives the connection when the handler keeps it; `connection_` is then gone and an answer goes nowhere.
class Connection::PendingExchange final : public http::Exchange {
 public:
  PendingExchange(std::weak_ptr<Connection> connection, http::Request request, std::string remote)
      : connection_(std::move(connection)), request_(std::move(request)), remote_(std::move(remote)) {}
  ~PendingExchange() override = default;

  const http::Request& request() const override { return request_; }
  const std::string& remote() const override { return remote_; }
  void answer(http::Response response) override {
    if (response_) return;
    response_ = std::move(response);
    if (const auto connection = connection_.lock()) connection->answered_.cancel();
  }

  std::optional<http::Response>& response() { return response_; }

 private:
  std::weak_ptr<Connection> connection_;
  http::Request request_;
  std::string remote_;
  std::optional<http::Response> response_;
};

namespace {

// What the handler holds: the last one of it answers for a handler that forgot to.
class AnsweringExchange final : public http::Exchange {
 public:
  explicit AnsweringExchange(std::shared_ptr<http::Exchange> inner) : inner_(std::move(inner)) {}
  ~AnsweringExchange() override {
    if (!answered_) inner_->answer(http::json_answer(500, "no_answer", "the request was dropped"));
  }
  const http::Request& request() const override { return inner_->request(); }
  const std::string& remote() const override { return inner_->remote(); }
  void answer(http::Response response) override {
    answered_ = true;
    inner_->answer(std::move(response));
  }

 private:
  std::shared_ptr<http::Exchange> inner_;
  bool answered_{false};
};

}  // namespace

Connection::Connection(Server& server, Socket socket)
    : server_(server), all_(server.core_.connections), activity_(server.core_), socket_(std::move(socket)), remote_(name_of(socket_)),
      answered_(server.core_.io.get_executor()), deadline_(server.core_.deadlines, [this] {
        timed_out_ = true;
        ErrorCode ignored;
        socket_.cancel(ignored);
      }) {
  place_ = all_.insert(all_.end(), this);
}

Connection::~Connection() { all_.erase(place_); }

void Connection::start(Server& server, Socket socket, bool crowded) {
  auto self = std::make_shared<Connection>(server, std::move(socket));
  asio::co_spawn(server.core_.io.get_executor(), run(std::move(self), crowded), asio::detached);
}

void Connection::drain() {
  ErrorCode ignored;
  if (phase_ == Phase::idle) socket_.close(ignored);
  if (phase_ == Phase::receiving) deadline_.set_earlier(kDrainReceivingMs);
}

Awaitable<void> Connection::run(std::shared_ptr<Connection> self, bool crowded) {
  if (crowded) {
    http::Refusal refusal{503, "too_many_connections", "this server has no connection to spare"};
    co_await self->refuse(std::move(refusal));
    co_return;
  }
  bool open = true;
  while (open) open = co_await self->serve_one();
}

Awaitable<bool> Connection::serve_one() {
  Received received = co_await read_request();
  if (std::holds_alternative<Gone>(received)) co_return false;
  if (auto* refusal = std::get_if<http::Refusal>(&received)) {
    server_.handler_.refused(*refusal, in_.view().substr(0, server_.options_.limits.head), remote_);
    co_await refuse(std::move(*refusal));
    co_return false;
  }
  phase_ = Phase::handling;
  deadline_.clear();
  auto exchange = std::make_shared<PendingExchange>(weak_from_this(), std::move(std::get<http::Request>(received)), remote_);
  server_.handler_.handle(std::make_shared<AnsweringExchange>(exchange));
  while (!exchange->response()) {
    answered_.expires_at(std::chrono::steady_clock::time_point::max());
    auto [error] = co_await answered_.async_wait(as_result);
    static_cast<void>(error);
  }
  co_return co_await write_answer(exchange->request(), std::move(*exchange->response()));
}

Awaitable<bool> Connection::read_more() {
  std::size_t size = 0;
  char* room = in_.room(size);
  auto [error, count] = co_await socket_.async_read_some(asio::buffer(room, size), as_result);
  in_.filled(count);
  co_return !error && !timed_out_;
}

http::Refusal Connection::cut_short(std::string_view what) const {
  if (timed_out_) return {408, "request_timeout", "the " + std::string(what) + " did not arrive within the time for a request"};
  return {400, "incomplete_request", "the connection ended inside the " + std::string(what)};
}

Awaitable<Connection::Received> Connection::read_request() {
  phase_ = in_.empty() ? Phase::idle : Phase::receiving;
  deadline_.set(in_.empty() ? server_.options_.idle_timeout_ms : server_.options_.request_timeout_ms);
  if (phase_ == Phase::idle && server_.core_.draining) co_return Gone{};
  const http::Limits& limits = server_.options_.limits;
  std::size_t seen = 0;
  std::size_t end = std::string_view::npos;
  while (true) {
    in_.consume(http::leading_empty_lines(in_.view()));
    if (!http::may_begin_request(in_.view())) co_return http::Refusal{400, "not_http", "this is no HTTP request (does the sender speak https to an http:// address?)"};
    end = http::find_head_end(in_.view(), seen);
    if (end != std::string_view::npos) break;
    seen = in_.view().size();
    if (seen > limits.head) co_return http::Refusal{431, "head_too_large", "the head is larger than " + std::to_string(limits.head) + " bytes"};
    const bool more = co_await read_more();
    if (!more && in_.empty()) co_return Gone{};
    if (!more) co_return cut_short("head");
    if (phase_ == Phase::idle) {
      phase_ = Phase::receiving;
      deadline_.set(server_.options_.request_timeout_ms);
    }
  }
  auto parsed = http::parse_request_head(in_.view().substr(0, end), limits);
  if (auto* refusal = std::get_if<http::Refusal>(&parsed)) co_return std::move(*refusal);
  in_.consume(end);
  auto refusal = co_await read_body(std::get<http::Request>(parsed));
  if (refusal) co_return std::move(*refusal);
  co_return std::move(std::get<http::Request>(parsed));
}

Awaitable<std::optional<http::Refusal>> Connection::read_body(http::Request& request) {
  if (const auto expected = request.headers.find("Expect")) {
    if (!same_ignoring_case(*expected, "100-continue")) co_return http::Refusal{417, "unknown_expectation", "only 'Expect: 100-continue' is understood"};
    if (request.framing != http::Framing::none && in_.empty() && request.minor_version >= 1) {
      const bool written = co_await write("HTTP/1.1 100 Continue\r\n\r\n", std::string_view());
      if (!written) co_return cut_short("body");
    }
  }
  if (request.framing == http::Framing::content_length) {
    const std::uint64_t length = http::content_length(request.headers);
    request.body.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(length, kEagerReserve)));
    while (true) {
      const std::string_view have = in_.view().substr(0, static_cast<std::size_t>(length - request.body.size()));
      request.body.append(have);
      in_.consume(have.size());
      if (request.body.size() == length) co_return std::nullopt;
      const bool more = co_await read_more();
      if (!more) co_return cut_short("body");
    }
  }
  if (request.framing == http::Framing::chunked) {
    http::ChunkedDecoder decoder(server_.options_.limits);
    while (true) {
      auto taken = decoder.feed(in_.view(), request.body, request.raw_body);
      if (auto* refusal = std::get_if<http::Refusal>(&taken)) co_return std::move(*refusal);
      in_.consume(std::get<std::size_t>(taken));
      if (decoder.done()) co_return std::nullopt;
      const bool more = co_await read_more();
      if (!more) co_return cut_short("body");
    }
  }
  co_return std::nullopt;
}

Awaitable<bool> Connection::write(std::string head, std::string_view body) {
  const std::array<asio::const_buffer, 2> bytes{asio::buffer(head), asio::buffer(body.data(), body.size())};
  auto [error, count] = co_await asio::async_write(socket_, bytes, as_result);
  static_cast<void>(count);
  co_return !error && !timed_out_;
}

Awaitable<bool> Connection::write_answer(const http::Request& request, http::Response response) {
  phase_ = Phase::answering;
  deadline_.set(server_.options_.request_timeout_ms);
  const bool keep = request.minor_version >= 1 && http::keeps_alive(request.headers, request.minor_version) && !server_.core_.draining;
  const bool with_body = may_have_body(request, response.status);
  if (response.raw_head.empty() && with_body && response.framing != http::Framing::chunked) {
    response.headers.set("Content-Length", std::to_string(response.body.size()));
  }
  if (request.minor_version == 0 && response.framing == http::Framing::chunked) take_off_chunks(response);
  std::string head = http::relay_head(response, !keep);
  const std::string_view body = with_body ? http::wire_body(response) : std::string_view();
  const bool written = co_await write(std::move(head), body);
  // Closing on bytes nobody read (a next request, say) would reset the connection and take the answer with it.
  ErrorCode ignored;
  if (written && !keep && (!in_.empty() || socket_.available(ignored) > 0)) co_await linger();
  co_return written && keep;
}

Awaitable<void> Connection::refuse(http::Refusal refusal) {
  phase_ = Phase::answering;
  timed_out_ = false;
  deadline_.set(kLingerMs);
  const http::Response response = http::json_answer(refusal.status, refusal.code, refusal.message);
  std::string head = http::relay_head(response, true);
  const bool written = co_await write(std::move(head), response.body);
  if (written) co_await linger();
}

// Ends our side and reads what the peer still sends for a moment, so that a reset does not take the answer from under it.
Awaitable<void> Connection::linger() {
  ErrorCode ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  deadline_.set(kLingerMs);
  std::size_t dropped = 0;
  bool more = true;
  while (more && dropped < kLingerBytes) {
    dropped += in_.view().size();
    in_.consume(in_.view().size());
    more = co_await read_more();
  }
}

}  // namespace hookctl::net
