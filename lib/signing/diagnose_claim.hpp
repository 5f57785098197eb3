// What else may have been signed beside the body: another message id, the timestamp in another unit, other parts altogether. Pure,
// thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "signing/diagnose_trial.hpp"

namespace hookctl::signing {

struct ClaimGuess {
  std::string_view code;  // id_mismatch, timestamp_unit, missing_header, url_mismatch, unsupported_scheme
  std::string cause;
  std::string remedy;
  Guess guess;
};

std::vector<ClaimGuess> other_ids(const Trial& trial);
std::vector<ClaimGuess> other_timestamps(const Trial& trial);
std::vector<ClaimGuess> other_url_guesses(const Trial& trial);
// The same parts in other orders, or some of them left out.
std::vector<ClaimGuess> other_contents(const Trial& trial);

// "milliseconds since 1970" where a timestamp's text is plainly of another unit than `unit`: it is no year from 2001 to 2099 in this one, and
// is in that. "" otherwise.
std::string_view other_unit(std::string_view text, TimeUnit unit);

}  // namespace hookctl::signing
