// Whom a host leads to: this machine, a private network, or the world. So that a command can refuse to load what is not the user's.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace hookctl::net {

enum class Reach {
  this_machine,     // 127.0.0.0/8 and ::1 (RFC 6890), and what is connected to in their place: 0.0.0.0, ::
  private_network,  // 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 (RFC 1918), fc00::/7 (RFC 4193), fe80::/10 (RFC 4291)
  metadata,         // 169.254.0.0/16 (RFC 3927) and fd00:ec2::254, where clouds tell a machine about itself
  world,
};

struct Reached {
  std::string address;  // numeric
  Reach reach{Reach::world};
};

// Every address of a host: a name, which is resolved, or a numeric address; IPv4 in IPv6 counts as IPv4. "localhost" is this machine,
// whatever the hosts file says, as for the clients of this room. At least one. `unavailable` when there is none. Blocks as long as
// resolving does; thread-safe.
Result<std::vector<Reached>> reach_of(const std::string& host);

}  // namespace hookctl::net
