#include "commands/records.hpp"

#include <algorithm>

#include "bulk/pipeline.hpp"
#include "commands/options.hpp"
#include "commands/outgoing.hpp"
#include "commands/progress.hpp"

namespace hookctl {

namespace {

constexpr std::int64_t kMostThreads = 256;
constexpr const char* kGroup = "Many at once";

// The words of the command line, as the terms for every line that does not say otherwise.
Result<void> read_terms(Session& session, const Arguments& arguments, bulk::Terms& terms) {
  terms.providers.find = [&](const std::string& id_or_path) { return read_provider(session, arguments, id_or_path); };
  terms.providers.recognise = [&](const http::Headers& headers) {
    return ProviderPtr(std::shared_ptr<void>(), session.catalog.recognise(headers));
  };
  terms.provider = arguments.text("provider", "");
  auto keys = read_keys(arguments);
  if (!keys) return keys.error();
  terms.keys = *std::move(keys);
  terms.tolerance_s = tolerance_s(arguments);
  return {};
}

Result<unsigned> read_threads(const Arguments& arguments) {
  const std::int64_t threads = arguments.number("threads", std::min<std::int64_t>(bulk::usable_cpus(), kMostThreads));
  if (threads < 1 || threads > kMostThreads) return usage_error("--threads: give 1 to " + std::to_string(kMostThreads));
  return static_cast<unsigned>(threads);
}

}  // namespace

std::vector<Option> records_options() {
  return {
      {"threads", 0, ValueKind::number, "N", "threads that verify --records (one for each CPU)", kGroup},
      {"only-invalid", 0, ValueKind::flag, "", "with --records, leave out the records of valid requests", kGroup},
  };
}

Result<ExitCode> verify_records(Session& session, const Arguments& arguments, const std::string& path) {
  const auto threads = read_threads(arguments);
  if (!threads) return threads.error();
  auto lines = bulk::Lines::open(path, was_interrupted);
  if (!lines) return lines.error();
  bulk::Terms terms;
  if (auto read = read_terms(session, arguments, terms); !read) return read.error();
  const auto now = read_now(session, arguments);
  if (!now) return now.error();
  const FixedClock standing(*now);
  terms.clock = arguments.has("now") ? static_cast<const Clock*>(&standing) : &session.clock;

  watch_for_interrupt();
  Progress progress(session, lines->size());
  bulk::Plan plan{*threads, arguments.has("only-invalid"), {}};
  plan.write = [&](std::string_view answers, const bulk::Tally& tally) {
    session.out << answers << std::flush;
    progress.show(tally);
    return session.out.good();
  };
  const auto tally = bulk::judge_all(*lines, terms, plan);
  if (!tally) return tally.error();
  progress.finish(*tally);
  if (was_interrupted()) return ExitCode::interrupted;
  if (tally->records == 0) {
    return usage_error("no records in " + (path == "-" ? std::string("standard input") : path),
                       "each line is one JSON object: {\"provider\": …, \"secret\": …, \"headers\": …, \"body_base64\": …}");
  }
  return tally->invalid == 0 ? ExitCode::yes : ExitCode::no;
}

}  // namespace hookctl
