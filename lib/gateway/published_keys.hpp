// The public keys that requests name (AWS SNS, PayPal), fetched while `listen --fetch-keys` runs: from the provider's pinned hosts only.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "http/message.hpp"
#include "http/transport.hpp"
#include "signing/scheme.hpp"

namespace hookctl::gateway {

// Loop thread only. Outlives whoever waits for a key.
class PublishedKeys {
 public:
  using Done = std::function<void(const Result<std::string>& key)>;

  // `client` must trust the system's authorities only and outlive this.
  explicit PublishedKeys(http::AsyncClient& client) : client_(client) {}

  // The key that the request is signed with: at once where it was fetched before, later otherwise. One HTTPS GET for each URL, without
  // redirects, at most 256 KiB, in at most 10 s. `usage` when the scheme or the request names no URL or its host is not pinned,
  // `unavailable` says what came instead of a key; a failure is told to all who wait and not remembered. Keeps the 64 latest, waits for at
  // most 16 at a time.
  void get(const signing::Scheme& scheme, const http::Request& request, Done done);

 private:
  void fetched(const std::string& url, http::SendResult result);
  void keep(const std::string& url, std::string key);

  http::AsyncClient& client_;
  std::map<std::string, std::string> keys_;
  std::vector<std::string> oldest_first_;
  std::map<std::string, std::vector<Done>> waiting_;
};

}  // namespace hookctl::gateway
