// What a fuzz run tells and keeps of a failure holds no secret, in no spelling, whatever the endpoint answers.
#include <doctest/doctest.h>

#include "base/encoding.hpp"
#include "fuzz/record.hpp"
#include "fuzz_endpoint.hpp"

using namespace hookctl;
using fuzz::Case;
using report::Finding;
using test::FakeEndpoint;
using test::odd_case;
using test::StripeFuzz;

namespace {

const std::string kEvent = StripeFuzz::kEvent;

bool tried(test::FuzzCheck& check, const Case& wanted) {
  auto failed = check.pursuit().try_case(wanted);
  REQUIRE_MESSAGE(failed.ok(), (failed ? "" : failed.error().message));
  return *failed;
}

const Finding& only_finding(test::FuzzCheck& check) {
  REQUIRE(check.findings().size() == 1);
  return check.findings().front();
}

// Everything that stands in a record.
std::string text_of(const fuzz::Record& record) { return fuzz::write_record(record); }

// Every spelling of these bytes that somebody could read them from.
std::vector<std::string> spellings(const std::string& secret) {
  std::vector<std::string> out{secret, to_hex(secret), to_base64(secret), to_base64url(secret), percent_encode(secret)};
  std::string upper = to_hex(secret);
  for (char& c : upper) c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 32) : c;
  out.push_back(upper);
  return out;
}

}  // namespace

TEST_CASE("fuzz pursuit: neither a finding nor its record tells a secret") {
  for (const std::string provider : {"stripe", "standard-webhooks", "github"}) {
    CAPTURE(provider);
    test::FuzzCheck check(provider);
    check.subject.samples.resize(1);
    check.bench();
    std::vector<std::string> words;
    for (const Secret& secret : check.subject.keys.secrets) {
      const std::string text(secret.reveal());
      for (const std::string& word : spellings(text)) words.push_back(word);
      if (provider != "standard-webhooks") continue;  // of the others the text is the key
      const auto bytes = from_base64(text.substr(text.find('_') + 1));
      REQUIRE(bytes);
      for (const std::string& word : spellings(*bytes)) words.push_back(word);
    }
    std::string leak;
    for (const std::string& word : words) leak += word + "\n";
    // It says everything of what is odd: of a member that nobody knows, of what is no JSON.
    check.endpoint.first = [&](http::Request& request) -> std::optional<http::Response> {
      if (nlohmann::json::accept(request.body) && request.body.find("\"odd\"") == std::string::npos) return std::nullopt;
      http::Response out = FakeEndpoint::say(500, leak + request.body);
      out.headers.add("X-Key", words[1]);
      return out;
    };
    const std::string event = check.subject.samples[0].event;
    tried(check, odd_case(event, {{"", {check::Change::Op::add, "\"odd\":1"}, {}}}));
    // A mutator may have doubled what stood in an event: then the secret is in the change itself.
    Case doubled = odd_case(event);
    doubled.play.steps[0].splices.emplace_back().insert = words[0];
    tried(check, doubled);
    REQUIRE(check.kept.size() == 2);
    std::vector<std::string> texts;
    for (const fuzz::Record& record : check.kept) texts.push_back(text_of(record));
    for (const Finding& finding : check.findings()) {
      for (const std::string* text : {&finding.summary, &finding.expected, &finding.seen, &finding.diff, &finding.recipe, &finding.curl,
                                      &finding.replay, &finding.command})
        texts.push_back(*text);
      for (const report::Exchange& exchange : finding.exchanges) texts.push_back(exchange.request + "\n" + exchange.answer);
    }
    for (const std::string& text : texts) {
      for (const std::string& word : words)
        CHECK_MESSAGE(text.find(word) == std::string::npos, to_hex(word), " in ",
                      text.substr(text.find(word) < 200 ? 0 : text.find(word) - 200, 300));
    }
  }
}

TEST_CASE("fuzz pursuit: a secret in a change that nothing could make smaller is not kept") {
  StripeFuzz check;
  check.bench();
  check.endpoint.first = [](http::Request& request) -> std::optional<http::Response> {
    return nlohmann::json::accept(request.body) ? std::nullopt : std::optional(FakeEndpoint::say(500, "no JSON"));
  };
  const std::string secret(check.subject.keys.secrets.at(0).reveal());
  Case doubled = odd_case(kEvent);
  doubled.play.steps[0].splices.emplace_back().insert = secret;
  check.options.most_requests = check.bench().requests() + 4;  // no more than the confirmation takes
  CHECK(tried(check, doubled));
  CHECK(only_finding(check).recipe.find(secret) == std::string::npos);
  REQUIRE(check.kept.size() == 1);
  CHECK(text_of(check.kept[0]).find(secret) == std::string::npos);
}
