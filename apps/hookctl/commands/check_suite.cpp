#include "commands/check_suite.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "check/rulebook.hpp"
#include "commands/kept_findings.hpp"

namespace hookctl {

namespace {

constexpr std::string_view kGroup = "suite";

bool holds(const std::vector<std::string>& ids, const std::string& id) { return std::find(ids.begin(), ids.end(), id) != ids.end(); }

// Takes one word of --rules that is about the suite; false when it is not.
bool take_suite_word(std::string_view word, RuleChoice& choice, bool& is_asked) {
  const bool takes_away = word.starts_with('-') || word.starts_with('!');
  const std::string_view name = takes_away ? trim(word.substr(1)) : word;
  if (name != kGroup && !name.starts_with("suite/")) return false;
  is_asked = is_asked || !takes_away;
  const std::string id(name == kGroup ? "" : name.substr(kGroup.size() + 1));
  if (id.empty())
    choice.suite = !takes_away;
  else
    (takes_away ? choice.without : choice.only).push_back(id);
  return true;
}

// Without --event the events of the findings are sent, too.
void add_event(Session& session, const fuzz::Record& record, EndpointSetup& endpoint) {
  if (record.event.empty() || endpoint.subject.sample(record.event) != nullptr || record.provider != endpoint.provider->id) return;
  if (auto fixture = session.catalog.fixture(*endpoint.provider, record.event)) endpoint.subject.samples.push_back(*std::move(fixture));
}

}  // namespace

Result<RuleChoice> choose_rules(const std::string& list, bool has_suite) {
  RuleChoice choice;
  std::string book;
  bool is_asked = false;
  for (const std::string_view piece : split(list, ",")) {
    const std::string_view word = trim(piece);
    if (!take_suite_word(word, choice, is_asked))
      book += (book.empty() ? "" : ",") + std::string(word);
    else if (!has_suite)
      return usage_error("--rules: '" + printable(word) + "' needs --suite DIR: the findings to try", "as in --suite .hookctl/findings");
  }
  if (book.empty() && is_asked) return choice;
  const bool only_takes_away = book.empty() && (!choice.suite || !choice.without.empty());
  auto rules = check::select_rules(only_takes_away ? "all" : book);
  if (!rules) return rules.error();
  choice.book = *std::move(rules);
  return choice;
}

Result<std::vector<check::RuleCode>> read_suite(Session& session, const std::string& folder, const RuleChoice& choice, bool adds_events,
                                                EndpointSetup& endpoint) {
  auto found = fuzz::read_records(folder);
  if (!found) return found.error();
  if (!found->unreadable.empty())
    return usage_error("--suite: " + found->unreadable.front(), "a test that is not tried would pass for good");
  for (const std::string& id : choice.only) {
    const bool is_there =
        std::any_of(found->records.begin(), found->records.end(), [&](const fuzz::Record& record) { return record.id == id; });
    if (!is_there)
      return usage_error("--rules: no finding '" + printable(id) + "' in " + printable(folder),
                         "'hookctl findings --findings " + printable(folder) + "' lists them");
  }
  std::vector<check::RuleCode> rules;
  for (const fuzz::Record& record : found->records) {
    const bool is_wanted = choice.suite && (choice.only.empty() || holds(choice.only, record.id)) && !holds(choice.without, record.id);
    if (!is_wanted) continue;
    if (adds_events) add_event(session, record, endpoint);
    rules.push_back(finding_rule(record, endpoint));
  }
  if (found->records.empty())
    return usage_error("--suite: no finding in '" + printable(folder) + "'",
                       "each file is one that 'hookctl fuzz' kept, as in .hookctl/findings/fnd_1a2b3c4d.json");
  if (rules.empty() && choice.book.empty()) return usage_error("--rules leaves no rule and no finding");
  return rules;
}

}  // namespace hookctl
