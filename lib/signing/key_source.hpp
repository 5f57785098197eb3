// Which URL a provider's public keys may be fetched from. Nothing here touches the network; whoever fetches asks here first.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "http/message.hpp"
#include "signing/scheme.hpp"

namespace hookctl::signing {

// The https URL of the keys that this request is signed with: the scheme's own, or the one that the request names when its host is one of
// the provider's. `usage` names the host when it is not, and says when the scheme or the request names no URL.
Result<std::string> key_url(const Scheme& scheme, const http::Request& request);

// Does each request name the URL of the key that it is signed with (AWS SNS, PayPal)?
bool names_key_url(const Scheme& scheme) noexcept;

// Is it an https URL without a user name or a port (not even 443), on one of these hosts? In a pattern a leading "*." stands for one or
// more labels, any other '*' for exactly one ("sns.*.amazonaws.com"). Case is ignored. `usage` says what is wrong.
Result<void> check_key_url(std::string_view url, const std::vector<std::string>& hosts);

}  // namespace hookctl::signing
