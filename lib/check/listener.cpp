#include "check/listener.hpp"

namespace hookctl::check {

bool CallbackListener::visited(std::string_view token) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return tokens_.contains(token);
}

void CallbackListener::handle(std::shared_ptr<http::Exchange> exchange) {
  const std::string& target = exchange->request().target;
  const std::string token = target.substr(0, target.find_first_of("?#")).substr(1);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (tokens_.size() < 10'000) tokens_.insert(token);
  }
  const auto answer = [exchange] {
    http::Response response;
    response.headers.add("Content-Type", "text/plain");
    response.body = "ok\n";
    response.headers.add("Content-Length", std::to_string(response.body.size()));
    exchange->answer(std::move(response));
  };
  const std::int64_t delay_ms = delay_ms_;
  if (delay_ms > 0) scheduler_.after(delay_ms, answer);
  else answer();
}

}  // namespace hookctl::check
