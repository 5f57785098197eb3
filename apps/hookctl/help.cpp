#include "help.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "ui/terminal.hpp"

namespace hookctl {

namespace {

constexpr std::size_t kNameColumn = 32;
constexpr std::size_t kWidth = 110;

std::string option_name(const Option& option) {
  return (option.letter != 0 ? std::string("-") + option.letter + ", " : std::string("    ")) + "--" + option.name + (option.kind == ValueKind::flag ? option.value : " " + option.value);
}

std::string row(const std::string& name, const std::string& help) {
  const bool fits = name.size() + 2 < kNameColumn;
  return "  " + (fits ? ui::pad(name, kNameColumn - 2) : name + "\n" + std::string(kNameColumn, ' ')) + ui::wrapped(help, kNameColumn, kWidth) + "\n";
}

std::string option_help(const Option& option) {
  std::string help = option.help;
  if (!option.choices.empty()) help += " (" + join(option.choices, ", ") + ")";
  if (option.repeats) help += "; may be repeated";
  return help;
}

}  // namespace

std::string usage_line(const Command& command) {
  std::string line = "hookctl " + command.name;
  for (const Positional& positional : command.positionals) {
    const std::string name = positional.name + (positional.repeats ? "…" : "");
    line += positional.required ? " " + name : " [" + name + "]";
  }
  return line + (command.options.empty() ? "" : " [options]");
}

std::string overview() {
  std::string out = "hookctl: webhooks on your own machine, offline, for every provider\n\nUsage: hookctl COMMAND [options]\n\nCommands:\n";
  for (const Command& command : commands()) out += "  " + ui::pad(command.name, 12) + command.summary + "\n";
  return out +
         "\nExamples:\n"
         "  hookctl listen --provider stripe --secret env:STRIPE_SECRET --forward-to 3000/webhook\n"
         "  hookctl send stripe invoice.paid --to 4400 --secret env:STRIPE_SECRET\n"
         "\n'hookctl help COMMAND' tells more. Exit codes: 0 yes, 1 no, 2 usage, 3 unavailable, 4 a bug, 130 interrupted.\n";
}

std::string manual(const Command& command) {
  std::string out = ui::wrapped(command.about, 0, kWidth) + "\n\nUsage: " + usage_line(command) + "\n";
  if (!command.examples.empty()) {
    out += "\nExamples:\n";
    for (const std::string& example : command.examples) out += "  " + example + "\n";
  }
  if (!command.positionals.empty()) {
    out += "\nArguments:\n";
    for (const Positional& positional : command.positionals) out += row(positional.name, positional.help);
  }
  std::vector<std::string> groups;
  for (const Option& option : command.options) {
    if (std::find(groups.begin(), groups.end(), option.group) == groups.end()) groups.push_back(option.group);
  }
  for (const std::string& group : groups) {
    out += "\n" + group + ":\n";
    for (const Option& option : command.options) {
      if (option.group == group) out += row(option_name(option), option_help(option));
    }
  }
  return out;
}

nlohmann::ordered_json command_tree() {
  using Json = nlohmann::ordered_json;
  static constexpr const char* kKinds[] = {"flag", "text", "number", "duration", "size", "choice"};
  Json tree;
  tree["schema"] = "hookctl.help.v1";
  tree["commands"] = Json::array();
  for (const Command& command : commands()) {
    Json one;
    one["name"] = command.name;
    one["summary"] = command.summary;
    one["usage"] = usage_line(command);
    one["examples"] = command.examples;
    one["arguments"] = Json::array();
    for (const Positional& positional : command.positionals) {
      Json argument;
      argument["name"] = positional.name;
      argument["help"] = positional.help;
      argument["required"] = positional.required;
      argument["repeats"] = positional.repeats;
      one["arguments"].push_back(std::move(argument));
    }
    one["options"] = Json::array();
    for (const Option& option : command.options) {
      Json entry;
      entry["name"] = "--" + option.name;
      if (option.letter != 0) entry["letter"] = std::string("-") + option.letter;
      entry["kind"] = kKinds[static_cast<std::size_t>(option.kind)];
      entry["help"] = option.help;
      entry["group"] = option.group;
      entry["repeats"] = option.repeats;
      if (!option.choices.empty()) entry["choices"] = option.choices;
      one["options"].push_back(std::move(entry));
    }
    tree["commands"].push_back(std::move(one));
  }
  return tree;
}

}  // namespace hookctl
