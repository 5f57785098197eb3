#include "net/upstream.hpp"

#include <set>

#include "base/text.hpp"
#include "net/wire.hpp"

namespace hookctl::net {

namespace {
constexpr std::size_t kIdleLimit = 256;          // connections kept per endpoint
constexpr std::size_t kWrittenFirst = 64 * 1024;  // a body of this size fits into the socket's buffers
}

// Idle connections by endpoint. Each closes itself when its time is up.
struct Upstream::Pool {
  struct Idle {
    std::shared_ptr<Wire> wire;
    std::unique_ptr<Deadline> deadline;
  };
  using Stack = std::list<Idle>;

  Core& core;
  std::map<std::string, Stack, std::less<>> idle{};
  std::set<std::string> no_reuse{};  // endpoints that close kept connections without a word

  std::shared_ptr<Wire> take(const std::string& key) {
    auto found = idle.find(key);
    while (found != idle.end() && !found->second.empty()) {
      std::shared_ptr<Wire> wire = std::move(found->second.back().wire);
      found->second.pop_back();
      if (wire->still_idle()) return wire;
    }
    return nullptr;
  }

  void give(std::shared_ptr<Wire> wire) {
    Stack& stack = idle[wire->key()];
    if (stack.size() >= kIdleLimit || no_reuse.contains(wire->key())) return;
    const std::int64_t idle_ms = wire->idle_ms;
    stack.push_back({std::move(wire), nullptr});
    const auto place = std::prev(stack.end());
    place->deadline = std::make_unique<Deadline>(core.deadlines, [&stack, place] { stack.erase(place); });
    place->deadline->set(idle_ms);
  }
};

// One message on its way, from send() to done().
struct Upstream::Sending {
  Sending(Core& core, std::shared_ptr<Pool> shared_pool, TlsClient& tls_client, const http::Limits& answer_limits, http::Outgoing outgoing)
      : activity(core), pool(std::move(shared_pool)), tls(tls_client), limits(answer_limits), message(std::move(outgoing)), resolver(core.io.get_executor()),
        deadline(core.deadlines, [this] {
          timed_out = true;
          resolver.cancel();
          if (wire) wire->cancel();
        }) {}

  Core::Activity activity;
  std::shared_ptr<Pool> pool;
  TlsClient& tls;
  http::Limits limits;
  http::Outgoing message;
  std::function<void(http::SendResult)> done;
  std::int64_t timeout_ms{0};
  Resolver resolver;
  std::shared_ptr<Wire> wire;
  bool timed_out{false};
  Deadline deadline;
};

Upstream::Upstream(Core& core, ClientOptions options, std::unique_ptr<TlsClient> tls)
    : core_(core), options_(std::move(options)), tls_(std::move(tls)), pool_(std::make_shared<Pool>(Pool{core})) {}

Upstream::~Upstream() = default;

void Upstream::send(http::Outgoing message, std::int64_t timeout_ms, std::function<void(http::SendResult)> done) {
  auto sending = std::make_shared<Sending>(core_, pool_, *tls_, options_.limits, std::move(message));
  sending->done = std::move(done);
  sending->timeout_ms = timeout_ms;
  sending->deadline.set(timeout_ms);
  asio::co_spawn(core_.io.get_executor(), run(std::move(sending)), asio::detached);
}

Awaitable<void> Upstream::run(std::shared_ptr<Sending> sending) {
  const std::string key = sending->message.url.scheme + "://" + sending->message.url.authority();
  sending->wire = sending->pool->take(key);
  const bool reused = sending->wire != nullptr;
  if (!reused) sending->wire = std::make_shared<Wire>(sending->pool->core, key);
  http::SendResult result = co_await exchange(sending, reused);
  if (reused && !sending->timed_out && !sending->wire->heard()) {
    // The endpoint had closed the kept connection, and the news crossed our request. Once more, and it gets a new connection from now on.
    sending->pool->no_reuse.insert(key);
    sending->wire = std::make_shared<Wire>(sending->pool->core, key);
    result = co_await exchange(sending, false);
  }
  sending->deadline.clear();
  if (sending->timed_out) {
    result = http::SendFailure{http::SendFault::timeout, "no complete answer within " + duration_text(sending->timeout_ms)};
  } else if (sending->wire && sending->wire->reusable) {
    sending->wire->reusable = false;
    sending->pool->give(std::move(sending->wire));
  }
  sending->done(std::move(result));
}

Awaitable<http::SendResult> Upstream::exchange(std::shared_ptr<Sending> sending, bool connected) {
  const http::Outgoing& message = sending->message;
  Wire& wire = *sending->wire;
  if (!connected) {
    auto failure = co_await wire.connect(message.url, sending->resolver, sending->tls);
    if (failure) co_return std::move(*failure);
  }
  if (message.body.size() <= kWrittenFirst) {
    // An endpoint may answer and close before it has read everything: a failed write still reads.
    const ErrorCode written = co_await wire.write(message.head, message.body);
    http::SendResult result = co_await wire.read_response(message.method, sending->limits);
    if (written) wire.reusable = false;
    co_return result;
  }
  // It may also answer, and then read no more: a large body is written beside the reading.
  auto written = std::make_shared<std::optional<ErrorCode>>();
  asio::co_spawn(sending->pool->core.io.get_executor(), write_beside(sending, sending->wire, written), asio::detached);
  http::SendResult result = co_await wire.read_response(message.method, sending->limits);
  if (!written->has_value()) wire.cancel();
  if (!written->has_value() || **written) wire.reusable = false;
  co_return result;
}

// Holds the connection it writes to: the sending may have gone on to another when the write ends.
Awaitable<void> Upstream::write_beside(std::shared_ptr<Sending> sending, std::shared_ptr<Wire> wire, std::shared_ptr<std::optional<ErrorCode>> written) {
  *written = co_await wire->write(sending->message.head, sending->message.body);
}

}  // namespace hookctl::net
