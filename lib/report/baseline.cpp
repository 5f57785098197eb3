// A baseline: an earlier report, whose findings are no news.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "report/writers.hpp"

namespace hookctl::report {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kHint = "a baseline is the JSON report of an earlier run";

// The text under `name`, or nothing when there is no such member or it is no text.
const std::string* text_in(const Json& record, const char* name) {
  if (!record.is_object()) return nullptr;
  const auto at = record.find(name);
  return at == record.end() ? nullptr : at->get_ptr<const std::string*>();
}

}  // namespace

Result<std::vector<std::string>> read_baseline(std::string_view text, std::string_view name) {
  const std::string file(name);
  auto parsed = parse_json(text, name);
  if (!parsed) return parsed.error();
  const std::string* schema = text_in(*parsed, "schema");
  if (schema == nullptr || *schema != "hookctl.report.v1")
    return usage_error(file + ": no report: \"schema\" is not \"hookctl.report.v1\"", std::string(kHint));
  const auto findings = parsed->find("findings");
  if (findings == parsed->end() || !findings->is_array())
    return usage_error(file + ": no report: there are no \"findings\"", std::string(kHint));
  std::vector<std::string> fingerprints;
  for (const Json& each : *findings) {
    const std::string* fingerprint = text_in(each, "fingerprint");
    if (fingerprint == nullptr || fingerprint->empty()) {
      return usage_error(file + ": findings[" + std::to_string(fingerprints.size()) + "] has no \"fingerprint\"", std::string(kHint));
    }
    fingerprints.push_back(*fingerprint);
  }
  return fingerprints;
}

void apply_baseline(Report& report, const std::vector<std::string>& fingerprints) {
  for (Finding& each : report.findings) {
    if (std::find(fingerprints.begin(), fingerprints.end(), each.fingerprint) != fingerprints.end()) each.known = true;
  }
}

}  // namespace hookctl::report
