// Many requests to one endpoint as fast as it answers, over a few kept connections. For fuzz runs and load; ordinary sending is transport.hpp, and
// where the manner of sending is the point wire_plan.hpp. Values and a seam, which lib/net implements.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/transport.hpp"
#include "http/url.hpp"

namespace hookctl::http {

// What came back to one request. The views last as long as the call.
struct BarrageReply {
  std::uint64_t token{0};    // as the source gave it
  int status{0};             // 0: there was no whole answer
  std::string_view head{};   // of the answer, with its empty line
  std::string_view body{};   // its content (chunks taken apart)
  std::optional<SendFailure> failure{};
  std::int64_t duration_us{0};  // from the request's last byte written to the answer's last byte
};

// Makes requests and takes answers. Called on the thread that runs the barrage; answers may come in another order than requests.
class BarrageSource {
 public:
  virtual ~BarrageSource() = default;
  // Appends one whole request (head and body, byte for byte, method POST) to `bytes`, which is empty, and says its token. False: there is none now; no
  // more is asked for until an answer has come, and when none is awaited the barrage is over.
  virtual bool next(std::string& bytes, std::uint64_t& token) = 0;
  virtual void take(const BarrageReply& reply) = 0;
};

struct BarrageOptions {
  std::size_t connections{8};       // each waits for its answer before its next request; 0 is 1
  std::int64_t timeout_ms{30'000};  // for all of a request: its connection where it needs a new one, its bytes, its answer; then the connection is given up
};

class BarrageClient {
 public:
  virtual ~BarrageClient() = default;
  // Runs until the source has no more. A kept connection that the endpoint had closed before a byte of an answer came is replaced and the request sent
  // once more, on a new one; what fails there is a failure. After an answer that ends its connection the next request gets a new one. Blocks.
  virtual void run(const Url& url, BarrageSource& source, const BarrageOptions& options) = 0;
};

}  // namespace hookctl::http
