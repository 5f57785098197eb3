// What the process says when it ends. The one switch from errors to exit codes.
#pragma once

#include "base/result.hpp"

namespace hookctl {

enum class ExitCode {
  yes = 0,           // done, and the answer is yes
  no = 1,            // hookctl worked and the answer is no: bad signature, endpoint did not answer 2xx
  usage = 2,         // bad option, unknown provider or event, malformed file or config
  unavailable = 3,   // endpoint unreachable, port in use, file not readable
  bug = 4,           // a bug in hookctl
  interrupted = 130,
};

inline ExitCode exit_code_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage: return ExitCode::usage;
    case ErrorKind::unavailable: return ExitCode::unavailable;
    case ErrorKind::interrupted: return ExitCode::interrupted;
    case ErrorKind::bug: return ExitCode::bug;
  }
  return ExitCode::bug;
}

}  // namespace hookctl
