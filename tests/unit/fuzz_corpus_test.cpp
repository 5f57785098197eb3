// fuzz/corpus.hpp: cases in a folder, from run to run.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>

#include "base/file.hpp"
#include "fuzz/corpus.hpp"
#include "fuzz_cases.hpp"

using namespace hookctl;
using fuzz::Case;
using fuzz::Corpus;
namespace fs = std::filesystem;

namespace {

Case named(const std::string& name) {
  Case out;
  out.play.name = name;
  return out;
}

std::ptrdiff_t files_in(const std::string& folder) { return std::distance(fs::directory_iterator(folder), fs::directory_iterator()); }

unsigned mode_of(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 ? static_cast<unsigned>(status.st_mode & 0777) : 0;
}

}  // namespace

TEST_CASE("corpus: a folder that is not there is empty, and is made when something is kept") {
  const test::CaseFolder scratch;
  const std::string folder = scratch / "a/corpus";
  Corpus corpus = Corpus::open(folder).value();
  CHECK(corpus.cases().empty());
  CHECK(corpus.runs() == 0);
  CHECK(!fs::exists(folder));
  REQUIRE(corpus.add(named("one")).ok());
  CHECK(mode_of(folder) == 0700);
  CHECK(mode_of(fs::directory_iterator(folder)->path().string()) == 0600);
  CHECK(corpus.cases().size() == 1);
}

TEST_CASE("corpus: what is kept is there in the next run, once") {
  const test::CaseFolder folder;
  Corpus first = Corpus::open(folder.path()).value();
  for (std::uint64_t seed = 0; seed < 20; ++seed) REQUIRE(first.add(test::CaseMaker(seed).make()).ok());
  REQUIRE(first.add(named("one")).ok());
  const std::size_t kept = first.cases().size();
  REQUIRE(first.add(named("one")).ok());
  CHECK(first.cases().size() == kept);
  CHECK(files_in(folder.path()) == static_cast<std::ptrdiff_t>(kept));
  Corpus second = Corpus::open(folder.path()).value();
  CHECK(second.cases().size() == kept);
  CHECK(second.unreadable() == 0);
  REQUIRE(second.add(named("one")).ok());
  CHECK(files_in(folder.path()) == static_cast<std::ptrdiff_t>(kept));
  // In the same order each time.
  const Corpus third = Corpus::open(folder.path()).value();
  for (std::size_t i = 0; i < kept; ++i) CHECK(fuzz::write_case(second.cases()[i]) == fuzz::write_case(third.cases()[i]));
}

TEST_CASE("corpus: no more than `most`") {
  const test::CaseFolder folder;
  Corpus corpus = Corpus::open(folder.path(), 3).value();
  for (const char* name : {"a", "b", "c", "d", "e"}) REQUIRE(corpus.add(named(name)).ok());
  CHECK(corpus.cases().size() == 3);
  CHECK(files_in(folder.path()) == 3);
  CHECK(Corpus::open(folder.path(), 2).value().cases().size() == 2);
}

TEST_CASE("corpus: what is too large is not kept") {
  const test::CaseFolder folder;
  Corpus corpus = Corpus::open(folder.path()).value();
  REQUIRE(corpus.add(named(std::string(std::size_t{9} << 20, 'a'))).ok());
  CHECK(corpus.cases().empty());
  CHECK(files_in(folder.path()) == 0);
}

TEST_CASE("corpus: files that are no case are counted and left alone") {
  const test::CaseFolder folder;
  REQUIRE(write_private_file(folder / "mine.json", fuzz::write_case(named("mine"))).ok());
  REQUIRE(write_private_file(folder / "same.json", fuzz::write_case(named("mine"))).ok());
  REQUIRE(write_private_file(folder / "bad.json", "{\"schema\": 1}").ok());
  REQUIRE(write_private_file(folder / "notes.txt", "x").ok());
  REQUIRE(write_private_file(folder / ".hidden.json", "x").ok());
  fs::create_directory(folder / "folder.json");
  const Corpus corpus = Corpus::open(folder.path()).value();
  REQUIRE(corpus.cases().size() == 1);
  CHECK(corpus.cases()[0].play.name == "mine");
  CHECK(corpus.unreadable() == 2);
  CHECK(read_file(folder / "bad.json").value() == "{\"schema\": 1}");
}

TEST_CASE("corpus: runs are counted") {
  const test::CaseFolder scratch;
  const std::string folder = scratch / "corpus";
  for (std::uint64_t run = 0; run < 3; ++run) {
    Corpus corpus = Corpus::open(folder).value();
    CHECK(corpus.runs() == run);
    REQUIRE(corpus.begin_run().ok());
    CHECK(corpus.runs() == run);
  }
  for (const char* odd : {"", "many\n", "-1\n", "99999999999999999999999999999"}) {
    REQUIRE(write_private_file(folder + "/runs", odd).ok());
    CHECK(Corpus::open(folder).value().runs() == 0);
  }
  REQUIRE(write_private_file(folder + "/runs", "18446744073709551615\n").ok());
  Corpus last = Corpus::open(folder).value();
  REQUIRE(last.begin_run().ok());
  CHECK(Corpus::open(folder).value().runs() == static_cast<std::uint64_t>(-1));
}

TEST_CASE("corpus: a folder that is none, or that cannot be written") {
  const test::CaseFolder scratch;
  REQUIRE(write_private_file(scratch / "file", "x").ok());
  CHECK(Corpus::open(scratch / "file").error().kind == ErrorKind::unavailable);
  Corpus corpus = Corpus::open(scratch / "file/under").value();
  CHECK(corpus.begin_run().error().kind == ErrorKind::unavailable);
  CHECK(corpus.add(named("one")).error().kind == ErrorKind::unavailable);
  CHECK(corpus.cases().empty());
}
