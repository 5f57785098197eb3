#include "commands/handshake.hpp"

#include <nlohmann/json.hpp>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "store/ids.hpp"

namespace hookctl {

namespace {

std::string_view outcome_name(gateway::Handshake::Outcome outcome) {
  using enum gateway::Handshake::Outcome;
  switch (outcome) {
    case answered: return "answered";
    case refused: return "refused";
    case unanswered: return "not answered";
    case passed_on: return "passed on";
  }
  return "";
}

}  // namespace

std::string handshake_text(const ui::Paint& paint, const gateway::Handshake& handshake) {
  using enum gateway::Handshake::Outcome;
  const std::string name(outcome_name(handshake.outcome));
  const std::string painted = handshake.outcome == answered ? paint.good(name) : handshake.outcome == passed_on ? name : paint.bad(name);
  std::string out = time_of_day(handshake.at) + "  --- challenge " + printable(handshake.challenge) + " " + painted + (handshake.message.empty() ? "" : ": " + printable(handshake.message)) + "\n";
  if (handshake.visited) out += "    the subscription is confirmed\n";
  else if (!handshake.visit.empty()) out += "    to confirm the subscription open " + printable(handshake.visit) + "\n    (--confirm-subscriptions does it, once the signature holds)\n";
  return out;
}

std::string handshake_secret_text(const gateway::Handshake& handshake) {
  std::string out = "hookctl: " + printable(handshake.provider) + " handed over a signing secret: " + handshake.secret;
  if (handshake.secret_in_use) out += "; it verifies from now on (it came unsigned: check that the handshake was yours)";
  out += "\n";
  if (handshake.secret_file.empty()) return out;
  const std::string file = printable(handshake.secret_file);
  out += "  it is in " + file + (handshake.secret_in_use ? "; the next time run with --secret file:" + file : "; not used, --secret is") + "\n";
  return out;
}

nlohmann::ordered_json handshake_record(const gateway::Handshake& handshake) {
  const auto text_or_null = [](const std::string& text) { return text.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(text); };
  nlohmann::ordered_json record;
  record["schema"] = "hookctl.handshake.v1";
  record["id"] = store::request_id_text(handshake.id);
  record["provider"] = handshake.provider;
  record["challenge"] = handshake.challenge;
  record["outcome"] = outcome_name(handshake.outcome);
  record["message"] = text_or_null(handshake.message);
  record["secret_file"] = text_or_null(handshake.secret_file);
  record["secret_in_use"] = handshake.secret_in_use;
  record["confirm_url"] = text_or_null(handshake.visit);
  record["confirmed"] = handshake.visited;
  return record;
}

}  // namespace hookctl
