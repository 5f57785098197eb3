// Filters: what they accept and what they match.
#include <doctest/doctest.h>

#include "store/filter.hpp"
#include "store_scratch.hpp"

using namespace hookctl;
using namespace hookctl::store;

namespace {

bool match(const std::string& text, std::optional<int> status = 200) {
  auto filter = parse_filter(text);
  REQUIRE_MESSAGE(filter.ok(), text);
  return matches(*filter, sample(), status);
}

Error refusal(const std::string& text) {
  auto filter = parse_filter(text);
  REQUIRE_MESSAGE(!filter, text);
  CHECK(filter.error().kind == ErrorKind::usage);
  return filter.error();
}

}  // namespace

TEST_CASE("an empty filter matches everything") {
  CHECK(match(""));
  CHECK(match("  , "));
}

TEST_CASE("every key looks at its own value") {
  for (const char* term : {"provider=stripe", "event=invoice.*", "id=evt_?", "verdict=valid", "code=", "method=POST", "path=/hooks",
                           "status=2*", "remote=127.0.0.1:*"}) {
    CAPTURE(term);
    CHECK(match(term));
    auto negated = std::string(term);
    negated.insert(negated.find('='), "!");
    CHECK_FALSE(match(negated));
  }
  for (const char* term : {"provider=github", "event=invoice", "id=evt_", "verdict=invalid", "code=?*", "method=GET", "path=/hooks?a=1",
                           "status=4*", "remote=10.*"}) {
    CAPTURE(term);
    CHECK_FALSE(match(term));
  }
}

TEST_CASE("all terms must hold, separated by spaces or commas") {
  CHECK(match("provider=stripe event=invoice.paid,verdict=valid"));
  CHECK_FALSE(match("provider=stripe, event=charge.*"));
  CHECK(match("event!=charge.* event!=customer.*"));
}

TEST_CASE("letter case counts only where it means something") {
  CHECK(match("method=post provider=Stripe verdict=VALID"));
  CHECK_FALSE(match("event=Invoice.paid"));
}

TEST_CASE("status none is a request without an answer") {
  CHECK(match("status=none", std::nullopt));
  CHECK_FALSE(match("status=2*", std::nullopt));
  CHECK(match("status!=2*", std::nullopt));
  CHECK_FALSE(match("status=none", 500));
  CHECK(needs_status(*parse_filter("event=x status=500")));
  CHECK_FALSE(needs_status(*parse_filter("event=x")));
}

TEST_CASE("a wrong term is named, a misspelt key corrected") {
  const auto misspelt = refusal("event=x privider=stripe");
  CHECK(misspelt.message.find("'privider'") != std::string::npos);
  CHECK(misspelt.hint == "did you mean 'provider'?");
  CHECK(refusal("zzzzzzzz=1").hint.find("the keys are provider, event") == 0);
  CHECK(refusal("invoice.paid").message == "filter term 'invoice.paid' has no '='");
  CHECK(refusal("=x").message.find("''") != std::string::npos);
  CHECK(refusal("!=x").message.find("''") != std::string::npos);
}
