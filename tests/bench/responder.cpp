// A bare HTTP endpoint for benchmarks: it skips each request by its Content-Length and answers 200, on one epoll loop. Prints its port.
// Linux; build with: c++ -std=c++20 -O2 responder.cpp -o responder
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <unordered_map>

namespace {

constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok";
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// How many bytes of `text` are the first request, 0 while it is not whole.
std::size_t request_size(std::string_view text) {
  const std::size_t end = text.find("\r\n\r\n");
  if (end == text.npos) return 0;
  std::size_t length = 0;
  for (const char* name : {"Content-Length: ", "content-length: "}) {
    const std::size_t at = text.substr(0, end).find(name);
    if (at != text.npos) length = std::strtoul(text.data() + at + 16, nullptr, 10);
  }
  return text.size() >= end + 4 + length ? end + 4 + length : 0;
}

// False when the connection has ended.
bool serve(int descriptor, std::string& pending) {
  char bytes[65536];
  const ssize_t count = recv(descriptor, bytes, sizeof bytes, 0);
  if (count <= 0) return false;
  std::string_view text(bytes, static_cast<std::size_t>(count));
  if (!pending.empty()) text = pending.append(text);
  std::size_t used = 0;
  while (const std::size_t size = request_size(text.substr(used))) {
    used += size;
    if (send(descriptor, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL) < 0) return false;
  }
  pending = std::string(text.substr(used));
  // A head alone that asks whether its body is welcome.
  if (pending.ends_with("\r\n\r\n") && strcasestr(pending.c_str(), "\r\nExpect: 100-continue\r\n") != nullptr && send(descriptor, kContinue.data(), kContinue.size(), MSG_NOSIGNAL) < 0) return false;
  return true;
}

}  // namespace

int main() {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener, 1024) != 0) return 1;
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  std::printf("%d\n", ntohs(address.sin_port));
  std::fflush(stdout);
  const int loop = epoll_create1(0);
  epoll_event wanted{};
  wanted.events = EPOLLIN;
  wanted.data.fd = listener;
  epoll_ctl(loop, EPOLL_CTL_ADD, listener, &wanted);
  std::unordered_map<int, std::string> pending;
  while (true) {
    epoll_event ready[256];
    const int count = epoll_wait(loop, ready, 256, -1);
    for (int i = 0; i < count; ++i) {
      const int descriptor = ready[i].data.fd;
      if (descriptor == listener) {
        wanted.data.fd = accept(listener, nullptr, nullptr);
        const int on = 1;
        setsockopt(wanted.data.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        epoll_ctl(loop, EPOLL_CTL_ADD, wanted.data.fd, &wanted);
      } else if (!serve(descriptor, pending[descriptor])) {
        pending.erase(descriptor);
        close(descriptor);
      }
    }
  }
}
