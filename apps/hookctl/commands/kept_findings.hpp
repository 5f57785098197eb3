// Findings of fuzz as commands name and use them: files of a folder.
#pragma once

#include <string>
#include <vector>

#include "command.hpp"
#include "commands/endpoint_setup.hpp"
#include "fuzz/record.hpp"

namespace hookctl {

Option findings_option(const std::string& group);  // --findings
std::string findings_folder(const Arguments& arguments);
std::string finding_path(const std::string& folder, const std::string& id);

// Is there a file for that id? `usage` says so when there is none, with the nearest, or when the word is no id.
Result<void> look_for_finding(const std::string& folder, const std::string& id);

// The finding of that id. `usage` when there is none, or its file is malformed.
Result<fuzz::Record> find_finding(const std::string& folder, const std::string& id);

// All of the folder; the files that cannot be read are named on standard error.
Result<std::vector<fuzz::Record>> all_findings(Session& session, const std::string& folder);

// Why this finding cannot be tried at that endpoint, or "": found with another provider, about an event that is not sent, needs a probe. An
// endpoint that was never asked must not pass for mended.
std::string why_not(const fuzz::Record& record, const EndpointSetup& endpoint);

// The finding as a rule "suite/fnd_…", skipped with that reason where there is one.
check::RuleCode finding_rule(const fuzz::Record& record, const EndpointSetup& endpoint);

}  // namespace hookctl
