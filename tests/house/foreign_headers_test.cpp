// A foreign header has one address: each library is met in the one place that is named for it.
#include <doctest/doctest.h>

#include <algorithm>

#include "source_tree.hpp"

using namespace hookctl::house;

namespace {

struct Law {
  std::string header;                  // an include that begins so
  std::vector<std::string> addresses;  // may stand in files whose path begins so
};

const std::vector<Law> kLaws{
    {"openssl/", {"lib/crypto/", "lib/net/", "tests/"}},
    {"asio", {"lib/net/"}},
    {"boost/", {}},
    {"sqlite3.h", {"lib/store/", "tests/"}},
    {"httplib.h", {"lib/control/", "apps/endpoint/", "tests/"}},
    {"CLI/", {"apps/hookctl/cli.cpp"}},
    {"toml++/", {"apps/hookctl/settings.cpp"}},
    {"histedit.h", {"lib/ui/"}},
    {"editline/", {"lib/ui/"}},
    {"doctest/", {"tests/"}},
};

bool permitted(const Law& law, const std::string& path) {
  return std::any_of(law.addresses.begin(), law.addresses.end(), [&](const std::string& address) { return path.starts_with(address); });
}

std::string words(const std::vector<std::string>& list) {
  std::string text;
  for (const std::string& word : list) text += (text.empty() ? "" : ", ") + word;
  return text.empty() ? "nowhere" : text;
}

}  // namespace

TEST_CASE("foreign headers stand at their one address") {
  std::size_t seen = 0;
  for (const SourceFile& file : source_files({"lib", "apps", "tests"})) {
    if (!is_cpp(file)) continue;
    for (const Include& include : includes_of(file)) {
      for (const Law& law : kLaws) {
        if (include.quoted || !include.name.starts_with(law.header)) continue;
        ++seen;
        INFO(include.where << " includes <" << include.name << ">; permitted in: " << words(law.addresses));
        CHECK(permitted(law, file.path));
      }
    }
  }
  CHECK(seen > 30);
}

TEST_CASE("<nlohmann/json.hpp> is for .cpp files; headers take json_fwd.hpp") {
  for (const SourceFile& file : source_files({"lib", "apps"})) {
    for (const Include& include : includes_of(file)) {
      INFO(include.where << " includes <nlohmann/json.hpp>: a header takes <nlohmann/json_fwd.hpp>");
      CHECK_FALSE((include.name == "nlohmann/json.hpp" && file.path.ends_with(".hpp")));
    }
  }
}

TEST_CASE("lib knows nothing of argv, stdout, exit or the screen's streams") {
  for (const SourceFile& file : source_files({"lib"})) {
    if (!is_cpp(file)) continue;
    for (const Include& include : includes_of(file)) {
      INFO(include.where);
      CHECK(include.name != "iostream");
    }
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      INFO(file.path << ":" << i + 1 << ": " << file.lines[i]);
      CHECK(file.lines[i].find("std::exit(") == std::string::npos);
      for (const char* word : {"std::cout", "std::printf(", "std::puts(", "stdout"}) CHECK(file.lines[i].substr(0, file.lines[i].find("//")).find(word) == std::string::npos);
    }
  }
}
