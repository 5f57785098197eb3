#include "settings.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <toml++/toml.h>

#include "base/file.hpp"
#include "base/text.hpp"

namespace hookctl {

namespace {

constexpr std::uint64_t kConfigLimit = 1024 * 1024;

std::string with_dashes(std::string_view key) {
  std::string name(key);
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

bool some_command_has(std::string_view name) {
  return std::any_of(commands().begin(), commands().end(), [&](const Command& command) { return find_option(command, name) != nullptr; });
}

// One layer's values for the command's options.
using Layer = std::vector<std::pair<const Option*, std::string>>;

std::string place(const std::string& file, const toml::source_region& source) {
  return file + ":" + std::to_string(source.begin.line) + ":" + std::to_string(source.begin.column);
}

// A configuration file being read for one command.
class File {
 public:
  File(std::string name, const Command& command, Layer& layer) : name_(std::move(name)), command_(command), layer_(layer) {}

  Result<void> read(const toml::table& root) {
    // The command's own table counts before what stands at the top.
    for (const auto& [key, node] : root) {
      if (key.str() == command_.name && node.is_table()) {
        if (auto done = read_table(*node.as_table()); !done) return done;
      }
    }
    for (const auto& [key, node] : root) {
      if (auto done = read_top(std::string(key.str()), node); !done) return done;
    }
    return {};
  }

 private:
  Result<void> read_table(const toml::table& table) {
    for (const auto& [key, node] : table) {
      const Option* option = find_option(command_, with_dashes(key.str()));
      if (option == nullptr) return unknown(std::string(key.str()), node, command_.options);
      if (auto done = take(*option, node); !done) return done;
    }
    return {};
  }

  Result<void> read_top(const std::string& key, const toml::node& node) {
    if (node.is_table()) {
      if (find_command(key) != nullptr) return {};
      const auto near = nearest(key, command_names());
      return usage_error(place(name_, node.source()) + ": no command '" + printable(key) + "' to configure", near ? "did you mean [" + *near + "]?" : "tables are named after commands, as in [listen]");
    }
    if (!some_command_has(with_dashes(key))) {
      std::vector<Option> every;
      for (const Command& command : commands()) every.insert(every.end(), command.options.begin(), command.options.end());
      return unknown(key, node, every);
    }
    const Option* option = find_option(command_, with_dashes(key));
    return option == nullptr ? Result<void>() : take(*option, node);
  }

  Error unknown(const std::string& key, const toml::node& node, const std::vector<Option>& known) const {
    std::vector<std::string> names;
    for (const Option& option : known) names.push_back(option.name);
    const auto near = nearest(with_dashes(key), names);
    return usage_error(place(name_, node.source()) + ": unknown key '" + printable(key) + "'", near ? "did you mean '" + *near + "'?" : "keys are the long names of options");
  }

  Result<void> take(const Option& option, const toml::node& node) {
    if (const auto* list = node.as_array()) {
      if (!option.repeats) return wrong(option, node, "one value");
      for (const toml::node& item : *list) {
        if (auto done = take_one(option, item); !done) return done;
      }
      return {};
    }
    return take_one(option, node);
  }

  Result<void> take_one(const Option& option, const toml::node& node) {
    std::string text;
    if (const auto* value = node.as_string()) text = value->get();
    else if (const auto* number = node.as_integer()) text = std::to_string(number->get());
    else if (const auto* truth = node.as_boolean()) text = truth->get() ? "true" : "false";
    else return wrong(option, node, option.kind == ValueKind::flag ? "true or false" : "a string or a whole number");
    if (auto fits = check_value(option, text); !fits) return usage_error(place(name_, node.source()) + ": " + fits.error().message, fits.error().hint);
    layer_.emplace_back(&option, std::move(text));
    return {};
  }

  Error wrong(const Option& option, const toml::node& node, const std::string& expected) const {
    return usage_error(place(name_, node.source()) + ": " + option.name + ": expected " + expected);
  }

  std::string name_;
  const Command& command_;
  Layer& layer_;
};

Result<Layer> read_config(const std::string& path, const Command& command) {
  Layer layer;
  auto text = read_file(path, kConfigLimit);
  if (!text) return text.error();
  const auto parsed = toml::parse(std::string_view(*text), std::string(path));
  if (!parsed) {
    std::string why(parsed.error().description());
    why.replace(0, 1, lower(why.substr(0, 1)));
    return usage_error(place(path, parsed.error().source()) + ": " + why, "configuration is TOML: key = \"value\"");
  }
  File file(path, command, layer);
  if (auto done = file.read(parsed.table()); !done) return done.error();
  return layer;
}

Result<Layer> read_environment(const Command& command) {
  Layer layer;
  for (const Option& option : command.options) {
    std::string name = "HOOKCTL_" + option.name;
    std::transform(name.begin(), name.end(), name.begin(), [](char c) { return c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c); });
    const char* value = std::getenv(name.c_str());
    if (value == nullptr || *value == '\0') continue;
    const std::string text = option.kind == ValueKind::flag && std::string_view(value) == "1" ? "true" : value;
    if (auto fits = check_value(option, text); !fits) return usage_error(name + ": " + fits.error().message, fits.error().hint);
    layer.emplace_back(&option, text);
  }
  return layer;
}

// The user's own folder, "" where there is none to be known.
std::string user_folder() {
  const char* base = std::getenv("XDG_CONFIG_HOME");
  if (base != nullptr && *base != '\0') return std::string(base) + "/hookctl";
  const char* home = std::getenv("HOME");
  return home == nullptr || *home == '\0' ? "" : std::string(home) + "/.config/hookctl";
}

// Options that an earlier layer has named keep its values.
void merge(const Layer& layer, std::set<std::string>& settled, Arguments& arguments) {
  std::set<std::string> named;
  for (const auto& [option, value] : layer) {
    if (settled.count(option->name) != 0) continue;
    if (!option->repeats && named.count(option->name) != 0) continue;
    // A flag that is false is settled, and not given.
    if (option->kind != ValueKind::flag || value != "false") arguments.add(option->name, value);
    named.insert(option->name);
  }
  settled.merge(named);
}

}  // namespace

Result<void> apply_settings(const Command& command, Arguments& arguments) {
  std::set<std::string> settled;
  for (const Arguments::Given& given : arguments.all()) settled.insert(given.name);
  auto environment = read_environment(command);
  if (!environment) return environment.error();
  merge(*environment, settled, arguments);
  std::vector<std::string> files;
  if (const auto given = arguments.text("config")) files.push_back(*given);
  else if (file_exists("hookctl.toml")) files.push_back("hookctl.toml");
  if (const std::string user = user_folder(); !user.empty() && file_exists(user + "/config.toml")) files.push_back(user + "/config.toml");
  for (const std::string& file : files) {
    auto layer = read_config(file, command);
    if (!layer) return layer.error();
    merge(*layer, settled, arguments);
  }
  return {};
}

provider::OwnFolders own_folders() {
  provider::OwnFolders folders{{".hookctl/providers"}, {".hookctl/fixtures"}};
  if (const std::string user = user_folder(); !user.empty()) folders.providers.push_back(user + "/providers");
  return folders;
}

}  // namespace hookctl
