// An HTTPS endpoint for tests, written on OpenSSL alone: a certificate made at run time, one answer a connection.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

struct ssl_ctx_st;

namespace hookctl::net {

class TlsEndpoint {
 public:
  // A self-signed certificate for this DNS name and address 127.0.0.1 (only where `with_address`), written to `ca_file` for the client.
  TlsEndpoint(const std::string& name, bool with_address, const std::string& ca_file);
  ~TlsEndpoint();

  std::uint16_t port() const { return port_; }
  int served() const { return served_; }            // requests answered
  int connections() const { return connections_; }  // handshakes that succeeded

 private:
  void serve(int descriptor);

  ssl_ctx_st* context_{nullptr};
  int listener_{-1};
  std::uint16_t port_{0};
  std::atomic<int> served_{0};
  std::atomic<int> connections_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace hookctl::net
