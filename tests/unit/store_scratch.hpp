// What the store tests share: a folder that goes away, a plausible request, and waiting for its completion.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "base/result.hpp"
#include "store/journal.hpp"

namespace hookctl::store {

class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "hookctl-store-XXXXXX").string();
    path_ = ::mkdtemp(name.data()) == nullptr ? std::string() : name;
  }
  ~ScratchFolder() {
    std::error_code none;
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all, none);
    std::filesystem::remove_all(path_, none);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline Received sample(std::string body = "{}") {
  Received received;
  received.received_at = 1769860800000;
  received.remote = "127.0.0.1:50000";
  received.raw_head = "POST /hooks?a=1 HTTP/1.1\r\nHost: x\r\n";
  received.body = std::move(body);
  received.method = "POST";
  received.target = "/hooks?a=1";
  received.provider = "stripe";
  received.event_type = "invoice.paid";
  received.event_id = "evt_1";
  received.verdict = "valid";
  received.listener = "127.0.0.1:4400";
  return received;
}

// Appends or records and waits for the outcome.
inline Result<std::int64_t> keep(Journal& journal, Received received) {
  auto outcome = std::make_shared<std::promise<Result<std::int64_t>>>();
  auto told = outcome->get_future();
  auto queued = journal.append(std::move(received), [outcome](Result<std::int64_t> id) { outcome->set_value(std::move(id)); });
  return queued ? told.get() : Result<std::int64_t>(queued.error());
}

inline Result<std::int64_t> keep(Journal& journal, Attempt attempt) {
  auto outcome = std::make_shared<std::promise<Result<std::int64_t>>>();
  auto told = outcome->get_future();
  auto queued = journal.record(std::move(attempt), [outcome](Result<std::int64_t> id) { outcome->set_value(std::move(id)); });
  return queued ? told.get() : Result<std::int64_t>(queued.error());
}

inline Attempt attempt_at(std::int64_t request, std::optional<int> status) {
  Attempt attempt;
  attempt.request = request;
  attempt.started_at = 1769860800100;
  attempt.duration_ms = 15;
  attempt.url = "http://localhost:3000/webhook";
  attempt.status = status;
  return attempt;
}

}  // namespace hookctl::store
