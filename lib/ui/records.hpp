// The same things as JSON, for scripts and agents: one record each, with "schema" first. A field keeps its meaning for ever. Texts that are
// not UTF-8 come as base64 beside their name ("body_base64"). Secrets are never in a record.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "delivery/deliver.hpp"
#include "event/compose.hpp"
#include "http/transport.hpp"
#include "provider/catalog.hpp"
#include "signing/diagnose.hpp"
#include "signing/verify.hpp"
#include "store/record.hpp"

namespace hookctl::ui {

using Json = nlohmann::ordered_json;

// {name: value}, a repeated name as a list of values.
Json headers_record(const http::Headers& headers);

Json ready_record(const std::string& url, const std::vector<std::string>& targets, const std::string& provider, bool verifying, const std::string& journal);
// hookctl.verification.v1. With the diagnoses of an invalid one: code, cause, remedy and confidence of the first, and all of them.
Json verification_record(const std::string& provider, const signing::Verification& verification, const std::vector<signing::Diagnosis>& diagnoses = {});
// hookctl.signed_request.v1: {method, url, headers, body_base64}
Json signed_request_record(const http::Request& request, const std::string& url);
// hookctl.request.v1: a kept request. `bodies`: with head and body.
Json request_record(const store::StoredRequest& request, bool bodies);
// hookctl.answer.v1: what was answered, or why not.
Json answer_record(const std::string& request_id, const std::string& target, std::int64_t duration_ms, const http::SendResult& result);
// hookctl.delivery.v1: an event that was sent.
Json delivery_record(const std::string& provider, const std::string& type, const std::string& id, const std::string& url, const delivery::Delivery& delivery);

// `bytes` under `name` as text when it is UTF-8, and under name_base64 always when `always_base64`, else only when it is not UTF-8.
void put_bytes(Json& record, const std::string& name, const std::string& bytes, bool always_base64);

}  // namespace hookctl::ui
