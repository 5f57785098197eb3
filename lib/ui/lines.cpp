#include "ui/lines.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "store/ids.hpp"

namespace hookctl::ui {

namespace {

constexpr std::size_t kIdColumn = 66;
constexpr std::size_t kExcerpt = 4096;
constexpr std::size_t kOutcomeColumn = 9;  // "no answer"
constexpr std::size_t kCauseColumn = 18;   // behind "18:40:01.204  --> "
constexpr std::size_t kMostPossible = 3;

// The painted text, padded as if it were plain.
std::string padded(const std::string& plain, const std::string& painted, std::size_t width) {
  const std::string filled = pad(plain, width);
  return painted + filled.substr(plain.size());
}

std::string short_id(std::string_view id) { return clip(printable(id), 28); }

std::string status_words(const Paint& paint, int status) {
  const std::string text = std::to_string(status);
  if (http::is_success(status)) return paint.good(text);
  return status >= 500 || status < 200 ? paint.bad(text) : paint.warn(text);
}

std::string key_value(const Paint& paint, std::string_view key, std::string_view value) {
  return value.empty() ? "" : "  " + paint.dim(pad(key, 16)) + std::string(value) + "\n";
}

std::string with_received_content(const signing::Verification& verification) {
  if (verification.signed_content.empty()) return "";
  const std::string& content = verification.signed_content;
  return "  signed content (" + std::to_string(content.size()) + " bytes):\n" + body_excerpt(content, kExcerpt);
}

std::string confidence_words(signing::Confidence confidence) {
  using enum signing::Confidence;
  return confidence == certain ? "certain" : confidence == likely ? "likely: nothing that was tried makes the signature match" : "possible";
}

// The first in full; behind it what else it may be, or, where all are certain, what was found with it.
std::string diagnosis_text(const Paint& paint, const std::vector<signing::Diagnosis>& diagnoses) {
  const signing::Diagnosis& first = diagnoses.front();
  std::string out = key_value(paint, "cause", printable(first.cause)) + key_value(paint, "remedy", printable(first.remedy)) + key_value(paint, "confidence", confidence_words(first.confidence));
  for (std::size_t i = 1; i < std::min(diagnoses.size(), 1 + kMostPossible); ++i) {
    const bool also = diagnoses[i].confidence == signing::Confidence::certain;
    out += key_value(paint, also ? "and" : "also possible", diagnoses[i].code + ": " + printable(diagnoses[i].cause));
  }
  return out;
}

}  // namespace

std::string request_name(std::string_view method, std::string_view target) { return clip(printable(method) + " " + printable(target), 40); }

std::string arrival_line(const Paint& paint, const ArrivalLine& line) {
  std::string verdict = "unverified";
  std::string painted = paint.warn(verdict);
  if (line.verdict == signing::Verdict::valid) {
    verdict = "valid";
    painted = paint.good(verdict);
  } else if (line.verdict == signing::Verdict::invalid) {
    verdict = "INVALID " + line.code;
    if (line.age_ms && (line.code == "timestamp_too_old" || line.code == "timestamp_in_future")) verdict += " (" + duration_text(std::abs(*line.age_ms)) + ")";
    painted = paint.bad(verdict);
  }
  const std::string event = clip(printable(line.name), 44) + (line.event_id.empty() ? "" : "  " + short_id(line.event_id)) + "  ";
  return time_of_day(line.at) + "  --> " + padded(event + verdict, event + painted, kIdColumn - 8) + "  " + paint.dim(line.request_id) + "\n" +
         (line.cause.empty() ? "" : std::string(kCauseColumn, ' ') + paint.dim(printable(line.cause)) + "\n");
}

std::string answer_line(const Paint& paint, const AnswerLine& line, const http::SendResult& result) {
  std::string plain;
  std::string painted;
  const std::string rest = " " + request_name(line.method, line.path) + "  " + duration_text(line.duration_ms);
  if (const auto* response = std::get_if<http::Response>(&result)) {
    plain = std::to_string(response->status);
    painted = status_words(paint, response->status);
  } else {
    plain = std::get<http::SendFailure>(result).message;
    painted = paint.bad(printable(plain));
    plain = printable(plain);
  }
  const std::string words = painted + rest;
  if (line.request_id.empty()) return time_of_day(line.at) + "  <-- " + words + "\n";
  return time_of_day(line.at) + "  <-- " + padded(plain + rest, words, kIdColumn - 8) + "  " + paint.dim(line.request_id) + "\n";
}

std::string body_excerpt(std::string_view body, std::size_t limit, std::string_view indent) {
  if (body.empty()) return "";
  const bool cut = body.size() > limit;
  if (!cut && body.ends_with('\n')) body.remove_suffix(1);  // a line's end, not one more line
  std::string out;
  for (const std::string_view line : split(body.substr(0, limit), "\n")) {
    std::string_view shown = line;
    if (!shown.empty() && shown.back() == '\r') shown.remove_suffix(1);
    out += std::string(indent) + printable(shown, true) + "\n";
  }
  if (cut) out += std::string(indent) + "… " + std::to_string(body.size() - limit) + " bytes more\n";
  return out;
}

std::string verification_text(const Paint& paint, const provider::Provider* provider, const signing::Verification& verification,
                              const std::vector<signing::Diagnosis>& diagnoses) {
  using signing::Verdict;
  std::string out;
  const std::string who = provider != nullptr ? provider->title : std::string("no provider");
  if (verification.verdict == Verdict::valid) {
    out = paint.good("valid") + "  signed by " + who;
    if (verification.age_ms) out += ", " + duration_text(std::abs(*verification.age_ms)) + (*verification.age_ms < 0 ? " ahead" : " old");
    if (verification.secret_index && *verification.secret_index > 0) out += ", by secret " + std::to_string(*verification.secret_index + 1) + " of those given";
    out += "\n";
  } else if (verification.verdict == Verdict::invalid && !diagnoses.empty()) {
    out = paint.bad("INVALID") + "  " + paint.bold(diagnoses.front().code) + " (" + who + ")\n" + diagnosis_text(paint, diagnoses);
  } else {
    const bool invalid = verification.verdict == Verdict::invalid;
    out = (invalid ? paint.bad("INVALID") : paint.warn("unverified")) + "  " + paint.bold(verification.code) + " (" + who + "): " + printable(verification.message) + "\n";
    if (!verification.remedy.empty()) out += "  hint: " + printable(verification.remedy) + "\n";
  }
  out += key_value(paint, "id", printable(verification.claim.id));
  std::string timestamp = printable(verification.claim.timestamp);
  if (verification.claim.timestamp_ms) timestamp += "  (" + iso8601(*verification.claim.timestamp_ms) + ")";
  out += key_value(paint, "timestamp", timestamp);
  for (const std::string& signature : verification.claim.signatures) out += key_value(paint, "received", clip(printable(signature), 160));
  if (verification.verdict == Verdict::invalid) out += key_value(paint, "expected", clip(verification.expected, 400));
  return out + with_received_content(verification);
}

std::string request_row(const Paint& paint, const store::StoredRequest& request) {
  const store::Received& received = request.received;
  const auto status = store::last_status(request);
  const std::string outcome = status ? std::to_string(*status) : request.attempts.empty() ? "-" : "no answer";
  const std::string painted = status ? status_words(paint, *status) : request.attempts.empty() ? paint.dim(outcome) : paint.bad(outcome);
  std::string verdict = received.verdict;
  if (received.verdict == "invalid") verdict = paint.bad("INVALID " + received.code);
  if (received.verdict == "valid") verdict = paint.good("valid");
  const std::string name = received.event_type.empty() ? request_name(received.method, received.target) : clip(printable(received.event_type), 44);
  return pad(store::request_id_text(request.id), 10) + iso8601(received.received_at) + "  " + pad(received.provider.empty() ? "-" : printable(received.provider), 18) + pad(name, 36) + "  " +
         padded(outcome, painted, kOutcomeColumn) + "  " + verdict + "\n";
}

std::string request_text(const Paint& paint, const store::StoredRequest& request) {
  const store::Received& received = request.received;
  std::string out = paint.bold(store::request_id_text(request.id)) + "  received " + iso8601_ms(received.received_at) + " from " + printable(received.remote) + " at " + printable(received.listener) + "\n";
  out += key_value(paint, "provider", printable(received.provider));
  out += key_value(paint, "event", printable(received.event_type));
  out += key_value(paint, "event id", printable(received.event_id));
  out += key_value(paint, "signature", received.verdict + (received.code.empty() ? "" : " " + received.code));
  for (const store::Attempt& attempt : request.attempts) {
    const std::string answer = attempt.status ? std::to_string(*attempt.status) : printable(attempt.error);
    out += key_value(paint, "attempt", iso8601_ms(attempt.started_at) + "  " + answer + "  " + (attempt.url.empty() ? "by hookctl itself" : printable(attempt.url)) + "  " + duration_text(attempt.duration_ms));
  }
  out += "\n" + body_excerpt(received.raw_head, received.raw_head.size(), "") + "\n" + body_excerpt(received.body, 64 * 1024, "");
  return out;
}

}  // namespace hookctl::ui
