// hookctl providers: whose events there are, and how each one signs.
#include "commands/providers.hpp"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "commands/commands.hpp"
#include "commands/options.hpp"
#include "ui/provider_page.hpp"
#include "ui/scheme_words.hpp"
#include "ui/terminal.hpp"

namespace hookctl {

namespace {

std::string broken_record(const provider::Entry& entry) {
  ui::Json record;
  record["schema"] = "hookctl.broken_provider.v1";
  record["id"] = entry.id;
  record["file"] = entry.file;
  record["error"] = entry.found.error().message;
  return to_text(record);
}

Result<ExitCode> list_providers(Session& session, bool json) {
  std::vector<std::vector<std::string>> rows;
  for (const provider::Entry& entry : session.catalog.entries()) {
    if (!entry.found) {
      if (entry.file.empty()) return bug_error("the embedded " + entry.found.error().message);
      if (json) session.out << broken_record(entry) << "\n";
      rows.push_back({printable(entry.id), "BROKEN", "", printable(entry.found.error().message)});
      continue;
    }
    const provider::Provider& provider = **entry.found;
    const auto events = session.catalog.events(provider);
    if (json) session.out << to_text(ui::provider_record(provider, events)) << "\n";
    const std::string yours = entry.file.empty() ? "" : std::string("  (yours") + (entry.replaces ? " instead of hookctl's" : "") + ": " + printable(entry.file) + ")";
    rows.push_back({entry.id, ui::scheme_name(provider.scheme), std::to_string(events.size()) + (events.size() == 1 ? " event" : " events"), printable(provider.title) + yours});
  }
  if (!json) session.out << ui::table(rows);
  return ExitCode::yes;
}

Result<ExitCode> show_provider(Session& session, const Arguments& arguments, const std::string& name) {
  if (arguments.has("file")) {
    auto file = session.catalog.file(name);
    if (!file) return file.error();
    session.out << ui::for_screen(file->text, session.out_is_terminal);
    return ExitCode::yes;
  }
  auto provider = session.catalog.find(name);
  if (!provider) return provider.error();
  if (arguments.has("json")) session.out << to_text(ui::provider_record(**provider, session.catalog.events(**provider))) << "\n";
  else session.out << ui::provider_text(session.paint, **provider, ui::width_of(STDOUT_FILENO));
  return ExitCode::yes;
}

Result<ExitCode> run_providers(Session& session, const Arguments& arguments) {
  auto words = arguments.positionals();
  const std::string action = words.empty() ? "list" : words.front();
  if (!words.empty()) words.erase(words.begin());
  if (action == "list" && words.empty()) return list_providers(session, arguments.has("json"));
  if (action == "validate") return validate_providers(session, arguments, words);
  if (action == "show" && words.size() == 1) return show_provider(session, arguments, words.front());
  if (action == "new" && words.size() == 1) return start_provider(session, arguments, words.front());
  if (action == "list") return usage_error("'hookctl providers list' lists all of them", "'hookctl providers show " + printable(words.front()) + "' tells about one");
  if (action == "show") return usage_error("'hookctl providers show' needs one provider", "'hookctl providers' lists all");
  if (action == "new") return usage_error("'hookctl providers new' needs one name", "as in 'hookctl providers new acme'");
  const auto near = nearest(action, {"list", "show", "validate", "new"});
  return usage_error("'" + printable(action) + "' is none of list, show, validate and new", near ? "did you mean '" + *near + "'?" : "'hookctl providers show " + printable(action) + "' tells about one provider");
}

}  // namespace

Result<void> write_for_user(const Arguments& arguments, const std::string& path, std::string_view bytes) {
  if (file_exists(path) && !arguments.has("force")) return usage_error("'" + printable(path) + "' is there already", "--force replaces it, --out FILE writes elsewhere");
  const std::size_t slash = path.rfind('/');
  if (slash != std::string::npos && slash > 0) {
    if (auto made = make_private_folder(path.substr(0, slash)); !made) return made;
  }
  return write_private_file(path, bytes);
}

Command providers_command() {
  const char* const kNew = "With 'new'";
  std::vector<Option> own{
      {"file", 0, ValueKind::flag, "", "with show: print its provider.json as it is"},
      {"strict", 0, ValueKind::flag, "", "with validate: a warning counts as an error"},
      {"from", 0, ValueKind::text, "PROVIDER", "begin with how this one signs (generic)", kNew},
      {"out", 0, ValueKind::text, "FILE", "write it here (.hookctl/providers/NAME.json)", kNew},
      {"force", 0, ValueKind::flag, "", "replace a file that is there", kNew},
  };
  return {"providers",
          "list the providers, show how one signs, add your own",
          "Lists the providers whose events hookctl signs and verifies. 'show' tells about one: its signature in words, what is signed, how it delivers. 'new' writes a start for a provider of your "
          "own, 'validate' checks such a file and signs every sample event of it to try. Your own are found in .hookctl/providers and ~/.config/hookctl/providers, and stand in front of hookctl's.",
          {{"list|show|validate|new", "what to do (list)", false}, {"PROVIDER|FILE|NAME", "show: a provider; validate: files (all of your own); new: what it is to be called", false, true}},
          joined({{own.begin(), own.end()}, form_options(), {fixtures_option()}, output_options()}),
          {"hookctl providers", "hookctl providers show stripe", "hookctl providers new acme --signature-header X-Acme-Signature --out acme.json --force", "hookctl providers validate stripe"},
          run_providers};
}

}  // namespace hookctl
