// check/patches.hpp: changes of a body as data.
#include <doctest/doctest.h>

#include "check/patches.hpp"

using namespace hookctl;
using check::Change;
using check::Patch;
using check::patched;
using check::Splice;
using check::Step;

namespace {

constexpr const char* kJson = "application/json";
constexpr const char* kForm = "application/x-www-form-urlencoded";
const std::string kBody = "{ \"a\": 1,\n  \"b\": [1, {\"c\":\"x\"}],\"d\":{} }";

Patch put(const std::string& path, const std::string& text) { return {path, {Change::Op::put, text}, {}}; }
Patch take_out(const std::string& path) { return {path, {Change::Op::take_out, ""}, {}}; }
Patch add(const std::string& path, const std::string& text) { return {path, {Change::Op::add, text}, {}}; }

std::string with(const std::vector<Patch>& patches, const std::vector<Splice>& splices = {}, const std::string& body = kBody,
                 const char* type = kJson) {
  Step step;
  step.patches = patches;
  step.splices = splices;
  const auto out = patched(step, type, body);
  return out ? *out : "error: " + out.error().message;
}

Splice splice(std::size_t at, std::size_t erase, const std::string& insert, std::size_t times = 1) { return {at, erase, insert, times}; }

}  // namespace

TEST_CASE("check patches: only the bytes of what is changed change") {
  CHECK(with({}) == kBody);
  CHECK(with({put("a", "null")}) == "{ \"a\": null,\n  \"b\": [1, {\"c\":\"x\"}],\"d\":{} }");
  CHECK(with({put("b[1].c", "[]")}) == "{ \"a\": 1,\n  \"b\": [1, {\"c\":[]}],\"d\":{} }");
  CHECK(with({add("d", "\"e\":2")}) == "{ \"a\": 1,\n  \"b\": [1, {\"c\":\"x\"}],\"d\":{\"e\":2} }");
  CHECK(with({put("", "[]")}) == "[]");
  CHECK(with({put("a", "not JSON }")}).find("not JSON }") != std::string::npos);
  const std::string without = with({take_out("d")});
  CHECK(without.find("\"d\"") == std::string::npos);
  CHECK(without.starts_with("{ \"a\": 1,\n  \"b\": [1, {\"c\":\"x\"}]"));
}

TEST_CASE("check patches: paths are those of the body as it was") {
  CHECK(with({put("nowhere", "1")}) == kBody);
  CHECK(with({put("b[7].c", "1")}) == kBody);
  CHECK(with({put("b[0]", "{\"z\":1}"), put("b[0].z", "2")}).find("\"z\":1") != std::string::npos);
  CHECK(with({take_out("b[0]"), put("b[1].c", "2")}).find("{\"c\":2}") != std::string::npos);  // not b[0].c
  CHECK(with({put("a", "1"), put("a", "2")}) == with({put("a", "2")}));
}

TEST_CASE("check patches: repeats are written out, and closed as often") {
  Patch patch = put("a", "\"<{*}>\"");
  CHECK(check::written(patch) == "\"<{*}>\"");
  patch.repeat = Patch::Repeat{"ab", "", 3};
  CHECK(check::written(patch) == "\"<ababab>\"");
  patch.change.text = "{*}";
  patch.repeat = Patch::Repeat{"[", "]", 3};
  CHECK(check::written(patch) == "[[[]]]");
  CHECK(with({patch}) == "{ \"a\": [[[]]],\n  \"b\": [1, {\"c\":\"x\"}],\"d\":{} }");
  patch.repeat->times = 0;
  CHECK(check::written(patch) == "");
  patch.change.text = "\"no mark\"";
  patch.repeat->times = 5;
  CHECK(check::written(patch) == "\"no mark\"");
  patch.change.text = "{*}{*}";  // the first alone
  patch.repeat = Patch::Repeat{"x", "", 2};
  CHECK(check::written(patch) == "xx{*}");
}

TEST_CASE("check patches: splices come after patches, one after the other") {
  CHECK(with({}, {splice(0, 1, "")}) == kBody.substr(1));
  CHECK(with({}, {splice(2, 0, "xy", 2)}) == "{ xyxy" + kBody.substr(2));
  CHECK(with({}, {splice(1'000, 5, "!")}) == kBody + "!");
  CHECK(with({}, {splice(3, static_cast<std::size_t>(-1), "")}) == kBody.substr(0, 3));
  CHECK(with({}, {splice(0, 0, "ab"), splice(1, 1, "")}) == "a" + kBody);
  CHECK(with({put("", "\"z\"")}, {splice(1, 1, "\xFF")}) == "\"\xFF\"");
  CHECK(with({}, {splice(0, 2, "x", 0)}) == kBody.substr(2));
  CHECK(with({}, {splice(0, 1, "x")}, "") == "x");
}

TEST_CASE("check patches: a form's values are decoded and encoded") {
  const std::string form = "From=%2B1555&Body=hello+you&Empty=";
  CHECK(with({put("Body", "\"a&b c\"")}, {}, form, kForm) != form);
  CHECK(with({put("Body", "\"a&b c\"")}, {}, form, kForm).starts_with("From=%2B1555&Body=a%26b"));
  CHECK(with({take_out("Body")}, {}, form, kForm) == "From=%2B1555&Empty=");
  CHECK(with({add("", "x=1")}, {}, form, kForm) == form + "&x=1");
}

TEST_CASE("check patches: what is neither JSON nor a form can only be spliced") {
  Step step;
  step.patches = {put("a", "1")};
  for (const auto& [type, body] : {std::pair<const char*, const char*>{"text/plain", "hello"}, {kJson, "{\"a\":"}, {kJson, ""}}) {
    const auto out = patched(step, type, body);
    REQUIRE_FALSE(out.ok());
    CHECK(out.error().kind == ErrorKind::usage);
  }
  CHECK(with({}, {splice(0, 1, "j")}, "hello", "text/plain") == "jello");
}

TEST_CASE("check patches: nothing grows beyond 64 MiB, nor does a sum run over") {
  constexpr std::size_t kHuge = static_cast<std::size_t>(-1);
  Patch patch = put("a", "\"{*}\"");
  for (const std::size_t times : {check::kLargestPatched, check::kLargestPatched + 1, kHuge / 2, kHuge}) {
    for (const char* close : {"", "y"}) {
      patch.repeat = Patch::Repeat{"x", close, times};
      CHECK(with({patch}).starts_with("error: "));
      CHECK(with({patch, patch, patch}).starts_with("error: "));
    }
    CHECK(with({}, {splice(0, 0, "xx", times)}).starts_with("error: "));
    CHECK(with({}, {splice(0, 0, "x", times), splice(0, 0, "x", times)}).starts_with("error: "));
  }
  patch.repeat = Patch::Repeat{"", "", check::kLargestPatched};  // the most that a case file may ask for
  CHECK(with({patch}).find("\"\"") != std::string::npos);
  CHECK(with({}, {splice(0, 0, "", check::kLargestPatched)}) == kBody);
  patch.repeat = Patch::Repeat{"x", "", 1'000'000};
  CHECK(with({patch}).size() == kBody.size() + 1'000'001);
}
