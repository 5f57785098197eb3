// Challenges: what a provider asks of an endpoint when a webhook is set up (is this URL yours?), and the answer it takes, as data.
// fixtures/README.md describes the JSON form; the names here are the same. Pure, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "http/message.hpp"

namespace hookctl::provider {

struct Provider;

// One entry of `when`: what must stand at a place of the request ("query:NAME", "header:NAME", "json:PATH", "form:KEY").
struct Condition {
  enum class Is { equal, present, absent };
  std::string place;
  Is is{Is::equal};
  std::string value{};  // where it must be equal
};

// An answer: what we give, and what the provider demands of anyone's. Values are templates over the request.
struct AnswerForm {
  enum class Body {
    any,    // we give none; whatever stands there is taken
    text,   // exactly this text
    holds,  // this text is somewhere in it
    json,   // these values in a JSON document, which may hold more; the template's strings are templates
  };
  int status{200};
  bool any_success{false};               // each 2xx will do; ours is `status`
  http::Headers headers{};               // demanded; of a Content-Type the parameters do not count
  http::Headers advised{};               // given by us, not insisted on
  std::vector<std::string> without{};    // fields that must not be there
  Body body_is{Body::any};
  std::string body{};
};

// The request that the provider makes.
struct ChallengeRequest {
  std::string event{};   // this fixture; otherwise:
  std::string method{};
  std::vector<std::pair<std::string, std::string>> query{};
  http::Headers headers{};  // add to or replace the provider's
  std::optional<std::string> body{};
  bool body_is_json{false};  // the template's strings are templates
  std::string secret{};      // it is signed with this word instead of the user's secret
};

struct Challenge {
  std::string name;
  std::string summary;
  std::string method{"POST"};
  std::vector<Condition> when{};  // all hold of it
  bool each_delivery{false};      // `when` says nothing: it is no handshake, but what every accepted delivery must be answered with
  bool recognise{false};          // `when` tells by itself whose request it is
  bool is_signed{false};          // like an event; a wrong signature is no challenge
  std::string verify_token{};     // place of a word agreed on beforehand, or ""
  std::string secret{};           // place of the secret that signs from then on, or ""
  std::string visit{};            // place of a URL that must be fetched to confirm, or ""
  std::vector<std::string> visit_hosts{};  // where that URL may lead ("sns.*.amazonaws.com")
  std::vector<AnswerForm> respond{AnswerForm{}};  // the first is ours; the provider takes any of them
  std::optional<AnswerForm> refuse{};             // what it demands when it signs wrongly to try the endpoint
  ChallengeRequest send{};
};

// What an answer may depend on beside the request.
struct AnswerInputs {
  const Secret* secret{nullptr};              // that {hmac_hex:secret:…} is keyed with
  std::optional<std::string> verify_token{};  // that the request's must be; nothing: any
};

// The value at a place of a request ("query:NAME", "header:NAME", "json:PATH", "form:KEY"); JSON that is no text as it is spelt.
// A form is read only where the Content-Type says so, and a key of it only where it stands once.
std::optional<std::string> place_value(const http::Request& request, std::string_view place);

// The first handshake of the provider that this request is, or null. That something is not in the JSON holds only of a body that is empty or
// could be read; an unsigned challenge that is known by keys of a form has no others.
const Challenge* match_challenge(const Provider& provider, const http::Request& request);
// What each accepted delivery of the provider is answered with, or null.
const Challenge* every_delivery(const Provider& provider);
// The challenge of that name. `usage` names those there are; "" is the first one.
Result<const Challenge*> find_challenge(const Provider& provider, const std::string& name);

// Does the request's verify token differ from the one in `inputs`? Compared in constant time.
bool wrong_verify_token(const Challenge& challenge, const http::Request& request, const AnswerInputs& inputs);

// The answer by this form. `usage` when the request lacks what the answer is made of, or when a secret is needed and there is none.
Result<http::Response> make_answer(const AnswerForm& form, const http::Request& request, const AnswerInputs& inputs);

// Our answer: 403 to a wrong verify token, else by the first form of `respond`. Errors as above.
Result<http::Response> answer(const Challenge& challenge, const http::Request& request, const AnswerInputs& inputs);

// What a provider thinks of an endpoint's answer.
struct AnswerCheck {
  bool taken{false};
  std::vector<std::string> problems{};  // "expected status 200, got 500"; of the form that comes nearest
  std::vector<std::string> advice{};    // what is taken, but not as advised
};

// Judges `response`, the answer to `request`, by `forms` (any will do). Values that hold the secret of Challenge::secret are not shown.
// Errors as of make_answer().
Result<AnswerCheck> check_answer(const Challenge& challenge, const std::vector<AnswerForm>& forms, const http::Request& request,
                                 const AnswerInputs& inputs, const http::Response& response);

}  // namespace hookctl::provider
