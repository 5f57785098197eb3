// Mutators of values, for all places of bodies of several providers: no value stays the same, the whole body is left alone, and what must
// not come back is not sent.
#include <doctest/doctest.h>

#include <set>

#include "check_subjects.hpp"
#include "fuzz/mutators.hpp"
#include "fuzz_bodies.hpp"

using namespace hookctl;
using namespace hookctl::fuzz;
using check::Body;
using check::Place;
using test::fuzz_body;
using test::main_path;
using test::mutated;
using test::times;
using test::with_patch;

namespace {

// What holds of whatever a mutator gives; `again` is from the same seed.
bool is_right(const Mutator& mutator, const Body& body, const Place& place, const Mutated& found, const Mutated& again, bool look) {
  const bool same = check::written(found.patch) == check::written(again.patch) && found.lure.has_value() == again.lure.has_value();
  const bool lured = !found.lure || (found.lure->place == place.path && found.lure->word.empty() == found.lure->fetch);
  const bool fetches = found.patch.change.text.find("{callback}") != std::string::npos;
  const bool placed = place.depth > 0 && !place.path.empty() && found.patch.path == place.path;
  return same && lured && placed && fetches == mutator.needs_listener && (!look || with_patch(body, found.patch) != body.text());
}

// Bodies of several providers, one of them a form.
const std::vector<Body>& sample_bodies() {
  static const std::vector<Body> kBodies = [] {
    std::vector<Body> out;
    out.push_back(fuzz_body());
    out.push_back(Body::read("application/x-www-form-urlencoded",
                             "text=Hello+world+again&token=a1b2c3d4&Amount=12.50&empty=&=x&url=https%3A%2F%2Fa.example")
                      .value());
    for (const std::string id : {"stripe", "github", "slack", "shopify"}) {
      const auto& samples = test::checked(id).subject.samples;
      for (std::size_t i = 0; i < samples.size(); i += samples.size() / 3 + 1) {
        auto body = Body::read(samples[i].media_type, samples[i].body);
        if (body) out.push_back(*std::move(body));
      }
    }
    return out;
  }();
  return kBodies;
}

}  // namespace

TEST_CASE("mutators: where they do not fit they give nothing") {
  const Body body = fuzz_body();
  const std::vector<std::pair<std::string, std::string>> rows{{"null", "note"},
                                                              {"empty-array", "tags"},
                                                              {"empty-object", "empty"},
                                                              {"negated", "title"},
                                                              {"id-for-object", "lines"},
                                                              {"id-for-object", "empty"},
                                                              {"object-for-id", "title"},
                                                              {"number-0", "title"},
                                                              {"number-0", "created"},
                                                              {"number-1.5", "owner"},
                                                              {"date-epoch", "price"},
                                                              {"date-epoch", "amount"},
                                                              {"date-month-13", "created"},
                                                              {"date-month-13", "ts"},
                                                              {"date-seconds", "created"},
                                                              {"date-milliseconds", "updated"},
                                                              {"date-milliseconds", "updated_at"},
                                                              {"text-256", "status"},
                                                              {"text-1000", "updated_at"},
                                                              {"text-nul", "amount"},
                                                              {"word-unknown", "title"},
                                                              {"word-sibling", "status"},
                                                              {"extra-object", "metadata"},
                                                              {"extra-object", "empty"},
                                                              {"extra-text", "lines"},
                                                              {"proto-member", "title"},
                                                              {"name-proto", "title"},
                                                              {"key-twice", "labels[0]"},
                                                              {"array-1000", "tags"},
                                                              {"array-with-null", "tags"},
                                                              {"shell", "status"},
                                                              {"shell", "updated_at"},
                                                              {"url-callback", "title"},
                                                              {"url-callback", "customer"},
                                                              {"xml-entity", "title"},
                                                              {"nosql-gt", "title"},
                                                              {"url-malformed", "site"},
                                                              {"email-odd", "customer"},
                                                              {"nested-100", "title"},
                                                              {"slow-a", "status"}};
  for (const auto& [name, path] : rows) {
    const std::string what = name + " of " + path;
    CHECK_MESSAGE(!mutated(name, body, main_path(path)), what);
  }
}

TEST_CASE("mutators: a value that is so already is left alone") {
  const std::vector<std::pair<std::string, std::string>> rows{{"empty-text", "\"\""},
                                                              {"empty-array", "[ ]"},
                                                              {"array-null", "[ null ]"},
                                                              {"number-0", "0.0"},
                                                              {"number-0", "0"},
                                                              {"number-1.5", "1.50"},
                                                              {"number-minus-0", "-0"},
                                                              {"number-1e400", "1e400"},
                                                              {"number-1", "\"1.0\""},
                                                              {"number-for-text", "12345"},
                                                              {"text-256", "\"" + std::string(256, 'a') + "\""},
                                                              {"text-256", "\"" + std::string(255, 'a') + "\\u0061\""},
                                                              {"blank-text", "\"\\u0020\""},
                                                              {"slow-a", "\"" + std::string(50, 'a') + "!\""},
                                                              {"nested-100", std::string(100, '[') + std::string(100, ']')}};
  for (const auto& [name, value] : rows) {
    const Body body = Body::read("application/json", "{\"title\": " + value + ", \"b\": 1}").value();
    const std::string what = name + " of " + value.substr(0, 40);
    CHECK_MESSAGE(!mutated(name, body, "title"), what);
  }
  const Body zero = Body::read("application/json", "{\"count\": 0}").value();
  CHECK(mutated("number-minus-0", zero, "count"));
}

TEST_CASE("mutators: of no place the same, of the whole body nothing, the same for the same seed") {
  REQUIRE(sample_bodies().size() > 8);
  for (const Body& body : sample_bodies()) {
    for (const Mutator& mutator : mutators()) {
      SeededRandom first(11);
      SeededRandom second(11);
      std::size_t patched = 0;
      for (const Place& place : body.places()) {
        const auto found = mutator.of(body, place, first);
        const auto again = mutator.of(body, place, second);
        const bool right =
            found.has_value() == again.has_value() && (!found || is_right(mutator, body, place, *found, *again, patched++ < 6));
        if (!right) FAIL_CHECK(std::string(mutator.name), " of ", place.path);
      }
    }
  }
}

TEST_CASE("mutators: bodies of JSON stay JSON") {
  const std::set<std::string_view> deep{"nested-1000", "nested-objects-1000", "nested-20000", "nested-objects-20000"};
  const Body body = fuzz_body();
  SeededRandom random(3);
  for (const Mutator& mutator : mutators()) {
    for (const Place& place : body.places()) {
      const auto found = mutator.of(body, place, random);
      if (!found || deep.contains(mutator.name)) continue;
      CHECK_MESSAGE(Body::read("application/json", with_patch(body, found->patch)).ok(), std::string(mutator.name), place.path);
    }
  }
}

TEST_CASE("mutators: of a form only texts are put") {
  const Body form = sample_bodies()[1];
  const auto after = [&](const char* name, const char* path) {
    const auto found = mutated(name, form, path);
    return found ? with_patch(form, found->patch) : std::string("nothing");
  };
  const std::string rest = "&token=a1b2c3d4&Amount=12.50&empty=&=x&url=https%3A%2F%2Fa.example";
  CHECK(after("removed", "text") == rest.substr(1));
  CHECK(after("empty-text", "text") == "text=" + rest);
  CHECK(after("text-nul", "text") == "text=Hello%20world%20again%00b" + rest);
  CHECK(after("text-256", "text") == "text=" + std::string(256, 'a') + rest);
  CHECK(after("number-0", "Amount").find("&Amount=0&") != std::string::npos);
  for (const char* name :
       {"null", "number-for-text", "object-for-text", "in-array", "boolean-for-value", "text-high-surrogate", "key-twice"})
    CHECK_MESSAGE(after(name, "text") == "nothing", name);
  CHECK(after("nosql-gt", "token") == "nothing");
}

TEST_CASE("mutators: what must not come back was never sent, and each place has a product of its own") {
  std::size_t made = 0;
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    SeededRandom random(seed);
    for (const Body& body : sample_bodies()) {
      for (const Mutator& mutator : mutators()) {
        check::Step step;
        std::set<std::string> here;
        std::size_t lures = 0;
        for (std::size_t i = 1; i < body.places().size() && lures < 8; ++i) {
          const auto found = mutator.of(body, body.places()[i], random);
          if (!found || !found->lure || found->lure->word.empty()) continue;
          step.patches.push_back(found->patch);
          here.insert(found->lure->word);
          ++lures;
        }
        made += lures;
        CHECK(here.size() == lures);
        if (lures == 0) continue;
        const std::string sent =
            check::patched(step, body.is_form() ? "application/x-www-form-urlencoded" : "application/json", body.text()).value();
        for (const std::string& word : here) CHECK_MESSAGE(sent.find(word) == std::string::npos, word);
      }
    }
  }
  CHECK(made > 1'000);
}

TEST_CASE("mutators: long texts are kept in part, between characters") {
  const std::string euro = "\xE2\x82\xAC";
  const Body body = Body::read("application/json", "{\"title\": \"" + times(euro, 1'000) + " a b\"}").value();
  const auto found = mutated("sql-quote", body, "title").value();
  CHECK(found.patch.change.text == "\"" + times(euro, 333) + "'\"");
}
