#include "net/barrage.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <system_error>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "net/barrage_answer.hpp"
#include "net/barrage_link.hpp"
#include "net/buffer.hpp"

namespace hookctl::net {

namespace {

using Moment = std::chrono::steady_clock::time_point;

constexpr std::uint64_t kLargestAnswer = 4 * 1024 * 1024;
constexpr std::size_t kWrittenFirst = 64 * 1024;  // a request of this size fits into the socket's buffers
constexpr std::size_t kKept = 256 * 1024;         // memory of an answer larger than this is given back

class Lane;

// What the lanes of a run share.
struct Barrage {
  Barrage(const http::Url& url, TlsClient& tls, http::BarrageSource& requests, std::int64_t limit_ms, const http::Limits& answer_limits)
      : source(requests), timeout_ms(limit_ms), limits(answer_limits), target{url, tls}, heads(answer_limits) {}

  http::BarrageSource& source;
  std::int64_t timeout_ms;
  http::Limits limits;
  Target target;
  AnswerHeads heads;
  bool dry{false};         // the source has none until an answer comes
  std::size_t awaited{0};  // answers
  std::size_t lanes_left{0};
  std::vector<Timer*> parked{};  // of lanes that found the source dry
  std::vector<Lane*> to_write{};  // lanes whose requests go out once all that the loop has at hand is done
  std::exception_ptr thrown{};

  Core core{};
};

// A request that is written beside the reading of its answer.
struct Beside {
  std::string bytes;
  bool done{false};
  bool failed{false};
  Moment done_at{};
};

Awaitable<void> write_beside(std::shared_ptr<Link> link, std::shared_ptr<Beside> beside) {
  const auto bytes = asio::buffer(beside->bytes);
  ErrorCode result;
  if (TlsStream* tls = link->tls()) {
    auto [error, count] = co_await asio::async_write(*tls, bytes, as_result);
    static_cast<void>(count);
    result = error;
  } else {
    auto [error, count] = co_await asio::async_write(link->socket(), bytes, as_result);
    static_cast<void>(count);
    result = error;
  }
  beside->done = true;
  beside->failed = static_cast<bool>(result);
  beside->done_at = std::chrono::steady_clock::now();
}

// One connection after the other, one request at a time. One coroutine for all of them: what happens with each request is flat in run().
class Lane {
 public:
  explicit Lane(Barrage& barrage);
  static void start(Lane& lane);
  static void write_all(Barrage& all);

 private:
  Awaitable<void> run();
  Awaitable<void> park();
  Awaitable<bool> connect();
  Awaitable<void> write_over_tls();

  bool ask();
  void write_soon();
  bool write_at_once();
  void write_beside_from(std::size_t done);
  void received(const ErrorCode& error, std::size_t count);
  bool went_stale(bool kept) const;
  void settle();
  bool may_go_on() const;
  std::int64_t time_since_written() const;
  void fail(http::SendFailure failure);
  void hang_up();

  Barrage& all_;
  Timer parked_;  // never fires; cancelled to wake the lane
  std::shared_ptr<Link> link_{};
  Buffer in_{};
  AnswerReader answer_;
  AnswerReader::State state_{AnswerReader::State::more};

  // Of the request that is under way.
  std::string bytes_{};
  std::uint64_t token_{0};
  bool timed_out_{false};
  bool heard_{false};  // a byte of an answer
  bool to_be_written_{false};
  bool write_failed_{false};
  Moment written_at_{};
  std::shared_ptr<Beside> beside_{};
  std::optional<http::SendFailure> failure_{};
  Deadline deadline_;
};

Lane::Lane(Barrage& barrage)
    : all_(barrage),
      parked_(barrage.core.io.get_executor()),
      answer_(barrage.heads, barrage.limits),
      deadline_(barrage.core.deadlines, [this] {
        timed_out_ = true;
        if (link_) link_->cancel();
      }) {}

void Lane::start(Lane& lane) {
  ++lane.all_.lanes_left;
  asio::co_spawn(lane.all_.core.io.get_executor(), lane.run(), [&all = lane.all_](std::exception_ptr thrown) {
    if (thrown && !all.thrown) all.thrown = thrown;
    if (--all.lanes_left == 0 || all.thrown) all.core.io.stop();
  });
}

Awaitable<void> Lane::run() {
  while (true) {
    while (!ask()) {
      if (all_.awaited == 0) co_return;
      co_await park();
    }
    bool again = true;
    while (again) {
      const bool kept = link_ != nullptr;
      if (!kept) {
        const bool connected = co_await connect();
        if (!connected) break;
      }
      if (link_->tls() == nullptr) write_soon();
      if (link_->tls() != nullptr) co_await write_over_tls();
      answer_.begin();
      state_ = AnswerReader::State::more;
      while (state_ == AnswerReader::State::more) {
        std::size_t size = 0;
        char* room = in_.room(size);
        const auto buffer = asio::buffer(room, size);
        if (TlsStream* tls = link_->tls()) {
          auto [error, count] = co_await tls->async_read_some(buffer, as_result);
          received(error, count);
        } else {
          auto [error, count] = co_await link_->socket().async_read_some(buffer, as_result);
          received(error, count);
        }
      }
      again = went_stale(kept);
      if (again) hang_up();
    }
    settle();
  }
}

// --- asking the source -----------------------------------------------------------------------------------------------------------------

// True: there is a request, and its time runs. Who gets one wakes one that found none before an answer came; the next false stops that.
bool Lane::ask() {
  if (all_.dry) return false;
  bytes_.clear();
  if (!all_.source.next(bytes_, token_)) {
    all_.dry = true;
    if (all_.awaited > 0) return false;
    for (Timer* timer : std::exchange(all_.parked, {})) timer->cancel();  // it is over
    return false;
  }
  ++all_.awaited;
  timed_out_ = false;
  failure_.reset();
  beside_.reset();
  deadline_.set(all_.timeout_ms);
  if (!all_.parked.empty()) {
    all_.parked.back()->cancel();
    all_.parked.pop_back();
  }
  return true;
}

Awaitable<void> Lane::park() {
  all_.parked.push_back(&parked_);
  parked_.expires_at(Moment::max());
  auto [error] = co_await parked_.async_wait(as_result);
  static_cast<void>(error);
  if (link_ && !link_->still_idle()) hang_up();
}

// --- one request -----------------------------------------------------------------------------------------------------------------------

Awaitable<bool> Lane::connect() {
  in_.consume(in_.view().size());
  link_ = std::make_shared<Link>(all_.core, all_.target);
  std::optional<http::SendFailure> failure = co_await link_->connect();
  if (timed_out_ && !failure) failure = http::SendFailure{};  // settle() says what it was
  if (!failure) co_return true;
  fail(std::move(*failure));
  co_return false;
}

// Behind the answers that have come meanwhile and the making of their next requests: written one right after the other the requests find the endpoint
// awake, which costs less than waking it for each.
void Lane::write_soon() {
  heard_ = false;
  write_failed_ = false;
  to_be_written_ = true;
  written_at_ = std::chrono::steady_clock::now();
  all_.to_write.push_back(this);
  if (all_.to_write.size() == 1) asio::post(all_.core.io.get_executor(), [&all = all_] { write_all(all); });
}

void Lane::write_all(Barrage& all) {
  for (Lane* lane : all.to_write) {
    if (!std::exchange(lane->to_be_written_, false)) continue;  // its connection has ended before
    if (!lane->write_at_once()) lane->write_beside_from(0);
  }
  all.to_write.clear();
}

// False when the request, or a part of it, is still to be written.
bool Lane::write_at_once() {
  ErrorCode error;
  const std::size_t count = link_->socket().write_some(asio::buffer(bytes_), error);
  if (error == asio::error::would_block || error == asio::error::try_again) return false;
  // An endpoint may answer and close before it has read everything: a failed write still reads.
  write_failed_ = static_cast<bool>(error);
  if (!error && count < bytes_.size()) write_beside_from(count);
  written_at_ = std::chrono::steady_clock::now();
  return true;
}

Awaitable<void> Lane::write_over_tls() {
  heard_ = false;
  write_failed_ = false;
  if (bytes_.size() > kWrittenFirst) {
    write_beside_from(0);
    co_return;
  }
  const auto bytes = asio::buffer(bytes_);
  auto [error, count] = co_await asio::async_write(*link_->tls(), bytes, as_result);
  static_cast<void>(count);
  write_failed_ = static_cast<bool>(error);
  written_at_ = std::chrono::steady_clock::now();
}

void Lane::write_beside_from(std::size_t done) {
  beside_ = std::make_shared<Beside>();
  beside_->bytes = bytes_.substr(done);
  asio::co_spawn(all_.core.io.get_executor(), write_beside(link_, beside_), asio::detached);
}

void Lane::received(const ErrorCode& error, std::size_t count) {
  in_.filled(count);
  if (count > 0) {
    heard_ = true;
    state_ = answer_.look(in_);
    if (state_ == AnswerReader::State::failed) fail(answer_.failure());
  }
  if (!error || state_ != AnswerReader::State::more) return;
  if (is_end(error) && answer_.until_close()) {
    state_ = AnswerReader::State::whole;
  } else {
    fail(broken_off(error, heard_));
  }
}

// Had the endpoint closed the kept connection, and the news crossed our request?
bool Lane::went_stale(bool kept) const { return kept && !heard_ && !timed_out_ && failure_ && failure_->fault == http::SendFault::closed; }

void Lane::fail(http::SendFailure failure) {
  state_ = AnswerReader::State::failed;
  failure_ = std::move(failure);
}

void Lane::hang_up() {
  if (link_) link_->cancel();
  link_.reset();
  beside_.reset();
  failure_.reset();
  to_be_written_ = false;
}

// --- one answer ------------------------------------------------------------------------------------------------------------------------

void Lane::settle() {
  deadline_.clear();
  --all_.awaited;
  all_.dry = false;
  http::BarrageReply reply;
  reply.token = token_;
  const std::string_view bytes = in_.view();
  std::size_t used = bytes.size();
  if (!failure_) {
    reply.status = answer_.head().status;
    reply.head = answer_.head_bytes(bytes);
    reply.body = answer_.body(bytes);
    reply.duration_us = time_since_written();
    used = answer_.size(bytes);
  } else if (timed_out_) {
    reply.failure = http::SendFailure{http::SendFault::timeout, "no complete answer within " + duration_text(all_.timeout_ms)};
  } else {
    reply.failure = std::move(failure_);
  }
  const bool kept = !reply.failure && may_go_on();
  all_.source.take(reply);
  in_.consume(used);
  if (used > kKept) in_ = Buffer();
  if (!kept) hang_up();
}

// May the connection take another request?
bool Lane::may_go_on() const {
  if (timed_out_ || to_be_written_ || write_failed_ || !answer_.head().keeps_alive) return false;
  if (beside_ && (!beside_->done || beside_->failed)) return false;
  return answer_.size(in_.view()) == in_.view().size();  // what comes after an answer belongs to none
}

std::int64_t Lane::time_since_written() const {
  if (beside_ && !beside_->done) return 0;
  const Moment from = beside_ ? beside_->done_at : written_at_;
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - from).count();
}

// --- the client ------------------------------------------------------------------------------------------------------------------------

class SocketBarrageClient final : public http::BarrageClient {
 public:
  SocketBarrageClient(const http::Limits& limits, std::unique_ptr<TlsClient> tls) : limits_(limits), tls_(std::move(tls)) {
    limits_.body = std::min(limits_.body, kLargestAnswer);
  }

  void run(const http::Url& url, http::BarrageSource& source, const http::BarrageOptions& options) override {
    std::unique_ptr<Barrage> barrage;
    try {
      barrage = std::make_unique<Barrage>(url, *tls_, source, options.timeout_ms, limits_);
    } catch (const std::system_error& error) {  // no descriptors left for a loop, most likely
      return refuse_all(source, error.what());
    }
    std::vector<std::unique_ptr<Lane>> lanes;  // they end before the loop does
    for (std::size_t i = 0; i < std::max<std::size_t>(1, options.connections); ++i) lanes.push_back(std::make_unique<Lane>(*barrage));
    for (const auto& lane : lanes) Lane::start(*lane);
    barrage->core.io.run();
    if (barrage->thrown) std::rethrow_exception(barrage->thrown);
  }

 private:
  static void refuse_all(http::BarrageSource& source, const std::string& why) {
    http::BarrageReply reply;
    reply.failure = http::SendFailure{http::SendFault::unreachable, "cannot make a connection: " + why};
    for (std::string bytes; source.next(bytes, reply.token); bytes.clear()) source.take(reply);
  }

  http::Limits limits_;
  std::unique_ptr<TlsClient> tls_;
};

}  // namespace

Result<std::unique_ptr<http::BarrageClient>> make_barrage_client(const ClientOptions& options) {
  auto tls = TlsClient::create(options);
  if (!tls) return tls.error();
  return std::unique_ptr<http::BarrageClient>(std::make_unique<SocketBarrageClient>(options.limits, *std::move(tls)));
}

}  // namespace hookctl::net
