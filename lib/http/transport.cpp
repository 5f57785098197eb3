#include "http/transport.hpp"

namespace hookctl::http {

std::string_view fault_name(SendFault fault) noexcept {
  switch (fault) {
    case SendFault::unreachable: return "unreachable";
    case SendFault::tls: return "tls";
    case SendFault::timeout: return "timeout";
    case SendFault::closed: return "closed";
    case SendFault::malformed: return "malformed_answer";
  }
  return "unreachable";
}

}  // namespace hookctl::http
