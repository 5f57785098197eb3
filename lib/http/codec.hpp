// HTTP/1.1 on bytes, strictly (RFC 9112): heads in, bodies in, heads out. Nothing is decoded, folded or normalised, so that what was
// received can be kept, shown and passed on byte for byte; whatever two parsers could read in two ways is refused.
//
// Pure functions and one small state machine; no sockets. Safe on any bytes (tests/fuzz/http_codec). Thread-safe but for one
// ChunkedDecoder used from two threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.hpp"
#include "http/message.hpp"

namespace hookctl::http {

// Limits on what a peer controls, in bytes.
struct Limits {
  std::size_t head{64 * 1024};            // request or status line and fields together
  std::size_t fields{256};                // number of fields
  std::uint64_t body{64ull * 1024 * 1024};  // payload
};

// Why a message is not acceptable: the status to answer with, a stable snake_case code, and words.
struct Refusal {
  int status{400};
  std::string code;
  std::string message;
};

// Where the head that begins at byte 0 ends: the offset after its empty line, or npos while it is incomplete. `from` is how many bytes an
// earlier call has seen. Finds heads ended by bare line feeds too, so that they can be refused at once.
std::size_t find_head_end(std::string_view bytes, std::size_t from);

// How many bytes of empty lines (CRLF) stand before a request line; a receiver skips them (RFC 9112 2.2).
std::size_t leading_empty_lines(std::string_view bytes);

// Can a request begin with these bytes? False for a TLS handshake, which can so be refused without waiting for the end of a head.
bool may_begin_request(std::string_view bytes);

// Parses a whole head, with or without its empty line. The result has raw_head, framing (a Request: none, content_length or chunked) but no body.
std::variant<Request, Refusal> parse_request_head(std::string_view head, const Limits& limits);
// `request_method` decides whether the answer has a body (HEAD has none).
std::variant<Response, Refusal> parse_response_head(std::string_view head, std::string_view request_method, const Limits& limits);

// The length of a body framed by Content-Length; 0 when there is no such field. The head parsers have checked it.
std::uint64_t content_length(const Headers& headers);

// May the connection serve another message after this one (RFC 9112 9.3)?
bool keeps_alive(const Headers& headers, int minor_version);

// Takes chunk framing off a body as it arrives (RFC 9112 7.1). Extensions and trailers are kept in the raw form and have limits of their own.
class ChunkedDecoder {
 public:
  explicit ChunkedDecoder(const Limits& limits) : limits_(limits) {}

  // Reads from `bytes`, appends payload to `body` and everything consumed to `raw`; says how many bytes it took, or why not.
  // When done() the rest of `bytes` belongs to the next message.
  std::variant<std::size_t, Refusal> feed(std::string_view bytes, std::string& body, std::string& raw);
  bool done() const noexcept { return state_ == State::done; }

 private:
  enum class State { size, extension, size_lf, data, data_cr, data_lf, trailer, done };

  std::size_t feed_payload(std::string_view bytes, std::string& body);
  // One byte of framing; a code of what is wrong, or nullptr.
  const char* feed_framing(char byte);
  const char* feed_size_digit(char byte);
  const char* feed_trailer(char byte);

  Limits limits_;
  State state_{State::size};
  std::uint64_t left_{0};      // of the current chunk
  std::uint64_t payload_{0};   // so far
  std::size_t digits_{0};      // of the current size
  std::size_t framing_{0};     // bytes of extensions and trailers so far
  std::uint64_t overhead_{0};  // all bytes that are no payload so far
  std::string trailer_line_;
};

// --- heads out -----------------------------------------------------------------------------------------------------------------------

// Would the head of `request` be read as the fields it has: a token for the method and for each name, no line break or NUL in a value?
// `usage` names what is not so (never a value, which may be a secret). For requests made of people's words; a parsed one always passes.
Result<void> check_writable(const Request& request);

// "POST /path HTTP/1.1\r\n" and the fields and the empty line, as they stand.
std::string write_head(const Request& request);
std::string write_head(const Response& response);

// The bytes of a body on the wire: chunks as received where there are some, the payload otherwise.
inline std::string_view wire_body(const Request& request) { return request.framing == Framing::chunked && !request.raw_body.empty() ? request.raw_body : request.body; }
inline std::string_view wire_body(const Response& response) { return response.framing == Framing::chunked && !response.raw_body.empty() ? response.raw_body : response.body; }

// The head to pass a received request on with: every line as received, but the request line has `target`, Host is `authority`, and
// hop-by-hop fields are gone. A request without raw_head is written from its fields, with the same changes.
std::string forward_head(const Request& request, std::string_view target, std::string_view authority);

// The head to give a received answer back with: every line as received without hop-by-hop fields; an answer that ended with its
// connection gets a Content-Length, a 204 loses its framing fields (RFC 9112 6.1: a reader might wait for that body). `close` adds
// "Connection: close".
std::string relay_head(const Response& response, bool close);

// A small JSON answer of our own: {"error": code, "message": …} with Content-Type and Content-Length. `request_id` is added when not empty.
Response json_answer(int status, std::string_view code, std::string_view message, std::string_view request_id = {});

// Sets Content-Length to the body's size (unless the body is chunked as received).
void set_content_length(Request& request);

}  // namespace hookctl::http
