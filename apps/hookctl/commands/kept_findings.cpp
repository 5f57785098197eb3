#include "commands/kept_findings.hpp"

#include "base/file.hpp"
#include "base/text.hpp"

namespace hookctl {

namespace {

constexpr std::uint64_t kFindingLimit = 64 * 1024 * 1024;

}  // namespace

Option findings_option(const std::string& group) {
  return {"findings", 0, ValueKind::text, "DIR", "the findings that fuzz keeps (.hookctl/findings)", group};
}
std::string findings_folder(const Arguments& arguments) { return arguments.text("findings", ".hookctl/findings"); }
std::string finding_path(const std::string& folder, const std::string& id) { return folder + "/" + id + ".json"; }

Result<void> look_for_finding(const std::string& folder, const std::string& id) {
  if (!fuzz::is_record_id(id))
    return usage_error("'" + printable(id) + "' is no finding's id", "as in fnd_1a2b3c4d; 'hookctl findings' lists them");
  if (file_exists(finding_path(folder, id))) return {};
  std::vector<std::string> ids;
  if (const auto others = fuzz::read_records(folder); others) {
    for (const fuzz::Record& other : others->records) ids.push_back(other.id);
  }
  const auto near = nearest(id, ids);
  return usage_error("no finding " + id + " in " + printable(folder), (near ? "did you mean '" + *near + "'? " : std::string()) +
                                                                          "'hookctl findings' lists them, 'hookctl fuzz' finds more");
}

Result<fuzz::Record> find_finding(const std::string& folder, const std::string& id) {
  if (auto found = look_for_finding(folder, id); !found) return found.error();
  const std::string path = finding_path(folder, id);
  auto text = read_file(path, kFindingLimit);
  if (!text) return text.error();
  return fuzz::read_record(*text, path);
}

Result<std::vector<fuzz::Record>> all_findings(Session& session, const std::string& folder) {
  auto found = fuzz::read_records(folder);
  if (!found) return found.error();
  for (const std::string& file : found->unreadable) session.err << "hookctl: cannot be read: " << printable(file) << "\n";
  return std::move(found->records);
}

std::string why_not(const fuzz::Record& record, const EndpointSetup& endpoint) {
  if (record.provider != endpoint.provider->id) return "it was found with events of " + record.provider;
  if (!record.event.empty() && endpoint.subject.sample(record.event) == nullptr) return "its event is not sent: --event " + record.event;
  const bool needs_probe = record.recipe && !record.recipe->play.effects.empty();
  return needs_probe && endpoint.effects.empty() ? "no effects probe: --effects tells what the endpoint did" : "";
}

check::RuleCode finding_rule(const fuzz::Record& record, const EndpointSetup& endpoint) {
  check::RuleCode rule = fuzz::suite_rule(record);
  const std::string reason = why_not(record, endpoint);
  if (reason.empty()) return rule;
  rule.cases = {};
  rule.trial = [reason](check::Bench&) -> Result<check::Outcome> { return usage_error(reason); };
  return rule;
}

}  // namespace hookctl
