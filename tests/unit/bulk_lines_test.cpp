// bulk/lines.hpp: every line once, in order, whole, whatever the pieces it comes in; memory bounded by the longest line that is allowed.
#include <doctest/doctest.h>

#include <atomic>

#include "base/random.hpp"
#include "bulk/lines.hpp"
#include "bulk_input.hpp"

using namespace hookctl;
using namespace hookctl::bulk;

namespace {

constexpr const char* kTooLong = "(too long)";

std::vector<std::string> all_lines(const std::string& path, Lines::Limits limits) {
  auto lines = Lines::open(path, {}, limits);
  REQUIRE(lines);
  std::vector<std::string> all;
  Batch batch;
  std::uint64_t input = 0;
  while (true) {
    const auto more = lines->next(batch);
    REQUIRE(more);
    if (!*more) break;
    CHECK(batch.first == all.size() + 1);
    CHECK(batch.lines.size() <= limits.lines);
    CHECK(batch.room.size() <= std::max(limits.block, limits.line + 1));
    CHECK(batch.input > input);
    input = batch.input;
    all.insert(all.end(), batch.lines.begin(), batch.lines.end());
    if (batch.too_long) all.emplace_back(kTooLong);
  }
  return all;
}

}  // namespace

TEST_CASE("lines: ends, empty lines and the last one") {
  const Lines::Limits limits{16, 3, 64};
  using Texts = std::vector<std::string>;
  CHECK(all_lines(InputFile("").path(), limits) == Texts{});
  CHECK(all_lines(InputFile("\n").path(), limits) == Texts{""});
  CHECK(all_lines(InputFile("\n\n\n\n\n\na").path(), limits) == Texts{"", "", "", "", "", "", "a"});
  CHECK(all_lines(InputFile("a\r\nb\r\n").path(), limits) == Texts{"a\r", "b\r"});
  CHECK(all_lines(InputFile("a").path(), limits) == Texts{"a"});
  CHECK(all_lines(InputFile(std::string("a\0b\nc", 5)).path(), limits) == Texts{std::string("a\0b", 3), "c"});
  const std::string most(64, 'x');
  CHECK(all_lines(InputFile(most + "\nb").path(), limits) == Texts{most, "b"});
  CHECK(all_lines(InputFile("a\n" + most).path(), limits) == Texts{"a", most});
}

TEST_CASE("lines: a line that is too long is passed over, and those behind it are not") {
  const Lines::Limits limits{16, 3, 64};
  using Texts = std::vector<std::string>;
  for (const std::size_t size : {65U, 66U, 79U, 80U, 81U, 1000U}) {
    const std::string line(size, 'x');
    CAPTURE(size);
    CHECK(all_lines(InputFile(line).path(), limits) == Texts{kTooLong});
    CHECK(all_lines(InputFile("a\n" + line + "\nb\n\nc").path(), limits) == Texts{"a", kTooLong, "b", "", "c"});
    CHECK(all_lines(InputFile(line + "\n" + line + "\n").path(), limits) == Texts{kTooLong, kTooLong});
  }
}

TEST_CASE("lines: random lines in blocks of any size, from a file and from a pipe") {
  SeededRandom random(5);
  for (int round = 0; round < 40; ++round) {
    std::vector<std::string> wanted;
    std::string bytes;
    std::vector<std::string> pieces;
    for (std::uint64_t i = random.next() % 60; i > 0; --i) {
      const std::size_t size = random.next() % (random.next() % 8 == 0 ? 200 : 20);
      const std::string line(size, static_cast<char>('a' + random.next() % 26));
      wanted.push_back(size > 100 ? kTooLong : line);
      bytes += line + "\n";
    }
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t size = 1 + random.next() % 90;
      pieces.push_back(bytes.substr(at, size));
      at += size;
    }
    const Lines::Limits limits{1 + random.next() % 64, 1 + random.next() % 8, 100};
    CHECK(all_lines(InputFile(bytes).path(), limits) == wanted);
    CHECK(all_lines(InputPipe(pieces).path(), limits) == wanted);
  }
}

TEST_CASE("lines: what is there is given before the next is") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  auto lines = Lines::open("/dev/fd/" + std::to_string(ends[0]), {});
  REQUIRE(lines);
  CHECK_FALSE(lines->size());
  Batch batch;
  using Views = std::vector<std::string_view>;
  REQUIRE(::write(ends[1], "first\nsec", 9) == 9);
  REQUIRE(lines->next(batch).value());
  CHECK(batch.lines == Views{"first"});
  REQUIRE(::write(ends[1], "ond\nthird\nfour", 14) == 14);
  REQUIRE(lines->next(batch).value());
  CHECK(batch.lines == Views{"second", "third"});
  CHECK(batch.input == 19);
  ::close(ends[1]);
  REQUIRE(lines->next(batch).value());
  CHECK(batch.lines == Views{"four"});
  CHECK(batch.first == 4);
  CHECK_FALSE(lines->next(batch).value());
  ::close(ends[0]);
}

TEST_CASE("lines: told to stop, an input that never ends has ended") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  REQUIRE(::write(ends[1], "half a li", 9) == 9);
  std::atomic<bool> stop{false};
  auto lines = Lines::open("/dev/fd/" + std::to_string(ends[0]), [&] { return stop.load(); });
  REQUIRE(lines);
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    stop = true;
  });
  Batch batch;
  CHECK_FALSE(lines->next(batch).value());
  later.join();
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("lines: what cannot be read is said") {
  CHECK(Lines::open("/nonexistent/file", {}).error().message == "cannot read '/nonexistent/file': no such file or directory");
  CHECK(Lines::open("/", {}).error().message == "cannot read '/': it is a folder, not a file");
  CHECK(Lines::open("/", {}).error().kind == ErrorKind::unavailable);
  CHECK(Lines::open(InputFile("abc\n").path(), {})->size() == 4);
}
