#include "gateway/published_keys.hpp"

#include <utility>

#include "base/text.hpp"
#include "http/codec.hpp"
#include "signing/key_source.hpp"

namespace hookctl::gateway {

namespace {

constexpr std::int64_t kTimeoutMs = 10'000;
constexpr std::size_t kLargest = 256 * 1024;
constexpr std::size_t kKept = 64;
constexpr std::size_t kAtATime = 16;

http::Outgoing request_for(http::Url url) {
  http::Request request;
  request.method = "GET";
  request.headers = {{"Accept", "*/*"}, {"User-Agent", "hookctl"}};
  http::Outgoing message;
  message.method = request.method;
  message.head = http::forward_head(request, url.origin_form(), url.authority());
  message.url = std::move(url);
  return message;
}

Result<std::string> key_of(const std::string& url, const http::SendResult& result) {
  const auto failed = [&](const std::string& words) { return unavailable_error("the key at " + printable(url) + " could not be fetched: " + words); };
  if (const auto* failure = std::get_if<http::SendFailure>(&result)) return failed(failure->message);
  const auto& response = std::get<http::Response>(result);
  if (response.status != 200) return failed("it answered " + std::to_string(response.status));
  if (response.body.empty() || response.body.size() > kLargest) return failed("the answer has " + std::to_string(response.body.size()) + " bytes");
  return response.body;
}

}  // namespace

void PublishedKeys::get(const signing::Scheme& scheme, const http::Request& request, Done done) {
  const auto url = signing::key_url(scheme, request);
  if (!url) return done(url.error());
  if (const auto known = keys_.find(*url); known != keys_.end()) return done(known->second);
  const auto parsed = http::parse_url(*url);
  if (!parsed) return done(parsed.error());
  if (!waiting_.contains(*url) && waiting_.size() >= kAtATime) return done(unavailable_error("too many keys are being fetched at a time"));
  auto& waiting = waiting_[*url];
  waiting.push_back(std::move(done));
  if (waiting.size() > 1) return;
  client_.send(request_for(*parsed), kTimeoutMs, [this, address = *url](http::SendResult result) { fetched(address, std::move(result)); });
}

void PublishedKeys::fetched(const std::string& url, http::SendResult result) {
  const Result<std::string> key = key_of(url, result);
  if (key) keep(url, *key);
  const auto node = waiting_.extract(url);
  if (node.empty()) return;
  for (const Done& done : node.mapped()) done(key);
}

void PublishedKeys::keep(const std::string& url, std::string key) {
  if (oldest_first_.size() >= kKept) {
    keys_.erase(oldest_first_.front());
    oldest_first_.erase(oldest_first_.begin());
  }
  oldest_first_.push_back(url);
  keys_[url] = std::move(key);
}

}  // namespace hookctl::gateway
