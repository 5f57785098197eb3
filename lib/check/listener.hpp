// Our own listener for call-backs, as the handler of a server that the program runs: whoever fetches /TOKEN is noticed.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "check/bench.hpp"
#include "http/transport.hpp"

namespace hookctl::check {

class CallbackListener final : public Listener, public http::Handler {
 public:
  // `scheduler` is the loop that it is served on; it delays answers there.
  explicit CallbackListener(http::Scheduler& scheduler) : scheduler_(scheduler) {}
  // "http://127.0.0.1:PORT", before anything asks for a URL.
  void set_origin(std::string origin) { origin_ = std::move(origin); }

  std::string url(std::string_view token) override { return origin_ + "/" + std::string(token); }
  bool visited(std::string_view token) override;
  void delay_answers(std::int64_t ms) override { delay_ms_ = ms; }

  void handle(std::shared_ptr<http::Exchange> exchange) override;
  void refused(const http::Refusal&, std::string_view, const std::string&) override {}

 private:
  http::Scheduler& scheduler_;
  std::string origin_;
  std::atomic<std::int64_t> delay_ms_{0};
  std::mutex mutex_;
  std::set<std::string, std::less<>> tokens_;
};

}  // namespace hookctl::check
