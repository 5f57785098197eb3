// Fetching a provider's public keys (--fetch-keys): from pinned hosts only (signing/key_source.hpp), by one HTTPS GET without redirects.
#pragma once

#include <string>

#include "base/result.hpp"
#include "http/message.hpp"
#include "http/transport.hpp"
#include "signing/keys.hpp"
#include "signing/scheme.hpp"

namespace hookctl {

// The body at an https URL: at most 256 KiB, in at most 10 s, status 200. `unavailable` says what came instead.
Result<std::string> fetch_key(http::Client& client, const std::string& url);

// Puts the keys that the request is signed with into `keys`, where none are; fetched once for each URL in a process, and checked against
// the system's authorities whatever else is trusted. `usage` when the scheme or the request names no URL, or its host is not pinned.
// Thread-safe.
Result<void> add_published_key(const signing::Scheme& scheme, const http::Request& request, signing::Keys& keys);

}  // namespace hookctl
