// The bench: plays cases against the endpoint and remembers what came back, what was learnt of the endpoint, and how it stands.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "check/effects.hpp"
#include "check/made.hpp"
#include "check/step.hpp"
#include "check/subject.hpp"
#include "check/watch.hpp"
#include "http/wire_plan.hpp"

namespace hookctl::check {

// The program behind the URL, where hookctl started it.
class Program {
 public:
  virtual ~Program() = default;
  virtual std::optional<std::string> ended() = 0;  // "exit code 1", nothing while it runs
  virtual Result<void> restart() = 0;              // stops it if need be, starts it, waits until the URL's port is open
  virtual std::vector<std::string> last_lines() = 0;
  virtual std::uint64_t line_count() { return 0; }               // how many it has written so far, since it was first started
  virtual std::optional<int> pid() { return std::nullopt; }
};

// A listener of ours on loopback: URLs that lead to it are put into events, and whoever fetches one is noticed. Thread-safe.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual std::string url(std::string_view token) = 0;   // "http://127.0.0.1:PORT/TOKEN"
  virtual bool visited(std::string_view token) = 0;      // so far
  virtual void delay_answers(std::int64_t ms) = 0;       // from now on
};

// What one step sent and got.
struct Shot {
  Step step;
  Made made;
  std::string bytes;  // as they were to go out
  UnixMs sent_at{0};
  std::optional<http::Response> answer{};
  std::optional<http::SendFailure> failure{};  // neither: no answer was waited for
  std::int64_t duration_ms{0};                 // from the last byte out to the answer's last byte
  bool timed_out{false};

  int status() const noexcept { return answer ? answer->status : 0; }
  bool success() const noexcept { return answer && http::is_success(answer->status); }
};

struct Played {
  std::vector<Shot> shots;
  std::optional<Effects> effects{};  // settled, afterwards; where there is a probe and the case asks for effects or got a 2xx for what had to be refused
  std::int64_t count_before{0};      // of a probe without ids
  std::optional<std::string> ended{};  // how the spawned program ended meanwhile
};

// One event type that the endpoint accepts.
struct Handled {
  std::string event;
  bool has_effect{false};  // seen by the probe; without one: its answer differs from that to an unknown event type
  std::int64_t duration_ms{0};
  std::string shape{};  // of its answer
};

// What preflight found.
struct Learnt {
  std::vector<Shot> tried{};       // one plain delivery of each sample
  std::vector<Handled> handled{};  // those with an effect first
  std::int64_t slowest_ms{0};      // of the accepted events that were in time
  std::int64_t settle_ms{250};     // how long effects may take after the answer
  std::set<int> refusals{};        // statuses of requests without and with a wrong signature
  std::set<std::string> shapes{};  // of all accepted plain events
};

// What an answer looks like when ids, numbers and times are taken out of it: status class, media type, JSON keys or words.
std::string shape_of(const http::Response& answer);

struct BenchParts {
  Subject subject;
  http::WireClient& wire;
  const Clock& clock;
  Random& ids;                     // for ids and nonces: fresh in every run, or an endpoint that remembers would take them for duplicates
  std::uint64_t seed{0};           // for choices
  EffectsProbe* probe{nullptr};    // these three may be missing
  Program* program{nullptr};
  Listener* listener{nullptr};
  std::optional<int> pid{};        // of the endpoint's program, where it is known and not `program`
  std::function<bool()> interrupted{};  // asked between deliveries
  std::function<void(const Shot&)> on_shot{};
};

// Messages of `interrupted` where nobody interrupted.
inline constexpr const char* kTimeIsUp = "the time was up: --time gives more";
inline constexpr const char* kRequestsUsedUp = "the requests are used up: --requests gives more";

class Bench {
 public:
  explicit Bench(BenchParts parts);
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  const Subject& subject() const noexcept { return parts_.subject; }
  // From here on these are sent.
  void replace_samples(std::vector<provider::Fixture> samples) { parts_.subject.samples = std::move(samples); }
  Learnt& learnt() noexcept { return learnt_; }
  const Learnt& learnt() const noexcept { return learnt_; }
  bool has_probe() const noexcept { return parts_.probe != nullptr; }
  Listener* listener() const noexcept { return parts_.listener; }
  Program* program() const noexcept { return parts_.program; }
  // The process id of the endpoint's program, as it runs now; nothing where it is not known.
  std::optional<int> pid() const { return parts_.program != nullptr ? parts_.program->pid() : parts_.pid; }
  Random& choices() noexcept { return choices_; }
  std::uint64_t seed() const noexcept { return parts_.seed; }
  const signing::Keys& stranger() const noexcept { return stranger_; }
  std::uint64_t requests() const noexcept { return requests_; }
  // What had to be refused and was, by event id; without ids that were also sent as they should be.
  std::map<std::string, Shot> refused() const;
  // What stood in the answers so far and must not.
  const Watch& watch() const noexcept { return watch_; }
  // What was sent last.
  const std::optional<Shot>& last_shot() const noexcept { return last_shot_; }
  // Who is told of every delivery from here on.
  void on_shot(std::function<void(const Shot&)> told) { parts_.on_shot = std::move(told); }
  // Requests that were sent past the bench.
  void count_requests(std::uint64_t more) noexcept { requests_ += more; }
  UnixMs now() const { return parts_.clock.now(); }
  Random& ids() noexcept { return parts_.ids; }
  bool interrupted() const { return parts_.interrupted && parts_.interrupted(); }
  std::int64_t deadline{std::numeric_limits<std::int64_t>::max()};  // steady_ms() of the run's end: nothing begins after it
  // When answers are no longer waited for, steady_ms(). What it cuts off says nothing of the endpoint: play() then ends with `interrupted`.
  std::int64_t end{std::numeric_limits<std::int64_t>::max()};
  std::uint64_t most_requests{std::numeric_limits<std::uint64_t>::max()};     // of the whole run: what would exceed it is not sent
  // Is the end of one of the two come?
  bool out_of_time() const;

  // An event id of the provider's form that was never used.
  std::string fresh_id();
  // The event types for rules that look at bodies: those that are handled, at most `most`; the first is the main event.
  std::vector<std::string> events(std::size_t most) const;
  const std::string& main_event() const;
  // The body that a plain step of that event type would have: composed, with `id` in place. "" when it cannot be composed.
  std::string plain_body(const std::string& event, const std::string& id);

  // Plays the steps in their order (those of a group together), then waits until effects are settled where the case wants to know them.
  // Waits and repeats when the endpoint asks for it (429, or 503 with Retry-After). `usage` when a step cannot be made for this provider
  // (its message completes "skipped: …"), `unavailable` when the probe cannot be read, `interrupted` (also kTimeIsUp and kRequestsUsedUp).
  Result<Played> play(const Case& wanted);
  Result<Shot> deliver(const Step& step);  // a case of one step
  // A plain main event: accepted within the budget? The shot says.
  Result<Shot> control();
  static bool is_good(const Shot& control, std::int64_t budget_ms) { return control.success() && control.duration_ms <= budget_ms; }

  // The effects, once two readings one after the other agree and `settle_ms` have gone by. `unavailable` as EffectsProbe.
  // Effects that are `due` are waited for up to 2.5 s. `count_before` is the probe's count before them, for probes without ids.
  Result<Effects> settled_effects();
  Result<Effects> settled_effects(const std::vector<EffectCount>& due, std::int64_t count_before);
  Result<Effects> effects_now();

 private:
  Result<Shot> make_shot(const Step& step, const std::vector<Shot>& before);
  Result<void> play_group(const Case& wanted, std::size_t from, std::size_t to, Played& played);
  void fire(const std::vector<Shot*>& shots);
  Result<void> insist(Shot& shot);
  void note(const Shot& shot);
  bool sleep(std::int64_t ms) const;

  BenchParts parts_;
  SeededRandom choices_;
  signing::Keys stranger_;
  Learnt learnt_;
  std::uint64_t requests_{0};
  std::map<std::string, Shot> refused_;
  std::optional<Shot> last_shot_;
  Watch watch_;
  std::set<std::string> sent_rightly_;
};

}  // namespace hookctl::check
