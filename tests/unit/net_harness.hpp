// What the tests of lib/net share: a server of ours in a thread, a client that sends any bytes, endpoints that misbehave on purpose.
// Everything is bounded: no read waits longer than kPatienceMs.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "http/transport.hpp"
#include "net/loop.hpp"

namespace hookctl::net {

inline constexpr int kPatienceMs = 10'000;

// A connected TCP socket that sends and receives exactly what it is told.
class RawSocket {
 public:
  explicit RawSocket(std::uint16_t port, const char* host = "127.0.0.1");
  explicit RawSocket(int descriptor);
  RawSocket(RawSocket&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  RawSocket& operator=(RawSocket&&) = delete;
  ~RawSocket();

  bool connected() const { return descriptor_ >= 0; }
  bool send(std::string_view bytes);             // false when the peer is gone
  std::string receive();                         // what comes next; "" at the end, a reset or when patience is over
  std::string receive_all();                     // until the end
  std::string receive_until(std::string_view mark);  // up to and with the first `mark`, or what came before the end
  // One answer with Content-Length (or none), head and body; what follows stays for the next call.
  std::string receive_answer();
  void end_sending();                            // FIN: our half is closed
  void reset();                                  // RST
  // Has the peer ended the connection (FIN or RST) within patience?
  bool ended();

 private:
  int descriptor_{-1};
  std::string pending_;
};

// Options of a server on a free port.
ServerOptions on_free_port();

// A server of ours whose handler the test gives; keeps all it was handed.
class TestServer final : public http::Handler {
 public:
  using Behaviour = std::function<void(Loop& loop, std::shared_ptr<http::Exchange> exchange)>;

  // Without a behaviour it answers 200 with the request's payload and its target in X-Target.
  explicit TestServer(ServerOptions options = on_free_port(), Behaviour behaviour = {});
  ~TestServer() override;

  std::uint16_t port() const { return address_.port; }
  Loop& loop() { return loop_; }
  std::vector<http::Request> requests() const;
  std::vector<http::Refusal> refusals() const;
  // Waits until so many requests were handed over.
  bool wait_for_requests(std::size_t count) const;

  void drain(std::int64_t limit_ms);  // from any thread
  void join();                        // waits until the loop has ended
  bool running() const { return running_; }

  void handle(std::shared_ptr<http::Exchange> exchange) override;
  void refused(const http::Refusal& refusal, std::string_view head, const std::string& remote) override;

 private:
  Loop loop_;
  Behaviour behaviour_;
  Address address_;
  mutable std::mutex mutex_;  // guards the next two
  std::vector<http::Request> requests_;
  std::vector<http::Refusal> refusals_;
  std::atomic<bool> running_{true};
  std::thread thread_;
};

// An endpoint that speaks raw bytes: `script` gets each connection in turn and its number from 0.
class RawEndpoint {
 public:
  using Script = std::function<void(RawSocket& socket, int number)>;
  explicit RawEndpoint(Script script);
  ~RawEndpoint();

  std::uint16_t port() const { return port_; }
  int connections() const { return connections_; }
  http::Url url(const std::string& target = "/hook") const { return {"http", "127.0.0.1", port_, target}; }

 private:
  int listener_{-1};
  std::uint16_t port_{0};
  Script script_;
  std::atomic<int> connections_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

// A message with a body to send there.
http::Outgoing post_to(const http::Url& url, const std::string& body = "{}");

// How many descriptors this process has open.
std::size_t open_descriptors();

// Calls `holds` every few milliseconds until it is true; false when patience is over.
bool eventually(const std::function<bool()>& holds);

}  // namespace hookctl::net
