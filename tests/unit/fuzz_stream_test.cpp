// fuzz/stream.hpp: what goes out fast is what the bench makes of its case, byte for byte; the same seed makes the same requests. And
// check/places.hpp: few changes, which are put into the text, come to the same as many, for which it is written anew.
#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "check/made.hpp"
#include "fuzz/stream.hpp"
#include "fuzz_bodies.hpp"
#include "fuzz_endpoint.hpp"

using namespace hookctl;
using namespace hookctl::fuzz;
using hookctl::test::FuzzCheck;

namespace {

// Whatever a provider makes up is the same each time: ids, nonces, parts of seconds.
class Constant final : public Random {
 public:
  std::uint64_t next() override { return 0x0123456789abcdefULL; }
};

// A stream over at most three events; with `constant` all ids and nonces are the same.
struct Streamed {
  Streamed(const std::string& provider, std::uint64_t seed, bool constant) : check(provider, false, seed) {
    if (check.subject.samples.size() > 3) check.subject.samples.resize(3);
    check::BenchParts parts{.subject = check.subject, .wire = check.wire, .clock = clock, .ids = check.ids, .seed = seed};
    check::BenchParts same{.subject = check.subject, .wire = check.wire, .clock = clock, .ids = constant_, .seed = seed};
    bench.emplace(constant ? std::move(same) : std::move(parts));
    for (const provider::Fixture& sample : check.subject.samples) bench->learnt().handled.push_back({.event = sample.event});
    run.emplace(*bench, check.run_options);
    pursuit.emplace(*bench, *run, check.options);
    auto made = Stream::make(*bench, *pursuit);
    REQUIRE_MESSAGE(made.ok(), (made ? "" : made.error().message));
    stream.emplace(*std::move(made));
  }
  // The bytes that the bench makes of the draw's case.
  std::string played(const Draw& draw, const std::string& id) {
    check::Step step = stream->case_of(draw).play.steps.front();
    step.id = id;
    auto made = check::make(bench->subject(), step, bench->stranger(), bench->now(), bench->ids());
    REQUIRE_MESSAGE(made.ok(), (made ? "" : made.error().message));
    return check::wire_head(*made, {}) + made->request.body;
  }

  FuzzCheck check;
  FixedClock clock{test::kCheckNow};
  Constant constant_{};
  std::optional<check::Bench> bench{};
  std::optional<check::Run> run{};
  std::optional<Pursuit> pursuit{};
  std::optional<Stream> stream{};
};

bool is_valid(const check::Subject& subject, const http::Request& request) {
  check::Made made;
  made.request = request;
  made.url = subject.url;
  return test::verified(subject, made).verdict == signing::Verdict::valid;
}

}  // namespace

TEST_CASE("stream: what goes out is what the bench makes of the draw's case") {
  for (const std::string provider : {"stripe", "github", "slack", "svix", "shopify", "paddle", "gitlab", "twilio", "square", "trello", "linear"}) {
    INFO(provider);
    Streamed own(provider, 3, true);
    std::map<Draw::Kind, int> kinds;
    std::set<std::string> different;
    for (int i = 0; i < 400; ++i) {
      const Draw draw = own.stream->draw();
      std::string bytes;
      std::string id;
      if (!own.stream->write(draw, bytes, id)) continue;
      ++kinds[draw.kind];
      REQUIRE(bytes == own.played(draw, id));
      different.insert(bytes);
    }
    CHECK(kinds[Draw::Kind::places] > 150);
    CHECK(kinds[Draw::Kind::text] > 20);
    CHECK(kinds[Draw::Kind::bytes] > 0);  // few where the signature is a part of the JSON, which they break
    CHECK(different.size() > 150);
  }
}

TEST_CASE("stream: each request has an id of its own, in the event and what is signed") {
  for (const std::string provider : {"stripe", "svix", "github"}) {
    INFO(provider);
    Streamed own(provider, 5, false);
    std::set<std::string> ids;
    std::size_t written = 0;
    for (int i = 0; i < 300; ++i) {
      const Draw draw = own.stream->draw();
      std::string bytes;
      std::string id;
      if (draw.kind == Draw::Kind::bytes || !own.stream->write(draw, bytes, id)) continue;
      ++written;
      ids.insert(id);
      CHECK(bytes.find(id) != std::string::npos);
      const std::size_t end = bytes.find("\r\n\r\n") + 4;
      auto head = http::parse_request_head(std::string_view(bytes).substr(0, end), {});
      auto* request = std::get_if<http::Request>(&head);
      REQUIRE(request != nullptr);
      request->body = bytes.substr(end);
      CHECK(is_valid(own.check.subject, *request));
    }
    CHECK(written > 100);
    CHECK(ids.size() == written);
  }
}

TEST_CASE("stream: the same seed and answers make the same requests; connections end unless they may be kept") {
  const auto all = [](std::uint64_t seed, bool keep) {
    Streamed own("stripe", seed, false);
    own.stream->keep_connections(keep);
    std::string out;
    for (int i = 0; i < 200; ++i) {
      const Draw draw = own.stream->draw();
      std::string id;
      static_cast<void>(own.stream->write(draw, out, id));
      own.stream->reward(draw, i % 7 == 0 ? 1 : 0);
    }
    return out;
  };
  CHECK(all(1, false) == all(1, false));
  CHECK(all(1, false) != all(2, false));
  CHECK(all(1, false).find("\r\nConnection: close\r\n\r\n") != std::string::npos);
  CHECK(all(1, true).find("\r\nConnection: close\r\n\r\n") == std::string::npos);
}

TEST_CASE("places: few changes put into the text are what writing it anew gives") {
  SeededRandom random(9);
  for (const std::string& text : {test::kFuzzBody, std::string(R"({"a":[],"b":{},"c":[1,{"d":2}],"e":"x"})"), std::string(R"({"a" : 1 , "b":{ "c" : 2 } , "d":[ 1 , 2 ] })"),
                                 std::string("[1]"), std::string(R"( {"a":{"b":1,"c":2,"d":3}} )")}) {
    const check::Body body = check::Body::read("application/json", text).value();
    const auto some = [&] {
      constexpr check::Change::Op kOps[] = {check::Change::Op::put, check::Change::Op::take_out, check::Change::Op::add};
      const check::Change::Op op = kOps[random.next() % 3];
      return std::pair(static_cast<std::size_t>(random.next() % (body.places().size() + 1)), check::Change{op, op == check::Change::Op::add ? "\"new\":0" : "[null]"});
    };
    for (int i = 0; i < 3'000; ++i) {
      check::Changes few{some()};
      if (i % 4 != 0) few.push_back(some());
      check::Changes many = few;
      for (int k = 0; k < 3; ++k) many.emplace_back(body.places().size(), check::Change{});  // of no place: they change nothing
      REQUIRE(body.with(few) == body.with(many));
    }
  }
}
