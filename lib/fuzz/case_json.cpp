// Every member of a case by its name: one line each, for reading and for writing.
#include "fuzz/case_json.hpp"

#include <variant>

#include "check/patches.hpp"

namespace hookctl::fuzz {

namespace {

// What no provider, and no fuzz run, comes near; beyond it sums of times and counts would not fit.
constexpr std::int64_t kFarthestMs = 100'000'000'000'000;  // 3,170 years
constexpr std::int64_t kLongestWaitMs = 600'000;
constexpr std::int64_t kMostEffects = 1'000'000'000;

using check::EffectCount;
using check::Expect;
using check::Patch;
using check::Signing;
using check::SigningKey;
using check::Splice;
using check::Step;
using check::Tamper;
using check::WireStyle;

const Words<SigningKey::Which> kKeys{{"right", SigningKey::Which::right},
                                     {"word", SigningKey::Which::word},
                                     {"plain", SigningKey::Which::plain},
                                     {"stranger", SigningKey::Which::stranger}};

const Words<Tamper::Op> kTampers{{"drop_signature", Tamper::Op::drop_signature}, {"set_signature", Tamper::Op::set_signature},
                                 {"cut_signature", Tamper::Op::cut_signature},   {"flip_signature", Tamper::Op::flip_signature},
                                 {"set_field", Tamper::Op::set_field},           {"prepend_field", Tamper::Op::prepend_field},
                                 {"append_field", Tamper::Op::append_field},     {"repeat_field", Tamper::Op::repeat_field},
                                 {"set_timestamp", Tamper::Op::set_timestamp},   {"set_id", Tamper::Op::set_id},
                                 {"set_header", Tamper::Op::set_header},         {"add_header", Tamper::Op::add_header},
                                 {"remove_header", Tamper::Op::remove_header},   {"set_body", Tamper::Op::set_body},
                                 {"append_body", Tamper::Op::append_body},       {"flip_body", Tamper::Op::flip_body},
                                 {"set_method", Tamper::Op::set_method},         {"set_path", Tamper::Op::set_path}};

const Words<check::Change::Op> kChanges{
    {"put", check::Change::Op::put}, {"take_out", check::Change::Op::take_out}, {"add", check::Change::Op::add}};

const Words<WireStyle::Case> kLetters{{"kept", WireStyle::Case::kept},
                                      {"lower", WireStyle::Case::lower},
                                      {"upper", WireStyle::Case::upper},
                                      {"mixed", WireStyle::Case::mixed}};

const Words<Expect> kExpectations{{"accepted", Expect::accepted},
                                  {"refused", Expect::refused},
                                  {"survived", Expect::survived},
                                  {"closed", Expect::closed},
                                  {"anything", Expect::anything}};

}  // namespace

// Not in the unnamed namespace, where Members would not find them.
static void describe(Members& io, SigningKey& key) {
  io.word("which", key.which, kKeys);
  io.text("text", key.text);
}

static void describe(Members& io, Signing& signing) {
  io.flag("sign", signing.sign);
  io.items("keys", signing.keys);
  io.number("shift_ms", signing.shift_ms, -kFarthestMs, kFarthestMs);
  io.text("timestamp", signing.timestamp);
}

static void describe(Members& io, Tamper& tamper) {
  io.word("op", tamper.op, kTampers);
  io.text("name", tamper.name);
  io.text("text", tamper.text);
  io.number("number", tamper.number);
}

static void describe(Members& io, check::Change& change) {
  io.word("op", change.op, kChanges);
  io.text("text", change.text);
}

static void describe(Members& io, Patch::Repeat& repeat) {
  io.text("unit", repeat.unit);
  io.text("close", repeat.close);
  io.number("times", repeat.times, 0, check::kLargestPatched);
}

static void describe(Members& io, Patch& patch) {
  io.text("path", patch.path);
  io.object("change", patch.change);
  io.object("repeat", patch.repeat);
}

static void describe(Members& io, Splice& splice) {
  io.number("at", splice.at);
  io.number("erase", splice.erase);
  io.text("insert", splice.insert);
  io.number("times", splice.times, 0, check::kLargestPatched);
}

// {"set": PATH, "value": …} or {"unset": PATH}.
static void describe(Members& io, event::Edit& edit) {
  std::optional<std::string> set, value, unset;
  if (const auto* one = std::get_if<event::SetValue>(&edit); one != nullptr && io.writing()) set = one->path, value = one->value;
  if (const auto* one = std::get_if<event::UnsetValue>(&edit); one != nullptr && io.writing()) unset = one->path;
  io.leave_nothing_out();
  io.text("set", set);
  io.text("value", value);
  io.text("unset", unset);
  if (io.writing()) return;
  if (set.has_value() == unset.has_value()) return io.fail("", "expected 'set' or 'unset'");
  if (set.has_value() != value.has_value()) return io.fail("", "expected 'value' with 'set', and only with it");
  if (set)
    edit = event::SetValue{*set, *value};
  else
    edit = event::UnsetValue{*unset};
}

static void describe(Members& io, http::Header& field) {
  io.text("name", field.name);
  io.text("value", field.value);
}

static void describe(Members& io, WireStyle& wire) {
  io.flag("chunked", wire.chunked);
  io.number("chunk", wire.chunk);
  io.text("chunk_extension", wire.chunk_extension);
  io.text("trailer", wire.trailer);
  io.number("segments", wire.segments, 1, kMostItems);
  io.number("pause_ms", wire.pause_ms, 0, kLongestWaitMs);
  io.flag("expect_continue", wire.expect_continue);
  io.word("header_case", wire.header_case, kLetters);
  io.number("declared", wire.declared);
  io.number("break_after", wire.break_after);
  io.flag("no_answer", wire.no_answer);
  io.flag("reset", wire.reset);
  io.text("bytes", wire.bytes);
  io.number("patience_ms", wire.patience_ms, 0, kLongestWaitMs);
  io.flag("pipelined", wire.pipelined);
}

static void describe_headers(Members& io, http::Headers& headers) {
  std::vector<http::Header> fields(headers.begin(), headers.end());
  io.items("headers", fields);
  if (io.writing()) return;
  headers = {};
  for (http::Header& field : fields) headers.add(std::move(field.name), std::move(field.value));
}

static void describe(Members& io, Step& step) {
  io.text("event", step.event);
  io.text("id", step.id);
  io.flag("fresh", step.fresh);
  io.items("edits", step.edits);
  io.text("body", step.body);
  io.text("body_id", step.body_id);
  io.items("patches", step.patches);
  io.items("splices", step.splices);
  describe_headers(io, step.headers);
  io.object("signing", step.signing);
  io.items("tampers", step.tampers);
  io.object("wire", step.wire);
  io.word("expect", step.expect, kExpectations);
  io.number("group", step.group, 0);
  io.number("wait_ms", step.wait_ms, 0, kLongestWaitMs);
  io.number("replay_of", step.replay_of);
  io.flag("redeliver", step.redeliver);
}

static void describe(Members& io, EffectCount& effect) {
  io.text("id", effect.id);
  io.number("at_least", effect.at_least, 0, kMostEffects);
  io.number("at_most", effect.at_most, 0, kMostEffects);  // any number is the default, and left out
}

static void describe(Members& io, Lure& lure) {
  io.text("place", lure.place);
  io.text("word", lure.word);
  io.flag("fetch", lure.fetch);
}

// A step replays an earlier one.
static void check_replays(Members& io, const std::vector<Step>& steps) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (!steps[i].replay_of || *steps[i].replay_of < i) continue;
    return io.fail("steps[" + std::to_string(i) + "].replay_of",
                   i == 0 ? "there is no earlier step" : "expected a whole number from 0 to " + std::to_string(i - 1));
  }
}

const Words<report::Severity>& severity_words() {
  using report::Severity;
  static const Words<Severity> words{{"note", Severity::note},
                                     {"low", Severity::low},
                                     {"medium", Severity::medium},
                                     {"high", Severity::high},
                                     {"critical", Severity::critical}};
  return words;
}

void describe(Members& io, Case& recipe) {
  io.schema("hookctl.case.v1");
  io.text("name", recipe.play.name);
  io.text("mutator", recipe.mutator);
  io.items("steps", recipe.play.steps);
  io.items("effects", recipe.play.effects);
  io.word("severity", recipe.play.severity, severity_words());
  io.flag("control", recipe.play.control);
  io.items("lures", recipe.lures);
  if (!io.writing() && !io.failed()) check_replays(io, recipe.play.steps);
}

std::string write_case(const Case& wanted) {
  Case copy = wanted;
  return write_document([&](Members& io) { describe(io, copy); },
                        [](Members& io) {
                          Case usual{};
                          describe(io, usual);
                        });
}

Result<Case> read_case(std::string_view json, std::string_view name) {
  Case out;
  if (auto done = read_document(json, name, [&](Members& io) { describe(io, out); }); !done) return done.error();
  return out;
}

}  // namespace hookctl::fuzz
