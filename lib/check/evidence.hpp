// Shots as evidence in a report: exact bytes without the secrets, the difference to the plain event, a command that repeats it.
#pragma once

#include <string>
#include <vector>

#include "check/bench.hpp"
#include "check/rule.hpp"
#include "report/report.hpp"

namespace hookctl::check {

// `text` with every secret of the subject as "[redacted]": as given and decoded, in hex, base64, base64url and percent-encoded, and any 12 bytes
// of one of these.
std::string redacted(const Subject& subject, std::string text);

report::Exchange exchange_of(const Subject& subject, const Shot& shot, std::string label);

// "- …" and "+ …" lines: how the trigger's head and body differ from those of a plain step of the same event type; at most 40 lines.
std::string diff_of(Bench& bench, const Shot& shot);

// A curl command, or "" where curl cannot send it so. Secrets are redacted.
std::string curl_of(const Subject& subject, const Shot& shot);

// The finding of a fault: everything but id, confidence and command.
report::Finding finding_of(Bench& bench, const report::Rule& rule, const Fault& fault);

}  // namespace hookctl::check
