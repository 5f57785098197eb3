#include "http/codec.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace hookctl::http {

namespace {

constexpr std::size_t kExtensionLimit = 64 * 1024;
constexpr std::uint64_t kOverheadLimit = 1024 * 1024;
constexpr std::size_t kSizeDigits = 16;

constexpr std::array<bool, 256> token_table() {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
    table[static_cast<unsigned char>(c)] = true;
  }
  return table;
}
constexpr std::array<bool, 256> kToken = token_table();

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return kToken[c]; });
}

bool is_control(unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; }
bool has_control(std::string_view text) { return std::any_of(text.begin(), text.end(), is_control); }

Refusal bad(std::string code, std::string message) { return {400, std::move(code), std::move(message)}; }

// Walks the lines of a head; the view it gives has no line end.
class Lines {
 public:
  explicit Lines(std::string_view head) : rest_(head) {}
  // False at the empty line or the end. `bare` tells whether the line ended without a carriage return.
  bool next(std::string_view& line) {
    if (rest_.empty()) return false;
    const std::size_t end = rest_.find('\n');
    line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    bare = line.empty() || line.back() != '\r';
    if (!bare) line.remove_suffix(1);
    return !line.empty();
  }
  bool bare{false};

 private:
  std::string_view rest_;
};

// Parses the fields that `lines` still has.
std::variant<Headers, Refusal> parse_fields(Lines& lines, const Limits& limits, bool allow_bare_lf) {
  Headers headers;
  std::string_view line;
  while (lines.next(line)) {
    if (lines.bare && !allow_bare_lf) return bad("bare_line_feed", "a header line ends with a line feed alone");
    if (headers.size() >= limits.fields) {
      return Refusal{431, "too_many_headers", "more than " + std::to_string(limits.fields) + " header fields"};
    }
    if (line.front() == ' ' || line.front() == '\t') return bad("folded_header", "a header field is folded over two lines");
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return bad("malformed_header", "a header line has no colon");
    const std::string_view name = line.substr(0, colon);
    if (!is_token(name)) return bad("malformed_header", "'" + printable(name.substr(0, 64)) + "' is not a header name");
    const std::string_view value = trim_blanks(line.substr(colon + 1));
    if (has_control(value)) return bad("control_in_header", "the value of '" + std::string(name.substr(0, 64)) + "' holds a control character");
    headers.add(std::string(name), std::string(value));
  }
  if (lines.bare && !allow_bare_lf) return bad("bare_line_feed", "the head ends with a line feed alone");
  return headers;
}

struct FramingFields {
  Framing framing{Framing::none};
  std::uint64_t length{0};
};

// What Content-Length and Transfer-Encoding together say (RFC 9112 6.3).
std::variant<FramingFields, Refusal> read_framing(const Headers& headers, int minor_version) {
  FramingFields found;
  const auto encodings = headers.find_all("Transfer-Encoding");
  const auto lengths = headers.find_all("Content-Length");
  if (!encodings.empty()) {
    if (!lengths.empty()) return bad("ambiguous_length", "both Content-Length and Transfer-Encoding are given");
    if (minor_version == 0) return bad("ambiguous_length", "Transfer-Encoding in an HTTP/1.0 message");
    if (encodings.size() > 1 || !same_ignoring_case(encodings.front(), "chunked")) {
      return Refusal{501, "unknown_transfer_encoding", "the only transfer encoding understood is 'chunked'"};
    }
    found.framing = Framing::chunked;
    return found;
  }
  for (const std::string_view text : lengths) {
    const auto length = parse_unsigned(text);
    if (!length) return bad("malformed_content_length", "Content-Length '" + printable(text.substr(0, 64)) + "' is not a number");
    if (found.framing == Framing::content_length && *length != found.length) {
      return bad("differing_content_lengths", "two Content-Length fields differ");
    }
    found.framing = Framing::content_length;
    found.length = *length;
  }
  return found;
}

// "HTTP/1.x" -> x; -1 when it is none; 2 for another major version.
int minor_version_of(std::string_view text) {
  if (text.size() != 8 || !text.starts_with("HTTP/") || text[6] != '.') return -1;
  if (text[5] < '0' || text[5] > '9' || text[7] < '0' || text[7] > '9') return -1;
  if (text[5] != '1') return 2;
  return text[7] == '0' ? 0 : 1;
}

std::optional<Refusal> parse_request_line(std::string_view line, Request& request) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || last == first) {
    return bad("malformed_request_line", "expected 'METHOD target HTTP/1.1'");
  }
  const std::string_view target = line.substr(first + 1, last - first - 1);
  if (!is_token(line.substr(0, first))) return bad("malformed_method", "the method is not a token");
  const auto unfit = [](unsigned char c) { return c <= 0x20 || c == 0x7f; };
  if (target.empty() || std::any_of(target.begin(), target.end(), unfit)) {
    return bad("malformed_target", "the request target is empty or holds a space or a control character");
  }
  const int minor = minor_version_of(line.substr(last + 1));
  if (minor == 2) return Refusal{505, "unknown_version", "only HTTP/1.0 and HTTP/1.1 are spoken"};
  if (minor < 0) return bad("malformed_request_line", "the request line does not end with HTTP/1.1 or HTTP/1.0");
  request.method = std::string(line.substr(0, first));
  request.target = std::string(target);
  request.minor_version = minor;
  return std::nullopt;
}

std::optional<Refusal> check_host(const Request& request) {
  const auto hosts = request.headers.find_all("Host");
  if (hosts.size() > 1) return bad("two_hosts", "more than one Host field");
  if (hosts.empty() && request.minor_version == 1) return bad("missing_host", "an HTTP/1.1 request needs a Host field");
  return std::nullopt;
}

std::string raw_without_empty_line(std::string_view head) {
  if (head.ends_with("\n\r\n")) head.remove_suffix(2);
  else if (head.ends_with("\n\n")) head.remove_suffix(1);
  return std::string(head);
}

std::optional<Refusal> parse_status_line(std::string_view line, Response& response) {
  const int minor = minor_version_of(line.substr(0, 8));
  const auto unfit = [&] { return bad("malformed_status_line", "'" + printable(line.substr(0, 64)) + "' is not an HTTP/1.x status line"); };
  if (minor < 0 || minor == 2 || line.size() < 12 || line[8] != ' ' || (line.size() > 12 && line[12] != ' ')) return unfit();
  const auto status = parse_unsigned(line.substr(9, 3));
  if (!status || *status < 100 || *status > 999) return unfit();
  response.status = static_cast<int>(*status);
  response.reason = line.size() > 13 ? std::string(line.substr(13)) : "";
  if (has_control(response.reason)) return unfit();
  response.minor_version = minor;
  return std::nullopt;
}

bool has_no_body(int status, std::string_view request_method) {
  return request_method == "HEAD" || status < 200 || status == 204 || status == 304;
}

}  // namespace

std::size_t find_head_end(std::string_view bytes, std::size_t from) {
  std::size_t at = from > 3 ? from - 3 : 0;
  while ((at = bytes.find('\n', at)) != std::string_view::npos) {
    if (at + 1 < bytes.size() && bytes[at + 1] == '\n') return at + 2;
    if (at + 2 < bytes.size() && bytes[at + 1] == '\r' && bytes[at + 2] == '\n') return at + 3;
    ++at;
  }
  return std::string_view::npos;
}

std::size_t leading_empty_lines(std::string_view bytes) {
  std::size_t at = 0;
  while (bytes.substr(at).starts_with("\r\n")) at += 2;
  return at;
}

bool may_begin_request(std::string_view bytes) { return bytes.empty() || bytes.front() == '\r' || kToken[static_cast<unsigned char>(bytes.front())]; }

std::variant<Request, Refusal> parse_request_head(std::string_view head, const Limits& limits) {
  if (head.size() > limits.head) return Refusal{431, "head_too_large", "the head is larger than " + std::to_string(limits.head) + " bytes"};
  Request request;
  Lines lines(head);
  std::string_view line;
  if (!lines.next(line)) return bad("malformed_request_line", "the request line is empty");
  if (lines.bare) return bad("bare_line_feed", "the request line ends with a line feed alone");
  if (auto refusal = parse_request_line(line, request)) return *std::move(refusal);
  auto fields = parse_fields(lines, limits, false);
  if (auto* refusal = std::get_if<Refusal>(&fields)) return std::move(*refusal);
  request.headers = std::move(std::get<Headers>(fields));
  if (auto refusal = check_host(request)) return *std::move(refusal);
  const auto framing = read_framing(request.headers, request.minor_version);
  if (const auto* refusal = std::get_if<Refusal>(&framing)) return *refusal;
  request.framing = std::get<FramingFields>(framing).framing;
  if (std::get<FramingFields>(framing).length > limits.body) {
    return Refusal{413, "body_too_large", "the body is larger than " + std::to_string(limits.body) + " bytes"};
  }
  request.raw_head = raw_without_empty_line(head);
  return request;
}

std::variant<Response, Refusal> parse_response_head(std::string_view head, std::string_view request_method, const Limits& limits) {
  if (head.size() > limits.head) return Refusal{502, "head_too_large", "the answer's head is larger than " + std::to_string(limits.head) + " bytes"};
  Response response;
  Lines lines(head);
  std::string_view line;
  if (!lines.next(line)) return bad("malformed_status_line", "the status line is empty");
  if (auto refusal = parse_status_line(line, response)) return *std::move(refusal);
  auto fields = parse_fields(lines, limits, true);
  if (auto* refusal = std::get_if<Refusal>(&fields)) return std::move(*refusal);
  response.headers = std::move(std::get<Headers>(fields));
  response.raw_head = raw_without_empty_line(head);
  if (has_no_body(response.status, request_method)) {
    response.framing = Framing::none;
    return response;
  }
  const auto framing = read_framing(response.headers, response.minor_version);
  if (const auto* refusal = std::get_if<Refusal>(&framing)) return *refusal;
  response.framing = std::get<FramingFields>(framing).framing;
  if (response.framing == Framing::none) response.framing = Framing::until_close;
  if (std::get<FramingFields>(framing).length > limits.body) {
    return Refusal{502, "body_too_large", "the answer is larger than " + std::to_string(limits.body) + " bytes"};
  }
  return response;
}

Result<void> check_writable(const Request& request) {
  constexpr const char* kHint = "a line break in an id, a type or a secret would begin a header of its own";
  const auto breaks = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };
  if (!is_token(request.method)) return usage_error("'" + printable(request.method) + "' is not an HTTP method");
  for (const Header& field : request.headers) {
    if (!is_token(field.name)) return usage_error("'" + printable(field.name) + "' is not a header name", "letters, digits and '-' make one");
    if (std::any_of(field.value.begin(), field.value.end(), breaks))
      return usage_error("the value of the header '" + field.name + "' holds a line break or a NUL", kHint);
  }
  return {};
}

std::uint64_t content_length(const Headers& headers) {
  const auto text = headers.find("Content-Length");
  return text ? parse_unsigned(*text).value_or(0) : 0;
}

bool keeps_alive(const Headers& headers, int minor_version) {
  if (headers.has_token("Connection", "close")) return false;
  return minor_version >= 1 || headers.has_token("Connection", "keep-alive");
}

// --- ChunkedDecoder --------------------------------------------------------------------------------------------------------------------

std::variant<std::size_t, Refusal> ChunkedDecoder::feed(std::string_view bytes, std::string& body, std::string& raw) {
  std::size_t at = 0;
  while (at < bytes.size() && state_ != State::done) {
    if (state_ == State::data) {
      at += feed_payload(bytes.substr(at), body);
    } else if (const char* wrong = feed_framing(bytes[at])) {
      return bad("malformed_chunk", wrong);
    } else {
      ++at;
      if (state_ == State::data && left_ > limits_.body - payload_) {
        return Refusal{413, "body_too_large", "the body is larger than " + std::to_string(limits_.body) + " bytes"};
      }
      // Tiny chunks would cost many times their payload.
      if (++overhead_ > std::max(kOverheadLimit, limits_.body)) return Refusal{413, "chunk_framing_too_large", "the chunks' sizes take more room than the body may"};
      if (framing_ > kExtensionLimit) return Refusal{431, "chunk_framing_too_large", "chunk extensions and trailers are larger than 64 KiB"};
    }
  }
  raw.append(bytes.substr(0, at));
  return at;
}

std::size_t ChunkedDecoder::feed_payload(std::string_view bytes, std::string& body) {
  const auto take = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  body.append(bytes.substr(0, take));
  left_ -= take;
  payload_ += take;
  if (left_ == 0) state_ = State::data_cr;
  return take;
}

const char* ChunkedDecoder::feed_size_digit(char byte) {
  const char letter = lower(byte);
  const bool digit = byte >= '0' && byte <= '9';
  if (!digit && !(letter >= 'a' && letter <= 'f')) {
    if (digits_ == 0) return "a chunk size is not a hexadecimal number";
    if (byte == '\r') return state_ = State::size_lf, nullptr;
    if (byte == ';' || byte == ' ' || byte == '\t') return state_ = State::extension, ++framing_, nullptr;
    return "a chunk size is not a hexadecimal number";
  }
  if (++digits_ > kSizeDigits) return "a chunk size has too many digits";
  left_ = left_ * 16 + static_cast<std::uint64_t>(digit ? byte - '0' : letter - 'a' + 10);
  return nullptr;
}

const char* ChunkedDecoder::feed_trailer(char byte) {
  ++framing_;
  if (byte != '\n') {
    trailer_line_ += byte;
    return nullptr;
  }
  if (trailer_line_.empty() || trailer_line_.back() != '\r') return "a trailer ends with a line feed alone";
  trailer_line_.pop_back();
  if (trailer_line_.empty()) {
    state_ = State::done;
    return nullptr;
  }
  const std::string_view name = std::string_view(trailer_line_).substr(0, trailer_line_.find(':'));
  if (name.size() == trailer_line_.size() || !is_token(name) || has_control(trailer_line_)) return "a trailer is not a header line";
  trailer_line_.clear();
  return nullptr;
}

const char* ChunkedDecoder::feed_framing(char byte) {
  switch (state_) {
    case State::size:
      return feed_size_digit(byte);
    case State::extension:
      ++framing_;
      if (byte == '\r') state_ = State::size_lf;
      else if (is_control(static_cast<unsigned char>(byte))) return "a chunk extension holds a control character";
      return nullptr;
    case State::size_lf:
      if (byte != '\n') return "a chunk size line does not end with CRLF";
      digits_ = 0;
      state_ = left_ == 0 ? State::trailer : State::data;
      return nullptr;
    case State::data_cr:
      if (byte != '\r') return "a chunk is longer than its size says";
      state_ = State::data_lf;
      return nullptr;
    case State::data_lf:
      if (byte != '\n') return "a chunk does not end with CRLF";
      state_ = State::size;
      return nullptr;
    case State::trailer:
      return feed_trailer(byte);
    case State::data:
    case State::done:
      break;
  }
  return nullptr;
}

}  // namespace hookctl::http
