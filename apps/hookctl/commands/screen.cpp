#include "commands/screen.hpp"

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/text.hpp"
#include "commands/handshake.hpp"
#include "store/ids.hpp"
#include "ui/lines.hpp"
#include "ui/records.hpp"

namespace hookctl {

namespace {

store::Received received_of(const gateway::Arrival& arrival) {
  store::Received received;
  received.received_at = arrival.received_at;
  received.remote = arrival.remote;
  received.method = arrival.request.method;
  received.target = arrival.request.target;
  received.provider = arrival.provider;
  received.event_type = arrival.event_type;
  received.event_id = arrival.event_id;
  received.verdict = std::string(to_text(arrival.verification.verdict));
  received.code = arrival.verification.code;
  return received;
}

}  // namespace

void Screen::show(const std::string& text) {
  if (outlet_.write(text)) return;
  if (dropped_++ == 0) session_.err << session_.err_paint.warn("hookctl: warning:") << " nobody reads standard output; lines are dropped (--quiet prints none)\n" << std::flush;
}

void Screen::arrived(const gateway::Arrival& arrival) {
  if (options_.quiet) return;
  if (options_.json) {
    store::StoredRequest request{arrival.id, received_of(arrival), arrival.request.body.size(), {}};
    auto record = ui::request_record(request, false);
    record.erase("attempts");
    if (arrival.diagnosis != nullptr) {
      record["cause"] = arrival.diagnosis->cause;
      record["remedy"] = arrival.diagnosis->remedy;
      record["confidence"] = to_text(arrival.diagnosis->confidence);
    }
    return show(to_text(record) + "\n");
  }
  const std::string name = arrival.event_type.empty() ? ui::request_name(arrival.request.method, arrival.request.target) : arrival.event_type;
  const bool certain = arrival.diagnosis != nullptr && arrival.diagnosis->confidence == signing::Confidence::certain;
  show(ui::arrival_line(session_.paint, {arrival.received_at, name, arrival.event_id, arrival.verification.verdict, arrival.verification.code, arrival.verification.age_ms,
                                         store::request_id_text(arrival.id), certain ? arrival.diagnosis->cause : ""}));
}

void Screen::answered(const gateway::Answer& answer) {
  if (options_.quiet) return;
  const std::string id = store::request_id_text(answer.id);
  if (options_.json) return show(to_text(ui::answer_record(id, answer.target, answer.duration_ms, answer.result)) + "\n");
  show(ui::answer_line(session_.paint, {answer.answered_at, answer.request.method, answer.path, answer.duration_ms, id}, answer.result));
}

void Screen::shook_hands(const gateway::Handshake& handshake) {
  // Whoever prints no lines still has to learn of a secret.
  if (!handshake.secret.empty() && !options_.json) session_.err << handshake_secret_text(handshake) << std::flush;
  if (options_.quiet) return;
  show(options_.json ? to_text(handshake_record(handshake)) + "\n" : handshake_text(session_.paint, handshake));
}

void Screen::finished(const gateway::Arrival& arrival, std::optional<int> status) {
  ++finished_;
  if (options_.exit_after && finished_ >= *options_.exit_after) satisfied_ = true;
  if (options_.until && store::matches(*options_.until, received_of(arrival), status)) satisfied_ = true;
  if (satisfied_) stop_();
}

void Screen::refused(const http::Refusal& refusal, const std::string& remote) {
  if (options_.json) {
    nlohmann::ordered_json record;
    record["schema"] = "hookctl.refusal.v1";
    record["remote"] = remote;
    record["status"] = refusal.status;
    record["code"] = refusal.code;
    record["message"] = refusal.message;
    return show(to_text(record) + "\n");
  }
  show(time_of_day(session_.clock.now()) + "  --> " + session_.paint.bad("REFUSED") + " " + std::to_string(refusal.status) + " " + refusal.code + ": " + printable(refusal.message) + "  from " + remote + "\n");
}

void Screen::not_kept(const std::string& reason) {
  session_.err << session_.err_paint.bad("hookctl:") << " a request could not be kept and was answered 503: " << printable(reason) << "\n";
  session_.err.flush();
}

}  // namespace hookctl
