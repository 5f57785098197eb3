// How the bytes of a request go out, where that is the point: in pieces with pauses, held back and released together, broken off, several
// on one connection. For conformance and fuzz runs; ordinary sending is transport.hpp. Values and a seam, which lib/net implements.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "http/transport.hpp"
#include "http/url.hpp"

namespace hookctl::http {

// Bytes that are written together.
struct WirePiece {
  std::string bytes;
  std::int64_t pause_ms{0};     // before them, after the piece before
  bool await_continue{false};   // first wait for a "100 Continue" (or an answer, or 1.5 s, as curl does)
  bool together{false};         // first wait until every plan of the same exchange has come to such a piece: they go out at once
};

// One connection. It is always a new one.
struct WirePlan {
  enum class Ending {
    answers,  // wait for the answers
    close,    // close in order (FIN) once everything is written, and do not wait
    reset,    // the same, abruptly (RST)
  };
  Url url;
  std::vector<std::string> methods{"POST"};  // of the requests in it, one answer is awaited for each
  std::vector<WirePiece> pieces;
  Ending ending{Ending::answers};
  std::int64_t timeout_ms{30'000};  // from the connection's begin to the last answer's last byte
};

// What came back.
struct WireReply {
  std::vector<Response> answers;           // those that came whole, in order; without 1xx
  bool continued{false};                   // a "100 Continue" came
  std::optional<SendFailure> failure{};    // why there are fewer answers than asked for; of Ending::close and reset only why not all was written
  bool answered_early{false};              // the first answer was whole before everything was written
  std::int64_t duration_ms{0};             // from the last byte written (of a broken write: the last written) to the last answer, or to its failure
  std::int64_t total_ms{0};                // from the connection's begin
};

class WireClient {
 public:
  virtual ~WireClient() = default;
  // Carries out the plans at once, one connection each, and waits for all. As many replies as plans, in their order. A failed plan does not
  // hold up those that wait for it. Blocks; one thread at a time.
  virtual std::vector<WireReply> exchange(const std::vector<WirePlan>& plans) = 0;
};

}  // namespace hookctl::http
