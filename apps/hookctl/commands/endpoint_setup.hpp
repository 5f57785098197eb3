// The endpoint under judgement and the events it gets, read from the command line into values: what check, fuzz and the replay of a finding
// share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "check/subject.hpp"
#include "command.hpp"
#include "commands/options.hpp"

namespace hookctl {

struct EndpointSetup {
  ProviderPtr provider;  // outlives the subject
  check::Subject subject;
  std::vector<std::string> spawn;  // words of --spawn
  std::string effects;             // --effects as it was given
  std::optional<int> pid{};        // of --pid
};

// --to, --spawn, --effects, --budget, --own-action, --verify-token in the group `endpoint`; --event, --samples in the group `events`.
std::vector<Option> endpoint_options(const std::string& endpoint, const std::string& events);

// All of these, --provider with its form, and the keys. `usage` for what is missing, wrong, or does not go together; `command` is named
// there.
Result<EndpointSetup> read_endpoint(Session& session, const Arguments& arguments, const std::string& command);

// --pid, in that group.
Option pid_option(const std::string& group);

// --seed, or a random one of at most nine digits.
std::uint64_t read_seed(Session& session, const Arguments& arguments);

}  // namespace hookctl
