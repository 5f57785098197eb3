// hookctl version and hookctl help: about the program itself.
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "commands/commands.hpp"
#include "help.hpp"

namespace hookctl {

namespace {

Result<ExitCode> run_version(Session& session, const Arguments& arguments) {
  if (!arguments.has("json")) {
    session.out << "hookctl " << HOOKCTL_VERSION << "\n";
    return ExitCode::yes;
  }
  nlohmann::ordered_json record;
  record["schema"] = "hookctl.version.v1";
  record["version"] = HOOKCTL_VERSION;
  record["compiler"] = __VERSION__;
  session.out << to_text(record) << "\n";
  return ExitCode::yes;
}

Result<ExitCode> run_help(Session& session, const Arguments& arguments) {
  if (arguments.has("json")) {
    session.out << to_text(command_tree()) << "\n";
    return ExitCode::yes;
  }
  const auto words = arguments.positionals();
  if (words.empty()) {
    session.out << overview();
    return ExitCode::yes;
  }
  const Command* command = find_command(words.front());
  if (command == nullptr) return unknown_command(words.front());
  session.out << manual(*command);
  return ExitCode::yes;
}

}  // namespace

Command version_command() {
  return {"version", "print the version", "Prints the version of this program.", {}, {{"json", 0, ValueKind::flag, "", "answer in JSON"}}, {"hookctl version", "hookctl version --json"}, run_version};
}

Command help_command() {
  return {"help",
          "explain a command",
          "Explains a command, or lists all. With --json the whole tree of commands, options and examples, for scripts and agents.",
          {{"COMMAND", "which one", false}},
          {{"json", 0, ValueKind::flag, "", "the tree of commands in JSON"}},
          {"hookctl help send", "hookctl help --json"},
          run_help};
}

}  // namespace hookctl
