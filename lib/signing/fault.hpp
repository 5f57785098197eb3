// Why a request is not valid.
#pragma once

#include <string>

namespace hookctl::signing {

struct Fault {
  std::string code;  // one of Verification's (verify.hpp)
  std::string message;
  std::string remedy{};
};

}  // namespace hookctl::signing
