// Commands as data: what each is called, takes and does. From this table come parsing, help, did-you-mean, configuration and completions.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "exit_code.hpp"
#include "session.hpp"

namespace hookctl {

enum class ValueKind { flag, text, number, duration, size, choice };

struct Option {
  std::string name;      // long name without dashes
  char letter{0};        // short name, or 0
  ValueKind kind{ValueKind::text};
  std::string value;     // what stands for the value in help: "URL"; of a flag that may have one "[=NAME]"
  std::string help;
  std::string group{"Options"};
  bool repeats{false};
  std::vector<std::string> choices{};
};

struct Positional {
  std::string name;  // "PROVIDER"
  std::string help;
  bool required{true};
  bool repeats{false};
};

// What was given, values checked against their kinds. Order of repeated options is kept.
class Arguments {
 public:
  struct Given {
    std::string name;   // option's long name, or "" for a positional
    std::string value;  // "true" for a flag
  };

  void add(std::string name, std::string value) { given_.push_back({std::move(name), std::move(value)}); }

  bool has(std::string_view name) const;
  std::optional<std::string> text(std::string_view name) const;  // the last one given
  std::string text(std::string_view name, std::string_view otherwise) const { return text(name).value_or(std::string(otherwise)); }
  std::vector<std::string> list(std::string_view name) const;
  std::int64_t number(std::string_view name, std::int64_t otherwise) const;
  std::int64_t duration_ms(std::string_view name, std::int64_t otherwise) const;
  std::uint64_t size(std::string_view name, std::uint64_t otherwise) const;
  std::vector<std::string> positionals() const { return list(""); }
  const std::vector<Given>& all() const { return given_; }

 private:
  std::vector<Given> given_;
};

struct Command {
  std::string name;
  std::string summary;  // one line, in the list of commands
  std::string about;    // what it is for, a short paragraph
  std::vector<Positional> positionals;
  std::vector<Option> options;
  std::vector<std::string> examples;
  std::function<Result<ExitCode>(Session&, const Arguments&)> run;
};

// All commands, in the order that help lists them.
const std::vector<Command>& commands();
const Command* find_command(std::string_view name);
std::vector<std::string> command_names();
// What to say of a word that is no command: the nearest one.
Error unknown_command(const std::string& word);
// The option of that long name (without dashes), or null.
const Option* find_option(const Command& command, std::string_view name);

// Is `value` of the option's kind? `usage` says what is expected.
Result<void> check_value(const Option& option, std::string_view value);

}  // namespace hookctl
