// Chunk framing: taken off whole or in any pieces with the same outcome, kept raw, and refused when it is not exact.
#include <doctest/doctest.h>

#include "http/codec.hpp"

using namespace hookctl;
using namespace hookctl::http;

namespace {

struct Decoded {
  std::string body;
  std::string raw;
  std::string rest;
  bool done{false};
  std::string code;  // of a refusal
};

// Feeds `bytes` in pieces of at most `piece` bytes, as a connection does: what is not taken comes first the next time.
Decoded decode(const std::string& bytes, std::size_t piece = 1 << 20, const Limits& limits = {}) {
  Decoded out;
  ChunkedDecoder decoder(limits);
  std::string pending;
  for (std::size_t at = 0; at < bytes.size() && !decoder.done(); at += piece) {
    pending += bytes.substr(at, piece);
    auto taken = decoder.feed(pending, out.body, out.raw);
    if (const auto* refusal = std::get_if<Refusal>(&taken)) {
      out.code = refusal->code;
      return out;
    }
    pending.erase(0, std::get<std::size_t>(taken));
    out.rest = pending + bytes.substr(std::min(bytes.size(), at + piece));
  }
  out.done = decoder.done();
  return out;
}

}  // namespace

TEST_CASE("chunked: payload comes out, framing stays in the raw form, the next message stays behind") {
  const std::string chunks = "4\r\nWiki\r\nA;name=\"v\";x\r\n0123456789\r\n0;last\r\nX-Trailer: t\r\nx-sum:\r\n\r\n";
  for (const std::size_t piece : {1u, 2u, 3u, 5u, 7u, 1000u}) {
    CAPTURE(piece);
    const Decoded decoded = decode(chunks + "GET / HTTP/1.1", piece);
    CHECK(decoded.done);
    CHECK(decoded.body == "Wiki0123456789");
    CHECK(decoded.raw == chunks);
    CHECK(decoded.rest == "GET / HTTP/1.1");
  }
}

TEST_CASE("chunked: empty body, NUL bytes, CRLF in the payload, hex in either case, leading zeros") {
  CHECK(decode("0\r\n\r\n").done);
  CHECK(decode("0\r\n\r\n").body == "");
  using namespace std::string_literals;
  CHECK(decode("3\r\na\0b\r\n2\r\n\r\n\r\n000a\r\n0123456789\r\n0\r\n\r\n"s, 1).body == "a\0b\r\n0123456789"s);
  CHECK(decode("1F\r\n" + std::string(31, 'x') + "\r\n0\r\n\r\n").body.size() == 31);
  CHECK(decode("1f\r\n" + std::string(31, 'x') + "\r\n0\r\n\r\n").body.size() == 31);
}

TEST_CASE("chunked: unfinished input is neither done nor wrong") {
  const std::string whole = "5;e=1\r\nhello\r\n0\r\nT: 1\r\n\r\n";
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const Decoded decoded = decode(whole.substr(0, length));
    CHECK_FALSE(decoded.done);
    CHECK(decoded.code == "");
  }
}

TEST_CASE("chunked: everything inexact is refused, however it is cut") {
  for (const char* bytes : {"x\r\n", "\r\n", ";e\r\n", "-1\r\n", "+1\r\n", "0x1\r\n", " 1\r\n", "1g\r\n", "1\n", "1\r\r", "1\rX", "1\r\nab\r\n", "1\r\na\n", "1\r\na\rX", "2\r\na\r\n\r\n",
                            "00000000000000001\r\n", "FFFFFFFFFFFFFFFFF\r\n", "0\r\nno colon\r\n\r\n", "0\r\n: v\r\n\r\n", "0\r\nA B: v\r\n\r\n", "0\r\nA: v\n", "0\r\n\n",
                            "0\r\n folded: x\r\n\r\n", "0\r\nA: \x01\r\n\r\n", "1;\x01\r\n", "1;a\n\r\n", "1\x01\r\n", "0\r\nA: b\rc\r\n\r\n"}) {
    CAPTURE(std::string(bytes));
    for (const std::size_t piece : {1u, 2u, 1000u}) CHECK(decode(bytes, piece).code == "malformed_chunk");
  }
}

TEST_CASE("chunked: the largest size is a size, not an overflow") {
  Limits limits;
  limits.body = 100;
  CHECK(decode("FFFFFFFFFFFFFFFF\r\nx", 1, limits).code == "body_too_large");
  CHECK(decode("8000000000000000\r\nx", 1000, limits).code == "body_too_large");
}

TEST_CASE("chunked: the payload limit is exact, over all chunks") {
  Limits limits;
  limits.body = 6;
  CHECK(decode("3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n", 1, limits).body == "abcdef");
  CHECK(decode("3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n", 1, limits).code == "body_too_large");
  CHECK(decode("7\r\nabcdefg\r\n0\r\n\r\n", 1000, limits).code == "body_too_large");
  limits.body = 0;
  CHECK(decode("0\r\n\r\n", 1, limits).done);
  CHECK(decode("1\r\na\r\n0\r\n\r\n", 1, limits).code == "body_too_large");
}

TEST_CASE("chunked: extensions and trailers have a limit of 64 KiB together") {
  CHECK(decode("1;" + std::string(60'000, 'e') + "\r\na\r\n0\r\nT: " + std::string(5'000, 't') + "\r\n\r\n").done);
  CHECK(decode("1;" + std::string(70'000, 'e') + "\r\na\r\n").code == "chunk_framing_too_large");
  CHECK(decode("0\r\nT: " + std::string(70'000, 't') + "\r\n\r\n").code == "chunk_framing_too_large");
  std::string many;
  for (int i = 0; i < 20'000; ++i) many += "1;ext\r\na\r\n";
  CHECK(decode(many + "0\r\n\r\n").code == "chunk_framing_too_large");
}

TEST_CASE("chunked: a body in chunks of one byte, whose framing outweighs it, has a limit in the raw form too") {
  std::string many;
  for (int i = 0; i < 50'000; ++i) many += "1\r\na\r\n";
  CHECK(decode(many + "0\r\n\r\n").body.size() == 50'000);
  CHECK(decode("1\r\na\r\n0\r\n\r\n").raw.size() == 11);
}

TEST_CASE("chunked: tiny chunks may not take more room than the body may") {
  Limits limits;
  limits.body = 2 * 1024 * 1024;
  std::string chunks;
  for (int i = 0; i < 120'000; ++i) chunks += "0000000000000001\r\nx\r\n";
  const Decoded decoded = decode(chunks, 1 << 20, limits);
  CHECK(decoded.code == "chunk_framing_too_large");
  CHECK(decoded.raw.size() < 2 * limits.body);
}
