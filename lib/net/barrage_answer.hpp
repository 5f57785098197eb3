// Reads answers off a buffer in place: what is read of an answer stays there until it is whole, so that its parts are views and nothing is
// copied but the contents of chunks. Inside lib/net only; no sockets.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "http/codec.hpp"
#include "http/transport.hpp"
#include "net/buffer.hpp"

namespace hookctl::net {

// What a head says about its answer.
struct AnswerHead {
  int status{0};
  http::Framing framing{http::Framing::none};
  std::uint64_t length{0};  // of a content_length body
  bool keeps_alive{false};
};

// Answers to a barrage repeat each other to the byte for a second or longer (the Date field): a head seen before is not parsed again.
class AnswerHeads {
 public:
  explicit AnswerHeads(const http::Limits& limits) : limits_(limits) {}
  // Of an answer to a POST; refusals as of http::parse_response_head.
  std::variant<AnswerHead, http::Refusal> read(std::string_view head);

 private:
  struct Seen {
    std::string bytes{};
    AnswerHead head{};
  };
  http::Limits limits_;
  std::array<Seen, 16> seen_{};  // by size: heads of different kinds seldom have the same
};

// One answer after the other.
class AnswerReader {
 public:
  enum class State { more, whole, failed };

  AnswerReader(AnswerHeads& heads, const http::Limits& limits) : heads_(heads), limits_(limits) {}

  // A new answer begins at the buffer's first byte.
  void begin();
  // Looks at what has come to the buffer; 1xx answers are taken out of it.
  State look(Buffer& in);

  // Is the end of the connection this answer's end too?
  bool until_close() const noexcept { return head_.framing == http::Framing::until_close; }
  const AnswerHead& head() const noexcept { return head_; }
  // Of a whole answer, as views of the buffer or of this reader; `bytes` is the buffer's view.
  std::string_view head_bytes(std::string_view bytes) const { return bytes.substr(0, head_size_); }
  std::string_view body(std::string_view bytes) const;
  std::size_t size(std::string_view bytes) const {
    return until_close() ? bytes.size() : head_size_ + body_size_;
  }  // head and body on the wire
  const http::SendFailure& failure() const noexcept { return failure_; }

 private:
  State look_for_head(Buffer& in);
  State look_for_chunks(std::string_view rest);
  State fail(std::string message);

  AnswerHeads& heads_;
  http::Limits limits_;
  AnswerHead head_{};
  std::size_t seen_{0};       // bytes that hold no end of a head
  std::size_t head_size_{0};  // with its empty line; 0 while it is incomplete
  std::size_t body_size_{0};  // on the wire, as far as it was taken
  http::ChunkedDecoder chunks_{limits_};
  std::string content_{};  // of the chunks
  std::string raw_{};      // what the decoder would keep of them; they stay in the buffer
  http::SendFailure failure_{};
};

}  // namespace hookctl::net
