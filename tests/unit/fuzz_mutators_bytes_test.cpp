// Texts, bodies' bytes, ways to send and signatures, changed at random: always another one, never more than is promised.
#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <set>

#include "base/text.hpp"
#include "check_subjects.hpp"
#include "fuzz/mutators.hpp"
#include "fuzz_bodies.hpp"

using namespace hookctl;
using namespace hookctl::fuzz;
using check::Splice;
using check::Tamper;
using check::WireStyle;

namespace {

constexpr std::size_t kTries = 10'000;

std::string applied(const std::string& body, const std::vector<Splice>& splices) {
  check::Step step;
  step.splices = splices;
  return check::patched(step, "application/json", body).value();
}

std::string told(const std::vector<Splice>& splices) {
  std::string out;
  for (const Splice& splice : splices)
    out += std::to_string(splice.at) + "," + std::to_string(splice.erase) + "," + splice.insert + "," + std::to_string(splice.times) + ";";
  return out;
}

std::string told(const Tamper& tamper) {
  return std::to_string(static_cast<int>(tamper.op)) + " " + tamper.name + " " + tamper.text + " " + std::to_string(tamper.number);
}

std::string told(const WireStyle& style) {
  return std::to_string(style.chunked) + " " + std::to_string(style.chunk) + " " + style.trailer + " " + std::to_string(style.segments) +
         " " + std::to_string(style.pause_ms) + " " + std::to_string(style.expect_continue) + " " +
         std::to_string(static_cast<int>(style.header_case));
}

const std::vector<std::string> kSeeds{
    "", "a", "Hello world again", "12", "\xC3\xA9", "a\xF0\x9F\x98\x80 7 \xE2\x82\xAC", "\xFF\x80\x80\x80\x80\x80", std::string(3, '\0')};

}  // namespace

TEST_CASE("mutated texts: always others, the same for the same seed") {
  for (const std::string& text : kSeeds) {
    std::set<std::string> seen;
    std::size_t same = 0;
    for (std::size_t seed = 0; seed < kTries / 4; ++seed) {
      SeededRandom first(seed);
      SeededRandom second(seed);
      const std::string out = mutated_text(text, first);
      same += out == text || out != mutated_text(text, second) ? 1 : 0;
      seen.insert(out);
    }
    CHECK_MESSAGE(same == 0, text);
    CHECK_MESSAGE(seen.size() > 200, text);
  }
}

TEST_CASE("mutated texts: every kind of change is made, and most of a long text stays") {
  const std::string text = "The invoice 4711 of 3 \xE2\x82\xAC is paid, thank you. " + test::times("More words follow. ", 20);
  struct Kind {
    const char* name;
    std::function<bool(const std::string&)> shows;
  };
  const auto holds = [](std::string part) {
    return [part = std::move(part)](const std::string& out) { return out.find(part) != std::string::npos; };
  };
  const std::vector<Kind> kinds{{"shorter", [&](const std::string& out) { return out.size() < text.size() && is_utf8(out); }},
                                {"much longer", [&](const std::string& out) { return out.size() > text.size() + 200; }},
                                {"as long, in another order", [&](const std::string& out) { return out.size() == text.size(); }},
                                {"cut in a character", [](const std::string& out) { return !is_utf8(out); }},
                                {"a whole text", [](const std::string& out) { return is_utf8(out); }},
                                {"a long number", holds("9007199254740993")},
                                {"NUL", holds(std::string(1, '\0'))},
                                {"U+202E", holds("\xE2\x80\xAE")},
                                {"emoji", holds("\xF0\x9F\x98\x80")}};
  std::map<std::string, std::size_t> counts;
  std::size_t longest = 0;
  SeededRandom random(17);
  for (std::size_t i = 0; i < kTries; ++i) {
    const std::string out = mutated_text(text, random);
    longest = std::max(longest, out.size());
    for (const Kind& kind : kinds) counts[kind.name] += kind.shows(out) ? 1 : 0;
  }
  for (const Kind& kind : kinds) CHECK_MESSAGE(counts[kind.name] > 20, kind.name);
  CHECK(counts["a whole text"] > kTries / 4);
  CHECK(longest < text.size() + 4 * 80 * 40);
}

TEST_CASE("mutated texts: characters are kept whole, but for cuts") {
  const std::string text = test::times("\xF0\x9F\x98\x80\xC3\xA9\xE2\x82\xAC", 30);
  SeededRandom random(23);
  std::size_t cut = 0;
  for (std::size_t i = 0; i < kTries / 10; ++i) cut += is_utf8(mutated_text(text, random)) ? 0 : 1;
  CHECK(cut > 100);
  CHECK(cut < 600);
}

TEST_CASE("mutated bytes: the body is always changed, by one to four splices, the same for the same seed") {
  std::vector<std::string> bodies = kSeeds;
  bodies.push_back(test::kFuzzBody);
  bodies.push_back("{}");
  bodies.push_back("aaaaaaaa");
  for (const std::string& body : bodies) {
    std::size_t wrong = 0;
    std::set<std::string> seen;
    for (std::size_t seed = 0; seed < kTries; ++seed) {
      SeededRandom first(seed);
      const auto splices = mutated_bytes(body, first);
      if (seed < 100) {
        SeededRandom second(seed);
        wrong += told(splices) != told(mutated_bytes(body, second)) ? 1 : 0;
      }
      const std::string out = applied(body, splices);
      wrong += splices.empty() || splices.size() > 4 || out == body || out.size() > body.size() + 10'000 ? 1 : 0;
      seen.insert(out);
    }
    CHECK_MESSAGE(wrong == 0, body.substr(0, 20));
    CHECK_MESSAGE(seen.size() > 20, body.substr(0, 20));
  }
}

TEST_CASE("mutated bytes: every kind of change is made") {
  const std::string& body = test::kFuzzBody;
  std::map<std::string, std::size_t> counts;
  SeededRandom random(29);
  for (std::size_t i = 0; i < kTries; ++i) {
    const auto splices = mutated_bytes(body, random);
    const std::string out = applied(body, splices);
    if (splices.size() != 1) continue;
    counts["cut off"] += body.starts_with(out) && out.size() < body.size() ? 1 : 0;
    counts["flipped"] += out.size() == body.size() ? 1 : 0;
    counts["longer"] += out.size() > body.size() + 40 ? 1 : 0;
    counts["gone"] += out.size() < body.size() && !body.starts_with(out) ? 1 : 0;
    counts["comma doubled"] += out.find(",,") != std::string::npos ? 1 : 0;
    counts["brace doubled"] += out.find("}}") != std::string::npos ? 1 : 0;
    counts["quote doubled"] += out.find("\"\"") != std::string::npos ? 1 : 0;
    counts["NUL"] += out.find('\0') != std::string::npos ? 1 : 0;
    counts["no UTF-8"] += !is_utf8(out) ? 1 : 0;
    counts["BOM in front"] += out.starts_with("\xEF\xBB\xBF") ? 1 : 0;
  }
  CHECK(counts.size() == 10);
  for (const auto& entry : counts) CHECK_MESSAGE(entry.second > 10, entry.first);
}

TEST_CASE("mutated wire: never the default, only what every sound endpoint takes, short pauses") {
  const std::string plain = told(WireStyle{});
  std::map<std::string, std::size_t> counts;
  for (std::size_t seed = 0; seed < kTries; ++seed) {
    SeededRandom first(seed);
    SeededRandom second(seed);
    const WireStyle style = mutated_wire(first);
    REQUIRE(told(style) != plain);
    REQUIRE(told(style) == told(mutated_wire(second)));
    const bool sound = !style.declared && !style.break_after && !style.no_answer && !style.reset && !style.bytes && !style.patience_ms &&
                       !style.pipelined && style.chunk_extension.empty() && (style.trailer.empty() || style.chunked);
    REQUIRE(sound);
    REQUIRE((style.pause_ms >= 0 && style.pause_ms <= 20));
    REQUIRE((style.segments >= 1 && style.segments <= 12));
    counts["chunked"] += style.chunked ? 1 : 0;
    counts["in one chunk"] += style.chunked && style.chunk == 0 ? 1 : 0;
    counts["trailer"] += style.trailer.empty() ? 0 : 1;
    counts["segments"] += style.segments > 1 ? 1 : 0;
    counts["expect"] += style.expect_continue ? 1 : 0;
    counts["letters " + std::to_string(static_cast<int>(style.header_case))] += 1;
  }
  CHECK(counts.size() == 9);
  for (const auto& entry : counts) CHECK_MESSAGE(entry.second > kTries / 50, entry.first);
}

TEST_CASE("mutated signatures: every one is refused by the provider's own verification") {
  std::map<int, std::size_t> made;
  for (const std::string& id : test::check_catalog().ids()) {
    const auto subject = test::checked(id);
    for (std::size_t seed = 0; seed < 60; ++seed) {
      SeededRandom random(seed);
      SeededRandom again(seed);
      check::Step step;
      step.tampers = {mutated_signature(random)};
      REQUIRE(told(step.tampers[0]) == told(mutated_signature(again)));
      const auto request = test::make(subject, step);
      if (!request) continue;  // it says that the change does not fit this scheme or event
      CHECK_MESSAGE(test::verified(subject.subject, *request).verdict != signing::Verdict::valid, id, ": ", told(step.tampers[0]));
      ++made[static_cast<int>(step.tampers[0].op)];
    }
  }
  CHECK(made.size() == 5);
  for (const auto& entry : made) CHECK_MESSAGE(entry.second > 100, entry.first);
}

TEST_CASE("mutated signatures: no more is cut than what surely counts, nothing but the signature is touched") {
  using Op = Tamper::Op;
  const std::set<Op> known{Op::drop_signature, Op::set_signature, Op::cut_signature, Op::flip_signature, Op::set_field};
  for (std::size_t seed = 0; seed < kTries; ++seed) {
    SeededRandom random(seed);
    const Tamper tamper = mutated_signature(random);
    REQUIRE(known.contains(tamper.op));
    REQUIRE(tamper.name.empty());
    if (tamper.op == Op::cut_signature) REQUIRE((tamper.number <= -4 && tamper.number >= -20));
    if (tamper.op == Op::flip_signature) REQUIRE((tamper.number >= 0 && tamper.number <= 2));
    REQUIRE(tamper.text.find_first_of("\r\n") == std::string::npos);
  }
}
