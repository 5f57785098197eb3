#include "commands/key_fetch.hpp"

#include <map>
#include <mutex>
#include <variant>

#include "base/text.hpp"
#include "http/codec.hpp"
#include "net/loop.hpp"
#include "signing/key_source.hpp"

namespace hookctl {

namespace {

constexpr std::int64_t kTimeoutMs = 10'000;
constexpr std::size_t kLargest = 256 * 1024;

Error not_fetched(const std::string& url, const std::string& words) {
  return unavailable_error("the key at " + printable(url) + " could not be fetched: " + words, "give it yourself: --certificate FILE or --public-key KEY");
}

}  // namespace

Result<std::string> fetch_key(http::Client& client, const std::string& url) {
  auto parsed = http::parse_url(url);
  if (!parsed) return parsed.error();
  http::Request request;
  request.method = "GET";
  request.headers = {{"Accept", "*/*"}, {"User-Agent", "hookctl"}};
  http::Outgoing message;
  message.url = *std::move(parsed);
  message.method = request.method;
  message.head = http::forward_head(request, message.url.origin_form(), message.url.authority());
  const http::SendResult result = client.send(message, kTimeoutMs);
  if (const auto* failure = std::get_if<http::SendFailure>(&result)) return not_fetched(url, failure->message);
  const auto& response = std::get<http::Response>(result);
  if (response.status != 200) return not_fetched(url, "it answered " + std::to_string(response.status));
  if (response.body.empty() || response.body.size() > kLargest) return not_fetched(url, "the answer has " + std::to_string(response.body.size()) + " bytes");
  return response.body;
}

Result<void> add_published_key(const signing::Scheme& scheme, const http::Request& request, signing::Keys& keys) {
  static std::mutex mutex;
  static std::map<std::string, std::string> fetched;
  if (keys.public_key || keys.private_key) return {};
  auto url = signing::key_url(scheme, request);
  if (!url) return url.error();
  const std::scoped_lock lock(mutex);
  auto known = fetched.find(*url);
  if (known == fetched.end()) {
    net::ClientOptions options;
    options.limits.body = kLargest;
    auto client = net::make_blocking_client(options);
    if (!client) return client.error();
    auto body = fetch_key(**client, *url);
    if (!body) return body.error();
    known = fetched.emplace(*std::move(url), *std::move(body)).first;
  }
  keys.public_key = known->second;
  return {};
}

}  // namespace hookctl
