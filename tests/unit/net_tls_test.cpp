// TLS on the sending side: whom the client trusts, whom it refuses, and in which words.
#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "net_harness.hpp"
#include "net_tls_endpoint.hpp"

using namespace hookctl;
using namespace hookctl::net;

namespace {

// A file that goes away.
struct TemporaryFile {
  TemporaryFile() {
    char name[] = "/tmp/hookctl-tls-XXXXXX";
    ::close(::mkstemp(name));
    path = name;
  }
  ~TemporaryFile() { std::remove(path.c_str()); }
  std::string path;
};

http::SendResult get(const ClientOptions& options, std::uint16_t port, const std::string& host, int times = 1) {
  auto client = *make_blocking_client(options);
  http::SendResult result;
  for (int i = 0; i < times; ++i) result = client->send({{"https", host, port, "/"}, "GET", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", ""}, 5'000);
  return result;
}

bool answered(const http::SendResult& result) {
  const auto* response = std::get_if<http::Response>(&result);
  if (response == nullptr) MESSAGE(std::get<http::SendFailure>(result).message);
  return response != nullptr && response->body == "secret";
}

std::string refusal(const http::SendResult& result) {
  const auto* failure = std::get_if<http::SendFailure>(&result);
  REQUIRE(failure != nullptr);
  CHECK(failure->fault == http::SendFault::tls);
  INFO(failure->message);
  CHECK(failure->message.find("failed: ") != std::string::npos);
  return failure->message;
}

}  // namespace

TEST_CASE("tls: an own authority is trusted when it is given, for names and addresses") {
  TemporaryFile ca;
  TlsEndpoint endpoint("localhost", true, ca.path);
  ClientOptions options;
  options.ca_file = ca.path;
  CHECK(answered(get(options, endpoint.port(), "localhost")));
  CHECK(answered(get(options, endpoint.port(), "127.0.0.1")));
}

TEST_CASE("tls: an unknown authority is refused, and nothing is sent") {
  TemporaryFile ca;
  TlsEndpoint endpoint("localhost", true, ca.path);
  const std::string message = refusal(get(ClientOptions{}, endpoint.port(), "localhost"));
  CHECK(message.find("self-signed certificate") != std::string::npos);
  CHECK(endpoint.served() == 0);
}

TEST_CASE("tls: another authority than the given one is refused") {
  TemporaryFile ca;
  TemporaryFile other;
  TlsEndpoint endpoint("localhost", true, ca.path);
  TlsEndpoint another("localhost", true, other.path);
  ClientOptions options;
  options.ca_file = other.path;
  refusal(get(options, endpoint.port(), "localhost"));
  CHECK(endpoint.served() == 0);
}

TEST_CASE("tls: a trusted certificate for another name or without the address is refused") {
  TemporaryFile ca;
  TlsEndpoint endpoint("other.example", false, ca.path);
  ClientOptions options;
  options.ca_file = ca.path;
  CHECK(refusal(get(options, endpoint.port(), "localhost")) == "TLS handshake with localhost failed: the certificate is not for this name");
  CHECK(refusal(get(options, endpoint.port(), "127.0.0.1")) == "TLS handshake with 127.0.0.1 failed: the certificate is not for this name");
  CHECK(endpoint.served() == 0);
}

TEST_CASE("tls: insecure takes any certificate") {
  TemporaryFile ca;
  TlsEndpoint endpoint("other.example", false, ca.path);
  ClientOptions options;
  options.insecure = true;
  CHECK(answered(get(options, endpoint.port(), "localhost")));
}

TEST_CASE("tls: connections are kept and reused") {
  TemporaryFile ca;
  TlsEndpoint endpoint("localhost", true, ca.path);
  ClientOptions options;
  options.ca_file = ca.path;
  CHECK(answered(get(options, endpoint.port(), "localhost", 4)));
  CHECK(endpoint.served() == 4);
  CHECK(endpoint.connections() == 1);
}

TEST_CASE("tls: a server that speaks plain HTTP is named as such") {
  TestServer plain;
  CHECK(refusal(get(ClientOptions{}, plain.port(), "localhost")).find("does not speak TLS") != std::string::npos);
}

TEST_CASE("tls: a CA file that is missing or no PEM is unavailable, by its name") {
  TemporaryFile garbage;
  std::ofstream(garbage.path) << "not a certificate";
  for (const std::string& path : {garbage.path, std::string("/nonexistent/ca.pem")}) {
    ClientOptions options;
    options.ca_file = path;
    const auto client = make_blocking_client(options);
    REQUIRE_FALSE(client);
    CHECK(client.error().kind == ErrorKind::unavailable);
    CHECK(client.error().message.find(path) != std::string::npos);
  }
}
