// --retries, --timeout and --time-scale: how a command delivers, and what it tells of the sender's next step.
#pragma once

#include <mutex>
#include <string>

#include "command.hpp"
#include "delivery/deliver.hpp"
#include "provider/provider.hpp"
#include "session.hpp"

namespace hookctl {

// --retries and --time-scale of `send`.
std::vector<Option> delivery_options();

// How events are delivered: the provider's way (--retries provider), or a schedule of the user's own.
struct Delivering {
  delivery::Rules rules{};
  std::int64_t timeout_ms{30'000};
  double time_scale{1};
  const provider::Provider* as{nullptr};  // whose way it is; null for one's own
};
// `usage` for a word that is no schedule, or when the provider's schedule is not known.
Result<Delivering> read_delivering(const Arguments& arguments, const provider::Provider& provider);

// "as stripe delivers: waits 10 s for an answer, tries again after …", with what is estimated or unverified named so.
std::string delivering_words(const Delivering& delivering);

// What the sender does after this attempt: "next try in 5 m", "svix tries again in 5 m (in 300 ms here)", "svix gives up: …".
std::string next_words(const Delivering& delivering, const delivery::Attempt& attempt);

// The headers that the provider adds to a further try. `number` counts from 0; none for the first.
http::Headers retry_headers(const Delivering& delivering, std::size_t number, const delivery::Attempt* last);

// One endpoint's standing with the provider, for several threads.
class SharedStanding {
 public:
  explicit SharedStanding(const Delivering& delivering) : delivering_(delivering), begun_(steady_ms()) {}
  // The reason, the first time that the provider would switch the endpoint off; later and otherwise "".
  std::string count(const delivery::Attempt& attempt);
  bool switched_off() const;

 private:
  const Delivering& delivering_;
  const std::int64_t begun_;
  mutable std::mutex mutex_;
  delivery::Standing standing_;
};

}  // namespace hookctl
