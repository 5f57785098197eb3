// What a bench is made of, out of sockets, threads and programs: for check, fuzz and the replay of a finding.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "check/bench.hpp"
#include "check/listener.hpp"
#include "commands/endpoint_setup.hpp"
#include "net/loop.hpp"

namespace hookctl {

// Our listener for call-backs on a thread of its own, as long as this lives.
class ListeningThread {
 public:
  ListeningThread() : listener_(loop_) {}
  ~ListeningThread();
  ListeningThread(const ListeningThread&) = delete;
  ListeningThread& operator=(const ListeningThread&) = delete;

  // `unavailable` when loopback has no free port.
  Result<void> start();
  check::Listener& listener() { return listener_; }

 private:
  net::Loop loop_;
  check::CallbackListener listener_;
  std::thread thread_;
};

// Everything that the bench needs, alive as long as the run. The program of --spawn is stopped when it goes.
class Rig {
 public:
  // `usage` for an --effects that is neither, `unavailable` when something cannot be had or the program does not come up.
  Result<void> set_up(const Arguments& arguments, const EndpointSetup& setup);
  // Of what was set up. The session, the ids and this outlive the bench.
  check::BenchParts parts(const Session& session, const EndpointSetup& setup, Random& ids, std::uint64_t seed);

 private:
  Result<void> make_probe(const Arguments& arguments, const EndpointSetup& setup);

  std::unique_ptr<http::WireClient> wire_{};
  std::unique_ptr<http::Client> probe_client_{};
  std::unique_ptr<check::EffectsProbe> probe_{};
  std::unique_ptr<check::Program> program_{};
  ListeningThread listening_{};
};

// Puts into a report what the run does not know: tool and version, endpoint, provider, time and seed.
void name_report(report::Report& report, const std::string& tool, const EndpointSetup& setup, UnixMs started_at, std::uint64_t seed);

}  // namespace hookctl
