#include "command.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "commands/commands.hpp"

namespace hookctl {

bool Arguments::has(std::string_view name) const { return text(name).has_value(); }

std::optional<std::string> Arguments::text(std::string_view name) const {
  for (auto given = given_.rbegin(); given != given_.rend(); ++given) {
    if (given->name == name) return given->value;
  }
  return std::nullopt;
}

std::vector<std::string> Arguments::list(std::string_view name) const {
  std::vector<std::string> values;
  for (const Given& given : given_) {
    if (given.name == name) values.push_back(given.value);
  }
  return values;
}

std::int64_t Arguments::number(std::string_view name, std::int64_t otherwise) const {
  const auto value = text(name);
  return value ? parse_signed(*value).value_or(otherwise) : otherwise;
}

std::int64_t Arguments::duration_ms(std::string_view name, std::int64_t otherwise) const {
  const auto value = text(name);
  return value ? parse_duration_ms(*value).value_or(otherwise) : otherwise;
}

std::uint64_t Arguments::size(std::string_view name, std::uint64_t otherwise) const {
  const auto value = text(name);
  return value ? parse_size(*value).value_or(otherwise) : otherwise;
}

const std::vector<Command>& commands() {
  static const std::vector<Command> all{listen_command(), send_command(),    replay_command(),   sign_command(),
                                        verify_command(), check_command(),   fuzz_command(),     findings_command(),
                                        requests_command(), providers_command(), events_command(), version_command(), help_command()};
  return all;
}

const Command* find_command(std::string_view name) {
  const auto found = std::find_if(commands().begin(), commands().end(), [&](const Command& command) { return command.name == name; });
  return found == commands().end() ? nullptr : &*found;
}

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const Command& command : commands()) names.push_back(command.name);
  return names;
}

Error unknown_command(const std::string& word) {
  const auto near = nearest(word, command_names());
  return usage_error("no command '" + printable(word) + "'",
                     (near ? "did you mean '" + *near + "'? " : std::string()) + "'hookctl help' lists all");
}

const Option* find_option(const Command& command, std::string_view name) {
  const auto found =
      std::find_if(command.options.begin(), command.options.end(), [&](const Option& option) { return option.name == name; });
  return found == command.options.end() ? nullptr : &*found;
}

Result<void> check_value(const Option& option, std::string_view value) {
  const auto expected = [&](std::string_view what) {
    return usage_error("--" + option.name + ": '" + printable(value) + "' is not " + std::string(what));
  };
  switch (option.kind) {
    case ValueKind::number:
      if (!parse_unsigned(value) || *parse_unsigned(value) > 1'000'000'000'000) return expected("a whole number");
      break;
    case ValueKind::duration:
      if (!parse_duration_ms(value)) return expected("a duration such as 500ms, 10s, 5m");
      break;
    case ValueKind::size:
      if (!parse_size(value)) return expected("a size such as 64kb, 25mb");
      break;
    case ValueKind::choice:
      if (std::find(option.choices.begin(), option.choices.end(), value) == option.choices.end()) {
        const auto near = nearest(value, option.choices);
        Error error = expected("one of " + join(option.choices, ", "));
        if (near) error.hint = "did you mean '" + *near + "'?";
        return error;
      }
      break;
    case ValueKind::flag:
      if (option.value.empty() && value != "true" && value != "false") return expected("true or false");
      break;
    case ValueKind::text:
      break;
  }
  return {};
}

}  // namespace hookctl
