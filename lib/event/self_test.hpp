// Does a provider's description work? Every fixture is made new, signed with a made-up key, and must then be what it is taken for.
#pragma once

#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "provider/catalog.hpp"
#include "signing/keys.hpp"

namespace hookctl::event {

// A key of the form that the scheme takes (its first alternative): secrets, and a private key where it takes one. `bug` when none can be made.
Result<signing::Keys> made_up_keys(const signing::Scheme& scheme, Random& random);

struct Trial {
  std::string event;
  std::string file{};   // the fixture's, "" when it is embedded
  std::string fault{};  // why it does not work, or ""
  std::string doubt{};  // what is odd though it does, or ""
};

// One for each fixture of the provider.
std::vector<Trial> self_test(const provider::Catalog& catalog, const provider::Provider& provider, UnixMs now, Random& random);

}  // namespace hookctl::event
