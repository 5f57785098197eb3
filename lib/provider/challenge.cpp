#include "provider/challenge.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "base/json_path.hpp"
#include "base/text.hpp"
#include "crypto/equal.hpp"
#include "crypto/mac.hpp"
#include "http/codec.hpp"
#include "provider/provider.hpp"
#include "provider/template.hpp"
#include "provider/template_json.hpp"
#include "signing/form.hpp"

namespace hookctl::provider {

namespace {

constexpr std::string_view kKeyed = "hmac_hex:secret:";

// Can it be told of this body what is not in it? Others may read what we cannot: compressed bytes, or JSON with a key twice.
bool is_legible(const http::Request& request) {
  return !request.headers.has("Content-Encoding") && (request.body.empty() || parse_json(request.body, "body").ok());
}

bool has_form(const http::Request& request) {
  const std::string_view type = request.headers.find("Content-Type").value_or("");
  return same_ignoring_case(trim_blanks(type.substr(0, type.find(';'))), "application/x-www-form-urlencoded") && !request.headers.has("Content-Encoding");
}

// The value of a key that stands once: of two, an endpoint may take the other.
std::optional<std::string> single_form_value(const http::Request& request, std::string_view key) {
  if (!has_form(request)) return std::nullopt;
  const auto pairs = signing::parse_form(request.body);
  const auto is_it = [&](const auto& pair) { return pair.first == key; };
  const auto found = std::find_if(pairs.begin(), pairs.end(), is_it);
  if (found == pairs.end() || std::any_of(found + 1, pairs.end(), is_it)) return std::nullopt;
  return found->second;
}

bool holds(const Condition& condition, const http::Request& request) {
  const auto value = place_value(request, condition.place);
  if (condition.is == Condition::Is::equal) return value == condition.value;
  if (condition.is == Condition::Is::present) return value.has_value();
  return !value && (!condition.place.starts_with("json:") || is_legible(request));
}

// An unsigned challenge that is known by its form holds nothing else: frameworks have many spellings of one key (a, a[], a.b).
bool has_alien_form_keys(const Challenge& challenge, const http::Request& request) {
  const auto of_form = [](const Condition& each) { return each.place.starts_with("form:"); };
  const auto known = std::count_if(challenge.when.begin(), challenge.when.end(), of_form);
  return known > 0 && !challenge.is_signed && std::cmp_greater(signing::parse_form(request.body).size(), known);
}

// {hmac_hex:secret:PLACE}: the HMAC-SHA256 of the value at a place, keyed with the secret's text.
std::optional<std::string> keyed_value(const http::Request& request, std::string_view place, const AnswerInputs& inputs) {
  const auto text = place_value(request, place);
  if (!text || inputs.secret == nullptr) return std::nullopt;
  auto mac = crypto::Mac::create(crypto::Hash::sha256, inputs.secret->reveal());
  if (!mac) return std::nullopt;
  mac->add(*text);
  return to_hex(mac->finish());
}

// Expands templates over a request and remembers the first name that had no value.
class Filler {
 public:
  Filler(const http::Request& request, const AnswerInputs& inputs) : request_(request), inputs_(inputs) {}

  std::optional<std::string> operator()(std::string_view name) {
    auto value = name.starts_with(kKeyed) ? keyed_value(request_, name.substr(kKeyed.size()), inputs_) : place_value(request_, name);
    if (!value && missing_.empty()) missing_ = name;
    return value;
  }
  std::string fill(std::string_view text, bool json = false) {
    const auto value = [this](std::string_view name) { return (*this)(name); };
    return (json ? expand_json(text, value) : expand(text, value)).value_or("");
  }
  http::Headers fill(const http::Headers& fields) {
    http::Headers filled;
    for (const http::Header& field : fields) filled.add(field.name, fill(field.value));
    return filled;
  }
  const std::string& missing() const { return missing_; }

 private:
  const http::Request& request_;
  const AnswerInputs& inputs_;
  std::string missing_{};
};

// A value of the request that became a header must not become two.
bool is_writable(const http::Headers& fields) {
  return std::none_of(fields.begin(), fields.end(), [](const http::Header& field) { return field.value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos; });
}

}  // namespace

std::optional<std::string> place_value(const http::Request& request, std::string_view place) {
  if (place.starts_with("query:")) {
    const std::size_t query = request.target.find('?');
    return query == std::string::npos ? std::nullopt : form_value(std::string_view(request.target).substr(query + 1), place.substr(6));
  }
  if (place.starts_with("form:")) return single_form_value(request, place.substr(5));
  if (auto text = request_value(request, place)) return text;
  if (!place.starts_with("json:")) return std::nullopt;
  const auto raw = json_raw_at(request.body, place.substr(5));
  return raw && *raw != "null" ? std::optional<std::string>(*raw) : std::nullopt;
}

const Challenge* match_challenge(const Provider& provider, const http::Request& request) {
  const auto found = std::find_if(provider.challenges.begin(), provider.challenges.end(), [&](const Challenge& each) {
    return !each.each_delivery && each.method == request.method &&
           std::all_of(each.when.begin(), each.when.end(), [&](const Condition& condition) { return holds(condition, request); }) &&
           !has_alien_form_keys(each, request);
  });
  return found == provider.challenges.end() ? nullptr : &*found;
}

const Challenge* every_delivery(const Provider& provider) {
  const auto found = std::find_if(provider.challenges.begin(), provider.challenges.end(), [](const Challenge& each) { return each.each_delivery; });
  return found == provider.challenges.end() ? nullptr : &*found;
}

Result<const Challenge*> find_challenge(const Provider& provider, const std::string& name) {
  if (provider.challenges.empty()) return usage_error("no challenge of " + provider.title + " is known", "'hookctl events " + provider.id + "' lists its events");
  std::vector<std::string> names;
  for (const Challenge& each : provider.challenges) {
    if (name.empty() || each.name == name) return &each;
    names.push_back(each.name);
  }
  return usage_error(provider.title + " has no challenge '" + printable(name) + "'", "there is " + join(names, ", "));
}

bool wrong_verify_token(const Challenge& challenge, const http::Request& request, const AnswerInputs& inputs) {
  if (challenge.verify_token.empty() || !inputs.verify_token) return false;
  const auto given = place_value(request, challenge.verify_token);
  return !given || !crypto::equal(*given, *inputs.verify_token);
}

Result<http::Response> make_answer(const AnswerForm& form, const http::Request& request, const AnswerInputs& inputs) {
  Filler filler(request, inputs);
  http::Response response;
  response.status = form.status;
  response.headers = filler.fill(form.headers);
  for (const http::Header& field : filler.fill(form.advised)) response.headers.add(field.name, field.value);
  response.body = filler.fill(form.body, form.body_is == AnswerForm::Body::json);
  if (filler.missing().starts_with(kKeyed) && inputs.secret == nullptr) return usage_error("the answer is made with the signing secret, and none was given", "add --secret S");
  if (!filler.missing().empty()) return usage_error("the request lacks '" + filler.missing() + "', which the answer is made of");
  if (!is_writable(response.headers)) return usage_error("a value of the request would break the answer's headers");
  if (!response.body.empty() && !response.headers.has("Content-Type")) {
    response.headers.add("Content-Type", form.body_is == AnswerForm::Body::json ? "application/json" : "text/plain; charset=utf-8");
  }
  return response;
}

Result<http::Response> answer(const Challenge& challenge, const http::Request& request, const AnswerInputs& inputs) {
  if (wrong_verify_token(challenge, request, inputs)) return http::json_answer(403, "wrong_verify_token", "the verify token is not the one that was agreed on");
  return make_answer(challenge.respond.front(), request, inputs);
}

}  // namespace hookctl::provider
