// hookctl fuzz: searches for bugs in a webhook endpoint, makes each as small as it gets, and keeps it to be tried again.
#include <algorithm>

#include "base/text.hpp"
#include "commands/check_rig.hpp"
#include "commands/commands.hpp"
#include "commands/fuzz_setup.hpp"
#include "commands/kept_findings.hpp"
#include "commands/live_line.hpp"
#include "commands/outgoing.hpp"
#include "net/barrage.hpp"

namespace hookctl {

namespace {

constexpr std::int64_t kEndingMs = 500;  // for the reports, and the program to stop

std::string progress_words(const fuzz::Progress& progress) {
  const auto count = [](std::size_t number, const std::string& one, const std::string& many) {
    return std::to_string(number) + " " + (number == 1 ? one : many);
  };
  return std::string(fuzz::phase_name(progress.phase)) + ": " + std::to_string(progress.requests) + " requests, " +
         std::to_string(static_cast<std::int64_t>(progress.rate)) + " a second, " + count(progress.findings, "finding", "findings") + ", " +
         count(progress.novelty, "reaction", "reactions") + ", " + duration_text(std::max<std::int64_t>(0, progress.left_ms)) + " left";
}

// The same seed in a new corpus folder gives the same ids; the next run there gives others, or the endpoint would take its events for
// duplicates.
SeededRandom ids_of(std::uint64_t seed, std::uint64_t runs) { return SeededRandom(SeededRandom(seed).next() + SeededRandom(~runs).next()); }

// What was found in earlier runs at this endpoint, to be tried first. What cannot be tried stays as it is.
Result<std::vector<fuzz::Record>> earlier_findings(Session& session, const FuzzSetup& setup) {
  auto all = all_findings(session, setup.findings);
  if (!all) return all;
  std::vector<fuzz::Record> earlier;
  for (fuzz::Record& record : *all) {
    if (record.target != setup.endpoint.subject.url.text() || record.provider != setup.endpoint.provider->id) continue;
    const std::string reason = why_not(record, setup.endpoint);
    if (reason.empty())
      earlier.push_back(std::move(record));
    else
      session.err << "hookctl: " << record.id << " is not tried again: " << printable(reason) << "\n";
  }
  return earlier;
}

// Keeps confirmed findings and drops those that are mended, while the run goes on.
class Shelf {
 public:
  Shelf(Session& session, LiveLine& live, const Arguments& arguments)
      : session_(session), live_(live), folder_(findings_folder(arguments)), option_(arguments.has("findings") ? " --findings DIR" : "") {}

  void keep(const fuzz::Record& record) {
    live_.say(record.id + "  " + std::string(report::severity_name(record.severity)) + "  " + record.rule + "  " + record.summary);
    if (tell(fuzz::keep_record(folder_, record))) ++kept_;
  }

  void drop(const fuzz::Record& record) {
    live_.say(record.id + "  fixed  " + record.rule + "  " + record.summary);
    if (tell(fuzz::drop_record(folder_, record.id))) ++dropped_;
  }

  // What became of them.
  void finish() {
    if (dropped_ > 0) session_.err << "hookctl: " << dropped_ << " earlier and now fixed, no longer in " << printable(folder_) << "\n";
    if (kept_ > 0)
      session_.err << "hookctl: " << kept_ << " kept in " << printable(folder_) << ": 'hookctl findings" << option_
                   << "' lists them, 'hookctl replay fnd_…" << option_ << "' tries one again\n";
  }

 private:
  bool tell(const Result<void>& done) {
    if (!done) session_.err << "hookctl: " << printable(done.error().message, true) << "\n";
    return done.ok();
  }

  Session& session_;
  LiveLine& live_;
  std::string folder_;
  std::string option_;
  std::size_t kept_{0};
  std::size_t dropped_{0};
};

// The corpus, counted on by this run.
Result<fuzz::Corpus> open_corpus(const std::string& folder, std::uint64_t& runs) {
  auto corpus = fuzz::Corpus::open(folder);
  if (!corpus) return corpus;
  runs = corpus->runs();
  if (auto begun = corpus->begin_run(); !begun)
    return Error{begun.error().kind, begun.error().message, "--corpus DIR names a folder that can be written"};
  return corpus;
}

Result<report::Report> search(Session& session, const Arguments& arguments, FuzzSetup& setup, std::int64_t begun) {
  auto earlier = earlier_findings(session, setup);
  if (!earlier) return earlier.error();
  std::uint64_t runs = 0;
  auto corpus = open_corpus(setup.corpus, runs);
  if (!corpus) return corpus.error();
  Rig rig;
  if (auto ready = rig.set_up(arguments, setup.endpoint); !ready) return ready.error();
  auto barrage = net::make_barrage_client(client_options(arguments));
  if (!barrage) return barrage.error();
  SeededRandom ids = ids_of(setup.seed, runs);
  check::Bench bench(rig.parts(session, setup.endpoint, ids, setup.seed));
  LiveLine live(session, arguments.has("json") && !session.err_is_terminal);
  Shelf shelf(session, live, arguments);
  fuzz::CampaignOptions& options = setup.options;
  options.earlier = *std::move(earlier);
  options.on_progress = [&](const fuzz::Progress& progress) { live.show([&] { return progress_words(progress); }); };
  options.on_finding = [&](const fuzz::Record& record) { shelf.keep(record); };
  options.on_fixed = [&](const fuzz::Record& record) { shelf.drop(record); };
  options.time_limit_ms = std::max<std::int64_t>(1, setup.time_limit_ms - kEndingMs - (steady_ms() - begun));
  const UnixMs started_at = session.clock.now();
  auto report = fuzz::campaign({.bench = bench, .barrage = **barrage, .corpus = &*corpus}, options);
  live.take_away();
  shelf.finish();
  if (!report) return report;
  name_report(*report, "hookctl fuzz", setup.endpoint, started_at, setup.seed);
  report::apply_baseline(*report, setup.reports.baseline);
  return report;
}

Result<ExitCode> run_fuzz(Session& session, const Arguments& arguments) {
  const std::int64_t begun = steady_ms();
  auto setup = read_fuzz(session, arguments);
  if (!setup) return setup.error();
  session.err << "seed " << setup->seed << "\n" << std::flush;
  watch_for_interrupt();
  auto report = search(session, arguments, *setup, begun);
  if (!report && was_interrupted()) return ExitCode::interrupted;
  if (!report) return report.error();
  if (auto written = write_all(session, arguments, setup->reports, *report); !written) return written.error();
  if (!was_interrupted() && !report->stopped.empty())
    session.err << "hookctl: the run ended early: " << printable(report->stopped, true) << "\n";
  return verdict_of(setup->reports, *report);
}

}  // namespace

Command fuzz_command() {
  return {"fuzz",
          "search for bugs in an endpoint",
          "Sends signed events that no provider sends every day: absent and odd values, sizes, injections, duplicates, races, broken "
          "deliveries, led by how the endpoint reacts. What fails "
          "is made as small as it gets, confirmed between plain events, reported once for each cause, and kept in .hookctl/findings: "
          "'hookctl replay fnd_…' tries it again, the next run "
          "begins with it, and 'hookctl check --suite' makes a test of it. With --effects it also sees events that are handled twice or "
          "lost, with --spawn 'node server.js' it reads the "
          "program's log, watches its memory and starts it again. An endpoint beyond this machine and private networks takes "
          "--i-own-this-target. Exit code 0 means that nothing was "
          "found, 1 findings, 3 that the endpoint accepts no signed event at all.",
          {},
          fuzz_options(),
          {"hookctl fuzz --to 3000/webhook --provider stripe --secret env:STRIPE_SECRET --event invoice.paid --time 10s",
           "hookctl fuzz --to 3000/webhook --provider github --secret env:GITHUB_SECRET --event push --requests 200 --seed 7 --report "
           "markdown=fuzz.md"},
          run_fuzz};
}

}  // namespace hookctl
