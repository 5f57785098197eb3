#include "net/reach.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>

#include "base/text.hpp"

namespace hookctl::net {

namespace {

Reach reach_v4(std::uint32_t address) {
  const auto in = [&](std::uint32_t network, int bits) { return (address ^ network) >> (32 - bits) == 0; };
  if (in(0x7f000000, 8) || address == 0) return Reach::this_machine;
  if (in(0xa9fe0000, 16)) return Reach::metadata;
  return in(0x0a000000, 8) || in(0xac100000, 12) || in(0xc0a80000, 16) ? Reach::private_network : Reach::world;
}

Reach reach_v6(const in6_addr& address) {
  const std::uint8_t* bytes = address.s6_addr;
  if (IN6_IS_ADDR_V4MAPPED(&address)) {
    std::uint32_t last = 0;
    std::memcpy(&last, bytes + 12, sizeof last);
    return reach_v4(ntohl(last));
  }
  if (IN6_IS_ADDR_LOOPBACK(&address) || IN6_IS_ADDR_UNSPECIFIED(&address)) return Reach::this_machine;
  constexpr std::array<std::uint8_t, 16> kMetadata{0xfd, 0x00, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54};
  if (std::memcmp(bytes, kMetadata.data(), kMetadata.size()) == 0) return Reach::metadata;
  const bool is_local = (bytes[0] & 0xfe) == 0xfc || (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80);
  return is_local ? Reach::private_network : Reach::world;
}

Reached reached(const addrinfo& found) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (found.ai_family == AF_INET) {
    sockaddr_in at{};
    std::memcpy(&at, found.ai_addr, sizeof at);
    return {::inet_ntop(AF_INET, &at.sin_addr, text.data(), text.size()), reach_v4(ntohl(at.sin_addr.s_addr))};
  }
  sockaddr_in6 at{};
  std::memcpy(&at, found.ai_addr, sizeof at);
  return {::inet_ntop(AF_INET6, &at.sin6_addr, text.data(), text.size()), reach_v6(at.sin6_addr)};
}

}  // namespace

Result<std::vector<Reached>> reach_of(const std::string& host) {
  if (host == "localhost") return std::vector<Reached>{{"127.0.0.1", Reach::this_machine}, {"::1", Reach::this_machine}};
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int error = ::getaddrinfo(host.c_str(), nullptr, &wanted, &list);
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(list, list == nullptr ? [](addrinfo*) noexcept {} : ::freeaddrinfo);
  std::vector<Reached> all;
  for (const addrinfo* each = list; error == 0 && each != nullptr; each = each->ai_next) {
    if (each->ai_family == AF_INET || each->ai_family == AF_INET6) all.push_back(reached(*each));
  }
  if (all.empty())
    return unavailable_error("no address for '" + printable(host) +
                             "': " + (error == 0 ? "none is of the Internet" : ::gai_strerror(error)));
  return all;
}

}  // namespace hookctl::net
