#include "check/program.hpp"

#include <chrono>
#include <thread>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "process/child.hpp"

namespace hookctl::check {

namespace {

constexpr std::int64_t kPatienceMs = 2'000;  // between SIGTERM and SIGKILL

class Spawned final : public Program {
 public:
  Spawned(http::WireClient& wire, ProgramOptions options) : wire_(wire), options_(std::move(options)) {}
  ~Spawned() override {
    if (child_) child_->stop(kPatienceMs);
  }

  std::optional<std::string> ended() override {
    if (!child_) return "never started";
    const auto ended = child_->ended();
    return ended ? std::optional(ended->text()) : std::nullopt;
  }

  std::vector<std::string> last_lines() override { return child_ ? child_->last_lines() : std::vector<std::string>(); }
  std::uint64_t line_count() override { return earlier_lines_ + (child_ ? child_->line_count() : 0); }
  std::optional<int> pid() override { return child_ ? std::optional(child_->pid()) : std::nullopt; }

  Result<void> restart() override {
    if (child_) child_->stop(kPatienceMs);
    earlier_lines_ = line_count();
    child_.reset();
    return start();
  }

  Result<void> start() {
    if (is_open()) return unavailable_error("port " + std::to_string(options_.url.port) + " is taken already, before --spawn has started anything", "stop what listens there, or leave --spawn out");
    auto child = process::Child::start(options_.words);
    if (!child) return child.error();
    child_ = *std::move(child);
    const std::int64_t until = steady_ms() + options_.wait_ms;
    while (steady_ms() < until) {
      if (options_.interrupted && options_.interrupted()) return Error{ErrorKind::interrupted, "interrupted"};
      if (const auto end = ended()) return unavailable_error("'" + options_.words.front() + "' ended before it listened: " + *end + lines_text());
      if (is_open()) return {};
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return unavailable_error("'" + options_.words.front() + "' runs, but nothing listens on " + options_.url.authority() + " after " + duration_text(options_.wait_ms) + lines_text(),
                             "does it listen on the port of --to?");
  }

 private:
  bool is_open() {
    http::WirePlan plan;
    plan.url = options_.url;
    plan.url.scheme = "http";  // the port alone
    plan.methods.clear();
    plan.ending = http::WirePlan::Ending::close;
    plan.timeout_ms = 1'000;
    const auto replies = wire_.exchange({plan});
    return !replies.empty() && !replies.front().failure;
  }

  std::string lines_text() {
    std::string out;
    const auto lines = last_lines();
    for (std::size_t i = lines.size() > 8 ? lines.size() - 8 : 0; i < lines.size(); ++i) out += "\n    " + printable(lines[i]);
    return out;
  }

  http::WireClient& wire_;
  ProgramOptions options_;
  std::unique_ptr<process::Child> child_;
  std::uint64_t earlier_lines_{0};  // of those that have ended
};

}  // namespace

Result<std::unique_ptr<Program>> start_program(http::WireClient& wire, ProgramOptions options) {
  auto program = std::make_unique<Spawned>(wire, std::move(options));
  if (auto started = program->start(); !started) return started.error();
  return std::unique_ptr<Program>(std::move(program));
}

}  // namespace hookctl::check
