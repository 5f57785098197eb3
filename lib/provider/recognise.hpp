// Who sent this? The provider whose headers these are, how sure that is, and who else it could be. Pure, thread-safe.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"
#include "provider/provider.hpp"

namespace hookctl::provider {

enum class Sureness {
  certain,   // a header that only this provider sends, or a signature that only its scheme explains
  likely,    // it fits best of all
  possible,  // others send the same
};

struct Recognition {
  const Provider* provider{nullptr};  // null: nobody's headers
  Sureness sureness{Sureness::possible};
  std::vector<std::string> by{};           // the headers that tell, the telling one alone where there is one
  std::vector<const Provider*> others{};   // who else it could be, the nearest first
  bool by_signature{false};                // settle() found whose signature holds
};

// Of `candidates` the one whose conditions hold best (of equals the first), looked at beside all the others. A User-Agent is what proxies
// change: a provider that only wants for its own is still one of `others`, unless the User-Agent of the one that was found tells it. So is
// one without conditions whose scheme reads just these headers.
Recognition recognise(const std::vector<const Provider*>& candidates, const http::Headers& headers);

// Where several fit, `holds` says whether a provider's signature does: the only one is certain; of several the first is likely, and the others
// sign the same way; when none holds all stays as it was.
void settle(Recognition& recognition, const std::function<bool(const Provider&)>& holds);

// "certain", "likely", "possible".
std::string_view to_text(Sureness sureness) noexcept;

// "recognised as stripe by the header Stripe-Signature (certain: no other provider sends it)". For a provider only.
std::string sentence(const Recognition& recognition);

// How many conditions of the best alternative hold; 0 when none holds whole.
std::size_t recognition(const Provider& provider, const http::Headers& headers);

}  // namespace hookctl::provider
