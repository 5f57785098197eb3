// One line in, one answer out. A Judge keeps what lines have in common: providers found, secrets decoded, MACs keyed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "bulk/record.hpp"
#include "provider/provider.hpp"
#include "signing/verify.hpp"

namespace hookctl::bulk {

using ProviderPtr = std::shared_ptr<const provider::Provider>;

// How providers are found. Judges call these from several threads, but one at a time.
struct Providers {
  std::function<Result<ProviderPtr>(const std::string& id_or_path)> find;
  std::function<ProviderPtr(const http::Headers&)> recognise;  // null: nobody's
};

// What holds for every line that does not say otherwise. Outlives the judges; they only read it, but for `mutex`.
struct Terms {
  Providers providers;
  std::string provider{};  // "": recognised by the headers
  signing::Keys keys{};
  const Clock* clock{nullptr};  // the time of day for lines without "now"
  std::optional<double> tolerance_s{};
  std::mutex mutex{};  // of `providers`
};

// Belongs to one thread.
class Judge {
 public:
  explicit Judge(Terms& terms) : terms_(terms) {}

  // Appends the answer to the line of this number. True when the line's request is valid.
  bool judge(std::string_view line, std::uint64_t number, std::string& out);

 private:
  struct Ready {
    ProviderPtr provider;  // keeps the scheme alive
    Result<signing::Verifier> verifier;
  };

  Result<ProviderPtr> find_provider();
  Ready& ready(const ProviderPtr& provider);

  Terms& terms_;
  QuickReader quick_;
  Record record_;
  std::unordered_map<std::string, ProviderPtr> providers_;
  std::unordered_map<std::string, Ready> verifiers_;  // by provider and the line's own keys
  std::string key_;
};

}  // namespace hookctl::bulk
