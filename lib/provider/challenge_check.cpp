// Judging an endpoint's answer to a challenge.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/text.hpp"
#include "provider/challenge.hpp"

namespace hookctl::provider {

namespace {

constexpr std::size_t kShown = 200;

std::string shown(std::string_view text) {
  if (text.size() <= kShown) return "'" + printable(text) + "'";
  return "'" + printable(text.substr(0, kShown)) + "…' (" + std::to_string(text.size()) + " bytes)";
}

bool looks_like_html(std::string_view body) {
  const std::string start = lower(trim(body).substr(0, 15));
  return start.starts_with("<!doctype html") || start.starts_with("<html");
}

std::string media_type(std::string_view value) { return lower(trim_blanks(value.substr(0, value.find(';')))); }

// Judges one response by one form; `wanted` is the answer that the form makes.
class Judge {
 public:
  Judge(const AnswerForm& form, const http::Response& wanted, const http::Response& got, bool secret) : form_(form), wanted_(wanted), got_(got), secret_(secret) {}

  AnswerCheck judge() {
    status();
    for (const http::Header& field : wanted_.headers) {
      if (form_.headers.has(field.name)) header(field, check_.problems, "expected");
      else if (form_.advised.has(field.name)) header(field, check_.advice, "better with");
    }
    for (const std::string& name : form_.without) {
      if (got_.headers.has(name)) check_.problems.push_back("expected no header '" + name + "'");
    }
    body();
    check_.taken = check_.problems.empty();
    return check_;
  }

 private:
  void status() {
    if (form_.any_success ? http::is_success(got_.status) : got_.status == form_.status) return;
    check_.problems.push_back("expected status " + (form_.any_success ? std::string("2xx") : std::to_string(form_.status)) + ", got " + std::to_string(got_.status));
  }

  void header(const http::Header& field, std::vector<std::string>& list, const std::string& word) {
    const auto value = got_.headers.find(field.name);
    const bool typed = same_ignoring_case(field.name, "Content-Type");
    if (value && (typed ? media_type(*value) == media_type(field.value) : *value == field.value)) return;
    const std::string wanted = secret_ ? "with the secret that was sent" : "'" + printable(typed ? media_type(field.value) : field.value) + "'";
    const std::string got = !value ? "none" : secret_ ? "another value" : shown(*value);
    list.push_back(word + " header '" + field.name + "' " + wanted + ", got " + got);
  }

  void body() {
    const std::string_view got = got_.body;
    const std::string_view want = wanted_.body;
    if (form_.body_is == AnswerForm::Body::text && got != want) text_differs(got, want);
    if (form_.body_is == AnswerForm::Body::holds && got.find(want) == std::string_view::npos) wrong_body("expected " + shown(want) + " in the body", got);
    if (form_.body_is == AnswerForm::Body::json) json(got, want);
  }

  void text_differs(std::string_view got, std::string_view want) {
    std::string cause;
    if (!want.empty() && trim(got) == want) cause = ": white space around it counts";
    else if (!want.empty() && trim(got) == "\"" + std::string(want) + "\"") cause = ": quotes around it (JSON) count";
    wrong_body(want.empty() ? "expected an empty body" : "expected the body " + shown(want), got, cause);
  }

  void wrong_body(const std::string& expected, std::string_view got, const std::string& cause = "") {
    const std::string what = got.empty() ? "an empty one" : looks_like_html(got) ? "an HTML page " + shown(got.substr(0, 60)) : shown(got);
    check_.problems.push_back(expected + ", got " + what + cause);
  }

  void json(std::string_view got, std::string_view want) {
    const auto wanted = parse_json(want, "answer");
    JsonLimits limits;
    limits.duplicate_keys = true;
    auto parsed = parse_json(got, "answer", limits);
    if (!wanted) return;  // it was made from a template that is JSON
    if (!parsed || !parsed->is_object()) return wrong_body("expected the JSON " + shown(want), got);
    for (const auto& [key, value] : wanted->items()) {
      const auto found = parsed->find(key);
      if (found != parsed->end() && *found == value) continue;
      check_.problems.push_back("expected '" + key + "' in the body to be " + printable(to_text(value)) + ", " + (found == parsed->end() ? "it is not there" : "got " + shown(to_text(*found))));
    }
  }

  const AnswerForm& form_;
  const http::Response& wanted_;
  const http::Response& got_;
  bool secret_;
  AnswerCheck check_{};
};

}  // namespace

Result<AnswerCheck> check_answer(const Challenge& challenge, const std::vector<AnswerForm>& forms, const http::Request& request,
                                 const AnswerInputs& inputs, const http::Response& response) {
  std::optional<AnswerCheck> nearest;
  for (const AnswerForm& form : forms) {
    const auto wanted = make_answer(form, request, inputs);
    if (!wanted) return wanted.error();
    AnswerCheck check = Judge(form, *wanted, response, !challenge.secret.empty()).judge();
    if (!nearest || (check.taken && !nearest->taken) || (check.taken == nearest->taken && check.problems.size() < nearest->problems.size())) nearest = std::move(check);
  }
  return nearest.value_or(AnswerCheck{true, {}, {}});
}

}  // namespace hookctl::provider
