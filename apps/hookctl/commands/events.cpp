// hookctl events: the sample events of a provider; what one holds, and a copy of it to edit.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "commands/providers.hpp"
#include "event/fields.hpp"
#include "ui/records.hpp"
#include "ui/terminal.hpp"

namespace hookctl {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kValueShown = 48;
constexpr std::size_t kPathColumn = 44;  // a longer path pushes its own line aside, not all the others
constexpr std::size_t kTypeColumn = 9;
constexpr std::size_t kValueColumn = 24;

std::string summary_of(const provider::Provider& provider, const std::string& event) {
  for (const provider::EventFacts& facts : provider.events) {
    if (facts.type == event) return facts.summary;
  }
  return "";
}

Json event_record(const provider::Provider& provider, const std::string& event, const std::string& file) {
  Json record;
  record["schema"] = "hookctl.event.v1";
  record["provider"] = provider.id;
  record["event_type"] = event;
  record["summary"] = summary_of(provider, event);
  record["file"] = file.empty() ? Json(nullptr) : Json(file);
  return record;
}

Result<ExitCode> list_events(Session& session, const Arguments& arguments, const provider::Provider& provider) {
  std::vector<std::vector<std::string>> rows;
  for (const provider::FixtureFile& fixture : session.catalog.fixtures(provider)) {
    const bool marked = !fixture.file.empty() && (fixture.overrides || provider.file.empty());
    const std::string front = !fixture.overrides ? "" : provider.file.empty() ? " instead of hookctl's" : " instead of the one beside its provider";
    const std::string yours = marked ? "  (yours" + front + ": " + printable(fixture.file) + ")" : "";
    if (arguments.has("json")) {
      Json record = event_record(provider, fixture.event, fixture.file);
      record["overrides"] = fixture.overrides;
      session.out << to_text(record) << "\n";
    }
    rows.push_back({printable(fixture.event), printable(summary_of(provider, fixture.event)) + yours});
  }
  if (!arguments.has("json")) session.out << ui::table(rows);
  return ExitCode::yes;
}

Result<ExitCode> print_event(Session& session, const Arguments& arguments, const provider::Provider& provider, const std::string& event) {
  auto fixture = session.catalog.fixture(provider, event);
  if (!fixture) return fixture.error();
  if (!arguments.has("json")) {
    session.out << ui::for_screen(fixture->body, session.out_is_terminal);
    return ExitCode::yes;
  }
  Json record = event_record(provider, fixture->event, fixture->file);
  record["media_type"] = fixture->media_type;
  ui::put_bytes(record, "body", fixture->body, true);
  session.out << to_text(record) << "\n";
  return ExitCode::yes;
}

std::string value_words(const event::Field& field) {
  if (field.type == "object") return std::to_string(field.size) + (field.size == 1 ? " key" : " keys");
  if (field.type == "array") return std::to_string(field.size) + (field.size == 1 ? " item" : " items");
  return ui::clip(printable(field.value), kValueShown);
}

Json value_record(const event::Field& field) {
  if (field.type == "object" || field.type == "array") return nullptr;
  if (field.type == "text") return field.value;
  return parse_json(field.value, field.path).value_or(Json(nullptr));
}

Result<ExitCode> list_fields(Session& session, const Arguments& arguments, const provider::Provider& provider, const std::string& event) {
  auto fixture = session.catalog.fixture(provider, event);
  if (!fixture) return fixture.error();
  auto fields = event::fields(provider, *fixture);
  if (!fields) return fields.error();
  std::vector<std::vector<std::string>> rows;
  std::size_t column = 0;
  for (const event::Field& field : *fields) {
    if (arguments.has("json")) {
      Json record;
      record["schema"] = "hookctl.field.v1";
      record["path"] = field.path;
      record["type"] = field.type;
      record["value"] = value_record(field);
      record["fresh"] = field.fresh.empty() ? Json(nullptr) : Json(field.fresh);
      session.out << to_text(record) << "\n";
    }
    const std::string path = printable(field.path);
    column = std::max(column, std::min(path.size(), kPathColumn));
    rows.push_back({path, field.type, value_words(field), field.fresh.empty() ? "" : "new with every send: " + printable(field.fresh)});
  }
  if (arguments.has("json")) return ExitCode::yes;
  for (const auto& row : rows) {
    std::string line = ui::pad(row[0], column) + "  " + ui::pad(row[1], kTypeColumn) + (row[3].empty() ? row[2] : ui::pad(row[2], kValueColumn) + "  " + row[3]);
    line.erase(line.find_last_not_of(' ') + 1);
    session.out << line << "\n";
  }
  return ExitCode::yes;
}

// Where a copy goes: --out, else where it is found from then on.
std::string copy_path(const Arguments& arguments, const provider::Provider& provider, const provider::Fixture& fixture) {
  if (const auto out = arguments.text("out")) return *out;
  return arguments.text("fixtures", kOwnFixtures) + "/" + provider.id + "/" + provider::file_name_of(fixture);
}

Result<ExitCode> copy_event(Session& session, const Arguments& arguments, const provider::Provider& provider, const std::string& event) {
  auto fixture = session.catalog.fixture(provider, event);
  if (!fixture) return fixture.error();
  const std::string path = copy_path(arguments, provider, *fixture);
  if (fixture->file == path) return usage_error("'" + printable(path) + "' is the fixture already", "edit it; without it the original is sent again");
  if (auto written = write_for_user(arguments, path, fixture->body); !written) return written.error();
  if (arguments.has("json")) {
    session.out << to_text(Json{{"schema", "hookctl.copied_event.v1"}, {"provider", provider.id}, {"event_type", event}, {"file", path}}) << "\n";
    return ExitCode::yes;
  }
  const std::string send = "hookctl send " + arguments.positionals().front() + " " + event;
  session.out << "wrote " << printable(path) << " (" << fixture->body.size() << " bytes)\n";
  if (arguments.has("out")) session.out << "  edit it; '" << printable(send) << " --body " << printable(path) << "' sends it, letter for letter\n";
  else session.out << "  edit it; '" << printable(send) << "' sends it from now on, with a fresh id and time (--keep leaves them)\n";
  return ExitCode::yes;
}

Result<ExitCode> run_events(Session& session, const Arguments& arguments) {
  const auto words = arguments.positionals();
  const auto copy = arguments.text("copy");
  const auto fields = arguments.text("fields");
  if ((copy ? 1 : 0) + (fields ? 1 : 0) + (words.size() > 1 ? 1 : 0) > 1) return usage_error("give one of EVENT, --copy EVENT and --fields EVENT");
  if (arguments.has("out") && !copy) return usage_error("--out says where --copy writes to, and there is no --copy EVENT");
  auto provider = session.catalog.find(words.front());
  if (!provider) return provider.error();
  if (copy) return copy_event(session, arguments, **provider, *copy);
  if (fields) return list_fields(session, arguments, **provider, *fields);
  if (words.size() > 1) return print_event(session, arguments, **provider, words[1]);
  return list_events(session, arguments, **provider);
}

}  // namespace

Command events_command() {
  std::vector<Option> own{
      {"fields", 0, ValueKind::text, "EVENT", "list the places in this event that 'hookctl send --set' reaches, with type and value"},
      {"copy", 0, ValueKind::text, "EVENT", "write this event's body to a file of yours, which is then sent instead"},
      {"out", 0, ValueKind::text, "FILE", "with --copy: write it here (.hookctl/fixtures/PROVIDER/EVENT.json)"},
      {"force", 0, ValueKind::flag, "", "with --copy: replace a file that is there"},
      fixtures_option(),
  };
  return {"events",
          "list a provider's sample events, print, copy or take one apart",
          "Lists the events that 'hookctl send PROVIDER' can make, a line each; with an event's name it prints the body as the provider would send it. Files of your own in .hookctl/fixtures or --fixtures "
          "DIR stand in front of hookctl's.",
          {{"PROVIDER", "a name from 'hookctl providers', or a provider.json"}, {"EVENT", "print this event's body", false}},
          joined({{own.begin(), own.end()}, output_options()}),
          {"hookctl events stripe", "hookctl events github pull_request.opened", "hookctl events stripe --fields invoice.paid", "hookctl events stripe --copy invoice.paid --out invoice.json --force"},
          run_events};
}

}  // namespace hookctl
