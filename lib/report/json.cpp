// The report as one JSON document. Whatever was left empty is null, so that a field is always there; text that is no UTF-8 gets U+FFFD
// where it does not fit, but exchanges, which are exact.
#include "base/json.hpp"

#include <nlohmann/json.hpp>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "report/writers.hpp"

namespace hookctl::report {

namespace {

using Json = nlohmann::ordered_json;

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

void put_bytes(Json& record, const std::string& name, const std::string& bytes) {
  if (is_utf8(bytes))
    record[name] = or_null(bytes);
  else
    record[name + "_base64"] = to_base64(bytes);
}

Json remedies_json(const std::vector<Remedy>& remedies) {
  Json all = Json::array();
  for (const Remedy& each : remedies) all.push_back({{"framework", each.framework}, {"lines", each.lines}});
  return all;
}

// The object that the text is; the text itself where it is none.
Json object_of(const std::string& text) {
  if (text.empty()) return nullptr;
  auto parsed = parse_json(text, "recipe");
  return parsed && parsed->is_object() ? std::move(*parsed) : Json(text);
}

Json exchange_json(const Exchange& exchange) {
  Json record;
  record["label"] = exchange.label;
  record["event"] = or_null(exchange.event);
  record["event_id"] = or_null(exchange.event_id);
  put_bytes(record, "request", exchange.request);
  record["request_size"] = exchange.request_size;
  put_bytes(record, "answer", exchange.answer);
  record["failure"] = or_null(exchange.failure);
  record["status"] = exchange.status == 0 ? Json(nullptr) : Json(exchange.status);
  record["duration_ms"] = exchange.duration_ms;
  return record;
}

Json finding_json(const Finding& finding) {
  Json record;
  record["id"] = finding.id;
  record["fingerprint"] = finding.fingerprint;
  record["rule"] = finding.rule;
  record["severity"] = severity_name(finding.severity);
  record["confidence"] = {
      {"shown", finding.confidence.shown}, {"tries", finding.confidence.tries}, {"confirmed", finding.confidence.confirmed()}};
  record["known"] = finding.known;
  record["summary"] = finding.summary;
  record["expected"] = finding.expected;
  record["seen"] = finding.seen;
  record["diff"] = or_null(finding.diff);
  record["event"] = or_null(finding.event);
  record["remedies"] = remedies_json(finding.remedies);
  record["command"] = or_null(finding.command);
  record["curl"] = or_null(finding.curl);
  record["exchanges"] = Json::array();
  for (const Exchange& each : finding.exchanges) record["exchanges"].push_back(exchange_json(each));
  record["log"] = finding.log;
  record["replay"] = or_null(finding.replay);
  record["places"] = finding.places;
  record["alike"] = finding.alike;
  record["limit"] = or_null(finding.limit);
  record["recipe"] = object_of(finding.recipe);
  const bool noted = finding.after_requests > 0;
  record["after_requests"] = noted ? Json(finding.after_requests) : Json(nullptr);
  record["after_ms"] = noted ? Json(finding.after_ms) : Json(nullptr);
  return record;
}

Json rule_json(const RuleResult& result) {
  const Rule& rule = result.rule;
  Json record;
  record["id"] = rule.id;
  record["group"] = rule.group();
  record["severity"] = severity_name(rule.severity);
  record["title"] = rule.title;
  record["verdict"] = verdict_name(result.verdict);
  record["reason"] = or_null(result.reason);
  record["findings"] = result.findings;
  record["requests"] = result.requests;
  record["duration_ms"] = result.duration_ms;
  record["what"] = rule.what;
  record["why"] = rule.why;
  record["source"] = or_null(rule.source);
  record["remedies"] = remedies_json(rule.remedies);
  return record;
}

Json earlier_json(const Earlier& earlier) {
  Json record;
  record["id"] = earlier.id;
  record["summary"] = earlier.summary;
  record["again"] = again_name(earlier.again);
  record["reason"] = or_null(earlier.reason);
  return record;
}

Json summary_json(const Report& report) {
  Json by_severity;
  for (const Severity each : {Severity::critical, Severity::high, Severity::medium, Severity::low, Severity::note})
    by_severity[severity_name(each)] = 0;
  std::size_t known = 0;
  std::size_t unconfirmed = 0;
  for (const Finding& each : report.findings) {
    by_severity[severity_name(each.severity)] = by_severity[severity_name(each.severity)].get<std::size_t>() + 1;
    known += each.known;
    unconfirmed += !each.confidence.confirmed();
  }
  Json record;
  for (const Verdict each : {Verdict::passed, Verdict::failed, Verdict::skipped}) record[verdict_name(each)] = report.count(each);
  record["findings"] = report.findings.size();
  record["known"] = known;
  record["unconfirmed"] = unconfirmed;
  record["by_severity"] = std::move(by_severity);
  return record;
}

}  // namespace

std::string write_json(const Report& report) {
  Json record;
  record["schema"] = "hookctl.report.v1";
  record["tool"] = report.tool;
  record["version"] = report.version;
  record["target"] = report.target;
  record["provider"] = report.provider;
  record["started_at"] = iso8601_ms(report.started_at);
  record["duration_ms"] = report.duration_ms;
  record["requests"] = report.requests;
  record["seed"] = std::to_string(report.seed);  // as text: readers that keep numbers as doubles would round it
  record["stopped"] = or_null(report.stopped);
  record["summary"] = summary_json(report);
  record["learnt"] = Json::array();
  for (const auto& [name, value] : report.learnt) record["learnt"].push_back({{"name", name}, {"value", value}});
  record["rules"] = Json::array();
  for (const RuleResult& each : report.rules) record["rules"].push_back(rule_json(each));
  record["findings"] = Json::array();
  for (const Finding& each : report.findings) record["findings"].push_back(finding_json(each));
  record["earlier"] = Json::array();
  for (const Earlier& each : report.earlier) record["earlier"].push_back(earlier_json(each));
  return to_text(record, true) + "\n";
}

}  // namespace hookctl::report
