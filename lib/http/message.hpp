// HTTP messages as values: the bytes that came or go, and views on them. No sockets, no parsing (codec.hpp does that).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hookctl::http {

// A field as it stands on the wire: the name in its spelling, the value without surrounding blanks, otherwise untouched (percent signs,
// bytes above 0x7f, empty values).
struct Header {
  std::string name;
  std::string value;
  bool operator==(const Header&) const = default;
};

// Ordered fields: order, spelling, repeats and empty values are kept; names are compared ignoring ASCII case.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<Header> fields) : fields_(fields) {}

  // The first value, or nothing. The view lives until the headers change.
  std::optional<std::string_view> find(std::string_view name) const noexcept;
  bool has(std::string_view name) const noexcept { return find(name).has_value(); }
  std::vector<std::string_view> find_all(std::string_view name) const;
  // Is `token` one of the comma-separated elements of this field (as in Connection, Transfer-Encoding)? Ignores case.
  bool has_token(std::string_view name, std::string_view token) const noexcept;

  void add(std::string name, std::string value) { fields_.push_back({std::move(name), std::move(value)}); }
  // Replaces the first field of that name in its place and drops its repeats; adds it at the end when there was none.
  void set(std::string_view name, std::string value);
  void remove(std::string_view name);

  bool empty() const noexcept { return fields_.empty(); }
  std::size_t size() const noexcept { return fields_.size(); }
  auto begin() const noexcept { return fields_.begin(); }
  auto end() const noexcept { return fields_.end(); }
  bool operator==(const Headers&) const = default;

 private:
  std::vector<Header> fields_;
};

// How a body's end is told on the wire.
enum class Framing {
  none,            // no body: neither Content-Length nor Transfer-Encoding
  content_length,
  chunked,
  until_close,     // answers only
};

struct Request {
  std::string method{"POST"};
  std::string target{"/"};  // as on the wire: origin-form, percent signs untouched
  Headers headers{};
  std::string body{};  // the payload: chunk framing taken off, content codings (gzip) left on

  // Only of a received request: its exact bytes.
  std::string raw_head{};  // request line and fields as received, with their line ends, without the empty line
  std::string raw_body{};  // of a chunked request the chunks as received (sizes, extensions, trailers, last chunk); otherwise empty
  Framing framing{Framing::none};
  int minor_version{1};  // HTTP/1.x
};

struct Response {
  int status{200};
  std::string reason;  // may be empty
  Headers headers;
  std::string body;  // the payload, as with Request

  // Only of a received answer: its exact bytes.
  std::string raw_head{};  // status line and fields as received, without the empty line
  std::string raw_body{};  // of a chunked answer the chunks as received; otherwise empty
  Framing framing{Framing::content_length};
  int minor_version{1};
};

inline bool is_success(int status) noexcept { return status >= 200 && status < 300; }

// The standard words for a status (RFC 9110), or "".
std::string_view reason_phrase(int status) noexcept;

// Fields that belong to one connection and are not passed on (RFC 9110 7.6.1): the fixed list and what Connection names.
// Content-Length, Host and Transfer-Encoding are never in it (framing is kept, Host is set anew).
bool is_hop_by_hop(const Headers& all, std::string_view name) noexcept;

}  // namespace hookctl::http
