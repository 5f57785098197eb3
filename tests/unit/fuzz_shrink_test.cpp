// fuzz/shrink.hpp: smaller cases that still fail, by made-up failures.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "check/patches.hpp"
#include "fuzz/shrink.hpp"
#include "fuzz/shrink_trial.hpp"
#include "fuzz_cases.hpp"

using namespace hookctl;
using check::Expect;
using fuzz::Case;
using fuzz::Shrunk;

namespace {

constexpr std::size_t kMost = 60;

// Shrinks, and holds that nothing comes out that was not shown to fail and that it asked as often as it says.
Shrunk shrunk(const Case& failing, const std::function<bool(const Case&)>& fails, std::size_t most = kMost) {
  std::set<std::string> shown{fuzz::write_case(failing)};
  std::size_t asked = 0;
  const auto shows = [&](const Case& smaller) -> Result<bool> {
    ++asked;
    const bool fail = fails(smaller);
    if (fail) shown.insert(fuzz::write_case(smaller));
    return fail;
  };
  Shrunk out = fuzz::shrink(failing, shows, most).value();
  CHECK(shown.contains(fuzz::write_case(out.smallest)));
  CHECK(out.tries == asked);
  CHECK(asked <= most);
  return out;
}

check::Step survivor() {
  check::Step step;
  step.expect = Expect::survived;
  return step;
}

check::Patch put(const std::string& path, const std::string& text) {
  check::Patch patch;
  patch.path = path;
  patch.change.text = text;
  return patch;
}

Case one_step(check::Step step) {
  Case out;
  out.play.steps.push_back(std::move(step));
  return out;
}

bool has_patch(const Case& one, const std::string& path) {
  return std::any_of(one.play.steps.begin(), one.play.steps.end(), [&](const check::Step& step) {
    return std::any_of(step.patches.begin(), step.patches.end(), [&](const check::Patch& patch) { return patch.path == path; });
  });
}

}  // namespace

TEST_CASE("shrink: of many patches the two that fail together stay") {
  for (const auto& [x, y] : std::vector<std::pair<int, int>>{{0, 1}, {0, 99}, {41, 42}, {98, 99}, {13, 77}}) {
    check::Step step = survivor();
    for (int i = 0; i < 100; ++i) step.patches.push_back(put("p" + std::to_string(i), "null"));
    const std::string first = "p" + std::to_string(x), second = "p" + std::to_string(y);
    const Shrunk out = shrunk(one_step(step), [&](const Case& one) { return has_patch(one, first) && has_patch(one, second); });
    REQUIRE(out.smallest.play.steps.size() == 1);
    REQUIRE(out.smallest.play.steps[0].patches.size() == 2);
    CHECK(out.smallest.play.steps[0].patches[0].path == first);
    CHECK(out.smallest.play.steps[0].patches[1].path == second);
  }
}

TEST_CASE("shrink: a failure of plain steps loses all changes") {
  check::Step step = survivor();
  for (int i = 0; i < 20; ++i) step.patches.push_back(put("p" + std::to_string(i), "null"));
  step.splices.emplace_back().insert = "x";
  step.headers.add("X-A", "1");
  step.tampers.emplace_back().op = check::Tamper::Op::append_body;
  step.edits.emplace_back(event::UnsetValue{"a"});
  step.signing.shift_ms = 5;
  step.body = "{}";
  step.body_id = "x";
  step.wire.chunked = true;
  step.wire.pause_ms = 10;
  step.wait_ms = 100;
  Case many = one_step(step);
  many.play.steps.insert(many.play.steps.end(), 7, step);
  const Shrunk out = shrunk(many, [](const Case&) { return true; });
  CHECK(fuzz::write_case(out.smallest) == fuzz::write_case(one_step(survivor())));
  CHECK(out.limit.empty());
}

TEST_CASE("shrink: when nothing smaller fails, the case is as it was") {
  for (std::uint64_t seed = 0; seed < 25; ++seed) {
    const Case one = test::CaseMaker(seed).make();
    const Shrunk out = shrunk(
        one, [](const Case&) { return false; }, 200);
    CHECK(fuzz::write_case(out.smallest) == fuzz::write_case(one));
  }
}

TEST_CASE("shrink: the exact size from which on it fails") {
  for (const std::size_t limit : {2u, 3u, 100u, 32768u, 65537u}) {
    for (const std::size_t given : {65537u, 1'000'000u, 99'999u}) {
      check::Step step = survivor();
      check::Patch& patch = step.patches.emplace_back(put("title", "\"{*}\""));
      patch.repeat = check::Patch::Repeat{};
      patch.repeat->unit = "a";
      patch.repeat->times = given;
      step.patches.push_back(put("other", "1"));
      const auto fails = [&](const Case& one) {
        const auto& patches = one.play.steps[0].patches;
        return !patches.empty() && patches[0].repeat && patches[0].repeat->times >= limit;
      };
      const Shrunk out = shrunk(one_step(step), fails);
      CHECK(out.limit == "from " + std::to_string(limit) + " repeats on");
      REQUIRE(out.smallest.play.steps[0].patches.size() == 1);
      CHECK(out.smallest.play.steps[0].patches[0].repeat->times == limit);
    }
  }
}

TEST_CASE("shrink: a size that does not decide, and one for which the tries do not do, is no limit") {
  check::Step step = survivor();
  step.splices.emplace_back().insert = " ";
  step.splices[0].times = 1'000'000;
  const auto at_least = [](std::size_t limit) {
    return [limit](const Case& one) {
      return !one.play.steps[0].splices.empty() && one.play.steps[0].splices[0].times >= limit &&
             !one.play.steps[0].splices[0].insert.empty();
    };
  };
  const Shrunk any = shrunk(one_step(step), at_least(1));
  CHECK(any.limit.empty());
  CHECK(any.smallest.play.steps[0].splices[0].times == 1);
  CHECK(shrunk(one_step(step), at_least(70'000)).limit == "from 70000 repeats on");
  const Shrunk few = shrunk(one_step(step), at_least(70'000), 12);
  CHECK(few.limit.empty());
  CHECK(few.smallest.play.steps[0].splices[0].times >= 70'000);
  CHECK(few.smallest.play.steps[0].splices[0].times < 1'000'000);
}

TEST_CASE("shrink: a limit is that of the case that comes out") {
  // Chunks make it fail earlier; without them it takes more.
  check::Step step = survivor();
  step.splices.emplace_back().insert = "x";
  step.splices[0].times = 5000;
  step.wire.chunked = true;
  const auto fails = [](const Case& one) {
    const check::Step& first = one.play.steps[0];
    return !first.splices.empty() && !first.splices[0].insert.empty() && first.splices[0].times >= (first.wire.chunked ? 10u : 1000u);
  };
  const Shrunk out = shrunk(one_step(step), fails);
  const bool chunked = out.smallest.play.steps[0].wire.chunked;
  CHECK(out.limit == (chunked ? "from 10 repeats on" : "from 1000 repeats on"));
}

TEST_CASE("shrink: a race of eight becomes one of two") {
  check::Step step;
  step.id = "{a}";
  step.group = 3;
  Case race;
  race.play.steps.assign(8, step);
  race.play.effects.push_back({.id = "{a}", .at_least = 1, .at_most = 1});
  const auto in_group = [](const Case& one) {
    return std::count_if(one.play.steps.begin(), one.play.steps.end(), [](const check::Step& each) { return each.group == 3; });
  };
  const Shrunk out = shrunk(race, [&](const Case& one) { return in_group(one) >= 2; });
  CHECK(out.smallest.play.steps.size() == 2);
  CHECK(in_group(out.smallest) == 2);
  CHECK(out.smallest.play.effects.size() == 1);
  // One that fails alone is no race.
  const Shrunk alone = shrunk(race, [](const Case& one) { return !one.play.steps.empty(); });
  REQUIRE(alone.smallest.play.steps.size() == 1);
  CHECK(alone.smallest.play.steps[0].group == 0);
}

TEST_CASE("shrink: a flaky race ends, and what comes out has failed") {
  check::Step step;
  step.id = "{a}";
  step.group = 1;
  step.wire.pause_ms = 5;
  step.patches.push_back(put("a", "1"));
  Case race;
  race.play.steps.assign(8, step);
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    SeededRandom luck(seed);
    const Shrunk out = shrunk(
        race, [&](const Case& one) { return one.play.steps.size() >= 2 && luck.next() % 3 != 0; }, 500);
    CHECK(out.smallest.play.steps.size() >= 2);
    CHECK(out.tries < 400);
  }
}

TEST_CASE("shrink: replays follow what they replay") {
  Case one;
  for (const char* id : {"{a}", "{b}", "{c}", "{d}"}) one.play.steps.emplace_back().id = id;
  one.play.steps.emplace_back().replay_of = 2;
  one.play.steps.emplace_back().replay_of = 4;
  one.play.steps.emplace_back().id = "{e}";
  for (const char* id : {"{a}", "{b}", "{c}", "{d}", "{e}"}) one.play.effects.push_back({.id = id, .at_least = 1, .at_most = 1});
  const auto is_replay_of_c = [](const Case& smaller) {
    const auto& steps = smaller.play.steps;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (steps[i].replay_of) CHECK(*steps[i].replay_of < i);
    }
    return std::any_of(steps.begin(), steps.end(),
                       [&](const check::Step& step) { return step.replay_of && steps[*step.replay_of].id == "{c}"; });
  };
  const Shrunk out = shrunk(one, is_replay_of_c);
  REQUIRE(out.smallest.play.steps.size() == 2);
  CHECK(out.smallest.play.steps[0].id == "{c}");
  CHECK(out.smallest.play.steps[1].replay_of == 0);
  REQUIRE(out.smallest.play.effects.size() == 1);  // of what is not sent nothing is expected
  CHECK(out.smallest.play.effects[0].id == "{c}");
}

TEST_CASE("shrink: without the sound delivery no effect is due") {
  Case poisoned;
  poisoned.play.steps.emplace_back().id = "{a}";
  poisoned.play.steps[0].expect = Expect::refused;
  poisoned.play.steps[0].signing.sign = false;
  poisoned.play.steps.emplace_back().id = "{a}";
  poisoned.play.effects.push_back({.id = "{a}", .at_least = 1, .at_most = 1});
  bool asked = false;
  const Shrunk out = shrunk(poisoned, [&](const Case& one) {
    if (one.play.steps.size() > 1) return true;
    REQUIRE(one.play.effects.size() == 1);
    const bool forged_alone = one.play.steps[0].expect == Expect::refused;
    CHECK(one.play.effects[0].at_least == (forged_alone ? 0 : 1));
    asked = asked || forged_alone;
    return false;
  });
  CHECK(asked);
  CHECK(out.smallest.play.steps.size() == 2);
}

TEST_CASE("shrink: a step that must be refused keeps why") {
  check::Step forged = survivor();
  forged.expect = Expect::refused;
  forged.tampers.emplace_back().op = check::Tamper::Op::flip_signature;
  forged.headers.add("X-A", "1");
  forged.wire.chunked = true;
  forged.patches.push_back(put("a", "1"));
  const Shrunk out = shrunk(one_step(forged), [](const Case&) { return true; });
  const check::Step& left = out.smallest.play.steps[0];
  CHECK(left.tampers.size() == 1);
  CHECK(left.headers.size() == 1);
  CHECK(left.wire.chunked);
  CHECK(left.patches.empty());
  // Nor does a body go that may be the reason.
  check::Step broken;
  broken.expect = Expect::refused;
  broken.splices.emplace_back().insert = "}}";
  CHECK(shrunk(one_step(broken), [](const Case&) { return true; }).smallest.play.steps[0].splices.size() == 1);
}

TEST_CASE("shrink: values that must be accepted do not become others") {
  check::Step step;
  step.patches.push_back(put("amount", "1234"));
  step.patches.push_back(put("name", "\"Zoë\""));
  const auto both = [](const Case& one) { return one.play.steps[0].patches.size() == 2; };
  const Shrunk out = shrunk(one_step(step), both);
  CHECK(out.smallest.play.steps[0].patches[0].change.text == "1234");
  CHECK(out.smallest.play.steps[0].patches[1].change.text == "\"Zoë\"");
}

TEST_CASE("shrink: values get plainer") {
  const auto least = [](const std::string& text, const std::function<bool(const std::string&)>& fails) {
    check::Step step = survivor();
    step.patches.push_back(put("a", text));
    return shrunk(one_step(step),
                  [&](const Case& one) { return !one.play.steps[0].patches.empty() && fails(one.play.steps[0].patches[0].change.text); })
        .smallest.play.steps[0]
        .patches[0]
        .change.text;
  };
  const auto any = [](const std::string&) { return true; };
  CHECK(least("\"some text\"", any) == "\"\"");
  CHECK(least("\"some text\"", [](const std::string& text) { return text.size() > 2; }) == "\"s\"");
  CHECK(least("\"ab\xF0\x9F\x98\x80zz\"", [](const std::string& text) {
          return text.find("\xF0\x9F\x98\x80") != std::string::npos;
        }).size() <= 8);
  CHECK(least("123456", any) == "0");
  CHECK(least("123456", [](const std::string& text) { return text != "0"; }) == "1");
  CHECK(least("-77", [](const std::string& text) { return text.front() == '-'; }) == "-1");
  CHECK(least("1000", [](const std::string& text) { return std::stol(text) > 99; }) == "125");
  CHECK(least("1e400", [](const std::string& text) { return text != "0" && text != "1" && text != "-1"; }) == "1e400");
  CHECK(least("99999999999999999999", [](const std::string& text) { return text.size() > 4; }) == "19073");
  CHECK(least("[1, 2, 3, 4, 5]", any) == "[]");
  CHECK(least("[1, 2, 3, 4, 5]", [](const std::string& text) { return text.find('2') != std::string::npos; }) == "[1,2]");
  CHECK(least("{\"a\": 1}", any) == "{}");
  CHECK(least("not json", any) == "not json");
  CHECK(least("\"\\ud800\"", any) == "\"\\ud800\"");
  CHECK(least("\"{callback}\"", any) == "\"{callback}\"");
}

TEST_CASE("shrink: plainer values end") {
  SeededRandom random(3);
  static const std::string kLetters = "0123456789-+.eE\"\\[]{}:,a ";
  for (int i = 0; i < 3000; ++i) {
    std::string text = random_text(random, i % 2 == 0 ? kLetters : "0123456789-.eE", 1 + random.next() % 12);
    for (int hops = 0; hops < 200; ++hops) {
      const auto next = fuzz::plainer(text);
      if (next.empty()) break;
      CHECK(next.size() <= 4);
      text = next.back();  // the least plain of them: the longest way
      REQUIRE(hops < 100);
    }
  }
}

TEST_CASE("shrink: the way it is sent becomes plain, but for what it takes") {
  check::Step step = survivor();
  step.wire.chunked = true;
  step.wire.chunk = 3;
  step.wire.trailer = "A: b";
  step.wire.segments = 40;
  step.wire.pause_ms = 20;
  step.wire.header_case = check::WireStyle::Case::upper;
  step.wire.patience_ms = 900;
  const Shrunk out =
      shrunk(one_step(step), [](const Case& one) { return one.play.steps[0].wire.segments > 5 && one.play.steps[0].wire.chunked; });
  const check::WireStyle& wire = out.smallest.play.steps[0].wire;
  CHECK(wire.chunked);
  CHECK(wire.chunk == 0);
  CHECK(wire.trailer == "");
  CHECK(wire.segments == 10);
  CHECK(wire.pause_ms == 0);
  CHECK(wire.header_case == check::WireStyle::Case::kept);
  CHECK(wire.patience_ms == 900);
}

TEST_CASE("shrink: lures go with the places they were put to") {
  check::Step step = survivor();
  step.patches = {put("data.url", "\"{callback}\""), put("data.name", "\"x\"")};
  Case one = one_step(step);
  one.lures = {
      {.place = "data.url", .word = "", .fetch = true}, {.place = "data.name.first", .word = "42"}, {.place = "elsewhere", .word = "7"}};
  const Shrunk out = shrunk(one, [](const Case& smaller) { return has_patch(smaller, "data.url"); });
  REQUIRE(out.smallest.lures.size() == 2);
  CHECK(out.smallest.lures[0].place == "data.url");
  CHECK(out.smallest.lures[1].place == "elsewhere");  // never one of a patch
}

TEST_CASE("shrink: no case is asked about twice, most is kept, and the same questions are asked again") {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const Case one = test::CaseMaker(seed).make();
    const std::size_t most = seed % 80;
    std::vector<std::string> asked[2];
    for (auto& questions : asked) {
      SeededRandom luck(seed);
      shrunk(
          one,
          [&](const Case& smaller) {
            questions.push_back(fuzz::write_case(smaller));
            return luck.next() % 2 == 0;
          },
          most);
    }
    CHECK(asked[0] == asked[1]);
    CHECK(std::set<std::string>(asked[0].begin(), asked[0].end()).size() == asked[0].size());
    CHECK(!std::set<std::string>(asked[0].begin(), asked[0].end()).contains(fuzz::write_case(one)));
  }
}

TEST_CASE("shrink: it ends by itself, however often it may ask") {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    SeededRandom luck(seed);
    const Shrunk out = shrunk(
        test::CaseMaker(seed + 1000).make(), [&](const Case&) { return luck.next() % 2 == 0; }, 100'000);
    CHECK(out.tries < 5000);
  }
}

TEST_CASE("shrink: errors are passed on, and end it") {
  check::Step step = survivor();
  step.patches.assign(10, put("a", "1"));
  int asked = 0;
  const auto out = fuzz::shrink(
      one_step(step),
      [&](const Case&) -> Result<bool> {
        if (++asked == 3) return Error{ErrorKind::interrupted, "interrupted"};
        return false;
      },
      kMost);
  REQUIRE(!out.ok());
  CHECK(out.error().kind == ErrorKind::interrupted);
  CHECK(asked == 3);
  CHECK(fuzz::shrink(
            Case{}, [](const Case&) -> Result<bool> { return true; }, kMost)
            .value()
            .tries == 0);
}
