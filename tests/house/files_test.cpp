// Every file: short, introduced by a comment, and free of this or that machine's paths.
#include <doctest/doctest.h>

#include <algorithm>

#include "source_tree.hpp"

using namespace hookctl::house;

namespace {

constexpr std::size_t kLongest = 400;

bool gives_a_reason(const SourceFile& file) {
  const std::size_t count = std::min<std::size_t>(10, file.lines.size());
  return std::any_of(file.lines.begin(), file.lines.begin() + static_cast<std::ptrdiff_t>(count),
                     [](const std::string& line) { return line.find("long because") != std::string::npos; });
}

bool is_code(const SourceFile& file) {
  for (const char* ending : {".cpp", ".hpp", ".cmake", ".sh", ".mjs", "CMakeLists.txt"}) {
    if (file.path.ends_with(ending)) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("files: at most 400 lines, or a reason at the top") {
  for (const SourceFile& file : source_files({"lib", "apps", "tests"})) {
    if (!is_code(file)) continue;
    INFO(file.path << " has " << file.lines.size() << " lines; above 400 its first comment says \"long because …\"");
    CHECK((file.lines.size() <= kLongest || gives_a_reason(file)));
  }
}

TEST_CASE("files: code begins with a comment that says what it is (a .cpp beside its header may leave it to that)") {
  for (const SourceFile& file : source_files({"lib", "apps", "tests"})) {
    if (!is_code(file) || file.lines.empty() || file.path.ends_with("CMakeLists.txt")) continue;
    const std::string header = file.path.substr(0, file.path.rfind('.')) + ".hpp";
    const bool has_header = file.path.ends_with(".cpp") && file.lines[0] == "#include \"" + header.substr(header.find('/') + 1) + "\"";
    const bool own_header = file.path.ends_with(".cpp") && file.lines[0].starts_with("#include \"") && header.ends_with(file.lines[0].substr(10, file.lines[0].size() - 11));
    INFO(file.path << ":1: " << file.lines[0]);
    CHECK((file.lines[0].starts_with("//") || file.lines[0].starts_with("#!") || file.lines[0].starts_with("# ") || has_header || own_header));
  }
}

TEST_CASE("files: every header is guarded by #pragma once") {
  for (const SourceFile& file : source_files({"lib", "apps", "tests"})) {
    if (!file.path.ends_with(".hpp")) continue;
    INFO(file.path);
    CHECK(std::find(file.lines.begin(), file.lines.end(), "#pragma once") != file.lines.end());
  }
}

TEST_CASE("files: no machine's own paths, no left-over marks") {
  // Put together here so that this file does not hold them itself.
  const std::vector<std::string> forbidden{std::string("/wo") + "rk/", std::string("/ro") + "ot/", std::string("/ho") + "me/", std::string("TO") + "DO", std::string("FIX") + "ME",
                                           std::string("XX") + "X:", std::string("<<<<") + "<<<"};
  for (const SourceFile& file : source_files({"", "lib", "apps", "tests", "completions", ".ci", ".github"})) {
    if (file.path.starts_with("tests/vectors/")) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      for (const std::string& word : forbidden) {
        if (file.lines[i].find(word) == std::string::npos) continue;
        FAIL_CHECK(file.path << ":" << i + 1 << ": holds '" << word << "'");
      }
    }
  }
}
