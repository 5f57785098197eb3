// Shows what passes through `listen`, as lines or records, and notices when it is time to stop.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <functional>
#include <optional>

#include "commands/outlet.hpp"
#include "gateway/observer.hpp"
#include "session.hpp"
#include "store/filter.hpp"

namespace hookctl {

struct ScreenOptions {
  bool json{false};
  bool quiet{false};
  std::optional<std::uint64_t> exit_after{};
  std::optional<store::Filter> until{};
};

class Screen final : public gateway::Observer {
 public:
  Screen(Session& session, ScreenOptions options, std::function<void()> stop) : session_(session), options_(std::move(options)), stop_(std::move(stop)) {}

  void arrived(const gateway::Arrival& arrival) override;
  void answered(const gateway::Answer& answer) override;
  void shook_hands(const gateway::Handshake& handshake) override;
  void finished(const gateway::Arrival& arrival, std::optional<int> status) override;
  void refused(const http::Refusal& refusal, const std::string& remote) override;
  void not_kept(const std::string& reason) override;

  // Did --exit-after or --until come true?
  bool satisfied() const noexcept { return satisfied_; }

 private:
  void show(const std::string& text);

  Session& session_;
  ScreenOptions options_;
  std::function<void()> stop_;
  Outlet outlet_{STDOUT_FILENO};
  std::uint64_t dropped_{0};  // lines that found no reader
  std::uint64_t finished_{0};
  bool satisfied_{false};
};

}  // namespace hookctl
