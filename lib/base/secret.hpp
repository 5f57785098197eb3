// A secret: text that must never be shown. It has no stream operator and no implicit conversion; whoever needs the bytes says so.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"

namespace hookctl {

class Secret {
 public:
  Secret() = default;
  // `file`: where it was read, for messages that name line and column; "" when it was no file.
  explicit Secret(std::string text, std::string file = {}) : text_(std::move(text)), file_(std::move(file)) {}

  std::string_view reveal() const noexcept { return text_; }
  bool empty() const noexcept { return text_.empty(); }
  const std::string& file() const noexcept { return file_; }

  // What may be shown: short leading words that end in '_' (they name the kind, as in "whsec_…"), at most 12 bytes of them and only
  // where 16 stay hidden, and the length: "whsec_… (38 bytes)".
  std::string redacted() const;

 private:
  std::string text_;
  std::string file_;
};

// Reads a secret as the command line names it: "env:NAME", "file:PATH", "-" (standard input) or the value itself. One trailing line end
// of a file or of standard input is not part of the secret. `usage` when it is empty or the variable is unset; `unavailable` when the
// file cannot be read.
Result<Secret> read_secret(const std::string& words);

}  // namespace hookctl
