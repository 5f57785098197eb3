#include "commands/check_setup.hpp"

#include "base/text.hpp"
#include "check/rulebook.hpp"
#include "commands/check_suite.hpp"

namespace hookctl {

namespace {

constexpr std::int64_t kTimeLimitMs = 50'000;
constexpr const char* kWhat = "What is checked";
constexpr const char* kEndpoint = "The endpoint";

}  // namespace

std::vector<Option> check_options() {
  std::vector<Option> own{
      {"rules", 0, ValueKind::text, "LIST",
       "rules and groups, comma-separated; '-' before one leaves it out: signature,time,-time/ahead (all)", kWhat},
      {"suite", 0, ValueKind::text, "DIR",
       "findings that fuzz kept, as rules 'suite/fnd_…' after the others; --rules suite tries nothing else", kWhat},
      {"list", 0, ValueKind::flag, "", "list the rules and check nothing", kWhat},
      {"explain", 0, ValueKind::text, "RULE", "what a rule sends, why it matters, how to mend it", kWhat},
      {"seed", 0, ValueKind::number, "N", "makes the same choices again; ids and times are always fresh", kWhat},
      {"time", 0, ValueKind::duration, "TIME", "for the whole run; rules that do not fit are skipped and named (50s)", kWhat},
  };
  return joined({provider_options(),
                 endpoint_options(kEndpoint, kWhat),
                 {own.begin(), own.end()},
                 report_options("check", "medium"),
                 {fixtures_option()},
                 signing_key_options(),
                 tls_options(),
                 output_options()});
}

Result<CheckSetup> read_check(Session& session, const Arguments& arguments) {
  CheckSetup setup;
  auto endpoint = read_endpoint(session, arguments, "check");
  if (!endpoint) return endpoint.error();
  setup.endpoint = *std::move(endpoint);
  auto reports = read_report_setup(arguments, "medium");
  if (!reports) return reports.error();
  setup.reports = *std::move(reports);
  auto choice = choose_rules(arguments.text("rules", "all"), arguments.has("suite"));
  if (!choice) return choice.error();
  setup.rules = choice->book;
  if (const auto folder = arguments.text("suite")) {
    auto suite = read_suite(session, *folder, *choice, !arguments.has("event"), setup.endpoint);
    if (!suite) return suite.error();
    setup.suite = *std::move(suite);
  }
  setup.seed = read_seed(session, arguments);
  setup.time_limit_ms = arguments.duration_ms("time", kTimeLimitMs);
  return setup;
}

}  // namespace hookctl
