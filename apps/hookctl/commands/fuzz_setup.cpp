#include "commands/fuzz_setup.hpp"


#include "base/text.hpp"
#include "commands/command_line.hpp"
#include "commands/kept_findings.hpp"
#include "commands/own_target.hpp"

namespace hookctl {

namespace {

constexpr std::int64_t kTimeLimitMs = 60'000;
constexpr std::int64_t kShortestMs = 2'000;
constexpr std::int64_t kConnections = 8;
constexpr std::int64_t kMostConnections = 256;
constexpr const char* kSearch = "The search";
constexpr const char* kEndpoint = "The endpoint";
constexpr const char* kKept = "What is kept";

// A number of at least 1, or nothing when the option is not given.
Result<std::optional<std::uint64_t>> read_count(const Arguments& arguments, const std::string& name) {
  if (!arguments.has(name)) return std::optional<std::uint64_t>();
  const std::int64_t count = arguments.number(name, 0);
  if (count < 1) return usage_error("--" + name + ": give at least 1");
  return std::optional<std::uint64_t>(static_cast<std::uint64_t>(count));
}

Result<std::vector<fuzz::Phase>> read_phases(const Arguments& arguments) {
  std::vector<fuzz::Phase> chosen;
  const auto list = arguments.text("phases");
  if (!list) return chosen;
  std::vector<std::string> names;
  for (const fuzz::Phase phase : fuzz::phases()) names.emplace_back(fuzz::phase_name(phase));
  for (const std::string_view piece : split(*list, ",")) {
    const std::string name(trim(piece));
    const auto phase = fuzz::parse_phase(name);
    if (!phase) {
      const auto near = nearest(name, names);
      return usage_error("--phases: no phase '" + printable(name) + "'",
                         (near ? "did you mean '" + *near + "'? " : std::string()) + "there are " + join(names, ", "));
    }
    chosen.push_back(*phase);
  }
  return chosen;
}

Result<void> read_search(const Arguments& arguments, FuzzSetup& setup) {
  auto phases = read_phases(arguments);
  if (!phases) return phases.error();
  setup.options.phases = *std::move(phases);
  auto requests = read_count(arguments, "requests");
  if (!requests) return requests.error();
  setup.options.most_requests = *requests;
  auto findings = read_count(arguments, "max-findings");
  if (!findings) return findings.error();
  if (*findings) setup.options.most_findings = static_cast<std::size_t>(**findings);
  const std::int64_t connections = arguments.number("concurrency", kConnections);
  if (connections < 1 || connections > kMostConnections) return usage_error("--concurrency: give 1 to " + std::to_string(kMostConnections));
  setup.options.connections = static_cast<std::size_t>(connections);
  setup.time_limit_ms = arguments.duration_ms("time", kTimeLimitMs);
  if (setup.time_limit_ms < kShortestMs) return usage_error("--time: give at least " + std::to_string(kShortestMs / 1000) + "s");
  setup.options.until_dry = !arguments.has("time") && !arguments.has("requests");
  return {};
}

}  // namespace

std::vector<Option> fuzz_options() {
  std::vector<Option> own{
      pid_option(kEndpoint),
      own_target_option(kEndpoint),
      {"time", 0, ValueKind::duration, "TIME", "search as long as this (60s at most, and less when nothing new shows)", kSearch},
      {"requests", 0, ValueKind::number, "N", "send at most N", kSearch},
      {"max-findings", 0, ValueKind::number, "N", "end with the Nth finding", kSearch},
      {"phases", 0, ValueKind::text, "LIST", "earlier, catalogue, fields, sequences, adaptive, destructive (all)", kSearch},
      {"concurrency", 0, ValueKind::number, "N", "connections at once in the adaptive phase (8)", kSearch},
      {"seed", 0, ValueKind::number, "N", "makes the same choices again; with a new --corpus folder also the same event ids", kSearch},
      {"corpus", 0, ValueKind::text, "DIR", "what showed something new, from run to run (.hookctl/corpus)", kKept},
      findings_option(kKept),
  };
  return joined({provider_options(),
                 endpoint_options(kEndpoint, kSearch),
                 {own.begin(), own.end()},
                 report_options("run", "low"),
                 {fixtures_option()},
                 signing_key_options(),
                 tls_options(),
                 output_options()});
}

Result<FuzzSetup> read_fuzz(Session& session, const Arguments& arguments) {
  FuzzSetup setup;
  auto endpoint = read_endpoint(session, arguments, "fuzz");
  if (!endpoint) return endpoint.error();
  setup.endpoint = *std::move(endpoint);
  if (auto read = read_search(arguments, setup); !read) return read.error();
  auto reports = read_report_setup(arguments, "low");
  if (!reports) return reports.error();
  setup.reports = *std::move(reports);
  setup.seed = read_seed(session, arguments);
  setup.corpus = arguments.text("corpus", ".hookctl/corpus");
  setup.findings = findings_folder(arguments);
  const check::Subject& subject = setup.endpoint.subject;
  setup.options.repeat = repeat_command(arguments);
  setup.options.replay = retry_command(arguments, subject);
  setup.options.arguments = kept_arguments(arguments, subject);
  if (auto own = check_own_target(arguments, subject.url); !own) return own.error();
  return setup;
}

}  // namespace hookctl
