// Headers as they stand on the wire: order, spelling, repeats and empty values survive; lookups ignore ASCII case.
#include <doctest/doctest.h>

#include "http/message.hpp"
#include "http/transport.hpp"

using namespace hookctl;
using namespace hookctl::http;

TEST_CASE("headers: found ignoring case, first of repeats, empty values are values") {
  const Headers headers{{"X-Sig", "one"}, {"x-sig", "two"}, {"Empty", ""}, {"X-SIG-2", "three"}};
  CHECK(headers.find("X-SIG") == "one");
  CHECK(headers.find("empty") == "");
  CHECK_FALSE(headers.find("X-Si").has_value());
  CHECK_FALSE(headers.find("").has_value());
  const auto all = headers.find_all("x-sig");
  REQUIRE(all.size() == 2);
  CHECK(all[0] == "one");
  CHECK(all[1] == "two");
  CHECK(headers.begin()->name == "X-Sig");
  CHECK(headers.size() == 4);
}

TEST_CASE("headers: set replaces in place, takes the new spelling and drops repeats") {
  Headers headers{{"A", "1"}, {"x-b", "2"}, {"C", "3"}, {"X-B", "4"}};
  headers.set("X-b", "new");
  CHECK(headers == Headers{{"A", "1"}, {"X-b", "new"}, {"C", "3"}});
  headers.set("D", "5");
  CHECK(headers == Headers{{"A", "1"}, {"X-b", "new"}, {"C", "3"}, {"D", "5"}});
}

TEST_CASE("headers: remove takes every repeat and nothing else") {
  Headers headers{{"A", "1"}, {"a", "2"}, {"AB", "3"}};
  headers.remove("A");
  CHECK(headers == Headers{{"AB", "3"}});
  headers.remove("none");
  CHECK(headers.size() == 1);
  headers.remove("ab");
  CHECK(headers.empty());
}

TEST_CASE("headers: equality minds spelling, order and value") {
  CHECK_FALSE(Headers{{"A", "1"}} == Headers{{"a", "1"}});
  CHECK_FALSE(Headers{{"A", "1"}, {"B", "2"}} == Headers{{"B", "2"}, {"A", "1"}});
  CHECK_FALSE(Headers{{"A", "1"}} == Headers{{"A", "1 "}});
}

TEST_CASE("headers: tokens of comma-separated lists over all repeats") {
  const Headers headers{{"Connection", "keep-alive ,\tClose"}, {"connection", "X-Own"}, {"TE", ", ,"}};
  CHECK(headers.has_token("Connection", "close"));
  CHECK(headers.has_token("connection", "KEEP-ALIVE"));
  CHECK(headers.has_token("Connection", "x-own"));
  CHECK_FALSE(headers.has_token("Connection", "keep"));
  CHECK_FALSE(headers.has_token("Connection", "alive"));
  CHECK_FALSE(headers.has_token("TE", "trailers"));
  CHECK_FALSE(Headers{}.has_token("Connection", "close"));
}

TEST_CASE("hop-by-hop: the fixed list, what Connection names, and never the framing fields") {
  const Headers headers{{"Connection", "x-hop, Content-Length, Host, transfer-encoding"}};
  for (const char* name : {"Connection", "keep-alive", "Proxy-Connection", "Proxy-Authenticate", "proxy-authorization", "TE", "Upgrade", "X-Hop"}) {
    CAPTURE(std::string(name));
    CHECK(is_hop_by_hop(headers, name));
  }
  for (const char* name : {"Content-Length", "Host", "Transfer-Encoding", "Trailer", "X-Signature", "Content-Encoding"}) {
    CAPTURE(std::string(name));
    CHECK_FALSE(is_hop_by_hop(headers, name));
  }
  CHECK_FALSE(is_hop_by_hop(Headers{}, "X-Hop"));
}

TEST_CASE("reason phrases of RFC 9110, none for unknown numbers") {
  CHECK(reason_phrase(200) == "OK");
  CHECK(reason_phrase(413) == "Content Too Large");
  CHECK(reason_phrase(502) == "Bad Gateway");
  CHECK(reason_phrase(299) == "");
  CHECK(reason_phrase(-1) == "");
}

TEST_CASE("success is 2xx") {
  CHECK(is_success(200));
  CHECK(is_success(299));
  CHECK_FALSE(is_success(199));
  CHECK_FALSE(is_success(300));
}

TEST_CASE("every fault has its own stable name") {
  CHECK(fault_name(SendFault::unreachable) == "unreachable");
  CHECK(fault_name(SendFault::tls) == "tls");
  CHECK(fault_name(SendFault::timeout) == "timeout");
  CHECK(fault_name(SendFault::closed) == "closed");
  CHECK(fault_name(SendFault::malformed) == "malformed_answer");
}
