// Reactions as keys. (log_template.cpp has what is left of a log line.)
#include "fuzz/novelty.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "crypto/digest.hpp"

namespace hookctl::fuzz {

namespace {

// Fields that say when, how long, over which connection or for which request, and nothing about the code that answered.
constexpr std::array<std::string_view, 16> kRestless{"age",
                                                     "connection",
                                                     "content-length",
                                                     "date",
                                                     "etag",
                                                     "expires",
                                                     "keep-alive",
                                                     "last-modified",
                                                     "server-timing",
                                                     "traceparent",
                                                     "transfer-encoding",
                                                     "x-amzn-trace-id",
                                                     "x-correlation-id",
                                                     "x-request-id",
                                                     "x-response-time",
                                                     "x-runtime"};

std::string latency_class(std::int64_t duration_ms, std::int64_t budget_ms) {
  if (duration_ms > budget_ms) return "late";
  return duration_ms > budget_ms / 2 ? "slow" : "quick";
}

}  // namespace

std::string header_set(const http::Headers& headers) {
  std::set<std::string> names;
  for (const http::Header& each : headers) {
    std::string name = lower(each.name);
    if (std::find(kRestless.begin(), kRestless.end(), name) == kRestless.end()) names.insert(std::move(name));
  }
  return join({names.begin(), names.end()}, ",");
}

std::string novelty_key(const Reaction& reaction, std::int64_t budget_ms) {
  std::vector<std::string> parts{std::to_string(reaction.status), reaction.shape, reaction.fields,
                                 latency_class(reaction.duration_ms, budget_ms)};
  // As a set: lines of deliveries that ran side by side mix, and how often a loop went round is no other path.
  const std::set<std::string> lines(reaction.log.begin(), reaction.log.end());
  parts.insert(parts.end(), lines.begin(), lines.end());
  std::string whole;
  for (const std::string& part : parts) whole += std::to_string(part.size()) + ":" + part;
  return to_hex(crypto::digest(crypto::Hash::sha256, whole)).substr(0, 32);
}

}  // namespace hookctl::fuzz
