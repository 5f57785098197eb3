// hookctl check: is a webhook endpoint ready for production? Every rule, a verdict, reports.
#include "base/text.hpp"
#include "check/run.hpp"
#include "commands/check_rig.hpp"
#include "commands/check_rules.hpp"
#include "commands/check_setup.hpp"
#include "commands/command_line.hpp"
#include "commands/commands.hpp"
#include "commands/live_line.hpp"
#include "commands/outgoing.hpp"
#include "commands/report_output.hpp"

namespace hookctl {

namespace {

Result<report::Report> run_rules(Session& session, const Arguments& arguments, const CheckSetup& setup, Rig& rig) {
  LiveLine live(session, arguments.has("json") && !session.err_is_terminal);
  check::Bench bench(rig.parts(session, setup.endpoint, session.random, setup.seed));
  check::RunOptions options{
      .rules = setup.rules, .more = setup.suite, .time_limit_ms = setup.time_limit_ms, .repeat = repeat_command(arguments), .on_rule = {}};
  options.on_rule = [&](const std::string& rule, std::size_t done, std::size_t of) {
    live.show([&] {
      return std::to_string(done) + " of " + std::to_string(of) + " rules, " + std::to_string(bench.requests()) + " requests: " + rule;
    });
  };
  const UnixMs started_at = session.clock.now();
  auto report = check::run(bench, options);
  if (!report) return report;
  name_report(*report, "hookctl check", setup.endpoint, started_at, setup.seed);
  report::apply_baseline(*report, setup.reports.baseline);
  return report;
}

Result<ExitCode> run_check(Session& session, const Arguments& arguments) {
  if (!arguments.positionals().empty())
    return usage_error("check takes no '" + printable(arguments.positionals().front()) + "'",
                       "the endpoint is given with --to, the provider with --provider");
  if (arguments.has("list")) {
    list_rules(session, arguments.has("json"));
    return ExitCode::yes;
  }
  if (const auto rule = arguments.text("explain")) return explain_rule(session, *rule, arguments.has("json"));
  auto setup = read_check(session, arguments);
  if (!setup) return setup.error();
  watch_for_interrupt();
  Rig rig;
  if (auto ready = rig.set_up(arguments, setup->endpoint); !ready) return ready.error();
  auto report = run_rules(session, arguments, *setup, rig);
  if (!report && was_interrupted()) return ExitCode::interrupted;
  if (!report) return report.error();
  if (auto written = write_all(session, arguments, setup->reports, *report); !written) return written.error();
  if (!was_interrupted() && !report->stopped.empty())
    session.err << "hookctl: not all rules were tried: " << printable(report->stopped, true) << "\n";
  return verdict_of(setup->reports, *report);
}

}  // namespace

Command check_command() {
  return {"check",
          "find out whether an endpoint is ready for production",
          "Sends signed events, forgeries, duplicates and odd bodies to a running endpoint (or one that --spawn starts) and gives a "
          "verdict for each of some hundred rules. It only ever "
          "acts on the endpoint that --to names. What needs to know what the endpoint did (is an event handled once?) takes --effects; "
          "without it those rules are skipped. Exit code 0 "
          "means that no rule failed, 1 that one did, 3 that the endpoint accepts no signed event at all. --suite DIR adds findings of "
          "'hookctl fuzz' (copies of .hookctl/findings/fnd_….json), so that what "
          "was mended stays mended.",
          {},
          check_options(),
          {"hookctl check --to 3000/webhook --provider stripe --secret env:STRIPE_SECRET", "hookctl check --list",
           "hookctl check --explain signature/missing",
           "hookctl check --to 3000/webhook --provider github --secret env:GITHUB_SECRET --event push --rules signature,time --report "
           "junit=check.xml"},
          run_check};
}

}  // namespace hookctl
