// hookctl requests: what the journal keeps.
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/text.hpp"
#include "commands/commands.hpp"
#include "commands/kept.hpp"
#include "commands/options.hpp"
#include "http/codec.hpp"
#include "ui/lines.hpp"
#include "ui/records.hpp"

namespace hookctl {

namespace {

constexpr std::int64_t kRows = 20;

std::vector<Option> requests_options() {
  std::vector<Option> own{
      {"limit", 'n', ValueKind::number, "N", "at most N, the newest (20; 0 for all)"},
      {"filter", 0, ValueKind::text, "FILTER", "only those that match, as in 'provider=stripe event=invoice.* verdict=invalid'"},
      {"since", 0, ValueKind::text, "TIME", "only those since then: 10m, 2h, or 2026-01-31T12:00:00Z"},
      {"raw", 0, ValueKind::flag, "", "with show: the bytes as received, nothing else"},
      journal_option(),
  };
  return joined({{own.begin(), own.end()}, output_options()});
}

Result<ExitCode> show(Session& session, const Arguments& arguments, store::Journal& journal, const std::vector<std::string>& words) {
  if (words.size() < 2) return usage_error("'hookctl requests show' needs an id", "'hookctl requests' lists what was kept; 'last' is the newest");
  for (std::size_t i = 1; i < words.size(); ++i) {
    auto id = read_id(journal, words[i]);
    if (!id) return id.error();
    auto kept = find_kept(journal, *id);
    if (!kept) return kept.error();
    if (arguments.has("raw")) {
      const http::Request request = request_of(*kept);
      session.out << ui::for_screen(kept->received.raw_head + "\r\n" + std::string(http::wire_body(request)), session.out_is_terminal);
    } else if (arguments.has("json")) {
      session.out << to_text(ui::request_record(*kept, true)) << "\n";
    } else {
      session.out << ui::request_text(session.paint, *kept);
    }
  }
  return ExitCode::yes;
}

Result<ExitCode> list(Session& session, const Arguments& arguments, store::Journal& journal) {
  auto query = read_query(session, arguments);
  if (!query) return query.error();
  query->limit = static_cast<std::size_t>(arguments.number("limit", kRows));
  auto found = journal.list(*query);
  if (!found) return found.error();
  // The newest last, where the eye is.
  for (auto kept = found->rbegin(); kept != found->rend(); ++kept) {
    if (arguments.has("json")) session.out << to_text(ui::request_record(*kept, false)) << "\n";
    else session.out << ui::request_row(session.paint, *kept);
  }
  if (found->empty() && !arguments.has("json")) session.err << "no kept request" << (arguments.has("filter") || arguments.has("since") ? " matches" : " yet") << "\n";
  return ExitCode::yes;
}

Result<ExitCode> run_requests(Session& session, const Arguments& arguments) {
  auto journal = store::Journal::open(journal_path(arguments), store::OpenMode::read_only);
  if (!journal) return journal.error();
  const auto words = arguments.positionals();
  if (words.empty() || words.front() == "list") {
    if (words.size() > 1) return usage_error("'" + printable(words[1]) + "' is one word too many", "'hookctl requests show ID' shows one request");
    return list(session, arguments, **journal);
  }
  if (words.front() == "show") return show(session, arguments, **journal, words);
  return no_such_action(words.front(), "'hookctl requests show " + printable(words.front()) + "' shows one request");
}

}  // namespace

Command requests_command() {
  return {"requests",
          "list and show the requests that were kept",
          "Lists the requests that 'listen' has kept, oldest first, or shows one in full: its head and body as received, its verdict, every attempt to forward it.",
          {{"list|show", "what to do (list)", false}, {"ID", "with show: ids, or 'last'", false, true}},
          requests_options(),
          {"hookctl requests --filter 'verdict=invalid' --since 1h", "hookctl requests show last"},
          run_requests};
}

}  // namespace hookctl
