// What check and fuzz found, as one value with many writers (writers.hpp). Values; secrets never come in here: whoever makes evidence takes
// them out first.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace hookctl::report {

enum class Severity { note, low, medium, high, critical };
std::string_view severity_name(Severity severity) noexcept;                    // "note", "low", …
std::optional<Severity> parse_severity(std::string_view text) noexcept;

// How to mend something, for one framework: a few lines of code or prose.
struct Remedy {
  std::string framework;  // "express", "fastapi", "go", "rails", …; "any"
  std::vector<std::string> lines;
};

// One rule, as it is documented.
struct Rule {
  std::string id;     // "signature/missing": its group and its name
  Severity severity{Severity::medium};
  std::string title;  // what a sound endpoint does, one sentence: "A request without a signature is refused"
  std::string what;   // what is sent and what is expected
  std::string why;    // what goes wrong in production otherwise
  std::string source{};  // a specification or documentation that says so, or ""
  std::vector<Remedy> remedies{};
  std::string_view group() const noexcept { return std::string_view(id).substr(0, id.find('/')); }
};

// One message and its answer, as evidence. Bytes are exact but for secrets, which stand as [redacted].
struct Exchange {
  std::string label;      // "the trigger", "control before", "first delivery"
  std::string event{};    // event type, "" where there is none
  std::string event_id{};
  std::string request;    // head and body as they went out (of a large one the first 64 KiB; `request_size` is its size)
  std::uint64_t request_size{0};
  std::string answer{};   // head and body as they came; "" when there was no answer
  std::string failure{};  // why there was none: "connection refused by 127.0.0.1:3000"
  int status{0};          // 0 without an answer
  std::int64_t duration_ms{0};
};

// How sure a finding is: it showed in `shown` of `tries` (the first time included).
struct Confidence {
  int shown{1};
  int tries{1};
  bool cut{false};  // there was no time for another try, though the endpoint would have been there
  bool confirmed() const noexcept { return shown > 1 || (tries == 1 && !cut); }
  std::string text() const;  // "3 of 3"
};

struct Finding {
  std::string id;           // "F1", in the order found
  std::string fingerprint;  // stable over runs: 16 hex digits
  std::string rule;         // Rule::id
  Severity severity{Severity::medium};
  Confidence confidence{};
  std::string summary;      // one sentence: "A request without a signature was accepted"
  std::string expected;
  std::string seen;
  std::string diff{};       // against the plain event: lines "- …" and "+ …", or ""
  std::string event{};      // event type it showed with
  std::vector<Remedy> remedies{};
  std::vector<Exchange> exchanges{};
  std::string curl{};     // repeats the trigger from a shell; "" where curl cannot (pauses, races, broken-off requests)
  std::string command{};  // the hookctl command that repeats it
  std::vector<std::string> log{};  // last lines of a spawned endpoint, "" when there is none
  // Of a fuzz run:
  std::string replay{};                 // the command that tries it again on another day, or ""
  std::vector<std::string> places{};    // JSON paths that show it
  std::size_t alike{0};                 // so many more failures had the same cause
  std::string limit{};                  // the size from which on it shows, or "": "from 65537 repeats on"
  std::string recipe{};                 // the smallest case that shows it, as JSON, or ""
  std::uint64_t after_requests{0};      // when it first showed, 0 when that was not noted
  std::int64_t after_ms{0};
  bool known{false};      // stands in the baseline
};

enum class Verdict { passed, failed, skipped };
std::string_view verdict_name(Verdict verdict) noexcept;

// What became of a rule.
struct RuleResult {
  Rule rule;
  Verdict verdict{Verdict::passed};
  std::string reason{};                // why it was skipped; of a failed one the summary; else a remark or ""
  std::vector<std::string> findings{};  // Finding::id
  std::uint64_t requests{0};
  std::int64_t duration_ms{0};
};

// An earlier finding that was tried again.
enum class Again { fixed, still_there, cannot_tell };
std::string_view again_name(Again again) noexcept;  // "fixed", "still there", "cannot tell"
struct Earlier {
  std::string id;  // "fnd_1a2b3c4d"
  std::string summary;
  Again again{Again::cannot_tell};
  std::string reason{};  // why it cannot be told; what is seen of one that is still there
};

struct Report {
  std::string tool{"hookctl check"};
  std::string version;
  std::string target;    // URL
  std::string provider;  // id
  UnixMs started_at{0};
  std::int64_t duration_ms{0};
  std::uint64_t requests{0};
  std::uint64_t seed{0};
  std::vector<std::pair<std::string, std::string>> learnt{};  // what preflight found: ("slowest answer", "12 ms"), …
  std::vector<RuleResult> rules{};
  std::vector<Finding> findings{};
  std::vector<Earlier> earlier{};
  std::string stopped{};  // why the run ended early, or ""

  std::size_t count(Verdict verdict) const noexcept;  // of the rules
  // The findings that are not known and at least that severe. Unconfirmed ones do not count.
  std::size_t failures(Severity at_least) const noexcept;
};

// 16 hex digits of SHA-256 over the parts, each with its length, so that {"ab","c"} differs from {"a","bc"}.
std::string fingerprint(const std::vector<std::string>& parts);

}  // namespace hookctl::report
