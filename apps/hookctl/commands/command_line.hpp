// Command lines that hookctl hands out to repeat something, and the arguments that a finding keeps for another day. No secret stands in
// either.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "check/subject.hpp"
#include "command.hpp"

namespace hookctl {

// The command line that repeats one rule of check, with "{rule}" and "{event}" to be filled in. Secrets that stand in the command line come
// from the environment in it.
std::string repeat_command(const Arguments& arguments);

using KeptArguments = std::vector<std::pair<std::string, std::string>>;

// How endpoint, events, provider and keys were given: long names and values, in order. Keys and secrets only as env:NAME and file:PATH; a
// value that holds a secret of the subject is left out.
KeptArguments kept_arguments(const Arguments& arguments, const check::Subject& subject);

// The command that tries a finding again, with "{finding}" to be filled in: what kept_arguments() left out is to be given anew.
std::string retry_command(const Arguments& arguments, const check::Subject& subject);

// The arguments given now, and those kept of which none of that name was given. `usage` names `file` when it holds what kept_arguments()
// never keeps, or a value of another kind.
Result<Arguments> laid_over(const Arguments& given, const KeptArguments& kept, const std::string& file);

// Kept arguments as words for a shell.
std::string kept_words(const KeptArguments& kept);

}  // namespace hookctl
