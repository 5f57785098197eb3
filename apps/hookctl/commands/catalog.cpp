// hookctl providers and hookctl events: whose events there are, and which.
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/text.hpp"
#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "ui/lines.hpp"
#include "ui/records.hpp"
#include "ui/terminal.hpp"

namespace hookctl {

namespace {

Result<ExitCode> list_providers(Session& session, bool json) {
  auto all = session.catalog.all();
  if (!all) return all.error();
  std::vector<std::vector<std::string>> rows;
  for (const provider::Provider* provider : *all) {
    const auto events = session.catalog.events(*provider);
    if (json) session.out << to_text(ui::provider_record(*provider, events)) << "\n";
    rows.push_back({provider->id, ui::scheme_name(provider->scheme), std::to_string(events.size()) + (events.size() == 1 ? " event" : " events"), provider->title});
  }
  if (!json) session.out << ui::table(rows);
  return ExitCode::yes;
}

Result<ExitCode> run_providers(Session& session, const Arguments& arguments) {
  const auto words = arguments.positionals();
  if (words.empty() || (words.front() == "list" && words.size() == 1)) return list_providers(session, arguments.has("json"));
  if (words.front() != "show") return no_such_action(words.front(), "'hookctl providers show " + printable(words.front()) + "' tells about one provider");
  if (words.size() != 2) return usage_error("'hookctl providers show' needs one provider", "'hookctl providers' lists all");
  auto provider = session.catalog.find(words[1]);
  if (!provider) return provider.error();
  if (arguments.has("file")) {
    auto text = session.catalog.facts_file(**provider);
    if (!text) return text.error();
    session.out << *text;
  } else if (arguments.has("json")) {
    session.out << to_text(ui::provider_record(**provider, session.catalog.events(**provider))) << "\n";
  } else {
    session.out << ui::provider_text(session.paint, **provider);
  }
  return ExitCode::yes;
}

std::string summary_of(const provider::Provider& provider, const std::string& event) {
  for (const provider::EventFacts& facts : provider.events) {
    if (facts.type == event) return facts.summary;
  }
  return "";
}

nlohmann::ordered_json event_record(const provider::Provider& provider, const std::string& event) {
  nlohmann::ordered_json record;
  record["schema"] = "hookctl.event.v1";
  record["provider"] = provider.id;
  record["event_type"] = event;
  record["summary"] = summary_of(provider, event);
  return record;
}

Result<ExitCode> run_events(Session& session, const Arguments& arguments) {
  auto words = arguments.positionals();
  auto provider = session.catalog.find(words.front());
  if (!provider) return provider.error();
  if (words.size() > 1) {
    auto fixture = session.catalog.fixture(**provider, words[1]);
    if (!fixture) return fixture.error();
    if (arguments.has("json")) {
      auto record = event_record(**provider, fixture->event);
      record["media_type"] = fixture->media_type;
      ui::put_bytes(record, "body", fixture->body, true);
      session.out << to_text(record) << "\n";
    } else {
      session.out << ui::for_screen(fixture->body, session.out_is_terminal);
    }
    return ExitCode::yes;
  }
  std::vector<std::vector<std::string>> rows;
  for (const std::string& event : session.catalog.events(**provider)) {
    const auto record = event_record(**provider, event);
    if (arguments.has("json")) session.out << to_text(record) << "\n";
    rows.push_back({event, record["summary"].get<std::string>()});
  }
  if (!arguments.has("json")) session.out << ui::table(rows);
  return ExitCode::yes;
}

}  // namespace

Command providers_command() {
  return {"providers",
          "list the providers that hookctl knows, show how one signs",
          "Lists the providers whose events hookctl signs and verifies, or tells about one: its signature, how long it waits for an answer, when it tries again, when it gives up.",
          {{"list|show", "what to do (list)", false}, {"PROVIDER", "with show: which one", false}},
          joined({{{"file", 0, ValueKind::flag, "", "with show: print its provider.json, to start your own from"}}, output_options()}),
          {"hookctl providers", "hookctl providers show stripe"},
          run_providers};
}

Command events_command() {
  return {"events",
          "list a provider's sample events, print one's body",
          "Lists the events that 'hookctl send PROVIDER' can make, a line each; with an event's name it prints the body as the provider would send it.",
          {{"PROVIDER", "a name from 'hookctl providers'"}, {"EVENT", "print this event's body", false}},
          output_options(),
          {"hookctl events stripe", "hookctl events github pull_request.opened"},
          run_events};
}

}  // namespace hookctl
