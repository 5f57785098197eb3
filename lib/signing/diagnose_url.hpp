// The URLs that a sender may have meant when the one we see went through proxies. Pure, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "http/message.hpp"

namespace hookctl::signing {

struct UrlGuess {
  std::string url;
  std::string changed;  // "scheme and host"
};

// Variants of `url`, those with the fewest changes first, at most a few hundred. Forwarding fields of the request are looked at.
std::vector<UrlGuess> other_urls(const std::string& url, const http::Request& request);

}  // namespace hookctl::signing
