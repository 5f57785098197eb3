// What the parts of one event loop share. Inside lib/net only.
#pragma once

#include <functional>
#include <list>

#include "net/asio.hpp"
#include "net/deadlines.hpp"

namespace hookctl::net {

class Connection;

struct Core {
  // Before io: its end destroys coroutines that still look at these.
  bool draining{false};
  std::size_t active{0};  // connections and sends under way
  DeadlineList all_deadlines;
  std::list<Connection*> connections;

  asio::io_context io{1};
  Deadlines deadlines{io, all_deadlines};

  Core() = default;
  ~Core() { draining = false; }
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  // Every connection and send holds one of these; a draining loop ends with the last.
  class Activity {
   public:
    explicit Activity(Core& core) : core_(core) { ++core_.active; }
    ~Activity() {
      if (--core_.active == 0 && core_.draining) core_.io.stop();
    }
    Activity(const Activity&) = delete;
    Activity& operator=(const Activity&) = delete;

   private:
    Core& core_;
  };
};

}  // namespace hookctl::net
