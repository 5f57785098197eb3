#include "provider/delivery_json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

namespace hookctl::provider {

namespace {

constexpr double kLongestS = 1e8;  // some three years

std::optional<std::int64_t> milliseconds(const Json& value) {
  if (!value.is_number()) return std::nullopt;
  const double seconds = value.get<double>();
  if (!(seconds >= 0 && seconds <= kLongestS)) return std::nullopt;
  return std::llround(seconds * 1000);
}

delivery::StatusSet read_statuses(Reader& reader, const std::string& key) {
  delivery::StatusSet set;
  for (const std::string& text : reader.texts(key)) {
    const auto range = delivery::parse_status_range(text);
    if (range) set.push_back(*range);
    else reader.fail(key, "statuses such as \"2xx\", \"429\" or \"500-504\"");
  }
  return set;
}

// ["timeout", "connection", "5xx", "429"]
delivery::Retried read_retried(Reader& reader) {
  delivery::Retried retried{false, false, {}};
  for (const std::string& text : reader.texts("retry_on")) {
    const auto range = delivery::parse_status_range(text);
    if (text == "timeout") retried.timeouts = true;
    else if (text == "connection") retried.connections = true;
    else if (range) retried.statuses.push_back(*range);
    else reader.fail("retry_on", "\"timeout\", \"connection\" or statuses such as \"5xx\"");
  }
  return retried;
}

void read_schedule(Reader& reader, DeliveryFacts& facts) {
  facts.schedule_known = reader.member("retry_after_s", false) != nullptr;
  facts.schedule_estimated = reader.flag("retry_estimate").value_or(false);
  reader.each("retry_after_s", [&](const Json& item, const std::string& where) {
    if (const auto gap = milliseconds(item)) facts.rules.gaps_ms.push_back(*gap);
    else reader.complain(where, "expected a number of seconds");
  });
}

void read_disabling(Reader& parent, DeliveryFacts& facts, Complaints& wrong) {
  const Json* object = parent.member("disable", false);
  if (object == nullptr) return;
  Reader reader(*object, parent.path("disable"), wrong);
  reader.expect_keys({"status", "failures", "after_s"});
  facts.rules.disabling = read_statuses(reader, "status");
  if (const auto failures = reader.number("failures")) {
    if (*failures >= 1 && *failures <= 1e6) facts.rules.disabling_failures = static_cast<int>(*failures);
    else reader.fail("failures", "a number from 1");
  }
  if (const Json* after = reader.member("after_s", false)) {
    facts.rules.disabling_after_ms = milliseconds(*after);
    if (!facts.rules.disabling_after_ms) reader.fail("after_s", "a number of seconds");
  }
}

}  // namespace

DeliveryFacts read_delivery(Reader& root, Complaints& wrong) {
  DeliveryFacts facts;
  const Json* object = root.member("delivery", false);
  if (object == nullptr) return facts;
  Reader reader(*object, root.path("delivery"), wrong);
  reader.expect_keys({"timeout_s", "max_body_bytes", "retry", "retry_after_s", "retry_estimate", "retry_on", "retry_headers", "success", "success_status", "final_status",
                      "redirects", "honours_retry_after", "refusing_header", "auto_disable", "disable", "source", "confidence"});
  facts.max_body_bytes = reader.number("max_body_bytes");
  facts.timeout_s = reader.number("timeout_s");
  if (facts.timeout_s && !(*facts.timeout_s > 0 && *facts.timeout_s <= 3600)) reader.fail("timeout_s", "a number of seconds, at most an hour");
  facts.retry = reader.text("retry");
  facts.success = reader.text("success");
  facts.auto_disable = reader.text("auto_disable");
  facts.source = reader.text("source");
  facts.confidence = reader.text("confidence");
  read_schedule(reader, facts);
  if (reader.member("success_status", false) != nullptr) facts.rules.success = read_statuses(reader, "success_status");
  if (reader.member("final_status", false) != nullptr) facts.rules.final_statuses = read_statuses(reader, "final_status");
  if (reader.member("retry_on", false) != nullptr) facts.rules.retried = read_retried(reader);
  const std::string redirects = reader.text("redirects");
  facts.rules.follow_redirects = redirects == "follow";
  if (!redirects.empty() && redirects != "follow" && redirects != "refuse") reader.fail("redirects", "\"follow\" or \"refuse\"");
  facts.rules.honours_retry_after = reader.flag("honours_retry_after").value_or(false);
  facts.rules.refusing_header = reader.text("refusing_header");
  facts.retry_headers = reader.headers("retry_headers");
  read_disabling(reader, facts, wrong);
  return facts;
}

}  // namespace hookctl::provider
