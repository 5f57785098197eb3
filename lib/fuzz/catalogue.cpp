#include "fuzz/catalogue.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace hookctl::fuzz {

namespace {

// By what a request of theirs found: bugs of 31 faulty endpoints of all kinds (and a little for those that found none there), times severity, by
// requests and time on sound endpoints. The two that tell whether signatures are verified at all come first, for many follow from them.
constexpr std::array kOrder = std::to_array<std::string_view>({
    "signature/missing", "signature/other-secret", "acknowledgement/budget", "signature/empty", "signature/bare", "signature/rotation",
    "signature/multibyte", "signature/body-appended", "robustness/unknown-type", "signature/truncated", "signature/white-space",
    "time/stale", "signature/altered", "time/doubled", "signature/default-secrets", "robustness/charset", "signature/json-spelling",
    "agents/query", "robustness/nulls", "signature/unknown-version", "robustness/chunked", "signature/other-id", "time/changed",
    "signature/body-changed", "robustness/null-objects", "signature/older-version", "robustness/missing-fields", "time/missing",
    "challenge/forged", "challenge/answered", "robustness/wrong-types", "robustness/slow-patterns", "signature/other-event",
    "signature/malformed", "robustness/large-body", "robustness/cut-characters", "robustness/fractions", "agents/instructions",
    "acknowledgement/half-budget", "signature/method", "robustness/unknown-fields", "robustness/expect", "idempotency/forged-first",
    "agents/computed", "idempotency/broken-off", "signature/content-type", "idempotency/duplicate", "time/junk", "idempotency/concurrent",
    "signature/junk", "order/unknown-object", "robustness/many-keys", "acknowledgement/slow-downstream", "signature/path",
    "order/permuted", "time/ahead", "robustness/header-case", "time/milliseconds", "time/tolerance", "robustness/empty-body",
    "robustness/control-characters", "robustness/long-text", "robustness/content-encoding", "robustness/many-items", "time/overflow",
    "robustness/dates", "agents/name-as-key", "robustness/huge-numbers", "robustness/framing", "acknowledgement/burst",
    "robustness/encoding", "robustness/empty-values", "robustness/body-lengths", "robustness/non-object", "robustness/malformed-json",
    "agents/tool-call", "agents/link", "idempotency/same-object", "signature/no-effect", "robustness/pipelined",
    "robustness/many-headers", "robustness/odd-text", "agents/system-prompt", "agents/hidden-text", "idempotency/retried",
    "agents/own-action", "robustness/slow-body", "idempotency/nothing-lost", "signature/two-fields", "idempotency/similar-ids",
    "idempotency/sender-gone", "order/concurrent", "robustness/duplicate-keys", "agents/wakes-once", "order/same-time",
   
});

// What may leave the endpoint unable to serve; before it the rules that look at all answers so far.
constexpr std::array kDestructive = std::to_array<std::string_view>({
    "disclosure/stack-trace", "disclosure/secret", "disclosure/signature", "disclosure/path",
    "robustness/nesting", "robustness/prototype", "robustness/cut-off", "robustness/refusals", "robustness/oversized",
    "robustness/silent",
});

std::vector<const check::RuleCode*> in_order(const auto& ids) {
  std::vector<const check::RuleCode*> out;
  for (const std::string_view id : ids) {
    const auto& all = check::all_rules();
    const auto found = std::find_if(all.begin(), all.end(), [&](const check::RuleCode& rule) { return rule.id == id; });
    if (found != all.end()) out.push_back(&*found);
  }
  return out;
}

}  // namespace

std::vector<const check::RuleCode*> catalogue() { return in_order(kOrder); }

std::vector<const check::RuleCode*> destructive_catalogue() { return in_order(kDestructive); }

}  // namespace hookctl::fuzz
