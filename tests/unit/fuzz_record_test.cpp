// fuzz/record.hpp: findings as files, and a folder of them.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <functional>

#include "base/file.hpp"
#include "base/json_path.hpp"
#include "fuzz/record.hpp"
#include "fuzz_cases.hpp"

using namespace hookctl;
using fuzz::Record;
namespace fs = std::filesystem;

namespace {

Record sample(const std::string& fingerprint = "0123456789abcdef") {
  Record out;
  out.fingerprint = fingerprint;
  out.id = fuzz::record_id(fingerprint);
  out.rule = "fuzz/server-error";
  return out;
}

struct Member {
  const char* path;
  std::string text;
  std::function<void(Record&)> set;
};

// Every member of a record, one line each.
std::vector<Member> members() {
  return {
      {"id", "\"fnd_ffffffff\"", [](Record& r) { r = sample("ffffffff00000000"); }},
      {"fingerprint", "\"ffffffff00000000\"", [](Record& r) { r = sample("ffffffff00000000"); }},
      {"rule", "\"signature/missing\"", [](Record& r) { r.rule = "signature/missing"; }},
      {"severity", "\"critical\"", [](Record& r) { r.severity = report::Severity::critical; }},
      {"summary", "\"\\u00e9\"", [](Record& r) { r.summary = "é"; }},
      {"expected", "\"2xx\"", [](Record& r) { r.expected = "2xx"; }},
      {"seen_base64", "\"/w==\"", [](Record& r) { r.seen = "\xFF"; }},
      {"diff", "\"- a\\n+ b\"", [](Record& r) { r.diff = "- a\n+ b"; }},
      {"event", "\"push\"", [](Record& r) { r.event = "push"; }},
      {"target", "\"http://localhost:3000/\"", [](Record& r) { r.target = "http://localhost:3000/"; }},
      {"provider", "\"github\"", [](Record& r) { r.provider = "github"; }},
      {"found_at", "\"2026-09-21T13:46:40.123Z\"", [](Record& r) { r.found_at = 1'789'998'400'123; }},
      {"seed", "\"18446744073709551615\"", [](Record& r) { r.seed = static_cast<std::uint64_t>(-1); }},
      {"arguments[1].name", "\"secret\"",
       [](Record& r) {
         r.arguments = {{"provider", "github"}, {"secret", "env:S"}};
       }},
      {"arguments[0].value", "\"env:S\"",
       [](Record& r) {
         r.arguments = {{"secret", "env:S"}};
       }},
      {"recipe.schema", "\"hookctl.case.v1\"", [](Record& r) { r.recipe.emplace(); }},
      {"recipe.mutator", "\"null\"", [](Record& r) { r.recipe.emplace().mutator = "null"; }},
  };
}

std::string refusal(const std::string& members) {
  const auto read = fuzz::read_record("{\"schema\": \"hookctl.finding.v1\", " + members + "}", "f.json");
  return read ? "read" : read.error().message;
}

unsigned mode_of(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 ? static_cast<unsigned>(status.st_mode & 0777) : 0;
}

}  // namespace

TEST_CASE("fuzz record: an id is fnd_ and 8 digits of the fingerprint") {
  CHECK(fuzz::record_id("0123456789abcdef") == "fnd_01234567");
  CHECK(fuzz::record_id("0123") == "fnd_0123");
  CHECK(fuzz::is_record_id("fnd_01234567"));
  CHECK(fuzz::is_record_id("fnd_abcdef99"));
  for (const char* word : {"", "fnd_", "fnd_0123456", "fnd_012345678", "fnd_0123456g", "fnd_0123456A", "FND_01234567", "fnd-01234567",
                           "req_01234567", "fnd_../../.", " fnd_01234567"}) {
    INFO(word);
    CHECK(!fuzz::is_record_id(word));
  }
  CHECK(!fuzz::is_record_id(std::string_view("fnd_0123456\0", 12)));
}

TEST_CASE("fuzz record: each member stands in the file and comes back") {
  const std::string usual = fuzz::write_record(sample());
  for (const Member& member : members()) {
    Record one = sample();
    member.set(one);
    const std::string text = fuzz::write_record(one);
    INFO(member.path << " in " << text);
    CHECK(json_raw_at(text, member.path).value_or("") == member.text);
    CHECK(json_raw_at(usual, member.path).value_or("") != member.text);
    const auto read = fuzz::read_record(text, "f.json");
    REQUIRE_MESSAGE(read.ok(), (read ? "" : read.error().message));
    CHECK(fuzz::write_record(*read) == text);
  }
  Record all = sample();
  for (const Member& member : members()) member.set(all);
  const Record read = fuzz::read_record(fuzz::write_record(all), "f.json").value();
  CHECK(read.severity == report::Severity::critical);
  CHECK(read.found_at == all.found_at);
  CHECK(read.seed == all.seed);
  CHECK(read.seen == "\xFF");
  CHECK(read.arguments == all.arguments);
  REQUIRE(read.recipe.has_value());
  CHECK(read.recipe->mutator == "null");
}

TEST_CASE("fuzz record: a recipe is a case as it is written, whatever it holds") {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Record one = sample();
    one.recipe = test::CaseMaker(seed).make();
    const auto read = fuzz::read_record(fuzz::write_record(one), "f.json");
    REQUIRE(read.ok());
    REQUIRE(read->recipe.has_value());
    CHECK(fuzz::write_case(*read->recipe) == fuzz::write_case(*one.recipe));
  }
  CHECK(!fuzz::read_record(fuzz::write_record(sample()), "f.json").value().recipe.has_value());
}

TEST_CASE("fuzz record: what is wrong is named") {
  const std::string good = "\"id\": \"fnd_01234567\", \"fingerprint\": \"0123456789abcdef\", \"rule\": \"fuzz/late\"";
  CHECK(refusal(good) == "read");
  const auto says = [&](const std::string& members, const std::string& words) {
    const std::string found = refusal(members);
    INFO(members << " -> " << found);
    CHECK(found.ends_with(words));
    CHECK(found.starts_with("f.json:1:"));
  };
  const std::string id_words = "id: expected \"fnd_\" and the first 8 hex digits of the fingerprint";
  says("\"rule\": \"fuzz/late\"", id_words);
  says("\"id\": \"fnd_01234568\", \"fingerprint\": \"0123456789abcdef\", \"rule\": \"x\"", id_words);
  says("\"id\": \"fnd_../../ab\", \"fingerprint\": \"../../ab\", \"rule\": \"x\"", id_words);
  says("\"id\": \"fnd_01234567\", \"fingerprint\": \"0123456789abcdef\"", "rule: expected a rule's id");
  says(good + ", \"severity\": \"hgh\"", "severity: no such word (did you mean 'high'?)");
  says(good + ", \"found_at\": 5", "found_at: expected a text");
  says(good + ", \"found_at\": \"yesterday\"", "found_at: expected a time such as \"2026-01-31T12:00:00.000Z\"");
  says(good + ", \"seed\": \"-1\"", "seed: expected a text of digits");
  says(good + ", \"arguments\": [{\"name\": \"--secret\"}]", "arguments[0].name: expected an option's long name, without dashes before it");
  says(good + ", \"arguments\": [{}]", "arguments[0].name: expected an option's long name, without dashes before it");
  says(good + ", \"recipe\": {}", "recipe: \"schema\" is missing; expected \"hookctl.case.v1\"");
  says(good + ", \"recipe\": {\"schema\": \"hookctl.case.v1\", \"steps\": [{\"replay_of\": 3}]}",
       "recipe.steps[0].replay_of: there is no earlier step");
  says(good + ", \"sumary\": \"\"", "sumary: unknown member (did you mean 'summary'?)");
}

TEST_CASE("fuzz record: any bytes are read or refused with words") {
  SeededRandom random(6);
  for (int i = 0; i < 200; ++i) {
    Record one = sample();
    for (const Member& member : members()) member.set(one);
    std::string text = fuzz::write_record(one);
    for (std::uint64_t k = 1 + random.next() % 3; k > 0; --k) text[random.next() % text.size()] = static_cast<char>(random.next() % 256);
    if (i % 3 == 0) text.resize(random.next() % text.size());
    const auto read = fuzz::read_record(text, "f.json");
    if (!read) CHECK(read.error().message.starts_with("f.json:"));
    if (read) CHECK(fuzz::read_record(fuzz::write_record(*read), "again").ok());
  }
}

TEST_CASE("fuzz record: kept, read in order, dropped") {
  const test::CaseFolder scratch;
  const std::string folder = scratch / "a/findings";
  CHECK(fuzz::read_records(folder).value().records.empty());
  REQUIRE(fuzz::keep_record(folder, sample("bbbbbbbb00000000")).ok());
  REQUIRE(fuzz::keep_record(folder, sample("aaaaaaaa00000000")).ok());
  Record again = sample("bbbbbbbb00000000");
  again.summary = "anew";
  REQUIRE(fuzz::keep_record(folder, again).ok());
  CHECK(mode_of(folder) == 0700);
  CHECK(mode_of(folder + "/fnd_aaaaaaaa.json") == 0600);
  const auto read = fuzz::read_records(folder).value();
  REQUIRE(read.records.size() == 2);
  CHECK(read.unreadable.empty());
  CHECK(read.records[0].id == "fnd_aaaaaaaa");
  CHECK(read.records[1].summary == "anew");
  CHECK(fuzz::drop_record(folder, "fnd_aaaaaaaa").ok());
  CHECK(fuzz::drop_record(folder, "fnd_aaaaaaaa").ok());
  CHECK(fuzz::drop_record(scratch / "no such folder", "fnd_aaaaaaaa").ok());
  CHECK(fuzz::read_records(folder).value().records.size() == 1);
}

TEST_CASE("fuzz record: what is no record is named, and the rest is read") {
  const test::CaseFolder folder;
  REQUIRE(fuzz::keep_record(folder.path(), sample("aaaaaaaa00000000")).ok());
  REQUIRE(write_private_file(folder / "fnd_bbbbbbbb.json", "{").ok());
  REQUIRE(write_private_file(folder / "fnd_cccccccc.json", fuzz::write_record(sample("dddddddd00000000"))).ok());
  fs::create_directory(folder / "fnd_eeeeeeee.json");
  for (const char* other : {"notes.json", "fnd_zzzzzzzz.json", "fnd_aaaaaaaa.json.abc.tmp", "fnd_aaaaaaab"})
    REQUIRE(write_private_file(folder / other, "x").ok());
  const auto read = fuzz::read_records(folder.path()).value();
  CHECK(read.records.size() == 1);
  REQUIRE(read.unreadable.size() == 3);
  CHECK(read.unreadable[0].find("fnd_bbbbbbbb.json:1:2: expected") != std::string::npos);
  CHECK(read.unreadable[1].ends_with("fnd_cccccccc.json: it holds the finding fnd_dddddddd"));
  CHECK(read.unreadable[2].ends_with("fnd_eeeeeeee.json: it is no file"));
  CHECK(fuzz::drop_record(folder.path(), "fnd_eeeeeeee").error().kind == ErrorKind::unavailable);
  CHECK(fs::exists(folder / "fnd_eeeeeeee.json"));
}

TEST_CASE("fuzz record: no id leads out of the folder") {
  const test::CaseFolder scratch;
  REQUIRE(write_private_file(scratch / "victim.json", "x").ok());
  const std::string folder = scratch / "findings";
  for (const std::string& id :
       std::vector<std::string>{"../victim", "fnd_/../../victim", "/etc/passwd", "", "fnd_0123456/", std::string("fnd_0123\0" "567", 12)}) {
    Record one = sample();
    one.id = id;
    CHECK(fuzz::keep_record(folder, one).error().kind == ErrorKind::usage);
    CHECK(fuzz::drop_record(folder, id).error().kind == ErrorKind::usage);
  }
  CHECK(!fs::exists(folder));
  CHECK(read_file(scratch / "victim.json").value() == "x");
}

TEST_CASE("fuzz record: a folder that is none") {
  const test::CaseFolder scratch;
  REQUIRE(write_private_file(scratch / "file", "x").ok());
  CHECK(fuzz::read_records(scratch / "file").error().kind == ErrorKind::unavailable);
  CHECK(fuzz::keep_record(scratch / "file", sample()).error().kind == ErrorKind::unavailable);
}
