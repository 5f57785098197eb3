#include "cli.hpp"

#include <optional>

#include <CLI/CLI.hpp>

#include "base/text.hpp"
#include "command.hpp"
#include "commands/options.hpp"
#include "help.hpp"
#include "settings.hpp"

namespace hookctl {

namespace {

// One command line, taken apart.
struct Parsed {
  const Command* command{nullptr};
  Arguments arguments;
  bool help{false};
  std::string flag_value;  // of the flag at hand that may have one, for CLI11
};

// The message for a word that starts like an option and is none.
Error unknown_option(const Command& command, const std::string& word) {
  std::vector<std::string> names{"--help"};
  for (const Option& option : command.options) names.push_back("--" + option.name);
  const std::string name = word.substr(0, word.find('='));
  const auto near = nearest(name, names);
  return usage_error("no option '" + printable(name) + "' for 'hookctl " + command.name + "'",
                     (near ? "did you mean '" + *near + "'? " : std::string()) + "'hookctl help " + command.name + "' lists all");
}

bool knows(const Command& command, const std::string& word) {
  if (word == "--help" || word == "-h") return true;
  if (word.starts_with("--")) return find_option(command, word.substr(2, word.find('=') - 2)) != nullptr;
  for (const Option& option : command.options) {
    if (option.letter != 0 && word[1] == option.letter) return true;
  }
  return false;
}

// CLI11 tokenises; what the words mean is in the table.
void declare(CLI::App& app, const Command& command, Parsed& parsed) {
  app.set_help_flag();
  app.add_flag("-h,--help", parsed.help);
  app.allow_extras();
  for (const Option& option : command.options) {
    const std::string flags = (option.letter != 0 ? std::string("-") + option.letter + "," : std::string()) + "--" + option.name;
    const std::string name = option.name;
    if (option.kind == ValueKind::flag && !option.value.empty()) {
      app.add_flag(flags, parsed.flag_value)->each([&parsed, name](const std::string& value) { parsed.arguments.add(name, value); });
    } else if (option.kind == ValueKind::flag) {
      app.add_flag_callback(flags, [&parsed, name] { parsed.arguments.add(name, "true"); })->trigger_on_parse();
    } else {
      app.add_option_function<std::string>(flags, [&parsed, name](const std::string& value) { parsed.arguments.add(name, value); })
          ->trigger_on_parse()
          ->allow_extra_args(false)
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    }
  }
}

// CLI11's words for a failed parse, in ours.
Error parse_error(const Command& command, const CLI::ParseError& error) {
  std::string what = error.what();
  for (const Option& option : command.options) {
    if (what.find("--" + option.name + ":") != std::string::npos || what.find("--" + option.name + " ") != std::string::npos) {
      if (option.kind == ValueKind::flag) return usage_error("--" + option.name + " takes no value");
      return usage_error("--" + option.name + " needs a value" + (option.value.empty() ? "" : ": --" + option.name + " " + option.value));
    }
  }
  return usage_error(lower(what.substr(0, 1)) + what.substr(std::min<std::size_t>(1, what.size())), "'hookctl help " + command.name + "' shows how it is used");
}

Result<void> tokenise(std::vector<std::string> words, Parsed& parsed) {
  const Command& command = *parsed.command;
  std::vector<std::string> after_dashes;
  if (const auto dashes = std::find(words.begin(), words.end(), "--"); dashes != words.end()) {
    after_dashes.assign(dashes + 1, words.end());
    words.erase(dashes, words.end());
  }
  CLI::App app;
  declare(app, command, parsed);
  std::reverse(words.begin(), words.end());  // CLI11 takes them from the back
  try {
    app.parse(words);
  } catch (const CLI::ParseError& error) {
    return parse_error(command, error);
  }
  for (const std::string& word : app.remaining()) {
    if (word.size() > 1 && word.front() == '-' && !knows(command, word)) return unknown_option(command, word);
    parsed.arguments.add("", word);
  }
  for (std::string& word : after_dashes) parsed.arguments.add("", std::move(word));
  return {};
}

Result<void> check(const Command& command, const Arguments& arguments) {
  for (const Arguments::Given& given : arguments.all()) {
    if (given.name.empty()) continue;
    if (const Option* option = find_option(command, given.name)) {
      if (auto fits = check_value(*option, given.value); !fits) return fits;
    }
  }
  std::string reader;
  for (const Arguments::Given& given : arguments.all()) {
    static const std::vector<std::string> kReaders{"secret", "public-key", "private-key", "certificate", "body", "request", "records"};
    if (given.value != "-" || std::find(kReaders.begin(), kReaders.end(), given.name) == kReaders.end()) continue;
    if (!reader.empty()) return usage_error("both --" + reader + " and --" + given.name + " would read standard input", "give one of them as a file, or the secret as env:NAME");
    reader = given.name;
  }
  const std::vector<std::string> words = arguments.positionals();
  std::size_t required = 0;
  for (const Positional& positional : command.positionals) {
    if (positional.required && words.size() <= required) {
      return usage_error("'hookctl " + command.name + "' needs " + positional.name + ": " + positional.help, "usage: " + usage_line(command));
    }
    if (positional.required) ++required;
  }
  const bool endless = !command.positionals.empty() && command.positionals.back().repeats;
  if (!endless && words.size() > command.positionals.size()) {
    return usage_error("'" + printable(words[command.positionals.size()]) + "' is one word too many for 'hookctl " + command.name + "'", "usage: " + usage_line(command));
  }
  return {};
}

Result<Parsed> parse(const std::vector<std::string>& words) {
  Parsed parsed;
  const std::string& first = words.front();
  if (first.starts_with("-")) {
    const std::vector<std::string> known{"--help", "--version"};
    const auto near = nearest(first, known);
    return usage_error("no option '" + printable(first) + "'", near ? "did you mean '" + *near + "'?" : "a command comes first: 'hookctl help' lists all");
  }
  parsed.command = find_command(first);
  if (parsed.command == nullptr) return unknown_command(first);
  if (auto taken = tokenise({words.begin() + 1, words.end()}, parsed); !taken) return taken.error();
  if (parsed.help) return parsed;
  if (auto settled = apply_settings(*parsed.command, parsed.arguments); !settled) return settled.error();
  if (auto fits = check(*parsed.command, parsed.arguments); !fits) return fits.error();
  return parsed;
}

ExitCode report(Session& session, const Error& error) {
  session.err << session.err_paint.bad("hookctl:") << " " << printable(error.message, true) << "\n";
  if (!error.hint.empty()) session.err << "  hint: " << printable(error.hint, true) << "\n";
  return exit_code_of(error.kind);
}

Result<ExitCode> run(Session& session, const std::vector<std::string>& words) {
  if (words.empty()) {
    session.err << overview();
    return ExitCode::usage;
  }
  if (words.front() == "--help" || words.front() == "-h") return find_command("help")->run(session, {});
  if (words.front() == "--version" || words.front() == "-V") return find_command("version")->run(session, {});
  auto parsed = parse(words);
  if (!parsed) return parsed.error();
  if (parsed->help) {
    session.out << manual(*parsed->command);
    return ExitCode::yes;
  }
  set_colours(session, parsed->arguments);
  if (auto used = use_fixtures(session, parsed->arguments); !used) return used.error();
  return parsed->command->run(session, parsed->arguments);
}

}  // namespace

ExitCode run_cli(Session& session, const std::vector<std::string>& words) {
  auto code = run(session, words);
  session.out.flush();
  return code ? *code : report(session, code.error());
}

}  // namespace hookctl
