#include "net/tls.hpp"

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

namespace hookctl::net {

namespace {

// What one's own CA and a self-signed certificate look like.
bool is_unknown_issuer(long verdict) {
  return verdict == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY || verdict == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE ||
         verdict == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN || verdict == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT;
}

}  // namespace

Result<std::unique_ptr<TlsClient>> TlsClient::create(const ClientOptions& options) {
  std::unique_ptr<TlsClient> client(new TlsClient(options));
  if (!options.ca_file.empty()) {
    if (auto made = client->make_context(); !made) return made.error();
  }
  return client;
}

Result<void> TlsClient::make_context() {
  auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  ErrorCode error;
  context->set_default_verify_paths(error);
  if (!options_.ca_file.empty()) {
    context->load_verify_file(options_.ca_file, error);
    if (error) {
      return unavailable_error("cannot read certificates from '" + options_.ca_file + "': " + error.message(), "--cacert takes a PEM file");
    }
  }
  context->set_verify_mode(options_.insecure ? asio::ssl::verify_none : asio::ssl::verify_peer, error);
  context_ = std::move(context);
  return {};
}

std::unique_ptr<TlsStream> TlsClient::stream(Socket& socket, const std::string& host) {
  if (!context_ && !make_context()) return nullptr;
  auto stream = std::make_unique<TlsStream>(socket, *context_);
  ErrorCode error;
  asio::ip::make_address(host, error);
  if (error) SSL_set_tlsext_host_name(stream->native_handle(), host.c_str());  // names only: an address is no server name
  static constexpr unsigned char kAlpn[] = "\x08http/1.1";
  SSL_set_alpn_protos(stream->native_handle(), kAlpn, sizeof kAlpn - 1);
  if (!options_.insecure) stream->set_verify_callback(asio::ssl::host_name_verification(host), error);
  return stream;
}

std::string tls_reason(TlsStream& stream, const ErrorCode& error) {
  const long verdict = SSL_get_verify_result(stream.native_handle());
  if (verdict == X509_V_ERR_UNSPECIFIED) return "the certificate is not for this name";  // our name check said no, and nothing else did
  if (is_unknown_issuer(verdict)) {
    return std::string("the certificate's issuer is not trusted (") + X509_verify_cert_error_string(verdict) +
           "); --cacert FILE names one to trust, --insecure takes any";
  }
  if (verdict != X509_V_OK) return X509_verify_cert_error_string(verdict);
  const std::string message = error.message();
  if (message.find("wrong version number") != std::string::npos) return "the server does not speak TLS (is it http://?)";
  return message;
}

}  // namespace hookctl::net
