// Plans for the wire client's tests, made and carried out in few words.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "net/wire_client.hpp"
#include "net_harness.hpp"

namespace hookctl::net {

inline const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

inline http::WirePiece piece(std::string bytes, std::int64_t pause_ms = 0) {
  http::WirePiece piece;
  piece.bytes = std::move(bytes);
  piece.pause_ms = pause_ms;
  return piece;
}

inline http::WirePlan plan_to(const http::Url& url, std::vector<http::WirePiece> pieces) {
  http::WirePlan plan;
  plan.url = url;
  plan.pieces = std::move(pieces);
  plan.timeout_ms = kPatienceMs;
  return plan;
}

inline std::string head_for(std::size_t length, const std::string& more = "") {
  return "POST /hook HTTP/1.1\r\nHost: x\r\n" + more + "Content-Length: " + std::to_string(length) + "\r\n\r\n";
}

inline std::vector<http::WireReply> exchange(const std::vector<http::WirePlan>& plans, const ClientOptions& options = {}) {
  auto client = *make_wire_client(options);
  return client->exchange(plans);
}

inline http::WireReply exchange_one(const http::WirePlan& plan, const ClientOptions& options = {}) {
  auto replies = exchange({plan}, options);
  REQUIRE(replies.size() == 1);
  CHECK(replies[0].total_ms >= 0);
  CHECK(replies[0].duration_ms >= 0);
  CHECK(replies[0].duration_ms <= replies[0].total_ms);
  return replies[0];
}

inline void check_answers(const http::WireReply& reply, std::size_t count) {
  if (reply.failure) FAIL_CHECK(reply.failure->message);
  REQUIRE(reply.answers.size() == count);
}

inline http::SendFault fault_of(const http::WireReply& reply) {
  REQUIRE(reply.failure.has_value());
  INFO(reply.failure->message);
  CHECK_FALSE(reply.failure->message.empty());
  return reply.failure->fault;
}

// A port that nobody listens on.
inline std::uint16_t closed_port() {
  return RawEndpoint([](RawSocket&, int) {}).port();
}

}  // namespace hookctl::net
