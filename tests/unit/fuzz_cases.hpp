// Random cases with every member filled, for the tests of what reads, writes and shrinks them; and a folder of their own for files.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/random.hpp"
#include "fuzz/case.hpp"

namespace hookctl::test {

// A folder, gone at the end of the test.
class CaseFolder {
 public:
  CaseFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "hookctl_fuzz_XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~CaseFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  CaseFolder(const CaseFolder&) = delete;
  CaseFolder& operator=(const CaseFolder&) = delete;
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class CaseMaker {
 public:
  explicit CaseMaker(std::uint64_t seed) : random_(seed) {}

  std::uint64_t below(std::uint64_t count) { return random_.next() % count; }
  bool flip() { return below(2) == 0; }
  // Sometimes "", sometimes plain, sometimes any bytes.
  std::string text() {
    static const char* const kTexts[] = {"",         "{a}",          "data.object[0].name", "{\"x\": null}", "é\xF0\x9F\x98\x80",
                                         "\xFF\xFE", "\xED\xA0\x80", "\"\\\n\x01\x7F"};
    if (below(4) != 0) return kTexts[below(8)];
    std::string out;
    for (std::uint64_t i = below(20); i > 0; --i) out += static_cast<char>(below(256));
    return out;
  }
  template <typename Enum>
  Enum one_of(std::uint64_t count) {
    return static_cast<Enum>(below(count));
  }
  std::size_t size() { return flip() ? below(9) : random_.next(); }

  fuzz::Case make() {
    fuzz::Case out;
    out.mutator = text();
    out.play.name = text();
    out.play.control = flip();
    if (flip()) out.play.severity = one_of<report::Severity>(5);
    for (std::uint64_t i = below(5); i > 0; --i) out.play.steps.push_back(step(out.play.steps.size()));
    for (std::uint64_t i = below(3); i > 0; --i) {
      check::EffectCount& effect = out.play.effects.emplace_back();
      effect.id = text();
      effect.at_least = static_cast<std::int64_t>(below(1'000'000'001));
      if (flip()) effect.at_most = static_cast<std::int64_t>(below(1'000'000'001));
    }
    for (std::uint64_t i = below(3); i > 0; --i) {
      fuzz::Lure& lure = out.lures.emplace_back();
      lure.place = text();
      lure.word = text();
      lure.fetch = flip();
    }
    return out;
  }

 private:
  check::Step step(std::size_t index) {
    check::Step out;
    out.event = text();
    out.id = text();
    out.fresh = flip();
    if (flip()) out.body = text();
    out.body_id = text();
    for (std::uint64_t i = below(3); i > 0; --i) {
      if (flip())
        out.edits.emplace_back(event::SetValue{text(), text()});
      else
        out.edits.emplace_back(event::UnsetValue{text()});
    }
    for (std::uint64_t i = below(4); i > 0; --i) out.patches.push_back(patch());
    for (std::uint64_t i = below(3); i > 0; --i) {
      check::Splice& splice = out.splices.emplace_back();
      splice.at = size();
      splice.erase = size();
      splice.insert = text();
      splice.times = below(1u << 26);
    }
    for (std::uint64_t i = below(3); i > 0; --i) out.headers.add(text(), text());
    out.signing = signing();
    for (std::uint64_t i = below(3); i > 0; --i) {
      check::Tamper& tamper = out.tampers.emplace_back();
      tamper.op = one_of<check::Tamper::Op>(18);
      tamper.name = text();
      tamper.text = text();
      tamper.number = static_cast<std::int64_t>(random_.next());
    }
    out.wire = wire();
    out.expect = one_of<check::Expect>(5);
    out.group = static_cast<int>(below(1u << 31));
    out.wait_ms = static_cast<std::int64_t>(below(600'001));
    if (index > 0 && flip()) out.replay_of = below(index);
    out.redeliver = flip();
    return out;
  }

  check::Patch patch() {
    check::Patch out;
    out.path = text();
    out.change.op = one_of<check::Change::Op>(3);
    out.change.text = text();
    if (flip()) {
      out.repeat = check::Patch::Repeat{};
      check::Patch::Repeat& repeat = *out.repeat;
      repeat.unit = text();
      repeat.close = text();
      repeat.times = below(1u << 26);
    }
    return out;
  }

  check::Signing signing() {
    check::Signing out;
    if (flip()) return out;
    out.sign = flip();
    out.keys.clear();
    for (std::uint64_t i = below(3); i > 0; --i) {
      check::SigningKey& key = out.keys.emplace_back();
      key.which = one_of<check::SigningKey::Which>(4);
      key.text = text();
    }
    out.shift_ms = static_cast<std::int64_t>(below(200'000'000'000'001)) - 100'000'000'000'000;
    if (flip()) out.timestamp = text();
    return out;
  }

  check::WireStyle wire() {
    check::WireStyle out;
    if (flip()) return out;
    out.chunked = flip();
    out.chunk = size();
    out.chunk_extension = text();
    out.trailer = text();
    out.segments = 1 + below(10'000);
    out.pause_ms = static_cast<std::int64_t>(below(600'001));
    out.expect_continue = flip();
    out.header_case = one_of<check::WireStyle::Case>(4);
    if (flip()) out.declared = random_.next();
    if (flip()) out.break_after = size();
    out.no_answer = flip();
    out.reset = flip();
    if (flip()) out.bytes = text();
    if (flip()) out.patience_ms = static_cast<std::int64_t>(below(600'001));
    out.pipelined = flip();
    return out;
  }

  SeededRandom random_;
};

}  // namespace hookctl::test
