// SARIF 2.1.0, in the subset that GitHub code scanning reads.
//
// Code scanning refuses the whole file when one result has no artifact location, when the location is an http URL ("did not match the
// checkout URI scheme") or empty, and it ignores originalUriBaseIds. An endpoint has no source file, so a result stands at "host/path" of
// the URL, a path relative to the repository that normally is no file of it: the alert then names the endpoint and marks no innocent line.
// The port is left out, as test servers change it and the path is part of an alert's identity. Code scanning reads no fingerprint but
// primaryLocationLineHash; the upload action works it out from a source file only, so ours is given there too.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "report/foreign_text.hpp"
#include "report/summary.hpp"
#include "report/writers.hpp"

namespace hookctl::report {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kDescription = 1000;  // bytes; code scanning takes 1024 characters

// Required texts may not be empty.
std::string some(std::string_view text, std::string_view otherwise) {
  const std::string_view chosen = trim(text).empty() ? otherwise : text;
  return trim(chosen).empty() ? "none" : shown(chosen, true);
}

std::string level(Severity severity) {
  if (severity == Severity::note) return "note";
  return severity == Severity::low ? "warning" : "error";
}

// Code scanning: over 9.0 critical, from 7.0 high, from 4.0 medium, above 0 low.
std::string security_severity(Severity severity) {
  constexpr const char* kScores[] = {"0.5", "3.0", "5.5", "8.0", "9.5"};
  return kScores[static_cast<std::size_t>(severity)];
}

// "signature/missing-header" as "SignatureMissingHeader".
std::string pascal_case(std::string_view id) {
  std::string out;
  bool begins = true;
  for (const char c : id) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter) out += begins && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    begins = !letter;
  }
  return out.empty() ? "Rule" : clipped(out, 200);
}

// "http://user@127.0.0.1:3000/hooks/a?b" as "127.0.0.1/hooks/a".
std::string place(std::string_view target) {
  if (const auto scheme = target.find("://"); scheme != std::string_view::npos) target.remove_prefix(scheme + 3);
  target = target.substr(0, target.find_first_of("?#"));
  const auto slash = std::min(target.find('/'), target.size());
  std::string_view host = target.substr(0, slash);
  if (const auto at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
  if (const auto colon = host.rfind(':'); colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos)
    host = host.substr(0, colon);
  std::string out;
  for (const char c : host) {
    if (c != '[' && c != ']') out += c == ':' ? '_' : c;
  }
  out = percent_encode(out);
  for (const std::string_view segment : split(target.substr(slash), "/")) {
    const std::string name = percent_decode(segment, false);
    if (name.empty() || name == "." || name == "..") continue;
    out += (out.empty() ? "" : "/") + percent_encode(name);
  }
  return out.empty() || out == "." || out == ".." ? "endpoint" : out;
}

Json text_json(std::string text) { return {{"text", std::move(text)}}; }

std::string help(const Rule& rule) {
  std::string out = some(rule.what, rule.title) + "\n";
  if (!rule.why.empty()) out += "\n" + shown(rule.why, true) + "\n";
  if (!rule.source.empty()) out += "\nSource: " + shown(rule.source) + "\n";
  for (const Remedy& each : rule.remedies) {
    out += "\nHow to fix (" + shown(each.framework) + "):\n\n";
    for (const std::string& line : each.lines) out += "    " + shown(line, true) + "\n";  // an indented block is code in markdown, too
  }
  return out;
}

Json rule_json(const Rule& rule) {
  Json record;
  record["id"] = some(rule.id, "rule");
  record["name"] = pascal_case(rule.id);
  record["shortDescription"] = text_json(clipped(some(rule.title, rule.id), kDescription));
  record["fullDescription"] = text_json(clipped(some(rule.what + (rule.why.empty() ? "" : " " + rule.why), rule.title), kDescription));
  const std::string words = some(help(rule), "no help");
  record["help"] = {{"text", words}, {"markdown", words}};
  record["defaultConfiguration"] = {{"level", level(rule.severity)}};
  record["properties"] = {{"tags", {"security", "webhook", some(rule.group(), "rule")}},
                          {"precision", "high"},
                          {"security-severity", security_severity(rule.severity)}};
  return record;
}

// Each rule once: the list may not hold equals.
Json rules_json(const Report& report) {
  Json rules = Json::array();
  std::set<std::string> seen;
  for (const RuleResult& each : report.rules) {
    Json rule = rule_json(each.rule);
    if (seen.insert(rule["id"].get<std::string>()).second) rules.push_back(std::move(rule));
  }
  return rules;
}

// A message as far as it is well-formed: what has no end of a head is a body.
struct Message {
  std::array<std::string, 3> start;  // the words of the first line, "" where one is missing
  Json headers = Json::object();
  std::string_view body;
};

Message parsed(std::string_view bytes) {
  Message message{{}, Json::object(), bytes};
  const auto end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) return message;
  message.body = bytes.substr(end + 4);
  auto lines = split(bytes.substr(0, end), "\r\n");
  std::string_view first = lines.front();
  for (std::size_t i = 0; i < 3; ++i) {
    const auto blank = i < 2 ? std::min(first.find(' '), first.size()) : first.size();
    message.start[i] = shown(first.substr(0, blank));
    first.remove_prefix(std::min(blank + 1, first.size()));
  }
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto colon = lines[i].find(':');
    if (colon == std::string_view::npos) continue;
    Json& value = message.headers[shown(lines[i].substr(0, colon))];
    const std::string more = shown(trim(lines[i].substr(colon + 1)));
    value = value.is_string() ? value.get<std::string>() + ", " + more : more;
  }
  return message;
}

Json content_json(std::string_view body) {
  const bool text = is_utf8(body) && body.find('\0') == std::string_view::npos;
  return text ? Json{{"text", body}} : Json{{"binary", to_base64(body)}};
}

void put_version(Json& record, const std::string& protocol) {
  const auto slash = protocol.find('/');
  if (slash == std::string::npos) return;
  record["protocol"] = protocol.substr(0, slash);
  record["version"] = protocol.substr(slash + 1);
}

Json request_json(const Exchange& exchange) {
  const Message message = parsed(exchange.request);
  Json record;
  put_version(record, message.start[2]);
  if (!message.start[1].empty()) record["target"] = message.start[1];
  if (!message.start[0].empty()) record["method"] = message.start[0];
  record["headers"] = message.headers;
  record["body"] = content_json(message.body);
  return record;
}

Json answer_json(const Exchange& exchange) {
  Json record;
  if (exchange.answer.empty()) {
    record["noResponseReceived"] = true;
    if (!exchange.failure.empty()) record["properties"] = {{"failure", shown(exchange.failure)}};
    return record;
  }
  const Message message = parsed(exchange.answer);
  put_version(record, message.start[0]);
  if (exchange.status > 0) record["statusCode"] = exchange.status;
  if (!message.start[2].empty()) record["reasonPhrase"] = message.start[2];
  record["headers"] = message.headers;
  record["body"] = content_json(message.body);
  return record;
}

// All exchanges of a finding go into the run's lists; what is returned names their places there.
Json put_exchanges(Json& run, const Finding& finding) {
  Json places = Json::array();
  for (const Exchange& each : finding.exchanges) {
    const std::size_t index = run["webRequests"].size();
    // The lists may not hold equals, so that each says which it is.
    const Json which = {
        {"exchange", shown(finding.id) + "/" + std::to_string(places.size() + 1)}, {"number", index}, {"label", shown(each.label)}};
    Json request = request_json(each);
    request["properties"] = which;
    Json answer = answer_json(each);
    answer["properties"].update(which);
    answer["properties"]["duration_ms"] = each.duration_ms;
    run["webRequests"].push_back(std::move(request));
    run["webResponses"].push_back(std::move(answer));
    places.push_back({{"label", shown(each.label)}, {"index", index}});
  }
  return places;
}

// "[words](destination)" would be a link, even in plain text.
std::string without_links(std::string text) {
  for (auto at = text.find("]("); at != std::string::npos; at = text.find("](", at)) text.insert(at + 1, " ");
  return text;
}

std::string message_text(const Finding& finding) {
  std::string out =
      some(finding.summary, finding.rule) + "\nexpected: " + shown(finding.expected, true) + "\nseen: " + shown(finding.seen, true);
  if (!repeat_command(finding).empty()) out += "\nto repeat: " + shown(repeat_command(finding), true);
  for (const auto& [label, words] : details(finding)) out += "\n" + std::string(label) + ": " + shown(words, true);
  return without_links(std::move(out));
}

Json location_json(const Report& report) {
  const Json region = {{"startLine", 1}, {"startColumn", 1}, {"endLine", 1}, {"endColumn", 1}};  // code scanning requires all four
  Json location;
  location["physicalLocation"] = {{"artifactLocation", {{"uri", place(report.target)}}}, {"region", region}};
  location["logicalLocations"] = Json::array({{{"fullyQualifiedName", some(report.target, "endpoint")}, {"kind", "resource"}}});
  return location;
}

// What only a fuzz run knows, where it does.
void put_details(Json& properties, const Finding& finding) {
  if (!finding.replay.empty()) properties["replay"] = shown(finding.replay, true);
  for (const std::string& place : finding.places) properties["places"].push_back(shown(place));
  if (finding.alike > 0) properties["alike"] = finding.alike;
  if (!finding.limit.empty()) properties["limit"] = shown(finding.limit);
  if (!finding.recipe.empty()) properties["recipe"] = shown(finding.recipe, true);
  if (finding.after_requests == 0) return;
  properties["after_requests"] = finding.after_requests;
  properties["after_ms"] = finding.after_ms;
}

Json earlier_json(const Report& report) {
  Json all = Json::array();
  for (const Earlier& each : report.earlier)
    all.push_back(
        {{"id", shown(each.id)}, {"summary", shown(each.summary)}, {"again", again_name(each.again)}, {"reason", shown(each.reason)}});
  return all;
}

Json result_json(const Report& report, const Finding& finding, Json& run) {
  Json record;
  record["ruleId"] = some(finding.rule, "rule");
  const Json& rules = run["tool"]["driver"]["rules"];
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (rules[i]["id"] == record["ruleId"]) record["ruleIndex"] = i;
  }
  record["level"] = finding.confidence.confirmed() ? level(finding.severity) : "note";
  record["message"] = text_json(message_text(finding));
  record["locations"] = Json::array({location_json(report)});
  record["partialFingerprints"] = {{"hookctl/v1", shown(finding.fingerprint)},
                                   {"primaryLocationLineHash", shown(finding.fingerprint) + ":1"}};
  if (finding.known)
    record["suppressions"] = Json::array({{{"kind", "external"}, {"status", "accepted"}, {"justification", "stands in the baseline"}}});
  if (const Exchange* trigger = trigger_of(finding)) {
    record["webRequest"] = request_json(*trigger);
    record["webResponse"] = answer_json(*trigger);
  }
  record["properties"] = {
      {"id", shown(finding.id)}, {"severity", severity_name(finding.severity)}, {"confidence", finding.confidence.text()}};
  record["properties"]["confirmed"] = finding.confidence.confirmed();
  record["properties"]["event"] = shown(finding.event);
  record["properties"]["diff"] = shown(finding.diff, true);
  record["properties"]["curl"] = shown(finding.curl, true);
  put_details(record["properties"], finding);
  record["properties"]["exchanges"] = put_exchanges(run, finding);
  return record;
}

Json invocation_json(const Report& report) {
  Json record;
  record["executionSuccessful"] = report.stopped.empty();
  record["startTimeUtc"] = iso8601_ms(report.started_at);
  record["endTimeUtc"] = iso8601_ms(report.started_at + report.duration_ms);
  if (!report.stopped.empty())
    record["toolExecutionNotifications"] = Json::array({{{"level", "error"}, {"message", text_json(shown(report.stopped, true))}}});
  return record;
}

// "hookctl-check/stripe/2026-01-31T12:00:00Z": all before the last slash is code scanning's category.
std::string automation_id(const Report& report) {
  std::string out = one_line(report.tool) + "/" + one_line(report.provider) + "/" + iso8601(report.started_at);
  std::replace(out.begin(), out.end(), ' ', '-');
  return out;
}

}  // namespace

std::string write_sarif(const Report& report) {
  Json run;
  run["tool"]["driver"] = {{"name", some(report.tool, "hookctl")}, {"version", some(report.version, "0")}, {"rules", rules_json(report)}};
  run["automationDetails"] = {{"id", automation_id(report)}};
  run["invocations"] = Json::array({invocation_json(report)});
  run["columnKind"] = "unicodeCodePoints";
  run["results"] = Json::array();
  run["webRequests"] = Json::array();
  run["webResponses"] = Json::array();
  for (const Finding& each : report.findings) {
    Json result = result_json(report, each, run);
    run["results"].push_back(std::move(result));
  }
  run["properties"] = {{"target", shown(report.target)},
                       {"provider", shown(report.provider)},
                       {"seed", std::to_string(report.seed)},
                       {"summary", summary_line(report)}};
  if (!report.earlier.empty()) run["properties"]["earlier"] = earlier_json(report);
  Json document;
  document["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json";
  document["version"] = "2.1.0";
  document["runs"] = Json::array({std::move(run)});
  return to_text(document, true) + "\n";
}

}  // namespace hookctl::report
