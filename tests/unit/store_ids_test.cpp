// Request ids as people type them.
#include <doctest/doctest.h>

#include <limits>

#include "store/ids.hpp"

using namespace hookctl;
using namespace hookctl::store;

TEST_CASE("request ids are base 36 and read back") {
  CHECK(request_id_text(1) == "req_1");
  CHECK(request_id_text(35) == "req_z");
  CHECK(request_id_text(36) == "req_10");
  CHECK(request_id_text(9362) == "req_782");
  for (const std::int64_t id : {std::int64_t{1}, std::int64_t{123456789}, std::numeric_limits<std::int64_t>::max()}) {
    CHECK(parse_request_id(request_id_text(id)).value_or(0) == id);
  }
}

TEST_CASE("request ids are read without prefix and in any case") {
  CHECK(parse_request_id("7k2").value_or(0) == 7 * 36 * 36 + 20 * 36 + 2);
  CHECK(parse_request_id("REQ_7K2").value_or(0) == parse_request_id("7k2").value_or(-1));
}

TEST_CASE("what is no request id is refused by name") {
  for (const char* text : {"", "req_", "req_0", "0", "-1", "req_-1", "req_7k2 ", " 7k2", "req_req_1", "7k!", "evt_1", "1y2p0ij32e8e8"}) {
    CAPTURE(text);
    auto id = parse_request_id(text);
    REQUIRE_FALSE(id);
    CHECK(id.error().kind == ErrorKind::usage);
    CHECK(id.error().message.find("'" + std::string(text) + "'") != std::string::npos);
  }
}
