// Which received requests are meant: "provider=stripe event=invoice.* status!=2*". Pure, thread-safe.
//
// A filter is terms separated by spaces or commas; all must hold. A term is KEY=GLOB or KEY!=GLOB: '*' is any run of bytes, '?' any one
// byte (so it can stand for a space or a comma), and the whole value must match; an empty glob means an empty value. Letter case counts
// but in provider, verdict and method.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "store/record.hpp"

namespace hookctl::store {

enum class FilterKey {
  provider,
  event,    // event type
  id,       // event id
  verdict,  // valid, invalid, unverified
  code,     // why it is invalid
  method,
  path,    // the target without its query
  status,  // of the last attempt; "none" when there was no attempt or no answer
  remote,  // ip:port
};

struct FilterTerm {
  FilterKey key{FilterKey::event};
  bool negated{false};
  std::string glob{};
};

// Without terms it matches everything.
struct Filter {
  std::vector<FilterTerm> terms{};
};

// `usage` names the term that is wrong, and the nearest key where one was misspelt.
Result<Filter> parse_filter(std::string_view text);

// `status` is that of the last attempt, see last_status().
bool matches(const Filter& filter, const Received& received, std::optional<int> status);

// Does the filter look at the last attempt's status?
bool needs_status(const Filter& filter) noexcept;

}  // namespace hookctl::store
