// Other ways to read the secrets that were given, each made ready to try. Pure, thread-safe.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "signing/diagnose.hpp"
#include "signing/prepared.hpp"

namespace hookctl::signing {

// A key that the signature may have been made with.
struct KeyGuess {
  std::string_view code;  // secret_form or other_secret_matches
  Prepared keys;          // one
  std::string cause;
  std::string remedy;
};

// The secrets given, read otherwise than the scheme does: with or without prefix, decoded or not, without what stands around them. None
// that the scheme itself tries.
std::vector<KeyGuess> other_readings(const Scheme& way, const Keys& keys, std::string_view title, std::string_view secret_form);

// The other secrets at hand, read as the scheme does, and those given for another of the scheme's signatures (Scheme::secret_index).
std::vector<KeyGuess> other_secrets(const Scheme& way, const Keys& keys, std::span<const OtherSecret> others);

// The scheme with the given keys and another hash.
std::vector<KeyGuess> other_hashes(const Scheme& way, const Keys& keys);

// A prefix that this provider's secrets have: the scheme's, or the one that `secret_form` speaks of ("whsec_..."); "" for none.
std::string usual_prefix(const Scheme& scheme, std::string_view secret_form);

// What stands around the secret itself, peeled off: blanks, line ends (also written as \n) and quotes.
std::string_view peeled(std::string_view text);

}  // namespace hookctl::signing
