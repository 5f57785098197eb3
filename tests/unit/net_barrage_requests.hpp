// What the tests of the barrage share: a source that numbers its requests and keeps the replies, endpoints that answer by a list.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/barrage.hpp"
#include "net_harness.hpp"

namespace hookctl::net {

inline const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

// A reply with its views copied.
struct Reply {
  std::uint64_t token{0};
  int status{0};
  std::string head;
  std::string body;
  std::optional<http::SendFailure> failure;
  std::int64_t duration_us{0};
};

// So many requests with a body each, the number of the request first in it, a full stop last.
class Requests : public http::BarrageSource {
 public:
  explicit Requests(std::size_t count, std::size_t body = 8) : left_(count), body_(body) {}

  bool next(std::string& bytes, std::uint64_t& token) override {
    ++asked;
    CHECK(bytes.empty());
    if (left_ == 0) return false;
    --left_;
    token = ++made_;
    std::string body = std::to_string(token) + ";";
    body.resize(std::max(body.size(), body_ - 1), 'x');
    body += '.';
    bytes = "POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    return true;
  }

  void take(const http::BarrageReply& reply) override {
    replies.push_back({reply.token, reply.status, std::string(reply.head), std::string(reply.body), reply.failure, reply.duration_us});
    const Reply& last = replies.back();
    CHECK((last.status == 0) == last.failure.has_value());
    if (last.failure) CHECK_FALSE(last.failure->message.empty());
    CHECK(last.duration_us >= 0);
  }

  std::size_t asked{0};
  std::vector<Reply> replies;

 protected:
  std::size_t left_;
  std::uint64_t made_{0};
  std::size_t body_;
};

inline void fire(const http::Url& url, http::BarrageSource& source, std::size_t connections = 1, std::int64_t timeout_ms = kPatienceMs,
                 const ClientOptions& options = {}) {
  auto client = *make_barrage_client(options);
  http::BarrageOptions how;
  how.connections = connections;
  how.timeout_ms = timeout_ms;
  client->run(url, source, how);
}

// Each token from 1 on exactly once.
inline void check_tokens(const Requests& source, std::size_t count) {
  REQUIRE(source.replies.size() == count);
  std::vector<std::uint64_t> tokens;
  for (const Reply& reply : source.replies) tokens.push_back(reply.token);
  std::sort(tokens.begin(), tokens.end());
  for (std::size_t i = 0; i < count; ++i) CHECK(tokens[i] == i + 1);
}

inline void check_statuses(const Requests& source, std::size_t count, int status) {
  check_tokens(source, count);
  for (const Reply& reply : source.replies) {
    if (reply.failure) FAIL_CHECK(reply.failure->message);
    CHECK(reply.status == status);
  }
}

inline void check_faults(const Requests& source, std::size_t count, http::SendFault fault) {
  check_tokens(source, count);
  for (const Reply& reply : source.replies) {
    REQUIRE(reply.failure.has_value());
    INFO(reply.failure->message);
    CHECK(reply.failure->fault == fault);
  }
}

// Takes one request with its body; "" when the connection has ended.
inline std::string take_request(RawSocket& socket) {
  const std::string head = socket.receive_until("\r\n\r\n");
  if (head.empty()) return "";
  return head + socket.receive_until(".");
}

// Answers each request of each connection with the next of these, byte for byte; after the last again from the first. A connection ends
// after `a_connection` answers.
inline RawEndpoint::Script answers(std::vector<std::string> all, int a_connection = 1'000'000) {
  auto next = std::make_shared<std::size_t>(0);
  return [all, next, a_connection](RawSocket& socket, int) {
    for (int served = 0; served < a_connection && !take_request(socket).empty(); ++served) socket.send(all[(*next)++ % all.size()]);
  };
}

}  // namespace hookctl::net
