// libFuzzer target of the HTTP codec: bytes fed whole and in pieces must come to the same end; what is accepted is accepted again, with the
// same fields, after it was written anew; nothing crashes.
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "http/codec.hpp"

using namespace hookctl;
using namespace hookctl::http;

namespace {

const Limits kLimits{4096, 32, 4096};
const Limits kRoomier{1 << 20, 64, 1 << 20};  // for heads that were written anew, which may be longer

void require(bool holds, const char* what) {
  if (holds) return;
  std::cerr << "violated: " << what << "\n";
  std::abort();
}

// Sizes of pieces, drawn from the input itself so that a crash repeats.
class Cuts {
 public:
  explicit Cuts(std::uint32_t seed) : state_(seed) {}
  std::size_t next() {
    state_ = state_ * 1664525u + 1013904223u;
    return 1 + (state_ >> 24) % 17;
  }

 private:
  std::uint32_t state_;
};

std::size_t head_end_in_pieces(std::string_view bytes, Cuts cuts) {
  std::size_t seen = 0;
  while (true) {
    const std::size_t have = std::min(bytes.size(), seen + cuts.next());
    const std::size_t end = find_head_end(bytes.substr(0, have), seen);
    if (end != std::string_view::npos || have == bytes.size()) return end;
    seen = have;
  }
}

// The fields that are to be left of `headers` when they are passed on; Host has this value.
Headers passed_on(const Headers& headers, const std::string& host) {
  Headers left;
  for (const Header& field : headers) {
    if (same_ignoring_case(field.name, "Host")) left.add(field.name, host.empty() ? field.value : host);
    else if (!is_hop_by_hop(headers, field.name)) left.add(field.name, field.value);
  }
  if (!host.empty() && !headers.has("Host")) left.add("Host", host);
  return left;
}

void check_request(std::string_view head) {
  const auto parsed = parse_request_head(head, kLimits);
  const auto* request = std::get_if<Request>(&parsed);
  if (request == nullptr) {
    require(!std::get<Refusal>(parsed).code.empty(), "a refusal has a code");
    return;
  }
  const auto again = parse_request_head(request->raw_head, kLimits);
  require(std::holds_alternative<Request>(again) && std::get<Request>(again).headers == request->headers, "the raw head parses to the same fields");
  const auto forwarded = parse_request_head(forward_head(*request, "/to?x", "h:1"), kRoomier);
  require(std::holds_alternative<Request>(forwarded), "a forwarded head is acceptable");
  const auto& there = std::get<Request>(forwarded);
  require(there.method == request->method && there.target == "/to?x", "method and target arrive");
  require(there.headers == passed_on(request->headers, "h:1"), "the other fields arrive");
  require(there.framing == request->framing, "the framing arrives");
}

void check_response(std::string_view head, std::string_view method) {
  const auto parsed = parse_response_head(head, method, kLimits);
  const auto* response = std::get_if<Response>(&parsed);
  if (response == nullptr) return;
  const auto relayed = parse_response_head(relay_head(*response, false), method, kRoomier);
  require(std::holds_alternative<Response>(relayed), "a relayed head is acceptable");
  const auto& there = std::get<Response>(relayed);
  require(there.status == response->status && there.reason == response->reason, "the status arrives");
  Headers expected = passed_on(response->headers, "");
  if (response->framing == Framing::until_close) expected.add("Content-Length", "0");
  if (response->status == 204) {  // has no body, so nothing may claim one (RFC 9112 6.1)
    expected.remove("Content-Length");
    expected.remove("Transfer-Encoding");
  }
  require(there.headers == expected, "the fields arrive");
}

struct Decoded {
  std::string body, raw, code;
  bool done{false};
};

Decoded decode(std::string_view bytes, Cuts* cuts) {
  Decoded out;
  ChunkedDecoder decoder(kLimits);
  std::size_t taken = 0;
  std::size_t have = 0;
  while (!decoder.done() && have < bytes.size()) {
    have = cuts == nullptr ? bytes.size() : std::min(bytes.size(), have + cuts->next());
    auto step = decoder.feed(bytes.substr(taken, have - taken), out.body, out.raw);
    if (const auto* refusal = std::get_if<Refusal>(&step)) {
      out.code = refusal->code;
      return out;
    }
    taken += std::get<std::size_t>(step);
  }
  out.done = decoder.done();
  return out;
}

void check_chunked(std::string_view bytes, Cuts cuts) {
  const Decoded whole = decode(bytes, nullptr);
  const Decoded pieces = decode(bytes, &cuts);
  require(whole.code == pieces.code && whole.done == pieces.done, "whole and in pieces end the same way");
  require(whole.body.size() <= kLimits.body, "the payload keeps to its limit");
  if (!whole.code.empty()) return;
  require(whole.body == pieces.body && whole.raw == pieces.raw, "whole and in pieces give the same bytes");
  require(bytes.starts_with(whole.raw), "the raw form is what came");
  if (!whole.done) return;
  const Decoded again = decode(whole.raw, nullptr);
  require(again.done && again.body == whole.body, "the raw form decodes to the same payload");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::uint32_t seed = 17;
  for (const char c : bytes.substr(0, 64)) seed = seed * 31 + static_cast<unsigned char>(c);
  leading_empty_lines(bytes);
  may_begin_request(bytes);
  const std::size_t end = find_head_end(bytes, 0);
  require(end == head_end_in_pieces(bytes, Cuts(seed)), "the end of a head is found in pieces too");
  static_cast<void>(parse_request_head(bytes, kLimits));
  static_cast<void>(parse_response_head(bytes, "POST", kLimits));
  check_chunked(bytes, Cuts(seed));
  if (end == std::string_view::npos) return 0;
  const std::string_view head = bytes.substr(0, end);
  check_request(head);
  check_response(head, "POST");
  check_response(head, "HEAD");
  check_chunked(bytes.substr(end), Cuts(seed));
  return 0;
}
