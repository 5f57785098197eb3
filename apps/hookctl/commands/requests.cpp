// hookctl requests: what the journal keeps.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/secret.hpp"
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

// The names of fields whose value lets anyone in who has it: a provider's shared token, a bearer token that is not bound to a body.
std::vector<std::string> secret_fields(Session& session, const std::string& provider) {
  std::vector<std::string> names;
  if (provider.empty()) return names;
  const auto found = session.catalog.find(provider);
  if (!found) return names;
  for (const signing::Scheme& way : signing::ways((*found)->scheme)) {
    const bool bearer = way.kind == signing::Kind::token || (way.kind == signing::Kind::jwt && !(way.jwt && way.jwt->body_hash));
    if (bearer && way.signature.from.place == signing::Place::header) names.push_back(way.signature.from.name);
  }
  return names;
}

// The head with the values of those fields redacted. --raw and replay have the bytes as received.
std::string redacted_head(Session& session, const store::Received& received) {
  const auto names = secret_fields(session, received.provider);
  std::string out;
  std::string_view rest = received.raw_head;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size() - 1) + 1;
    const std::string_view line = rest.substr(0, end);
    const std::size_t colon = line.find(':');
    const bool secret = colon != std::string_view::npos && std::any_of(names.begin(), names.end(), [&](const std::string& name) { return same_ignoring_case(line.substr(0, colon), name); });
    out += secret ? std::string(line.substr(0, colon)) + ": " + Secret(std::string(trim(line.substr(colon + 1)))).redacted() + "\r\n" : std::string(line);
    rest.remove_prefix(end);
  }
  return out;
}

Result<ExitCode> show(Session& session, const Arguments& arguments, store::Journal& journal, const std::vector<std::string>& words) {
  if (words.size() < 2) return usage_error("'hookctl requests show' needs an id", "'hookctl requests' lists what was kept; 'last' is the newest");
  for (std::size_t i = 1; i < words.size(); ++i) {
    auto id = read_id(journal, words[i]);
    if (!id) return id.error();
    auto kept = find_kept(journal, *id);
    if (!kept) return kept.error();
    const bool raw = arguments.has("raw");
    if (!raw) kept->received.raw_head = redacted_head(session, kept->received);
    if (raw) {
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
