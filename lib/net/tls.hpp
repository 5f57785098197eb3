// TLS for clients: what is trusted, and a handshake that checks the name. Inside lib/net only.
#pragma once

#include <asio/ssl.hpp>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "net/asio.hpp"
#include "net/loop.hpp"

namespace hookctl::net {

using TlsStream = asio::ssl::stream<Socket&>;

// Trust for a client: the system's certificate authorities and `ca_file`; TLS 1.2 and 1.3. The context is made at its first use (reading the
// system's authorities takes milliseconds).
class TlsClient {
 public:
  // `unavailable` when `ca_file` cannot be read as PEM certificates.
  static Result<std::unique_ptr<TlsClient>> create(const ClientOptions& options);

  // A stream over `socket`, ready for the handshake with `host` (name check, SNI, ALPN http/1.1).
  std::unique_ptr<TlsStream> stream(Socket& socket, const std::string& host);

 private:
  explicit TlsClient(ClientOptions options) : options_(std::move(options)) {}
  Result<void> make_context();

  ClientOptions options_;
  std::unique_ptr<asio::ssl::context> context_;
};

// Why a handshake failed, in words, with the certificate's fault where that was it.
std::string tls_reason(TlsStream& stream, const ErrorCode& error);

}  // namespace hookctl::net
