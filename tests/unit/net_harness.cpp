#include "net_harness.hpp"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstring>

#include "base/clock.hpp"
#include "base/text.hpp"

namespace hookctl::net {

namespace {

bool wait_readable(int descriptor, int timeout_ms) {
  pollfd wanted{descriptor, POLLIN, 0};
  return ::poll(&wanted, 1, timeout_ms) > 0;
}

sockaddr_in loopback(std::uint16_t port, const char* host = "127.0.0.1") {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  ::inet_pton(AF_INET, host, &address.sin_addr);
  return address;
}

}  // namespace

// --- RawSocket -------------------------------------------------------------------------------------------------------------------------

RawSocket::RawSocket(std::uint16_t port, const char* host) {
  descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const sockaddr_in address = loopback(port, host);
  if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return;
  ::close(descriptor_);
  descriptor_ = -1;
}

RawSocket::RawSocket(int descriptor) : descriptor_(descriptor) {}

RawSocket::~RawSocket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool RawSocket::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string RawSocket::receive() {
  if (!pending_.empty()) return std::exchange(pending_, {});
  char bytes[65536];
  if (!wait_readable(descriptor_, kPatienceMs)) return "";
  const ssize_t count = ::recv(descriptor_, bytes, sizeof bytes, 0);
  return count > 0 ? std::string(bytes, static_cast<std::size_t>(count)) : "";
}

std::string RawSocket::receive_all() {
  std::string all;
  for (std::string more = receive(); !more.empty(); more = receive()) all += more;
  return all;
}

std::string RawSocket::receive_until(std::string_view mark) {
  std::string all;
  while (all.find(mark) == std::string::npos) {
    const std::string more = receive();
    if (more.empty()) return all;
    all += more;
  }
  const std::size_t end = all.find(mark) + mark.size();
  pending_ = all.substr(end);
  return all.substr(0, end);
}

std::string RawSocket::receive_answer() {
  const std::string head = receive_until("\r\n\r\n");
  const auto parsed = http::parse_response_head(head, "POST", http::Limits{});
  const auto* response = std::get_if<http::Response>(&parsed);
  if (response == nullptr) return head;
  const auto length = static_cast<std::size_t>(http::content_length(response->headers));
  std::string body;
  while (body.size() < length) {
    const std::string more = receive();
    if (more.empty()) break;
    body += more;
  }
  if (body.size() > length) pending_ = body.substr(length);
  return head + body.substr(0, length);
}

void RawSocket::end_sending() { ::shutdown(descriptor_, SHUT_WR); }

void RawSocket::reset() {
  const linger now{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::close(descriptor_);
  descriptor_ = -1;
}

bool RawSocket::ended() {
  char byte = 0;
  return wait_readable(descriptor_, kPatienceMs) && ::recv(descriptor_, &byte, 1, MSG_PEEK) <= 0;
}

// --- TestServer ------------------------------------------------------------------------------------------------------------------------

ServerOptions on_free_port() {
  ServerOptions options;
  options.port = 0;
  return options;
}

TestServer::TestServer(ServerOptions options, Behaviour behaviour) : behaviour_(std::move(behaviour)) {
  if (auto bound = loop_.listen(options, *this)) address_ = *bound;
  thread_ = std::thread([this] {
    loop_.run();
    running_ = false;
  });
}

TestServer::~TestServer() {
  drain(100);
  join();
}

std::vector<http::Request> TestServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::vector<http::Refusal> TestServer::refusals() const {
  const std::lock_guard lock(mutex_);
  return refusals_;
}

bool TestServer::wait_for_requests(std::size_t count) const {
  return eventually([&] { return requests().size() >= count; });
}

void TestServer::drain(std::int64_t limit_ms) {
  loop_.post([this, limit_ms] { loop_.drain(limit_ms); });
}

void TestServer::join() {
  if (thread_.joinable()) thread_.join();
}

void TestServer::handle(std::shared_ptr<http::Exchange> exchange) {
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(exchange->request());
  }
  if (behaviour_) return behaviour_(loop_, std::move(exchange));
  http::Response response;
  response.body = exchange->request().body;
  response.headers.add("X-Target", exchange->request().target);
  exchange->answer(std::move(response));
}

void TestServer::refused(const http::Refusal& refusal, std::string_view, const std::string&) {
  const std::lock_guard lock(mutex_);
  refusals_.push_back(refusal);
}

// --- RawEndpoint -----------------------------------------------------------------------------------------------------------------------

RawEndpoint::RawEndpoint(Script script) : script_(std::move(script)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  ::bind(listener_, reinterpret_cast<const sockaddr*>(&address), size);
  ::listen(listener_, 64);
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] {
    while (!stopping_) {
      if (!wait_readable(listener_, 20)) continue;
      const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (descriptor < 0) continue;
      RawSocket socket(descriptor);
      script_(socket, connections_++);
    }
  });
}

RawEndpoint::~RawEndpoint() {
  stopping_ = true;
  thread_.join();
  ::close(listener_);
}

// --- the rest --------------------------------------------------------------------------------------------------------------------------

http::Outgoing post_to(const http::Url& url, const std::string& body) {
  const std::string head = "POST " + url.origin_form() + " HTTP/1.1\r\nHost: " + url.authority() + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  return {url, "POST", head, body};
}

std::size_t open_descriptors() {
  std::size_t count = 0;
  DIR* folder = ::opendir("/proc/self/fd");
  if (folder == nullptr) return 0;
  while (::readdir(folder) != nullptr) ++count;
  ::closedir(folder);
  return count;
}

bool eventually(const std::function<bool()>& holds) {
  const std::int64_t end = steady_ms() + kPatienceMs;
  while (!holds()) {
    if (steady_ms() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace hookctl::net
