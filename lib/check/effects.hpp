// The effects probe: how the tester learns what an endpoint did. A URL or a command of the user's that gives
// {"count": N, "ids": [...]} and, if it likes, "state": {...}, "log": [...]: how many side effects there were so far, the ids of the events
// that had them (one entry for each effect), and what the endpoint keeps.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "http/transport.hpp"
#include "http/url.hpp"

namespace hookctl::check {

struct Effects {
  std::int64_t count{0};
  bool has_ids{false};
  std::map<std::string, std::int64_t, std::less<>> by_id{};  // how often each; numbers as they are spelt
  std::string state{};  // JSON, "" when there is none
  std::string text{};   // the whole answer
  std::int64_t of(std::string_view id) const;  // 0 when it is not there
};

// `usage` says what is not as it should be.
Result<Effects> parse_effects(std::string_view json);

class EffectsProbe {
 public:
  virtual ~EffectsProbe() = default;
  // One reading. `unavailable` when it cannot be read, `usage` when it is no such JSON; both name the probe.
  virtual Result<Effects> read() = 0;
};

// GET of a URL. The client is used from the reading thread only and must outlive it.
std::unique_ptr<EffectsProbe> url_probe(http::Client& client, http::Url url);
// A program of the user's, run without a shell; its standard output is the reading.
std::unique_ptr<EffectsProbe> command_probe(std::vector<std::string> words);

}  // namespace hookctl::check
