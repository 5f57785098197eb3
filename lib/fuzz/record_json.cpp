// Every member of a record by its name: one line each, for reading and for writing.
#include <algorithm>

#include "base/text.hpp"
#include "fuzz/case_json.hpp"
#include "fuzz/record.hpp"

namespace hookctl::fuzz {

namespace {

constexpr UnixMs kLastMs = 253'402'300'799'999;  // of the year 9999

// "secret-file": what may stand behind "--".
bool is_option_name(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !name.empty() && name.front() >= 'a' && name.front() <= 'z' && std::all_of(name.begin(), name.end(), is_letter);
}

void describe_time(Members& io, UnixMs& time) {
  std::string text = iso8601_ms(std::clamp<UnixMs>(time, 0, kLastMs));
  io.text("found_at", text);
  if (io.writing()) return;
  const auto read = parse_iso8601(text);
  if (!read || *read < 0 || *read > kLastMs) return io.fail("found_at", "expected a time such as \"2026-01-31T12:00:00.000Z\"");
  time = *read;
}

// As a text: readers that keep numbers as doubles would round it.
void describe_seed(Members& io, std::uint64_t& seed) {
  std::string text = std::to_string(seed);
  io.text("seed", text);
  if (io.writing()) return;
  const auto read = parse_unsigned(text);
  if (!read) return io.fail("seed", "expected a text of digits");
  seed = *read;
}

void check_record(Members& io, const Record& record) {
  if (!is_record_id(record.id) || record.id != record_id(record.fingerprint)) {
    return io.fail("id", "expected \"fnd_\" and the first 8 hex digits of the fingerprint");
  }
  if (record.rule.empty()) return io.fail("rule", "expected a rule's id");
}

}  // namespace

// Not in the unnamed namespace, where Members would not find them.
static void describe(Members& io, std::pair<std::string, std::string>& argument) {
  io.text("name", argument.first);
  io.text("value", argument.second);
  if (!io.writing() && !is_option_name(argument.first)) io.fail("name", "expected an option's long name, without dashes before it");
}

static void describe(Members& io, Record& record) {
  io.schema("hookctl.finding.v1");
  io.text("id", record.id);
  io.text("fingerprint", record.fingerprint);
  io.text("rule", record.rule);
  io.word("severity", record.severity, severity_words());
  io.text("summary", record.summary);
  io.text("expected", record.expected);
  io.text("seen", record.seen);
  io.text("diff", record.diff);
  io.text("event", record.event);
  io.text("target", record.target);
  io.text("provider", record.provider);
  describe_time(io, record.found_at);
  describe_seed(io, record.seed);
  io.items("arguments", record.arguments);
  io.object("recipe", record.recipe);
  if (!io.writing() && !io.failed()) check_record(io, record);
}

std::string write_record(const Record& record) {
  Record copy = record;
  return write_document([&](Members& io) { describe(io, copy); },
                        [](Members& io) {
                          Record usual{};
                          describe(io, usual);
                        });
}

Result<Record> read_record(std::string_view json, std::string_view name) {
  Record out;
  if (auto done = read_document(json, name, [&](Members& io) { describe(io, out); }); !done) return done.error();
  return out;
}

}  // namespace hookctl::fuzz
