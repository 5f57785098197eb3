// The process as a command sees it: its streams, clock, randomness and network. main plugs in the real ones.
#pragma once

#include <memory>
#include <ostream>
#include <string>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "provider/catalog.hpp"
#include "ui/terminal.hpp"

namespace hookctl {

struct Session {
  std::ostream& out;  // the answer, nothing else
  std::ostream& err;  // the talk
  bool out_is_terminal{false};
  bool err_is_terminal{false};
  const Clock& clock;
  Random& random;
  provider::Catalog& catalog;
  ui::Paint paint{};      // for out
  ui::Paint err_paint{};  // for err
};

}  // namespace hookctl
