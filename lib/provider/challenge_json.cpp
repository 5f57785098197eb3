#include "provider/challenge_json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/json_path.hpp"
#include "provider/template.hpp"
#include "provider/template_json.hpp"

namespace hookctl::provider {

namespace {

bool is_place(const std::string& text) {
  static constexpr std::string_view kKinds[] = {"query:", "header:", "form:", "json:"};
  const auto kind = std::find_if(std::begin(kKinds), std::end(kKinds), [&](std::string_view each) { return text.starts_with(each); });
  if (kind == std::end(kKinds) || text.size() == kind->size()) return false;
  return *kind != "json:" || parse_path(text.substr(kind->size())).ok();
}

constexpr const char* kPlace = "query:NAME, header:NAME, form:KEY or json:PATH";

// Complains about a placeholder in `text` (of `json`: in its strings) that `known` does not know.
void check_names(Reader& reader, const std::string& key, const std::string& text, bool json, bool (*known)(const std::string& name)) {
  std::string unknown;
  const auto visit = [&](std::string_view name) -> std::optional<std::string> {
    if (unknown.empty() && !known(std::string(name))) unknown = name;
    return "";
  };
  static_cast<void>(json ? expand_json(text, visit) : expand(text, visit));
  if (!unknown.empty()) reader.fail(key, "nothing will ever fill {" + unknown + "}", false);
}

bool is_answer_name(const std::string& name) {
  static constexpr std::string_view kKeyed = "hmac_hex:secret:";
  return is_place(name.starts_with(kKeyed) ? name.substr(kKeyed.size()) : name);
}

bool is_send_name(const std::string& name) { return name == "secret" || name == "verify_token" || !template_fault("{" + name + "}", TemplateUse::compose); }

http::Headers read_headers(Reader& reader, const std::string& key, bool (*known)(const std::string& name)) {
  http::Headers fields = reader.headers(key);
  for (const http::Header& field : fields) check_names(reader, key, field.value, false, known);
  return fields;
}

std::string read_place(Reader& reader, const std::string& key) {
  const std::string place = reader.text(key);
  if (!place.empty() && !is_place(place)) reader.fail(key, kPlace);
  return place;
}

void read_when(Reader& challenge, Challenge& into, Complaints& wrong) {
  const Json* object = challenge.member("when", true);
  if (object == nullptr) return;
  Reader reader(*object, challenge.path("when"), wrong);
  into.each_delivery = object->empty();
  if (const std::string method = reader.text("method"); !method.empty()) into.method = method;
  if (!object->is_object()) return;
  for (const auto& [place, value] : object->items()) {
    if (place == "method") continue;
    if (!is_place(place)) reader.fail(place, std::string("no such key; it is method, ") + kPlace, false);
    else if (value.is_string()) into.when.push_back({place, Condition::Is::equal, value.get<std::string>()});
    else if (value.is_boolean()) into.when.push_back({place, value.get<bool>() ? Condition::Is::present : Condition::Is::absent});
    else reader.fail(place, "a string, or true (it is there) or false (it is not)");
  }
}

// "body" is a text, "json" a document whose strings are templates; a form may say one thing of a body.
template <typename Take>
void read_body(Reader& reader, const std::vector<std::string>& keys, Take take) {
  std::string taken;
  for (const std::string& key : keys) {
    const Json* value = reader.member(key, false);
    if (value == nullptr) continue;
    if (!taken.empty()) reader.fail(key, "there is a '" + taken + "' beside it, one of them is enough", false);
    taken = key;
    if (key != "json" && !value->is_string()) reader.fail(key, "a string");
    else take(key, key == "json" ? to_text(*value) : value->get<std::string>());
  }
}

void read_status(Reader& reader, AnswerForm& form) {
  const Json* status = reader.member("status", false);
  if (status == nullptr) return;
  form.any_success = *status == "2xx";
  if (form.any_success) return;
  const bool fits = status->is_number_integer() && status->get<std::int64_t>() >= 200 && status->get<std::int64_t>() <= 599;
  if (fits) form.status = status->get<int>();
  else reader.fail("status", "a number from 200 to 599, or \"2xx\"");
}

AnswerForm read_form(const Json& item, const std::string& where, Complaints& wrong) {
  Reader reader(item, where, wrong);
  reader.expect_keys({"status", "headers", "advised", "without", "body", "holds", "json"});
  AnswerForm form;
  read_status(reader, form);
  form.headers = read_headers(reader, "headers", is_answer_name);
  form.advised = read_headers(reader, "advised", is_answer_name);
  form.without = reader.texts("without");
  read_body(reader, {"body", "holds", "json"}, [&](const std::string& key, std::string text) {
    form.body_is = key == "body" ? AnswerForm::Body::text : key == "holds" ? AnswerForm::Body::holds : AnswerForm::Body::json;
    check_names(reader, key, text, key == "json", is_answer_name);
    form.body = std::move(text);
  });
  return form;
}

// One form, or a list of them.
std::vector<AnswerForm> read_forms(Reader& challenge, Complaints& wrong) {
  const Json* value = challenge.member("respond", false);
  if (value == nullptr) return {AnswerForm{}};
  if (!value->is_array()) return {read_form(*value, challenge.path("respond"), wrong)};
  std::vector<AnswerForm> forms;
  challenge.each("respond", [&](const Json& item, const std::string& where) { forms.push_back(read_form(item, where, wrong)); });
  if (forms.empty()) challenge.fail("respond", "at least one answer");
  return forms;
}

ChallengeRequest read_send(Reader& challenge, Complaints& wrong) {
  ChallengeRequest send;
  const Json* object = challenge.member("send", true);
  if (object == nullptr) return send;
  Reader reader(*object, challenge.path("send"), wrong);
  reader.expect_keys({"event", "method", "query", "headers", "body", "json", "secret"});
  send.event = reader.text("event");
  send.method = reader.text("method");
  const http::Headers query = read_headers(reader, "query", is_send_name);
  for (const http::Header& pair : query) send.query.emplace_back(pair.name, pair.value);
  send.headers = read_headers(reader, "headers", is_send_name);
  send.secret = reader.text("secret");
  read_body(reader, {"event", "body", "json"}, [&](const std::string& key, std::string text) {
    if (key == "event") return;
    check_names(reader, key, text, key == "json", is_send_name);
    send.body_is_json = key == "json";
    send.body = std::move(text);
  });
  return send;
}

void read_visit(Reader& challenge, Challenge& into, Complaints& wrong) {
  const Json* object = challenge.member("visit", false);
  if (object == nullptr) return;
  Reader reader(*object, challenge.path("visit"), wrong);
  reader.expect_keys({"url", "hosts"});
  into.visit = read_place(reader, "url");
  into.visit_hosts = reader.texts("hosts");
  if (into.visit_hosts.empty()) reader.fail("hosts", "the hosts that the URL may lead to");
}

Challenge read_challenge(const Json& item, const std::string& where, Complaints& wrong) {
  Reader reader(item, where, wrong);
  reader.expect_keys({"name", "summary", "when", "recognise", "signed", "verify_token", "secret", "visit", "respond", "refuse", "send"});
  Challenge challenge;
  challenge.name = reader.text("name", true);
  challenge.summary = reader.text("summary", true);
  read_when(reader, challenge, wrong);
  challenge.recognise = reader.flag("recognise").value_or(false);
  challenge.is_signed = reader.flag("signed").value_or(false);
  challenge.verify_token = read_place(reader, "verify_token");
  challenge.secret = read_place(reader, "secret");
  read_visit(reader, challenge, wrong);
  challenge.respond = read_forms(reader, wrong);
  if (const Json* refuse = reader.member("refuse", false)) challenge.refuse = read_form(*refuse, reader.path("refuse"), wrong);
  challenge.send = read_send(reader, wrong);
  if (challenge.send.method.empty()) challenge.send.method = challenge.method;
  return challenge;
}

}  // namespace

std::vector<Challenge> read_challenges(Reader& root, Complaints& wrong) {
  std::vector<Challenge> challenges;
  root.each("challenges", [&](const Json& item, const std::string& where) { challenges.push_back(read_challenge(item, where, wrong)); });
  return challenges;
}

}  // namespace hookctl::provider
