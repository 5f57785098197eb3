// A case: deliveries to an endpoint as data, and what a sound endpoint does with them. Rules make cases, the bench plays them (bench.hpp); a
// case can be played again, with fresh ids and signatures. Values.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "event/compose.hpp"
#include "http/message.hpp"
#include "report/report.hpp"

namespace hookctl::check {

// A key to sign with. One that is no right key makes a forgery: only what can be made without the secret counts as one.
struct SigningKey {
  enum class Which {
    right,
    word,      // `text` in the place of the secret, read as the scheme reads secrets; where it cannot be read so, its bytes are the key
    plain,     // the bytes of `text` are the key, whatever the scheme says
    stranger,  // a made-up key of the right form, the same during a run
  };
  Which which{Which::right};
  std::string text{};
};

struct Signing {
  bool sign{true};                          // false: neither signature nor timestamp nor any other part of the claim is put in
  std::vector<SigningKey> keys{SigningKey{}};  // several: one signature each, where the scheme has a list form
  std::int64_t shift_ms{0};                 // added to the time that is signed
  std::optional<std::string> timestamp{};   // this text in the place of the timestamp, and signed
};

// One change to a request once it is signed. `signature` is the encoded signature alone, without prefix and version, wherever it stands.
struct Tamper {
  enum class Op {
    drop_signature,    // the whole field (or place in the body) is taken out
    set_signature,     // `text` in its place; "" leaves the prefix alone
    cut_signature,     // only the first `number` characters stay; negative: the last -number go
    flip_signature,    // other bits in one byte of it: the first (0), the middle one (1) or the last (2)
    set_field,         // `text` in the place of the whole signature field
    prepend_field,     // `text` before what the signature field holds
    append_field,      // `text` behind it
    repeat_field,      // a second signature field, before (0) or behind (1) the first, with `text`
    set_timestamp,     // `text` in the place of the timestamp; the signature stays
    set_id,            // the same of the id that is signed
    set_header,        // `name`: `text`, in the place of the first of that name, or new
    add_header,        // one more, at the end
    remove_header,     // all of that name
    set_body,          // `text`
    append_body,       // `text`
    flip_body,         // one letter or digit of the body becomes another: near `number` percent of it
    set_method,        // `text`
    set_path,          // `text` is the whole target, "{path}" in it the URL's own path
  };
  Op op{Op::drop_signature};
  std::string name{};
  std::string text{};
  std::int64_t number{0};
};

// What becomes of one place of a body.
struct Change {
  enum class Op {
    put,       // `text`, which is JSON (or what is to look like it), stands there instead
    take_out,  // the member or item is gone
    add,       // `text`, a member ("\"key\":1"; of a form "key=1"), is added to the object as its last
  };
  Op op{Op::put};
  std::string text{};
};

// One change of an event's body before it is signed: of the value at a path of the plain body (places.hpp).
struct Patch {
  // What stands for "{*}" in the change's text: `unit` so many times, then `close` as often.
  struct Repeat {
    std::string unit;
    std::string close{};
    std::size_t times{1};
  };
  std::string path{};  // "" is the whole body; a path that leads nowhere changes nothing
  Change change{};
  std::optional<Repeat> repeat{};
};

// One change of the body's bytes, after the patches and before it is signed.
struct Splice {
  std::size_t at{0};     // the body's end where it is beyond that
  std::size_t erase{0};  // so many bytes go
  std::string insert{};  // this comes in their place,
  std::size_t times{1};  // so often
};

// How the bytes go out.
struct WireStyle {
  enum class Case { kept, lower, upper, mixed };
  bool chunked{false};
  std::size_t chunk{0};                  // bytes of a chunk, 0: one chunk
  std::string chunk_extension{};         // ";name=value"
  std::string trailer{};                 // "Name: value"
  std::size_t segments{1};               // the body goes out in so many writes,
  std::int64_t pause_ms{0};              // with this between them
  bool expect_continue{false};           // "Expect: 100-continue", and wait for it
  Case header_case{Case::kept};          // of the names of fields
  std::optional<std::uint64_t> declared{};  // Content-Length says this
  std::optional<std::size_t> break_after{};  // so many bytes of the body are written, then the connection ends
  bool no_answer{false};                 // everything is written, then the connection ends without waiting for the answer
  bool reset{false};                     // such an end is abrupt (RST)
  std::optional<std::string> bytes{};    // exactly these go out instead of the request; after pause_ms the connection ends, without waiting for an answer
  std::optional<std::int64_t> patience_ms{};  // how long an answer is waited for (the budget, and a little)
  bool pipelined{false};                 // on the same connection as the step before, behind it, without waiting
};

// What a sound endpoint answers.
enum class Expect {
  accepted,  // 2xx within the budget
  refused,   // 4xx; never 2xx, never 5xx, never silence
  survived,  // 2xx or 4xx: never 5xx, never silence
  closed,    // as survived, but the endpoint may also end the connection without an answer (bytes that are hardly HTTP)
  anything,
};

struct Step {
  std::string event{};  // event type of a sample; "" for the bench's main event
  std::string id{};     // event id; "" for a fresh one
  bool fresh{true};     // false: the sample's own times stay (an id that is given is still set)
  std::vector<event::Edit> edits{};   // of the body, before it is signed
  std::optional<std::string> body{};  // these bytes are signed, instead of the sample's
  std::string body_id{};              // the id that stands in `body`: the event's own takes its place there, wherever it stands
  std::vector<Patch> patches{};       // of that body, in its bytes: nothing else changes
  std::vector<Splice> splices{};
  http::Headers headers{};            // set or added before it is signed
  Signing signing{};
  std::vector<Tamper> tampers{};
  WireStyle wire{};
  Expect expect{Expect::accepted};
  int group{0};                // steps of the same group but 0 stand side by side and go out at once, their last bytes together
  std::int64_t wait_ms{0};     // before it
  std::optional<std::size_t> replay_of{};  // the very bytes of that earlier step of the case; all above but wire, expect, group, wait is unused
  bool redeliver{false};       // as a provider does: after anything but 2xx again, freshly signed, up to 4 times; the last answer counts
};

// How often an event may have had its effect once all is settled.
struct EffectCount {
  std::string id;
  std::int64_t at_least{0};
  std::int64_t at_most{std::numeric_limits<std::int64_t>::max()};
};

struct Case {
  std::string name;  // what is special about it, to complete a sentence: "the signature cut to 8 characters"
  std::vector<Step> steps{};
  std::vector<EffectCount> effects{};  // looked at only with a probe
  std::optional<report::Severity> severity{};  // of a fault, where it is not the rule's
  bool control{false};                 // afterwards a plain event must be accepted, even when nothing was odd
};

}  // namespace hookctl::check
