// hookctl check: is a webhook endpoint ready for production? Every rule, a verdict, reports.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <thread>

#include "base/file.hpp"
#include "base/text.hpp"
#include "check/listener.hpp"
#include "check/program.hpp"
#include "check/rulebook.hpp"
#include "check/run.hpp"
#include "commands/check_rules.hpp"
#include "commands/check_setup.hpp"
#include "commands/commands.hpp"
#include "commands/outgoing.hpp"
#include "net/loop.hpp"
#include "net/wire_client.hpp"
#include "process/child.hpp"
#include "ui/lines.hpp"

namespace hookctl {

namespace {

constexpr std::int64_t kRedrawMs = 100;
constexpr std::int64_t kLineMs = 5'000;

// How far the run is: one line that is drawn again on a terminal, a line every few seconds elsewhere.
class CheckProgress {
 public:
  CheckProgress(Session& session, bool quiet) : session_(session), quiet_(quiet), told_(steady_ms()) {}
  ~CheckProgress() { take_away(); }

  void show(const std::string& rule, std::size_t done, std::size_t of, std::uint64_t requests) {
    const std::int64_t now = steady_ms();
    if (quiet_ || now - told_ < (session_.err_is_terminal ? kRedrawMs : kLineMs)) return;
    told_ = now;
    const std::string line = std::to_string(done) + " of " + std::to_string(of) + " rules, " + std::to_string(requests) + " requests: " + rule;
    if (session_.err_is_terminal) session_.err << "\r" << line << "\x1b[K" << std::flush;
    else session_.err << line << "\n" << std::flush;
    drawn_ = session_.err_is_terminal;
  }

  void take_away() {
    if (drawn_) session_.err << "\r\x1b[K" << std::flush;
    drawn_ = false;
  }

 private:
  Session& session_;
  bool quiet_;
  bool drawn_{false};
  std::int64_t told_;
};

// Our listener for call-backs on a thread of its own, as long as this lives.
class ListeningThread {
 public:
  ListeningThread() : listener_(loop_) {}
  ~ListeningThread() {
    if (!thread_.joinable()) return;
    loop_.post([this] { loop_.drain(0); });
    thread_.join();
  }

  Result<void> start() {
    net::ServerOptions options;
    options.port = 0;
    auto address = loop_.listen(options, listener_);
    if (!address) return address.error();
    listener_.set_origin("http://" + address->text());
    thread_ = std::thread([this] { loop_.run(); });
    return {};
  }

  check::Listener& listener() { return listener_; }

 private:
  net::Loop loop_;
  check::CallbackListener listener_;
  std::thread thread_;
};

// Everything that the bench needs, alive as long as the run.
struct Rig {
  std::unique_ptr<http::WireClient> wire{};
  std::unique_ptr<http::Client> probe_client{};
  std::unique_ptr<check::EffectsProbe> probe{};
  std::unique_ptr<check::Program> program{};
  ListeningThread listening{};
};

bool looks_like_url(const std::string& text) {
  return text.starts_with("http://") || text.starts_with("https://") || (text.find(' ') == std::string::npos && http::parse_url(text).ok() && text.find('/') != 0 && text.find("./") != 0);
}

Result<void> make_probe(const Arguments& arguments, const CheckSetup& setup, Rig& rig) {
  if (setup.effects.empty()) return {};
  if (looks_like_url(setup.effects)) {
    auto url = read_url("effects", setup.effects);
    if (!url) return url.error();
    auto client = net::make_blocking_client(client_options(arguments));
    if (!client) return client.error();
    rig.probe_client = *std::move(client);
    rig.probe = check::url_probe(*rig.probe_client, *url);
    return {};
  }
  auto words = process::split_words(setup.effects);
  if (!words) return usage_error("--effects: " + words.error().message, words.error().hint);
  rig.probe = check::command_probe(*std::move(words));
  return {};
}

Result<void> set_up(const Arguments& arguments, const CheckSetup& setup, Rig& rig) {
  auto wire = net::make_wire_client(client_options(arguments));
  if (!wire) return wire.error();
  rig.wire = *std::move(wire);
  if (auto made = make_probe(arguments, setup, rig); !made) return made;
  if (auto started = rig.listening.start(); !started) return started;
  if (setup.spawn.empty()) return {};
  auto program = check::start_program(*rig.wire, {.words = setup.spawn, .url = setup.subject.url, .interrupted = was_interrupted});
  if (!program) return program.error();
  rig.program = *std::move(program);
  return {};
}

std::string painted(const ui::Paint& paint, std::string_view style, std::string_view words) {
  if (style == "good") return paint.good(words);
  if (style == "bad") return paint.bad(words);
  if (style == "warn") return paint.warn(words);
  if (style == "dim") return paint.dim(words);
  return paint.bold(words);
}

bool in_github_actions() {
  const char* value = std::getenv("GITHUB_ACTIONS");
  return value != nullptr && std::string_view(value) == "true";
}

Result<void> append_summary(const report::Report& report) {
  const char* path = std::getenv("GITHUB_STEP_SUMMARY");
  if (path == nullptr || *path == '\0') return {};
  std::ofstream file(path, std::ios::app | std::ios::binary);
  file << report::write_markdown(report);
  if (!file.flush()) return unavailable_error("cannot write the job summary to " + printable(path));
  return {};
}

Result<void> write_all(Session& session, const Arguments& arguments, const CheckSetup& setup, const report::Report& report) {
  if (arguments.has("json")) session.out << report::write_json(report);
  else session.out << report::write_text(report, [&](std::string_view style, std::string_view words) { return painted(session.paint, style, words); });
  for (const ReportFile& file : setup.reports) {
    if (auto written = write_private_file(file.path, report::write(report, file.format)); !written) return written;
  }
  if (!in_github_actions()) return {};
  session.err << report::write_github(report);
  return append_summary(report);
}

Result<report::Report> run_rules(Session& session, const Arguments& arguments, const CheckSetup& setup, Rig& rig) {
  CheckProgress progress(session, arguments.has("json") && !session.err_is_terminal);
  check::BenchParts parts{.subject = setup.subject, .wire = *rig.wire, .clock = session.clock, .ids = session.random, .seed = setup.seed, .probe = rig.probe.get(),
                          .program = rig.program.get(), .listener = &rig.listening.listener(), .interrupted = was_interrupted, .on_shot = {}};
  check::Bench bench(std::move(parts));
  check::RunOptions options{.rules = setup.rules, .time_limit_ms = setup.time_limit_ms, .repeat = repeat_command(arguments), .on_rule = {}};
  options.on_rule = [&](const std::string& rule, std::size_t done, std::size_t of) { progress.show(rule, done, of, bench.requests()); };
  const UnixMs started_at = session.clock.now();
  auto report = check::run(bench, options);
  if (!report) return report;
  report->version = HOOKCTL_VERSION;
  report->target = setup.subject.url.text();
  report->provider = setup.provider->id;
  report->started_at = started_at;
  report->seed = setup.seed;
  report::apply_baseline(*report, setup.baseline);
  return report;
}

Result<ExitCode> run_check(Session& session, const Arguments& arguments) {
  if (!arguments.positionals().empty()) return usage_error("check takes no '" + printable(arguments.positionals().front()) + "'", "the endpoint is given with --to, the provider with --provider");
  if (arguments.has("list")) {
    list_rules(session, arguments.has("json"));
    return ExitCode::yes;
  }
  if (const auto rule = arguments.text("explain")) return explain_rule(session, *rule, arguments.has("json"));
  auto setup = read_check(session, arguments);
  if (!setup) return setup.error();
  watch_for_interrupt();
  Rig rig;
  if (auto ready = set_up(arguments, *setup, rig); !ready) return ready.error();
  auto report = run_rules(session, arguments, *setup, rig);
  if (!report && was_interrupted()) return ExitCode::interrupted;
  if (!report) return report.error();
  if (auto written = write_all(session, arguments, *setup, *report); !written) return written.error();
  if (was_interrupted()) return ExitCode::interrupted;
  if (!report->stopped.empty()) session.err << "hookctl: not all rules were tried: " << printable(report->stopped, true) << "\n";
  const bool any_tried = report->count(report::Verdict::passed) + report->count(report::Verdict::failed) > 0;
  if (!any_tried && !report->stopped.empty()) return ExitCode::unavailable;
  return setup->fail_on && report->failures(*setup->fail_on) > 0 ? ExitCode::no : ExitCode::yes;
}

}  // namespace

Command check_command() {
  return {"check",
          "find out whether an endpoint is ready for production",
          "Sends signed events, forgeries, duplicates and odd bodies to a running endpoint (or one that --spawn starts) and gives a verdict for each of some hundred rules. It only ever "
          "acts on the endpoint that --to names. What needs to know what the endpoint did (is an event handled once?) takes --effects; without it those rules are skipped. Exit code 0 "
          "means that no rule failed, 1 that one did, 3 that the endpoint accepts no signed event at all.",
          {},
          check_options(),
          {"hookctl check --to 3000/webhook --provider stripe --secret env:STRIPE_SECRET", "hookctl check --list", "hookctl check --explain signature/missing",
           "hookctl check --to 3000/webhook --provider github --secret env:GITHUB_SECRET --event push --rules signature,time --report junit=check.xml"},
          run_check};
}

}  // namespace hookctl
