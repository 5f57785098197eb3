// The floors of the house: lib/CMakeLists.txt says which room may use which, and every #include keeps to it.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "source_tree.hpp"

using namespace hookctl::house;

namespace {

struct Room {
  std::vector<std::string> uses;  // as declared
  std::set<std::string> reach;    // itself and all it may use, directly or through another
};

// Reads the hookctl_module(name USES … LINKS …) lines. They stand from the ground up: a room is declared after those it uses.
std::map<std::string, Room> rooms() {
  std::map<std::string, Room> rooms;
  for (const SourceFile& file : source_files({"lib"})) {
    if (file.path != "lib/CMakeLists.txt") continue;
    for (const std::string& line : file.lines) {
      if (!line.starts_with("hookctl_module(")) continue;
      std::istringstream words(line.substr(15, line.rfind(')') - 15));
      std::string name, word;
      words >> name;
      Room room{{}, {name}};
      bool using_rooms = false;
      while (words >> word) {
        if (word == "USES" || word == "LINKS") using_rooms = word == "USES";
        else if (using_rooms) room.uses.push_back(word);
      }
      for (const std::string& used : room.uses) {
        INFO("lib/CMakeLists.txt: '" << name << "' uses '" << used << "', which is not declared above it");
        REQUIRE(rooms.count(used) == 1);
        room.reach.insert(rooms[used].reach.begin(), rooms[used].reach.end());
      }
      rooms[name] = room;
    }
  }
  return rooms;
}

std::string words(const std::set<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string room_of(const std::string& path) { return path.substr(4, path.find('/', 4) - 4); }

}  // namespace

TEST_CASE("floors: rooms are declared, and every folder of lib is one") {
  const auto declared = rooms();
  REQUIRE(declared.size() >= 10);
  CHECK(declared.at("base").uses.empty());
  for (const SourceFile& file : source_files({"lib"})) {
    if (!is_cpp(file)) continue;
    INFO(file.path << " is in no room that lib/CMakeLists.txt declares");
    CHECK(declared.count(room_of(file.path)) == 1);
  }
}

TEST_CASE("floors: nothing in lib includes what its room may not use") {
  const auto declared = rooms();
  std::size_t seen = 0;
  for (const SourceFile& file : source_files({"lib"})) {
    if (!is_cpp(file) || declared.count(room_of(file.path)) == 0) continue;  // the test above speaks of those
    const Room& room = declared.at(room_of(file.path));
    for (const Include& include : includes_of(file)) {
      if (!include.quoted) continue;
      ++seen;
      const std::string used = include.name.substr(0, include.name.find('/'));
      INFO(include.where << " includes \"" << include.name << "\"; '" << room_of(file.path) << "' may use: " << words(room.reach));
      CHECK(include.name.find('/') != std::string::npos);
      CHECK(room.reach.count(used) == 1);
    }
  }
  CHECK(seen > 200);
}

TEST_CASE("floors: sockets and the control plane are reached through http/transport.hpp only") {
  for (const SourceFile& file : source_files({"lib"})) {
    if (!is_cpp(file)) continue;
    for (const Include& include : includes_of(file)) {
      for (const std::string room : {"net/", "control/"}) {
        if (!include.name.starts_with(room) || file.path.starts_with("lib/" + room)) continue;
        FAIL_CHECK(include.where << " includes \"" << include.name << "\": speak to the seam in http/transport.hpp instead");
      }
    }
  }
}
