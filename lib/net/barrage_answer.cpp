#include "net/barrage_answer.hpp"

namespace hookctl::net {

namespace {
constexpr std::size_t kKept = 256 * 1024;  // memory of an answer larger than this is given back
}

std::variant<AnswerHead, http::Refusal> AnswerHeads::read(std::string_view head) {
  Seen& seen = seen_[head.size() % seen_.size()];
  if (seen.bytes == head) return seen.head;
  auto parsed = http::parse_response_head(head, "POST", limits_);
  if (auto* refusal = std::get_if<http::Refusal>(&parsed)) return std::move(*refusal);
  const auto& response = std::get<http::Response>(parsed);
  seen.bytes.assign(head);
  seen.head.status = response.status;
  seen.head.framing = response.framing;
  seen.head.length = http::content_length(response.headers);
  seen.head.keeps_alive = response.framing != http::Framing::until_close && http::keeps_alive(response.headers, response.minor_version);
  return seen.head;
}

void AnswerReader::begin() {
  head_ = {};
  seen_ = head_size_ = body_size_ = 0;
}

AnswerReader::State AnswerReader::look(Buffer& in) {
  if (head_size_ == 0) {
    const State state = look_for_head(in);
    if (state != State::whole) return state;
  }
  const std::string_view rest = in.view().substr(head_size_);
  switch (head_.framing) {
    case http::Framing::none:
      return State::whole;
    case http::Framing::content_length:
      if (rest.size() < head_.length) return State::more;
      body_size_ = static_cast<std::size_t>(head_.length);
      return State::whole;
    case http::Framing::chunked:
      return look_for_chunks(rest);
    case http::Framing::until_close:
      break;
  }
  if (rest.size() > limits_.body) return fail("the answer is larger than " + std::to_string(limits_.body) + " bytes");
  return State::more;
}

// Whole: the final answer's head is, and stands first in the buffer.
AnswerReader::State AnswerReader::look_for_head(Buffer& in) {
  while (true) {
    const std::string_view bytes = in.view();
    const std::size_t end = http::find_head_end(bytes, seen_);
    if (end == std::string_view::npos) {
      seen_ = bytes.size();
      if (seen_ > limits_.head) return fail("the answer's head is larger than " + std::to_string(limits_.head) + " bytes");
      return State::more;
    }
    const auto read = heads_.read(bytes.substr(0, end));
    if (const auto* refusal = std::get_if<http::Refusal>(&read)) return fail("the answer is not acceptable HTTP: " + refusal->message);
    const auto& head = std::get<AnswerHead>(read);
    if (head.status == 101) return fail("the endpoint switched protocols unasked");
    if (head.status < 200) {  // 100 Continue, 103 Early Hints: the answer comes after
      in.consume(end);
      seen_ = 0;
      continue;
    }
    head_ = head;
    head_size_ = end;
    if (head_.framing != http::Framing::chunked) return State::whole;
    chunks_ = http::ChunkedDecoder(limits_);
    if (content_.capacity() > kKept) content_ = {};
    content_.clear();
    return State::whole;
  }
}

AnswerReader::State AnswerReader::look_for_chunks(std::string_view rest) {
  raw_.clear();
  const auto taken = chunks_.feed(rest.substr(body_size_), content_, raw_);
  if (const auto* refusal = std::get_if<http::Refusal>(&taken)) return fail("the answer's body: " + refusal->message);
  body_size_ += std::get<std::size_t>(taken);
  return chunks_.done() ? State::whole : State::more;
}

std::string_view AnswerReader::body(std::string_view bytes) const {
  if (head_.framing == http::Framing::chunked) return content_;
  return bytes.substr(head_size_, size(bytes) - head_size_);
}

AnswerReader::State AnswerReader::fail(std::string message) {
  failure_ = {http::SendFault::malformed, std::move(message)};
  return State::failed;
}

}  // namespace hookctl::net
