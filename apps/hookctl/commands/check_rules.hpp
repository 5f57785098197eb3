// hookctl check --list and --explain: the rules in words. No endpoint is needed.
#pragma once

#include <string>

#include "base/result.hpp"
#include "exit_code.hpp"
#include "session.hpp"

namespace hookctl {

// Every rule in a line, below its group: id, severity, title. With `json` one record, "schema": "hookctl.rules.v1".
void list_rules(Session& session, bool json);

// One rule in full: what is sent and expected, why, and how to mend it, by framework. With `json` one record, "schema": "hookctl.rule.v1".
// `usage` for an id that is none.
Result<ExitCode> explain_rule(Session& session, const std::string& id, bool json);

}  // namespace hookctl
