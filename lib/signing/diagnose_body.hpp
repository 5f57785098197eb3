// The bodies that may have been signed when the one at hand was changed on the way, or the other way round. Pure, thread-safe.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_style.hpp"
#include "http/message.hpp"
#include "signing/diagnose_trial.hpp"

namespace hookctl::signing {

// A body read once for all guesses. The request and the samples outlive it.
struct BodyFacts {
  BodyFacts(const http::Request& received, std::span<const std::string> samples);

  static constexpr std::size_t kLargestRead = 8 * 1024 * 1024;
  static constexpr std::size_t kMostValues = 500'000;

  const http::Request& request;
  bool is_large{false};                 // more than kLargestRead bytes or kMostValues values: not read as JSON, and nothing is known of its inside
  std::size_t values{0};                // at least as many as the JSON has
  std::optional<JsonTree> json{};       // of the body
  std::vector<JsonTree> samples{};      // bodies of the same provider, the likest first
  std::string_view sample{};            // the first sample's text; "" without one
};

struct BodyGuess {
  std::string_view code;  // body_newline, body_encoding, body_truncated or body_reserialized
  std::string what;       // "the body without its last line end", to be read behind "the signature is over"
  std::string body;
};

// Calls see() with one guess after the other, those that are met most often first, until it returns true. Returns whether it did. What is
// written is taken from `effort` before it is written; it ends when that is used up.
using SeeBody = std::function<bool(BodyGuess)>;
bool each_line_end(const BodyFacts& facts, Effort& effort, const SeeBody& see);
bool each_encoding(const BodyFacts& facts, Effort& effort, const SeeBody& see);
bool each_common_rewriting(const BodyFacts& facts, Effort& effort, const SeeBody& see);  // a few of those that follow
bool each_rewriting(const BodyFacts& facts, Effort& effort, const SeeBody& see);

}  // namespace hookctl::signing
