// What is new: an endpoint's reaction as a short key, so that reactions can be counted, and cases that bring a new one are worth more tries.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace hookctl::fuzz {

// What is looked at of one delivery.
struct Reaction {
  int status{0};                                // 0: no answer
  std::string shape{};                          // check::shape_of the answer, or the name of the failure
  std::string fields{};                         // header_set() of the answer
  std::int64_t duration_ms{0};
  std::vector<std::string> log{};               // templates of the lines that the program has written since the delivery before
};

// The names of an answer's fields, lower case, sorted, without those that come and go by themselves (Date, Content-Length, …).
std::string header_set(const http::Headers& headers);

// A log line with what differs from event to event taken out: numbers, hex, UUIDs, ids ("evt_…"), quoted texts, times, paths' line numbers
// stay. At most 160 bytes. The same code line gives the same template.
std::string log_template(std::string_view line);

// The key: status, shape, fields, latency class (in half the budget, in the budget, later), log templates. Texts of 32 hex digits.
std::string novelty_key(const Reaction& reaction, std::int64_t budget_ms);

// The keys that were seen. Not thread-safe.
class Novelty {
 public:
  // Is it the first time?
  bool see(const std::string& key) { return seen_.insert(key).second; }
  std::size_t size() const noexcept { return seen_.size(); }

 private:
  std::set<std::string> seen_;
};

}  // namespace hookctl::fuzz
