// Request ids in base 36.
#include "store/ids.hpp"

#include <charconv>
#include <system_error>

#include "base/text.hpp"

namespace hookctl::store {
namespace {

constexpr std::string_view kPrefix = "req_";
constexpr int kBase = 36;

}  // namespace

std::string request_id_text(std::int64_t id) {
  char digits[16];  // 2^63 has 13 digits, and there is a sign
  const auto end = std::to_chars(std::begin(digits), std::end(digits), id, kBase).ptr;
  return std::string(kPrefix).append(std::begin(digits), end);
}

Result<std::int64_t> parse_request_id(std::string_view text) {
  auto digits = text;
  if (same_ignoring_case(digits.substr(0, kPrefix.size()), kPrefix)) digits.remove_prefix(kPrefix.size());
  std::int64_t id = 0;
  const auto* const end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, id, kBase);
  if (read.ec != std::errc{} || read.ptr != end || id < 1) {
    return usage_error("'" + std::string(text) + "' is not a request id", "ids look like req_7k2; 'hookctl requests' lists them");
  }
  return id;
}

}  // namespace hookctl::store
