// bulk/pipeline.hpp: the same answers in the same order by one thread and by many, and an end that is clean when it comes early.
#include <doctest/doctest.h>

#include <atomic>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "bulk/pipeline.hpp"
#include "bulk_input.hpp"
#include "provider/catalog.hpp"
#include "signing/sign.hpp"

using namespace hookctl;
using namespace hookctl::bulk;

namespace {

constexpr UnixMs kNow = 1'700'000'000'000;
const FixedClock kClock(kNow);

struct House {
  provider::Catalog catalog;
  Terms terms;
  std::atomic<int> inside{0};
  std::atomic<bool> overlapped{false};

  House() {
    terms.providers.find = [this](const std::string& id) -> Result<ProviderPtr> {
      overlapped = overlapped || inside++ > 0;
      auto found = catalog.find(id);
      --inside;
      if (!found) return found.error();
      return ProviderPtr(std::shared_ptr<void>(), *found);
    };
    terms.providers.recognise = [this](const http::Headers& headers) {
      overlapped = overlapped || inside++ > 0;
      const auto* found = catalog.recognise(headers);
      --inside;
      return ProviderPtr(std::shared_ptr<void>(), found);
    };
    terms.keys.secrets.emplace_back("whsec_dGVzdA==");
    terms.clock = &kClock;
  }

  // A signed request as one line, without its braces' ends closed: the caller adds fields.
  std::string line(const std::string& id, const std::string& secret, const std::string& body) {
    signing::Keys keys;
    keys.secrets.emplace_back(secret);
    http::Request request;
    request.body = body;
    const auto done = signing::sign(catalog.find(id).value()->scheme, keys, request, {.id = "msg_1", .now = kNow});
    REQUIRE(done);
    std::string text = "{\"body_base64\":\"" + to_base64(body) + "\",\"headers\":{";
    for (const http::Header& field : done->request.headers)
      text += (text.ends_with('{') ? "\"" : ",\"") + field.name + "\":\"" + field.value + "\"";
    return text + "}";
  }
};

struct Outcome {
  std::string answers;
  Tally tally;
};

Outcome judged(House& house, const std::string& path, unsigned threads, Lines::Limits limits, bool only_invalid = false) {
  auto lines = Lines::open(path, {}, limits);
  REQUIRE(lines);
  Outcome outcome;
  Plan plan{threads, only_invalid, {}};
  plan.write = [&](std::string_view answers, const Tally& tally) {
    CHECK((answers.empty() || answers.ends_with('\n')));
    CHECK(tally.records > outcome.tally.records);
    outcome.answers += answers;
    outcome.tally = tally;
    return true;
  };
  const auto tally = judge_all(*lines, house.terms, plan);
  REQUIRE(tally);
  CHECK(tally->records == outcome.tally.records);
  return outcome;
}

// Good lines, bad ones, broken ones, empty ones, very long ones; with CRLF; the last without an end.
std::string mixed_lines(House& house, int rounds) {
  const std::string stripe = house.line("stripe", "whsec_dGVzdA==", "{\"id\":\"evt_1\"}");
  const std::string svix = house.line("svix", "whsec_dGVzdA==", "{\"a\":1}");
  std::string bytes;
  for (int i = 0; i < rounds; ++i) {
    const std::string own = ",\"id\":" + std::to_string(i) + "}";
    bytes += stripe + ",\"provider\":\"stripe\"" + own + "\n";
    bytes += stripe + ",\"secret\":\"other" + std::to_string(i) + "\"" + own + "\r\n";
    bytes += "\nnot json\n[]\n{\"provider\":\"nobody" + std::to_string(i) + "\"}\n";
    bytes += svix + ",\"provider\":\"svix\",\"secrets\":[\"whsec_b3RoZXI=\",\"whsec_dGVzdA==\"]" + own + "\n";
    bytes += svix + ",\"provider\":\"svix\",\"secret\":\"whsec_%%%\"" + own + "\n";
    if (i % 7 == 0) bytes += std::string(i % 2 == 0 ? 3'000 : 6'000, 'x') + "\n";
  }
  return bytes + stripe + "}";
}

}  // namespace

TEST_CASE("pipeline: many threads answer as one does, in order") {
  House house;
  constexpr int kRounds = 300;
  const InputFile file(mixed_lines(house, kRounds));
  const Lines::Limits limits{2'048, 50, 5'000};
  const auto alone = judged(house, file.path(), 1, limits);
  CHECK(alone.tally.records == 8 * kRounds + 43 + 1);
  CHECK(alone.tally.records - alone.tally.invalid == 2 * kRounds + 1);
  CHECK(alone.tally.input == std::filesystem::file_size(file.path()));
  const auto records = split(alone.answers, "\n");
  REQUIRE(records.size() == alone.tally.records + 1);
  for (std::size_t i = 0; i + 1 < records.size(); ++i) {
    INFO(records[i]);
    REQUIRE(records[i].ends_with(",\"line\":" + std::to_string(i + 1) + "}"));
  }
  CHECK(alone.answers.find("the line is longer than 5000 bytes") != std::string::npos);
  CHECK(alone.answers.find("\"valid\":true,\"verdict\":\"valid\",\"code\":null,\"message\":null,\"remedy\":null,\"id\":\"msg_1\"") !=
        std::string::npos);
  for (const unsigned threads : {2U, 3U, 8U}) {
    CAPTURE(threads);
    CHECK(judged(house, file.path(), threads, limits).answers == alone.answers);
  }
  CHECK(judged(house, file.path(), 4, Lines::Limits{}).answers.size() > alone.answers.size() / 2);
  CHECK_FALSE(house.overlapped);
}

TEST_CASE("pipeline: only what is not valid") {
  House house;
  const InputFile file(mixed_lines(house, 20));
  const auto all = judged(house, file.path(), 1, Lines::Limits{});
  const auto invalid = judged(house, file.path(), 3, Lines::Limits{4'096, 10, 10'000}, true);
  CHECK(invalid.tally.records == all.tally.records);
  CHECK(invalid.tally.invalid == all.tally.invalid);
  std::string wanted;
  for (const std::string_view record : split(all.answers, "\n")) {
    if (!record.empty() && record.find("\"valid\":true") == std::string_view::npos) wanted.append(record).append("\n");
  }
  CHECK(invalid.answers == wanted);
}

TEST_CASE("pipeline: when nobody reads the answers any more, the work ends") {
  House house;
  const InputFile file(mixed_lines(house, 300));
  for (const unsigned threads : {1U, 4U}) {
    auto lines = Lines::open(file.path(), {}, {2'048, 50, 10'000});
    REQUIRE(lines);
    int written = 0;
    Plan plan{threads, false, [&](std::string_view, const Tally&) { return ++written < 3; }};
    const auto tally = judge_all(*lines, house.terms, plan);
    REQUIRE(tally);
    CHECK(written == 3);
    CHECK(tally->records <= 150);
  }
}

TEST_CASE("pipeline: told to stop, it writes what it has judged, whole") {
  House house;
  const InputFile file(mixed_lines(house, 300));
  std::atomic<bool> stop{false};
  auto lines = Lines::open(file.path(), [&] { return stop.load(); }, {2'048, 50, 10'000});
  REQUIRE(lines);
  std::string answers;
  Plan plan{3, false, {}};
  plan.write = [&](std::string_view some, const Tally&) {
    answers += some;
    stop = answers.size() > 10'000;
    return true;
  };
  const auto tally = judge_all(*lines, house.terms, plan);
  REQUIRE(tally);
  CHECK(tally->records > 20);
  CHECK(tally->records < 2'000);
  const auto records = split(answers, "\n");
  CHECK(records.size() == tally->records + 1);
  CHECK(records[records.size() - 2].ends_with(",\"line\":" + std::to_string(tally->records) + "}"));
}

TEST_CASE("pipeline: a writer that throws ends the run with words") {
  House house;
  const InputFile file(mixed_lines(house, 50));
  for (const unsigned threads : {1U, 4U}) {
    auto lines = Lines::open(file.path(), {}, {2'048, 50, 10'000});
    REQUIRE(lines);
    Plan plan{threads, false, [](std::string_view, const Tally&) -> bool { throw std::bad_alloc(); }};
    const auto tally = judge_all(*lines, house.terms, plan);
    REQUIRE_FALSE(tally);
    CHECK(tally.error().kind == ErrorKind::unavailable);
  }
}

TEST_CASE("pipeline: more secrets and providers than are kept") {
  House house;
  const std::string good = house.line("stripe", "right", "{}");
  std::string bytes;
  constexpr int kLines = 2'000;
  for (int i = 0; i < kLines; ++i)
    bytes += good + ",\"provider\":\"stripe\",\"secrets\":[\"s" + std::to_string(i % 700) + "\",\"right\"]}\n";
  const InputFile file(bytes);
  const auto outcome = judged(house, file.path(), 2, Lines::Limits{});
  CHECK(outcome.tally.records == kLines);
  CHECK(outcome.tally.invalid == 0);
}

TEST_CASE("pipeline: there is at least one CPU") { CHECK(usable_cpus() >= 1); }
