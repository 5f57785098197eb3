// What a request claims about its signature, and everything that can be wrong with it before any key is used.
#pragma once

#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"
#include "signing/fault.hpp"
#include "signing/scheme.hpp"
#include "signing/verify.hpp"

namespace hookctl::signing {

struct Reading {
  Claim claim{};
  std::vector<std::string> signatures{};  // the claim's, decoded; at least one where there is no fault
};

// Limits of the age that hold for one verification, in milliseconds.
struct AgeLimits {
  UnixMs now{0};
  std::optional<std::int64_t> max_age{};
  std::optional<std::int64_t> max_future{};
};
AgeLimits age_limits(const Scheme& scheme, const VerifyInputs& inputs);

// Fills `reading` as far as it goes. `keep` takes decoded JSON strings.
std::optional<Fault> read_claim(const Scheme& scheme, const http::Request& request, std::string_view document, const AgeLimits& limits,
                                std::list<std::string>& keep, Reading& reading);

// Is a claim whose signature holds too old or too far ahead? Sets `age`.
std::optional<Fault> check_age(const Scheme& scheme, const Claim& claim, const AgeLimits& limits, std::optional<std::int64_t>& age);

}  // namespace hookctl::signing
