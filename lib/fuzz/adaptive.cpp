#include "fuzz/adaptive.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "base/text.hpp"
#include "check/forgery.hpp"
#include "fuzz/describe.hpp"
#include "fuzz/fields.hpp"
#include "fuzz/sequences.hpp"
#include "fuzz/stream.hpp"

namespace hookctl::fuzz {

namespace {

constexpr std::uint64_t kFirstBurst = 32;
constexpr std::uint64_t kLargestBurst = 32'768;
constexpr std::uint64_t kLargestWatched = 4'096;  // where log lines or effects are to be told whose they are
constexpr std::int64_t kBurstMs = 400;
constexpr std::uint64_t kDryAfter = 200;         // requests without anything new, at least
constexpr std::size_t kMostSuspects = 6;         // of a burst, each of another place and mutator
constexpr std::size_t kMostInteresting = 12;
constexpr int kEmptyDraws = 200;
constexpr std::int64_t kShortestWaitMs = 500;
constexpr std::int64_t kLongestWaitMs = 5'000;
constexpr std::int64_t kLongForContinue = 800;  // ms
constexpr std::size_t kSeeds = 24;  // cases of the corpus that are played first

// One burst: draws go out, answers come in.
class Burst final : public http::BarrageSource {
 public:
  Burst(Stream& stream, Reactions& reactions, check::Bench& bench, std::uint64_t most) : stream_(stream), reactions_(reactions), bench_(bench), most_(most), begun_(steady_ms()) {}

  bool next(std::string& bytes, std::uint64_t& token) override {
    if (stopped_ || sent_ >= most_ || bench_.interrupted() || steady_ms() - begun_ > kBurstMs) return false;
    std::string id;
    for (int tries = 0; tries < kEmptyDraws; ++tries) {
      const Draw draw = stream_.draw();
      if (!stream_.write(draw, bytes, id)) {
        stream_.reward(draw, 0);
        continue;
      }
      token = sent_++;
      drawn_.push_back(draw);
      if (bench_.has_probe()) ids_.push_back(std::move(id));
      return true;
    }
    return false;
  }

  void take(const http::BarrageReply& reply) override {
    const Draw& draw = drawn_[static_cast<std::size_t>(reply.token)];
    if (asks_for_time(reply)) return;
    const bool odd = reply.status >= 500 || (reply.failure && reply.failure->fault != http::SendFault::unreachable) || reply.duration_us / 1000 > bench_.subject().budget_ms;
    const bool unreachable = reply.failure && reply.failure->fault == http::SendFault::unreachable;
    if (unreachable) stopped_ = gone_ = true;
    else if (reply.failure) broken_ = true;
    const bool is_new = !unreachable && reactions_.see(reply);
    stream_.reward(draw, is_new ? 1 : 0);
    if (odd && suspects.size() < kMostSuspects && suspicious_.insert(stream_.path_of(draw)).second) suspects.push_back(draw);
    else if (is_new && interesting.size() < kMostInteresting) interesting.push_back(draw);
    if (odd && suspects.size() >= kMostSuspects) stopped_ = true;
  }

  std::uint64_t sent() const noexcept { return sent_; }
  bool gone() const noexcept { return gone_; }
  bool broken() const noexcept { return broken_; }  // an answer did not come, or not whole
  std::int64_t asked_wait_ms() const noexcept { return asked_wait_ms_; }
  const std::vector<std::string>& ids() const noexcept { return ids_; }  // with a probe only
  const Draw& drawn(std::size_t i) const { return drawn_[i]; }
  std::vector<Draw> suspects{};
  std::vector<Draw> interesting{};

 private:
  // 429, and 503 that says when to come again: it has too much to do, and is right to say so.
  bool asks_for_time(const http::BarrageReply& reply) {
    if (reply.status != 429 && reply.status != 503) return false;
    auto head = http::parse_response_head(reply.head, "POST", {});
    const auto* answer = std::get_if<http::Response>(&head);
    const auto field = answer != nullptr ? answer->headers.find("Retry-After") : std::nullopt;
    if (reply.status == 503 && !field) return false;
    stopped_ = true;
    const auto seconds = field ? parse_unsigned(*field) : std::nullopt;  // or a date: then the longest
    asked_wait_ms_ = !field ? kShortestWaitMs : seconds ? std::clamp<std::int64_t>(static_cast<std::int64_t>(std::min<std::uint64_t>(*seconds, 60)) * 1000, kShortestWaitMs, kLongestWaitMs) : kLongestWaitMs;
    return true;
  }

  Stream& stream_;
  Reactions& reactions_;
  check::Bench& bench_;
  const std::uint64_t most_;
  const std::int64_t begun_;
  std::uint64_t sent_{0};
  bool stopped_{false};
  bool gone_{false};
  bool broken_{false};
  std::int64_t asked_wait_ms_{0};
  std::vector<Draw> drawn_;
  std::vector<std::string> ids_;
  std::set<std::string> suspicious_;
};

class Adaptive {
 public:
  Adaptive(AdaptiveParts parts, const CampaignOptions& options, Stream stream)
      : parts_(std::move(parts)), options_(options), stream_(std::move(stream)), connections_(std::max<std::size_t>(1, options.connections)), begun_at_(parts_.bench.requests()), new_at_(begun_at_) {
    if (parts_.bench.program() != nullptr) connections_ = std::min<std::size_t>(connections_, 2);  // so that lines of its log belong to somebody
  }

  Result<void> all() {
    if (auto done = seeds(); !done) return done;
    while (!parts_.pursuit.over() && !is_dry()) {
      if (auto done = burst(); !done) return done;
      if (auto done = others(); !done) return done;
      if (parts_.on_progress) parts_.on_progress();
    }
    return {};
  }

 private:
  // What was new in earlier runs.
  Result<void> seeds() {
    if (parts_.corpus == nullptr) return {};
    const std::vector<Case> cases = parts_.corpus->cases();
    for (std::size_t i = 0; i < cases.size() && i < kSeeds && !parts_.pursuit.over(); ++i) {
      if (auto played = play(cases[i]); !played) return played;
    }
    return {};
  }

  // By itself, through the bench and all oracles.
  Result<void> play(const Case& wanted) {
    const std::size_t before = parts_.reactions.size();
    const std::size_t found = parts_.pursuit.confirmed();
    auto failed = parts_.pursuit.try_case(wanted);
    if (!failed) return failed.error();
    if (parts_.reactions.size() > before || parts_.pursuit.confirmed() > found) new_at_ = parts_.bench.requests();
    if (!*failed && parts_.reactions.size() > before) keep(wanted);
    return {};
  }

  void keep(const Case& wanted) {
    if (parts_.corpus != nullptr) static_cast<void>(parts_.corpus->add(wanted));  // a full disk does not end the search
  }

  std::uint64_t room() const {
    const std::uint64_t left = options_.most_requests ? *options_.most_requests - std::min(*options_.most_requests, parts_.bench.requests()) : kLargestBurst;
    return std::min({size_, left, options_.until_dry ? kDryAfter : kLargestBurst});
  }

  // Larger bursts while they are over soon.
  void grow(std::int64_t took_ms) {
    const bool watched = parts_.bench.has_probe() || parts_.bench.program() != nullptr;
    if (took_ms < kBurstMs / 2) size_ = std::min(size_ * (took_ms < kBurstMs / 8 ? 4 : 2), watched ? kLargestWatched : kLargestBurst);
  }

  // Connections are kept once a burst went well without, and until one fails: an endpoint that serves one connection after the other never comes
  // to the others while the first is kept.
  void keep_connections(const Burst& burst) {
    const bool fell = burst.broken() || burst.gone();
    if (fell && keeps_) may_keep_ = false;
    keeps_ = may_keep_ && !fell;
    stream_.keep_connections(keeps_);
  }

  Result<void> burst() {
    if (auto fresh = stream_.freshen(); !fresh) return fresh;
    Burst burst(stream_, parts_.reactions, parts_.bench, room());
    const std::int64_t begun = steady_ms();
    const std::int64_t left_ms = std::max<std::int64_t>(1, parts_.bench.end - begun);
    parts_.barrage.run(parts_.bench.subject().url, burst, {connections_, std::min(parts_.bench.subject().budget_ms + 500, left_ms)});
    parts_.bench.count_requests(burst.sent());
    if (burst.sent() == 0) return Error{ErrorKind::usage, "nothing can be drawn"};
    grow(steady_ms() - begun);
    keep_connections(burst);
    if (burst.asked_wait_ms() > 0) {
      connections_ = 1;
      size_ = kFirstBurst;
      wait(burst.asked_wait_ms());
    }
    if (!burst.interesting.empty() || !burst.suspects.empty()) new_at_ = parts_.bench.requests();
    if (auto done = again(burst); !done) return done;
    if (auto done = too_often(burst); !done) return done;
    return parts_.pursuit.over() ? Result<void>{} : parts_.pursuit.look_after();
  }

  void wait(std::int64_t ms) const {
    for (const std::int64_t until = steady_ms() + ms; steady_ms() < until && !parts_.pursuit.over();) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }

  // What was odd in the crowd, by itself. Where the endpoint is gone the last ones of the burst are the suspects.
  Result<void> again(const Burst& burst) {
    std::vector<Draw> draws = burst.suspects;
    if (burst.gone()) {
      for (std::size_t i = 0; i < 2 * connections_ && i < burst.sent(); ++i) draws.push_back(burst.drawn(static_cast<std::size_t>(burst.sent()) - 1 - i));
      if (auto serving = parts_.pursuit.look_after(); !serving) return serving;
    }
    for (const Draw& draw : draws) {
      if (parts_.pursuit.over()) return {};
      if (parts_.pursuit.is_known_place(stream_.path_of(draw))) continue;
      auto failed = parts_.pursuit.try_case(stream_.case_of(draw));
      if (!failed) return failed.error();
    }
    for (const Draw& draw : burst.interesting) {
      if (parts_.pursuit.over()) return {};
      if (auto played = play(stream_.case_of(draw)); !played) return played;
      keep(stream_.case_of(draw));
    }
    return {};
  }

  // Each of these events was sent once: none may have two effects.
  Result<void> too_often(const Burst& burst) {
    if (!parts_.bench.has_probe() || parts_.pursuit.over()) return {};
    auto effects = parts_.bench.effects_now();
    if (!effects || !effects->has_ids) return {};
    if (!with_one_effect_) {
      auto events = with_one_effect(parts_.bench);
      if (!events) return events.error();
      with_one_effect_ = *std::move(events);
    }
    for (std::size_t i = 0; i < burst.ids().size(); ++i) {
      if (effects->of(burst.ids()[i]) < 2) continue;
      Case twice = stream_.case_of(burst.drawn(i));
      const std::string& event = twice.play.steps.front().event;
      if (std::find(with_one_effect_->begin(), with_one_effect_->end(), event) == with_one_effect_->end()) continue;
      twice.play.effects = {{.id = "{a}", .at_least = 0, .at_most = 1}};
      auto failed = parts_.pursuit.try_case(twice);
      return failed ? Result<void>{} : Result<void>(failed.error());
    }
    return {};
  }

  // One delivery sent in another way, and one forgery.
  Result<void> others() {
    if (parts_.pursuit.over()) return {};
    Random& random = parts_.bench.choices();
    const std::vector<std::string> events = parts_.bench.events(4);
    Case sent;
    sent.mutator = "wire";
    check::Step step = odd_step(events[random.next() % events.size()]);
    step.expect = check::Expect::accepted;
    step.wire = mutated_wire(random);
    const bool asks = std::exchange(step.wire.expect_continue, step.wire.expect_continue && continues_);
    sent.play.name = step.event + " sent in another way";
    sent.play.steps = {std::move(step)};
    const std::int64_t begun = steady_ms();
    if (auto played = play(sent); !played) return played;
    if (asks && steady_ms() - begun > kLongForContinue) continues_ = false;
    if (parts_.pursuit.over() || check::signing_way(*parts_.bench.subject().provider).kind == signing::Kind::none) return {};
    check::Step forged = odd_step(events[random.next() % events.size()]);
    forged.expect = check::Expect::refused;
    forged.tampers = {mutated_signature(random)};
    check::Step real = forged;
    real.id = parts_.bench.fresh_id();
    auto sure = check::forgeries(parts_.bench, {check::forgery("a signature that is not right", real)});
    if (!sure) return sure.error().kind == ErrorKind::usage ? Result<void>{} : Result<void>(sure.error());
    Case forgery;
    forgery.mutator = "forgery";
    forgery.play.name = "a signature that is not right";
    forgery.play.steps = {std::move(forged)};
    return play(forgery);
  }

  bool is_dry() const {
    if (!options_.until_dry) return false;
    return parts_.bench.requests() - new_at_ > std::max(kDryAfter, (new_at_ - begun_at_) / 2);
  }

  AdaptiveParts parts_;
  const CampaignOptions& options_;
  Stream stream_;
  std::size_t connections_;
  std::uint64_t size_{kFirstBurst};
  bool keeps_{false};  // connections
  bool may_keep_{true};
  bool continues_{true};  // it has not been asked "100-continue" in vain
  std::optional<std::vector<std::string>> with_one_effect_{};  // looked at when it first matters
  std::uint64_t begun_at_;
  std::uint64_t new_at_;  // requests when something new showed last
};

}  // namespace

Result<void> try_adaptive(AdaptiveParts parts, const CampaignOptions& options) {
  auto stream = Stream::make(parts.bench, parts.pursuit);
  if (!stream) return stream.error().kind == ErrorKind::usage ? Result<void>{} : Result<void>(stream.error());
  auto done = Adaptive(std::move(parts), options, *std::move(stream)).all();
  return !done && done.error().kind == ErrorKind::usage ? Result<void>{} : done;
}

}  // namespace hookctl::fuzz
