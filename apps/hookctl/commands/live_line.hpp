// How far a check or a fuzz run is: one line that is drawn again on a terminal, a line every few seconds elsewhere.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "session.hpp"

namespace hookctl {

class LiveLine {
 public:
  // A quiet one shows and says nothing.
  LiveLine(Session& session, bool quiet);
  ~LiveLine() { take_away(); }
  LiveLine(const LiveLine&) = delete;
  LiveLine& operator=(const LiveLine&) = delete;

  // Asks for the words and shows them when nothing was shown for a while: 100 ms on a terminal, 5 s elsewhere.
  void show(const std::function<std::string()>& words);
  // A line that stays.
  void say(const std::string& line);
  void take_away();

 private:
  Session& session_;
  bool quiet_;
  bool drawn_{false};
  std::int64_t told_;
};

}  // namespace hookctl
