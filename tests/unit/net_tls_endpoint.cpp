#include "net_tls_endpoint.hpp"

#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

namespace hookctl::net {

namespace {

void add_extension(X509* certificate, int kind, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

X509* self_signed(EVP_PKEY* key, const std::string& name, bool with_address) {
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* subject = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate, subject);
  add_extension(certificate, NID_subject_alt_name, "DNS:" + name + (with_address ? ",IP:127.0.0.1" : ""));
  add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
  X509_sign(certificate, key, EVP_sha256());
  return certificate;
}

}  // namespace

TlsEndpoint::TlsEndpoint(const std::string& name, bool with_address, const std::string& ca_file) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = self_signed(key, name, with_address);
  context_ = SSL_CTX_new(TLS_server_method());
  SSL_CTX_use_certificate(context_, certificate);
  SSL_CTX_use_PrivateKey(context_, key);
  if (std::FILE* file = std::fopen(ca_file.c_str(), "w")) {
    PEM_write_X509(file, certificate);
    std::fclose(file);
  }
  X509_free(certificate);
  EVP_PKEY_free(key);

  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(listener_, reinterpret_cast<const sockaddr*>(&address), size);
  ::listen(listener_, 16);
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] {
    while (!stopping_) {
      pollfd wanted{listener_, POLLIN, 0};
      if (::poll(&wanted, 1, 20) <= 0) continue;
      const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (descriptor >= 0) serve(descriptor);
    }
  });
}

TlsEndpoint::~TlsEndpoint() {
  stopping_ = true;
  thread_.join();
  ::close(listener_);
  SSL_CTX_free(context_);
}

// Answers requests without a body on this connection until the client ends it or is silent for two seconds.
void TlsEndpoint::serve(int descriptor) {
  const timeval patience{2, 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  SSL* session = SSL_new(context_);
  SSL_set_fd(session, descriptor);
  if (SSL_accept(session) == 1) {
    ++connections_;
    char bytes[4096];
    while (SSL_read(session, bytes, sizeof bytes) > 0) {
      static constexpr char kAnswer[] = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret";
      ++served_;  // before the answer, or who has the answer might count one too few
      SSL_write(session, kAnswer, sizeof kAnswer - 1);
    }
  }
  SSL_free(session);
  ::close(descriptor);
}

}  // namespace hookctl::net
