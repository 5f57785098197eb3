// Changes of a body that a step carries as data, put into the body's bytes. Pure, thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "check/step.hpp"

namespace hookctl::check {

inline constexpr std::size_t kLargestPatched = std::size_t{64} << 20;  // bytes of a body that patches and splices may make

// What the patch puts there, its repeats written out.
std::string written(const Patch& patch);

// The body with the step's patches, then its splices. Patches count by the paths of the body as it was; only the bytes of what they change
// change. `usage` when there are patches and the body is neither JSON nor a form, and when it would grow beyond kLargestPatched.
Result<std::string> patched(const Step& step, std::string_view media_type, std::string body);

}  // namespace hookctl::check
