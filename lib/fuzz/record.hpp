// A finding as a file: what is needed to try it again on another day, against an endpoint that may have been mended since. Never a secret.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "check/rule.hpp"
#include "fuzz/case.hpp"
#include "report/report.hpp"

namespace hookctl::fuzz {

struct Record {
  std::string id{};  // record_id()
  std::string fingerprint{};
  std::string rule{};  // of the rulebook or an oracle's (oracles.hpp)
  report::Severity severity{report::Severity::medium};
  std::string summary{};
  std::string expected{};
  std::string seen{};
  std::string diff{};
  std::string event{};
  std::string target{};    // URL
  std::string provider{};  // id
  UnixMs found_at{0};      // kept to the year 9999
  std::uint64_t seed{0};
  // How endpoint and provider were given, in order: an option's long name and its value ("true" of a flag). Of options that hold secrets
  // only references to them (env:NAME, file:PATH) stand here.
  std::vector<std::pair<std::string, std::string>> arguments{};
  std::optional<Case> recipe{};  // nothing: the rule is tried as a whole
};

// "fnd_" and the first 8 digits of the fingerprint.
std::string record_id(std::string_view fingerprint);
// Is the word of that form? So `replay` tells a finding from a kept request.
bool is_record_id(std::string_view word);

// One JSON object, "schema": "hookctl.finding.v1", indented; the recipe as write_case has it. Pure, thread-safe.
std::string write_record(const Record& record);
// `usage` names file, line, column, path and what was expected. The id is checked to be that of the fingerprint (it becomes a file's name),
// the arguments' names to be options' long names without dashes. Pure, thread-safe.
Result<Record> read_record(std::string_view json, std::string_view name);

// A folder of them (fnd_….json), sorted by name. A folder that is not there has none; files of such a name that cannot be read are named in
// `unreadable` with the reason. `unavailable` when the folder cannot be read.
struct Records {
  std::vector<Record> records{};
  std::vector<std::string> unreadable{};
};
Result<Records> read_records(const std::string& folder);
// Writes FOLDER/ID.json (0600), making the folder (0700) if need be. `usage` when its id is none, `unavailable` when it cannot be written.
Result<void> keep_record(const std::string& folder, const Record& record);
// Takes the file away; one that is not there is no error. `usage` when the id is none, `unavailable` when it stays.
Result<void> drop_record(const std::string& folder, const std::string& id);

// The record as a rule "suite/fnd_…" for check::Run: it passes when what was found shows no more. Its words are the record's.
check::RuleCode suite_rule(const Record& record);

}  // namespace hookctl::fuzz
