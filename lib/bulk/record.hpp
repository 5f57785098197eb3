// One line of bulk verification: a request, the keys to judge it by, and whose it is. There are two readers of a line. The careful one
// knows every rule and every word for what is wrong; the quick one takes a sound line in one pass and declines whatever it is not sure of.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "http/message.hpp"
#include "signing/keys.hpp"

namespace hookctl::bulk {

struct Record {
  std::string provider{};  // id or path; "" where the line names none
  signing::Keys keys{};    // the line's own: secrets and public key
  http::Request request{};
  std::string url{};
  std::optional<UnixMs> now{};
  std::string id{};  // the line's own "id" as JSON text, or ""
};

// The line: {"provider", "method", "url", "headers", "body_base64" or "body", "secret", "secrets", "additional_secrets", "public_key",
// "now" (Unix seconds), "id"}, all of them optional, anything else passed over. Headers are {"name": "value" or ["value", …]} or
// [["name", "value"], …]; secrets one text or a list. `usage` says what is wrong: "column 15: expected a value, found …".
Result<Record> read_carefully(std::string_view line);

// The quick reader. Belongs to one thread; keeps its memory from line to line.
class QuickReader {
 public:
  // False: not for this reader, ask read_carefully(). True: `record` is exactly what read_carefully() would have made of the line.
  bool read(std::string_view line, Record& record);

 private:
  std::string memory_;  // of strings with escapes
};

}  // namespace hookctl::bulk
