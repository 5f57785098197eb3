#include "net/wire_client.hpp"

#include <algorithm>
#include <exception>
#include <limits>
#include <system_error>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "net/core.hpp"
#include "net/tls.hpp"
#include "net/wire.hpp"

namespace hookctl::net {

namespace {

constexpr std::uint64_t kLargestAnswer = 4 * 1024 * 1024;
constexpr std::int64_t kContinueMs = 1'500;  // how long a body waits for an endpoint that never says "100 Continue"

// Where plans wait for each other. It opens when none is missing any more: each has come or ended.
struct Gate {
  std::size_t missing{0};
  std::vector<Timer*> waiting{};  // cancelled to wake those who wait

  void come() {
    if (--missing > 0) return;
    for (Timer* timer : waiting) timer->cancel();
  }
};

bool waits_for_others(const http::WirePlan& plan) {
  return std::any_of(plan.pieces.begin(), plan.pieces.end(), [](const http::WirePiece& piece) { return piece.together; });
}

// One plan on its way. Two coroutines share it, one that writes beside one that reads; the latter is there from the begin to the end.
class PlanRun {
 public:
  PlanRun(Core& core, const http::WirePlan& plan, Gate& gate, TlsClient& tls, const http::Limits& limits);
  static void start(const std::shared_ptr<PlanRun>& run);

  bool over() const noexcept { return over_; }
  http::WireReply take_reply() { return std::move(reply_); }

 private:
  static constexpr std::int64_t kForever = std::numeric_limits<std::int64_t>::max();

  static Awaitable<void> run(std::shared_ptr<PlanRun> self);
  static Awaitable<void> converse(std::shared_ptr<PlanRun> self);
  static Awaitable<void> write(std::shared_ptr<PlanRun> self);
  Awaitable<void> read_answers();
  Awaitable<void> hold(const http::WirePiece& piece);
  Awaitable<bool> write_piece(std::string_view bytes);
  Awaitable<void> wait(std::int64_t limit_ms, bool (PlanRun::*ready)() const);
  Awaitable<void> writer_ended();

  bool nothing() const { return false; }
  bool may_continue() const { return reply_.continued || !reply_.answers.empty(); }
  bool gate_open() const { return gate_.missing == 0; }

  void fail(http::SendFailure failure);
  void come_to_gate();
  void give_up_writing();
  void settle();

  Core& core_;
  const http::WirePlan& plan_;
  Gate& gate_;
  TlsClient& tls_;
  http::Limits limits_;
  http::WireReply reply_;
  Wire wire_;
  Resolver resolver_;
  Timer alarm_;         // of the writer's waits; cancelled when something has changed
  Timer writer_ended_;  // never fires; cancelled when the writer is through
  bool before_gate_;
  bool writing_{false};  // the writer lives
  bool all_written_{false};
  bool given_up_{false};
  bool timed_out_{false};
  bool over_{false};
  const std::int64_t begun_at_{steady_ms()};
  std::int64_t last_write_at_{0};  // 0: nothing was written
  std::int64_t heard_at_{0};       // of the last answer or the failure; 0: neither
  Deadline deadline_;
};

PlanRun::PlanRun(Core& core, const http::WirePlan& plan, Gate& gate, TlsClient& tls, const http::Limits& limits)
    : core_(core),
      plan_(plan),
      gate_(gate),
      tls_(tls),
      limits_(limits),
      wire_(core, {}),
      resolver_(core.io.get_executor()),
      alarm_(core.io.get_executor()),
      writer_ended_(core.io.get_executor()),
      before_gate_(waits_for_others(plan)),
      deadline_(core.deadlines, [this] {
        timed_out_ = true;
        resolver_.cancel();
        give_up_writing();
        wire_.cancel();
      }) {
  limits_.body = std::min(limits_.body, kLargestAnswer);
  wire_.on_continue = [this] {
    reply_.continued = true;
    alarm_.cancel();
  };
  if (!before_gate_) return;
  ++gate_.missing;
  gate_.waiting.push_back(&alarm_);
}

void PlanRun::start(const std::shared_ptr<PlanRun>& run) {
  run->deadline_.set(run->plan_.timeout_ms);
  asio::co_spawn(run->core_.io.get_executor(), PlanRun::run(run), asio::detached);
}

Awaitable<void> PlanRun::run(std::shared_ptr<PlanRun> self) {
  try {
    co_await converse(self);
  } catch (const std::exception& error) {  // no thread for the resolver, most likely
    self->fail({http::SendFault::unreachable, error.what()});
  }
  self->give_up_writing();
  co_await self->writer_ended();
  self->settle();
}

Awaitable<void> PlanRun::converse(std::shared_ptr<PlanRun> self) {
  auto failure = co_await self->wire_.connect(self->plan_.url, self->resolver_, self->tls_);
  if (failure) {
    self->fail(std::move(*failure));
    co_return;
  }
  self->writing_ = true;
  asio::co_spawn(self->core_.io.get_executor(), write(self), [self](std::exception_ptr) {
    self->writing_ = false;
    self->come_to_gate();
    self->writer_ended_.cancel();
  });
  if (self->plan_.methods.empty()) {
    co_await self->writer_ended();
  } else {
    co_await self->read_answers();
  }
}

Awaitable<void> PlanRun::read_answers() {
  for (const std::string& method : plan_.methods) {
    http::SendResult result = co_await wire_.read_response(method, limits_);
    if (auto* failure = std::get_if<http::SendFailure>(&result)) {
      if (plan_.ending == http::WirePlan::Ending::answers) fail(std::move(*failure));
      co_return;
    }
    heard_at_ = steady_ms();
    if (reply_.answers.empty()) reply_.answered_early = !all_written_;
    reply_.answers.push_back(std::get<http::Response>(std::move(result)));
    if (reply_.answers.back().framing == http::Framing::until_close && reply_.answers.size() < plan_.methods.size()) {
      if (plan_.ending == http::WirePlan::Ending::answers) fail({http::SendFault::closed, "the connection ended after answer " + std::to_string(reply_.answers.size())});
      co_return;
    }
    alarm_.cancel();
  }
}

// --- the writer ------------------------------------------------------------------------------------------------------------------------

Awaitable<void> PlanRun::write(std::shared_ptr<PlanRun> self) {
  bool whole = true;
  for (const http::WirePiece& piece : self->plan_.pieces) {
    co_await self->hold(piece);
    whole = co_await self->write_piece(piece.bytes);
    if (!whole) break;
  }
  self->all_written_ = whole;
  if (self->plan_.ending == http::WirePlan::Ending::reset) self->wire_.reset();
  if (self->plan_.ending == http::WirePlan::Ending::close) co_await self->wire_.close_in_order();
}

// Waits for what the piece is to wait for.
Awaitable<void> PlanRun::hold(const http::WirePiece& piece) {
  if (piece.pause_ms > 0) co_await wait(piece.pause_ms, &PlanRun::nothing);
  if (piece.await_continue) co_await wait(kContinueMs, &PlanRun::may_continue);
  if (!piece.together) co_return;
  come_to_gate();
  co_await wait(kForever, &PlanRun::gate_open);
}

// False when the connection broke or nothing is to be written any more.
Awaitable<bool> PlanRun::write_piece(std::string_view bytes) {
  while (!bytes.empty() && !given_up_) {
    std::size_t count = 0;
    const ErrorCode error = co_await wire_.write_some(bytes, count);
    if (count > 0) last_write_at_ = steady_ms();
    bytes.remove_prefix(count);
    if (error) co_return false;
  }
  co_return !given_up_;
}

// Until `ready` says so, the time is over, or nothing is to be written any more.
Awaitable<void> PlanRun::wait(std::int64_t limit_ms, bool (PlanRun::*ready)() const) {
  const std::int64_t begun = steady_ms();
  while (!given_up_ && !(this->*ready)()) {
    const std::int64_t gone = steady_ms() - begun;
    if (gone >= limit_ms) co_return;
    if (limit_ms == kForever) {
      alarm_.expires_at(std::chrono::steady_clock::time_point::max());
    } else {
      alarm_.expires_after(std::chrono::milliseconds(limit_ms - gone));
    }
    auto [error] = co_await alarm_.async_wait(as_result);
    static_cast<void>(error);  // cancelled: something has changed
  }
}

Awaitable<void> PlanRun::writer_ended() {
  while (writing_) {
    writer_ended_.expires_at(std::chrono::steady_clock::time_point::max());
    auto [error] = co_await writer_ended_.async_wait(as_result);
    static_cast<void>(error);
  }
}

// --- what both do ----------------------------------------------------------------------------------------------------------------------

void PlanRun::fail(http::SendFailure failure) {
  heard_at_ = steady_ms();
  reply_.failure = std::move(failure);
}

void PlanRun::come_to_gate() {
  if (std::exchange(before_gate_, false)) gate_.come();
}

void PlanRun::give_up_writing() {
  given_up_ = true;
  alarm_.cancel();
  if (!writing_ || all_written_) return;
  if (plan_.ending == http::WirePlan::Ending::reset) {
    wire_.reset();
  } else {
    wire_.cancel();
  }
}

void PlanRun::settle() {
  deadline_.clear();
  wire_.cancel();
  come_to_gate();
  const bool awaits = plan_.ending == http::WirePlan::Ending::answers;
  const bool done = awaits && !plan_.methods.empty() ? reply_.answers.size() == plan_.methods.size() : all_written_;
  if (timed_out_ && !done) fail({http::SendFault::timeout, "no complete answer within " + duration_text(plan_.timeout_ms)});
  const std::int64_t end = awaits && heard_at_ != 0 ? heard_at_ : steady_ms();
  reply_.total_ms = end - begun_at_;
  if (last_write_at_ != 0) reply_.duration_ms = std::max<std::int64_t>(0, end - last_write_at_);
  over_ = true;
}

// --- the client ------------------------------------------------------------------------------------------------------------------------

class SocketWireClient final : public http::WireClient {
 public:
  SocketWireClient(const http::Limits& limits, std::unique_ptr<TlsClient> tls) : limits_(limits), tls_(std::move(tls)) {}

  std::vector<http::WireReply> exchange(const std::vector<http::WirePlan>& plans) override {
    try {
      return carry_out(plans);
    } catch (const std::system_error& error) {  // no descriptors left for a loop, most likely
      http::WireReply reply;
      reply.failure = http::SendFailure{http::SendFault::unreachable, "cannot make a connection: " + std::string(error.what())};
      return std::vector<http::WireReply>(plans.size(), reply);
    }
  }

 private:
  std::vector<http::WireReply> carry_out(const std::vector<http::WirePlan>& plans) {
    Gate gate;
    Core core;
    std::vector<std::shared_ptr<PlanRun>> runs;
    for (const http::WirePlan& plan : plans) runs.push_back(std::make_shared<PlanRun>(core, plan, gate, *tls_, limits_));
    for (const auto& run : runs) PlanRun::start(run);
    std::vector<http::WireReply> replies;
    for (const auto& run : runs) {
      while (!run->over() && core.io.run_one() > 0) {
      }
      replies.push_back(run->take_reply());
    }
    return replies;
  }

  http::Limits limits_;
  std::unique_ptr<TlsClient> tls_;
};

}  // namespace

Result<std::unique_ptr<http::WireClient>> make_wire_client(const ClientOptions& options) {
  auto tls = TlsClient::create(options);
  if (!tls) return tls.error();
  return std::unique_ptr<http::WireClient>(std::make_unique<SocketWireClient>(options.limits, *std::move(tls)));
}

}  // namespace hookctl::net
