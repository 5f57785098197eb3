// Whom a host leads to. Numeric hosts only: nothing is asked of a resolver.
#include <doctest/doctest.h>

#include "net/reach.hpp"

using namespace hookctl;
using net::Reach;

namespace {

Reach of(const std::string& host) {
  const auto all = net::reach_of(host);
  REQUIRE_MESSAGE(all.ok(), host);
  REQUIRE(all->size() == 1);
  return all->front().reach;
}

}  // namespace

TEST_CASE("this machine") {
  for (const char* host : {"127.0.0.1", "127.255.255.255", "::1", "0.0.0.0", "::", "::ffff:127.0.0.1", "127.1", "2130706433", "0x7f.1"}) {
    CAPTURE(host);
    CHECK(of(host) == Reach::this_machine);
  }
  const auto local = net::reach_of("localhost");
  REQUIRE(local.ok());
  for (const auto& each : *local) CHECK(each.reach == Reach::this_machine);
}

TEST_CASE("private networks, to their edges") {
  for (const char* host : {"10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.0", "192.168.255.255",
                           "fc00::", "fdff:ffff::1", "fe80::1", "febf::1", "::ffff:10.1.2.3"}) {
    CAPTURE(host);
    CHECK(of(host) == Reach::private_network);
  }
  for (const char* host :
       {"9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "fbff::1", "fe00::1", "fec0::1"}) {
    CAPTURE(host);
    CHECK(of(host) == Reach::world);
  }
}

TEST_CASE("where clouds tell a machine about itself") {
  for (const char* host : {"169.254.169.254", "169.254.0.0", "169.254.255.255", "::ffff:169.254.169.254", "fd00:ec2::254", "0xa9fea9fe"}) {
    CAPTURE(host);
    CHECK(of(host) == Reach::metadata);
  }
  CHECK(of("169.253.255.255") == Reach::world);
  CHECK(of("169.255.0.0") == Reach::world);
  CHECK(of("fd00:ec2::253") == Reach::private_network);
}

TEST_CASE("the world") {
  for (const char* host : {"1.1.1.1", "8.8.8.8", "100.64.0.1", "2001:db8::1", "::ffff:8.8.8.8"}) {
    CAPTURE(host);
    CHECK(of(host) == Reach::world);
  }
}

TEST_CASE("a host without an address") {
  const auto none = net::reach_of("no host has blanks");
  REQUIRE_FALSE(none.ok());
  CHECK(none.error().kind == ErrorKind::unavailable);
}
