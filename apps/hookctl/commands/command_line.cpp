#include "commands/command_line.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "check/evidence.hpp"
#include "commands/endpoint_setup.hpp"
#include "commands/options.hpp"
#include "http/outgoing.hpp"

namespace hookctl {

namespace {

// What a finding keeps.
const std::vector<Option>& kept_options() {
  static const std::vector<Option> all =
      joined({provider_options(), endpoint_options("", ""), {fixtures_option()}, signing_key_options(), tls_options()});
  return all;
}

const Option* kept_option(const std::string& name) {
  const auto found = std::find_if(kept_options().begin(), kept_options().end(), [&](const Option& option) { return option.name == name; });
  return found == kept_options().end() ? nullptr : &*found;
}

bool holds_secret(const std::string& option) { return option == "secret" || option == "private-key" || option == "verify-token"; }
bool is_reference(const std::string& value) { return value.starts_with("env:") || value.starts_with("file:"); }

bool may_be_kept(const Arguments::Given& given, const check::Subject& subject) {
  if (holds_secret(given.name)) return is_reference(given.value);
  return check::redacted(subject, given.value) == given.value;
}

std::string shell_word(const std::string& text) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-_./:=@%+,").find(c) != std::string_view::npos;
  };
  if (!text.empty() && std::all_of(text.begin(), text.end(), plain)) return text;
  return http::shell_quote(text);
}

// " --name value", or " --name" of a flag.
std::string option_words(const std::string& name, const std::string& value) {
  return " --" + name + (value == "true" ? "" : " " + shell_word(value));
}

// The option with a value that is not to be shown.
std::string from_environment(const std::string& name) {
  std::string variable = "HOOKCTL_" + name;
  std::transform(variable.begin(), variable.end(), variable.begin(), [](char c) {
    return c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  });
  return " --" + name + " \"$" + variable + "\"";
}

}  // namespace

std::string repeat_command(const Arguments& arguments) {
  static const std::set<std::string> left_out{
      "",    "rules",  "event",    "report",       "baseline", "json",        "color",  "fail-on",          "time",
      "pid", "phases", "requests", "max-findings", "findings", "concurrency", "corpus", "i-own-this-target"};
  std::string out = "hookctl check";
  for (const Arguments::Given& given : arguments.all()) {
    if (left_out.contains(given.name)) continue;
    const bool shown = !holds_secret(given.name) || is_reference(given.value) || given.value == "-";
    out += shown ? option_words(given.name, given.value) : from_environment(given.name);
  }
  return out + " --rules {rule} --event {event}";
}

KeptArguments kept_arguments(const Arguments& arguments, const check::Subject& subject) {
  KeptArguments kept;
  for (const Arguments::Given& given : arguments.all()) {
    if (kept_option(given.name) != nullptr && may_be_kept(given, subject)) kept.emplace_back(given.name, given.value);
  }
  return kept;
}

std::string retry_command(const Arguments& arguments, const check::Subject& subject) {
  std::string out = "hookctl replay {finding}";
  for (const Arguments::Given& given : arguments.all()) {
    const bool kept = kept_option(given.name) != nullptr;
    if (kept && !may_be_kept(given, subject))
      out += given.value == "-" ? option_words(given.name, given.value) : from_environment(given.name);
    if (given.name == "findings" || given.name == "i-own-this-target") out += option_words(given.name, given.value);
  }
  return out;
}

Result<Arguments> laid_over(const Arguments& given, const KeptArguments& kept, const std::string& file) {
  Arguments all;
  for (const auto& [name, value] : kept) {
    const Option* option = kept_option(name);
    if (option == nullptr) return usage_error(printable(file) + ": a finding keeps no argument '" + printable(name) + "'");
    if (auto fits = check_value(*option, value); !fits)
      return usage_error(printable(file) + ": " + fits.error().message, fits.error().hint);
    if (!given.has(name)) all.add(name, value);
  }
  for (const Arguments::Given& each : given.all()) all.add(each.name, each.value);
  return all;
}

std::string kept_words(const KeptArguments& kept) {
  std::string words;
  for (const auto& [name, value] : kept) words += option_words(name, value);
  return words.empty() ? words : words.substr(1);
}

}  // namespace hookctl
