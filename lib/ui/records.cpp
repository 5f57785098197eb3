#include "ui/records.hpp"

#include <nlohmann/json.hpp>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "store/ids.hpp"
#include "ui/lines.hpp"

namespace hookctl::ui {

namespace {

Json optional_text(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

void put_result(Json& record, const http::SendResult& result) {
  if (const auto* response = std::get_if<http::Response>(&result)) {
    record["status"] = response->status;
    record["fault"] = nullptr;
    record["headers"] = headers_record(response->headers);
    put_bytes(record, "body", response->body, false);
    return;
  }
  const auto& failure = std::get<http::SendFailure>(result);
  record["status"] = nullptr;
  record["fault"] = fault_name(failure.fault);
  record["message"] = failure.message;
}

void put_diagnoses(Json& record, const std::vector<signing::Diagnosis>& diagnoses) {
  Json all = Json::array();
  for (const signing::Diagnosis& each : diagnoses) {
    all.push_back({{"code", each.code}, {"cause", each.cause}, {"remedy", optional_text(each.remedy)}, {"confidence", to_text(each.confidence)}});
  }
  for (const char* name : {"code", "cause", "remedy", "confidence"}) record[name] = all.front()[name];
  record["diagnoses"] = std::move(all);
}

}  // namespace

void put_bytes(Json& record, const std::string& name, const std::string& bytes, bool always_base64) {
  const bool text = is_utf8(bytes);
  if (text) record[name] = bytes;
  if (always_base64 || !text) record[name + "_base64"] = to_base64(bytes);
}

Json headers_record(const http::Headers& headers) {
  Json record = Json::object();
  for (const http::Header& field : headers) {
    Json& place = record[field.name];
    if (place.is_null()) place = field.value;
    else if (place.is_string()) place = Json::array({place, field.value});
    else place.push_back(field.value);
  }
  return record;
}

Json ready_record(const std::string& url, const std::vector<std::string>& targets, const std::string& provider, bool verifying, const std::string& journal) {
  Json record;
  record["schema"] = "hookctl.ready.v1";
  record["url"] = url;
  record["targets"] = targets;
  record["provider"] = optional_text(provider);
  record["verifying"] = verifying;
  record["journal"] = journal;
  return record;
}

Json verification_record(const std::string& provider, const signing::Verification& verification, const std::vector<signing::Diagnosis>& diagnoses) {
  Json record;
  record["schema"] = "hookctl.verification.v1";
  record["provider"] = optional_text(provider);
  record["valid"] = verification.verdict == signing::Verdict::valid;
  record["verdict"] = to_text(verification.verdict);
  record["code"] = optional_text(verification.code);
  record["message"] = optional_text(verification.message);
  record["remedy"] = optional_text(verification.remedy);
  record["id"] = optional_text(verification.claim.id);
  record["timestamp"] = optional_text(verification.claim.timestamp);
  record["age_ms"] = verification.age_ms ? Json(*verification.age_ms) : Json(nullptr);
  record["signatures"] = verification.claim.signatures;
  record["secret_index"] = verification.secret_index ? Json(*verification.secret_index) : Json(nullptr);
  if (verification.verdict == signing::Verdict::invalid && !diagnoses.empty()) put_diagnoses(record, diagnoses);
  if (!verification.signed_content.empty()) put_bytes(record, "signed_content", verification.signed_content, false);
  if (!verification.expected.empty()) record["expected"] = verification.expected;
  return record;
}

Json signed_request_record(const http::Request& request, const std::string& url) {
  Json record;
  record["schema"] = "hookctl.signed_request.v1";
  record["method"] = request.method;
  record["url"] = url;
  record["headers"] = headers_record(request.headers);
  record["body_base64"] = to_base64(request.body);
  return record;
}

Json request_record(const store::StoredRequest& request, bool bodies) {
  const store::Received& received = request.received;
  Json record;
  record["schema"] = "hookctl.request.v1";
  record["id"] = store::request_id_text(request.id);
  record["received_at"] = iso8601_ms(received.received_at);
  record["remote"] = received.remote;
  record["method"] = received.method;
  put_bytes(record, "target", received.target, false);
  record["provider"] = optional_text(received.provider);
  record["event_type"] = optional_text(received.event_type);
  record["event_id"] = optional_text(received.event_id);
  record["verdict"] = received.verdict;
  record["code"] = optional_text(received.code);
  record["body_size"] = request.body_size;
  if (bodies) {
    put_bytes(record, "head", received.raw_head, false);
    put_bytes(record, "body", received.body, true);
    if (!received.raw_body.empty()) record["raw_body_base64"] = to_base64(received.raw_body);
  }
  record["attempts"] = Json::array();
  for (const store::Attempt& attempt : request.attempts) {
    Json one;
    one["started_at"] = iso8601_ms(attempt.started_at);
    one["duration_ms"] = attempt.duration_ms;
    one["url"] = optional_text(attempt.url);
    one["status"] = attempt.status ? Json(*attempt.status) : Json(nullptr);
    one["error"] = optional_text(attempt.error);
    if (bodies) {
      put_bytes(one, "head", attempt.response_head, false);
      put_bytes(one, "body", attempt.response_body, false);
      one["body_truncated"] = attempt.truncated;
    }
    record["attempts"].push_back(std::move(one));
  }
  return record;
}

Json answer_record(const std::string& request_id, const std::string& target, std::int64_t duration_ms, const http::SendResult& result) {
  Json record;
  record["schema"] = "hookctl.answer.v1";
  record["request"] = request_id;
  record["target"] = optional_text(target);
  record["duration_ms"] = duration_ms;
  put_result(record, result);
  return record;
}

std::string_view next_name(delivery::Next next) {
  switch (next) {
    case delivery::Next::done:
      return "done";
    case delivery::Next::retry:
      return "retry";
    case delivery::Next::give_up:
      return "give_up";
  }
  return "";
}

Json delivery_record(const std::string& provider, const std::string& type, const std::string& id, const std::string& url, const delivery::Delivery& delivery) {
  Json record;
  record["schema"] = "hookctl.delivery.v1";
  record["provider"] = optional_text(provider);
  record["event_type"] = optional_text(type);
  record["event_id"] = optional_text(id);
  record["url"] = url;
  record["delivered"] = delivery.delivered;
  record["attempts"] = Json::array();
  for (const delivery::Attempt& attempt : delivery.attempts) {
    Json one;
    one["started_at"] = iso8601_ms(attempt.started_at);
    one["duration_ms"] = attempt.duration_ms;
    put_result(one, attempt.result);
    one["redirects"] = attempt.redirects;
    one["next"] = next_name(attempt.next.next);
    one["next_in_ms"] = attempt.next.next == delivery::Next::retry ? Json(attempt.next.wait_ms) : Json(nullptr);
    one["next_why"] = optional_text(attempt.next.why);
    record["attempts"].push_back(std::move(one));
  }
  return record;
}

}  // namespace hookctl::ui
