// Is it the user's own endpoint? What may harm one is sent to this machine and to private networks, elsewhere only when the user says so.
#pragma once

#include "command.hpp"
#include "http/url.hpp"

namespace hookctl {

Option own_target_option(const std::string& group);  // --i-own-this-target

// `usage` for a host with an address that is neither of this machine nor of a private network, unless --i-own-this-target is given;
// `unavailable` when it has no address at all.
Result<void> check_own_target(const Arguments& arguments, const http::Url& url);

}  // namespace hookctl
