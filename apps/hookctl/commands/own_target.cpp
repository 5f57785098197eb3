#include "commands/own_target.hpp"

#include "base/text.hpp"
#include "net/reach.hpp"

namespace hookctl {

Option own_target_option(const std::string& group) {
  return {"i-own-this-target",
          0,
          ValueKind::flag,
          "",
          "needed for an endpoint beyond this machine and private networks: it is yours, and may be harmed",
          group};
}

Result<void> check_own_target(const Arguments& arguments, const http::Url& url) {
  if (arguments.has("i-own-this-target")) return {};
  auto addresses = net::reach_of(url.host);
  if (!addresses) return addresses.error();
  for (const net::Reached& each : *addresses) {
    if (each.reach == net::Reach::this_machine || each.reach == net::Reach::private_network) continue;
    const std::string host = printable(url.host) + (each.address == url.host ? "" : " (" + each.address + ")");
    const std::string where = each.reach == net::Reach::metadata ? "is where clouds tell a machine about itself"
                                                                 : "is neither this machine nor on a private network";
    return usage_error(host + " " + where,
                       "this sends what breaks endpoints, and only to your own; if it is yours, say so with --i-own-this-target");
  }
  return {};
}

}  // namespace hookctl
