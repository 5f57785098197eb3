// What a fuzz run needs, in memory: a FakeEndpoint with all that goes out to it written down, a barrage into it, a program and a listener
// that are none, and a bench whose ids repeat themselves.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/json_path.hpp"
#include "base/random.hpp"
#include "check/run.hpp"
#include "check_fake_endpoint.hpp"
#include "fuzz/campaign.hpp"
#include "fuzz/case.hpp"
#include "fuzz/oracles.hpp"
#include "fuzz/pursuit.hpp"
#include "http/barrage.hpp"
#include "http/codec.hpp"

namespace hookctl::test {

// Passes connections on, and keeps what went out.
class Recorder final : public http::WireClient {
 public:
  explicit Recorder(FakeEndpoint& endpoint) : endpoint_(endpoint) {}
  std::vector<http::WireReply> exchange(const std::vector<http::WirePlan>& plans) override {
    if (keeping) {
      for (const http::WirePlan& plan : plans) {
        std::string bytes;
        for (const http::WirePiece& piece : plan.pieces) bytes += piece.bytes;
        sent.push_back(std::move(bytes));
      }
    }
    return endpoint_.exchange(plans);
  }
  bool keeping{true};
  std::vector<std::string> sent;

 private:
  FakeEndpoint& endpoint_;
};

// One request after the other into the endpoint.
class FakeBarrage final : public http::BarrageClient {
 public:
  explicit FakeBarrage(Recorder& wire) : wire_(wire) {}
  void run(const http::Url& url, http::BarrageSource& source, const http::BarrageOptions& options) override {
    std::string bytes;
    std::uint64_t token = 0;
    while (source.next(bytes, token)) {
      ++requests;
      http::WirePlan plan;
      plan.url = url;
      plan.pieces.emplace_back().bytes = std::exchange(bytes, {});
      plan.timeout_ms = options.timeout_ms;
      const http::WireReply reply = wire_.exchange({plan}).front();
      http::BarrageReply out{.token = token, .failure = reply.failure, .duration_us = reply.duration_ms * 1000};
      std::string head;
      if (!reply.answers.empty()) {
        head = http::write_head(reply.answers.front());
        out.status = reply.answers.front().status;
        out.head = head;
        out.body = reply.answers.front().body;
      }
      source.take(out);
    }
  }
  std::uint64_t requests{0};

 private:
  Recorder& wire_;
};

// A program that runs as long as its endpoint is up.
class FakeProgram final : public check::Program {
 public:
  explicit FakeProgram(FakeEndpoint& endpoint) : endpoint_(endpoint) {}
  std::optional<std::string> ended() override { return endpoint_.down ? std::optional<std::string>("exit code 1") : std::nullopt; }
  Result<void> restart() override {
    ++restarts;
    if (comes_up) endpoint_.down = false;
    return comes_up ? Result<void>{} : Result<void>(unavailable_error("it ends at once"));
  }
  std::vector<std::string> last_lines() override { return {}; }
  bool comes_up{true};
  int restarts{0};

 private:
  FakeEndpoint& endpoint_;
};

class FakeListener final : public check::Listener {
 public:
  static constexpr std::string_view kUrl = "http://127.0.0.1:9/";
  std::string url(std::string_view token) override { return std::string(kUrl) + std::string(token); }
  bool visited(std::string_view token) override { return visits.contains(std::string(token)); }
  void delay_answers(std::int64_t) override {}
  // Fetches every address of ours in the text.
  void fetch_all(const std::string& text) {
    for (std::size_t at = text.find(kUrl); at != std::string::npos; at = text.find(kUrl, at + 1)) {
      const std::size_t begin = at + kUrl.size();
      visits.insert(
          text.substr(begin, text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", begin) - begin));
    }
  }
  std::set<std::string, std::less<>> visits;
};

// The system's clock, or one that stands still, so that even signatures repeat themselves.
class FuzzClock final : public Clock {
 public:
  UnixMs now() const override { return standing ? *standing : SystemClock().now(); }
  std::optional<UnixMs> standing{};
};

struct FuzzCheck {
  // Change subject, hooks and pointers before the bench is first asked for.
  explicit FuzzCheck(const std::string& provider, bool with_probe = false, std::uint64_t seed_ = 1)
      : subject(checked(provider).subject), endpoint(subject), seed(seed_) {
    if (with_probe) probe = &endpoint;
    options.on_finding = [this](const fuzz::Record& record) { kept.push_back(record); };
    options.time_limit_ms = 300'000;  // of a run that counts requests
  }

  check::Subject subject;
  FakeEndpoint endpoint;
  Recorder wire{endpoint};
  FakeBarrage barrage{wire};
  FuzzClock clock{};
  SeededRandom ids{77};
  std::uint64_t seed;
  check::EffectsProbe* probe{nullptr};
  check::Program* program{nullptr};
  check::Listener* listener{nullptr};
  std::function<bool()> interrupted{};
  fuzz::CampaignOptions options{};
  check::RunOptions run_options{};
  std::vector<fuzz::Record> kept;

  void keep_events(const std::vector<std::string>& events) {
    std::vector<provider::Fixture> samples;
    for (const std::string& event : events) samples.push_back(*subject.sample(event));
    subject.samples = samples;
  }

  // One that knows nothing yet, as a campaign begins.
  check::Bench& blank() {
    if (!bench_) {
      bench_.emplace(check::BenchParts{.subject = subject,
                                       .wire = wire,
                                       .clock = clock,
                                       .ids = ids,
                                       .seed = seed,
                                       .probe = probe,
                                       .program = program,
                                       .listener = listener,
                                       .interrupted = interrupted});
    }
    return *bench_;
  }
  // One that has learnt what preflight would, with effects that settle at once.
  check::Bench& bench() {
    if (bench_) return *bench_;
    check::Learnt& learnt = blank().learnt();
    learnt.settle_ms = 0;
    for (const provider::Fixture& sample : subject.samples) {
      auto shot = bench_->deliver(check::Step{.event = sample.event});
      if (!shot || !shot->success()) continue;
      learnt.tried.push_back(*shot);
      learnt.handled.push_back({sample.event, true, shot->duration_ms, check::shape_of(*shot->answer)});
      learnt.shapes.insert(check::shape_of(*shot->answer));
    }
    return *bench_;
  }
  check::Run& run() {
    if (!run_) run_.emplace(bench(), run_options);
    return *run_;
  }
  fuzz::Pursuit& pursuit() {
    if (!pursuit_) pursuit_.emplace(bench(), run(), options);
    return *pursuit_;
  }
  const std::vector<report::Finding>& findings() { return run().report().findings; }

  Result<report::Report> campaign() { return fuzz::campaign({blank(), barrage, nullptr}, options); }

  // What the oracles say of a case that is played once.
  std::optional<fuzz::Failure> look(const fuzz::Case& wanted) {
    auto instance = fuzz::instantiate(bench(), wanted);
    REQUIRE_MESSAGE(instance.ok(), (instance ? "" : instance.error().message));
    auto played = bench().play(instance->play);
    REQUIRE_MESSAGE(played.ok(), (played ? "" : played.error().message));
    return fuzz::look(bench(), wanted, *instance, *played);
  }
  std::string oracle(const fuzz::Case& wanted) {
    const auto failure = look(wanted);
    return failure ? failure->oracle : "";
  }

 private:
  std::optional<check::Bench> bench_{};
  std::optional<check::Run> run_{};
  std::optional<fuzz::Pursuit> pursuit_{};
};

// Stripe with three event types.
struct StripeFuzz : FuzzCheck {
  static inline const std::string kEvent = "payment_intent.succeeded";
  explicit StripeFuzz(bool with_probe = false, std::uint64_t seed_ = 1) : FuzzCheck("stripe", with_probe, seed_) {
    keep_events({kEvent, "charge.refunded", "invoice.payment_failed"});
  }
};

inline check::Patch put(const std::string& path, const std::string& json) { return {path, {check::Change::Op::put, json}, {}}; }

// One delivery of that event with these changes, which may be refused but not fail.
inline fuzz::Case odd_case(const std::string& event, const std::vector<check::Patch>& patches = {}) {
  fuzz::Case out;
  out.mutator = "null";
  out.play.name = event;
  check::Step step;
  step.event = event;
  step.id = "{a}";
  step.patches = patches;
  step.expect = check::Expect::survived;
  out.play.steps = {step};
  return out;
}

// Is that value of the event null?
inline bool is_null(const http::Request& request, const std::string& path) {
  const auto body = nlohmann::json::parse(request.body, nullptr, false);
  const nlohmann::json* at = &body;
  std::size_t begin = 0;
  while (at->is_object() && begin <= path.size()) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    const auto found = at->find(path.substr(begin, end - begin));
    if (found == at->end()) return false;
    at = &*found;
    begin = end + 1;
  }
  return begin > path.size() && at->is_null();
}

// An endpoint that fails when all of these values are null.
inline void fails_on_null(FakeEndpoint& endpoint, const std::vector<std::string>& paths, int status = 500) {
  endpoint.work = [paths, status](const http::Request& request, const provider::EventName&) -> std::optional<http::Response> {
    for (const std::string& path : paths) {
      if (!is_null(request, path)) return std::nullopt;
    }
    return FakeEndpoint::say(status, "TypeError: cannot read properties of null");
  };
}

}  // namespace hookctl::test
